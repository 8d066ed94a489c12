//! What to generate, and the result.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::SynthError;

/// How the patents lie below `patents/`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Layout {
    /// A folder per patent: `USD0939806-20220104/`.
    #[default]
    Folders,
    /// An archive per patent: `USD0939806-20220104.ZIP`, the folder inside.
    Zip,
    /// An archive per week: `I20220104.tar` with `I20220104/DESIGN/USD....ZIP`.
    Tar,
    /// A PDF per patent, as people download them: `USD0939806-20220104.pdf`, the front page and then
    /// the sheets.
    Pdf,
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Layout::Folders => "folders",
            Layout::Zip => "zip",
            Layout::Tar => "tar",
            Layout::Pdf => "pdf",
        })
    }
}

impl FromStr for Layout {
    type Err = SynthError;

    fn from_str(text: &str) -> Result<Self, SynthError> {
        match text {
            "folders" => Ok(Layout::Folders),
            "zip" => Ok(Layout::Zip),
            "tar" => Ok(Layout::Tar),
            "pdf" => Ok(Layout::Pdf),
            _ => Err(SynthError::UnknownLayout {
                found: text.to_owned(),
            }),
        }
    }
}

/// What to generate.
#[derive(Clone, Debug)]
pub struct Options {
    /// Original designs; near designs come on top. 1 to [`Options::MAX_PATENTS`] in all.
    pub patents: u32,
    /// Everything random follows from it.
    pub seed: u64,
    /// Product photos of each design.
    pub photos: u32,
    /// Near designs made of every original: patents of their own, nudged further one by one.
    pub near: u32,
    /// How the patents are packed.
    pub layout: Layout,
    /// Threads that draw; 0 for one per core. No effect on the result.
    pub threads: usize,
}

impl Options {
    /// Patents, near ones included, that the numbers of [`crate::generate`] suffice for.
    pub const MAX_PATENTS: u64 = 200_000;
}

impl Default for Options {
    fn default() -> Self {
        Options {
            patents: 100,
            seed: 1,
            photos: 3,
            near: 0,
            layout: Layout::Folders,
            threads: 0,
        }
    }
}

/// What [`crate::generate`] wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Patents, near designs included.
    pub patents: u64,
    /// Drawing sheets, front-page copies included.
    pub sheets: u64,
    /// Product photos.
    pub photos: u64,
    /// Bytes on disk, `ground-truth.json` included.
    pub bytes: u64,
    /// Wall-clock time.
    pub elapsed: Duration,
}
