//! What can go wrong while generating.

use std::io;
use std::path::{Path, PathBuf};

/// Why nothing, or not everything, was generated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SynthError {
    /// A layout name that does not exist.
    #[error("unknown layout `{found}`: expected folders, zip, tar or pdf")]
    UnknownLayout {
        /// The name given.
        found: String,
    },
    /// The output directory holds something already.
    #[error("{}: the directory is not empty; name a new or an empty one", path.display())]
    NotEmpty {
        /// The output directory.
        path: PathBuf,
    },
    /// A number of patents that cannot be made.
    #[error("cannot make {asked} patents (near designs included): ask for 1 to {most}")]
    Count {
        /// Patents asked for, near ones included.
        asked: u64,
        /// The largest number possible.
        most: u64,
    },
    /// A file or directory could not be written.
    #[error("{}: cannot write: {source}", path.display())]
    Write {
        /// The file or directory.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A photo could not be encoded.
    #[error("{}: cannot encode the photo: {source}", path.display())]
    Photo {
        /// The photo.
        path: PathBuf,
        /// The cause.
        source: image::ImageError,
    },
    /// The worker threads could not be started.
    #[error("cannot start {threads} drawing threads: {source}")]
    Threads {
        /// Threads asked for; 0 for one per core.
        threads: usize,
        /// The cause.
        source: rayon::ThreadPoolBuildError,
    },
}

impl SynthError {
    pub(crate) fn write(path: &Path, source: io::Error) -> SynthError {
        SynthError::Write {
            path: path.to_owned(),
            source,
        }
    }
}
