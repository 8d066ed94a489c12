//! Finds grants and images in a tree of folders, one folder at a time.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// What one directory holds directly, sorted by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatentFolder {
    /// The directory.
    pub directory: PathBuf,
    /// Its grant XML files.
    pub xml: Vec<PathBuf>,
    /// Its candidate image files.
    pub images: Vec<PathBuf>,
}

/// A directory or file that could not be read. The walk goes on after it.
#[derive(Debug, Error)]
#[error("cannot read {}: {source}", path.display())]
pub struct ScanError {
    /// The directory or file.
    pub path: PathBuf,
    /// What the operating system says.
    pub source: io::Error,
}

/// Walks `root`, depth first and in the order of names.
pub fn scan(root: &Path) -> Scan {
    Scan {
        pending: vec![root.to_owned()],
    }
}

/// Iterator over the folders under a root.
#[derive(Debug)]
pub struct Scan {
    pending: Vec<PathBuf>,
}

impl Iterator for Scan {
    type Item = Result<PatentFolder, ScanError>;

    fn next(&mut self) -> Option<Self::Item> {
        let _ = self.pending.pop();
        todo!()
    }
}
