//! Finds grants and images in a tree of folders, one folder at a time.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::classify::{FileClass, classify, extension, is_clutter};
use super::error::{Fault, SourceError};
use super::file::SourceFile;

/// What one directory holds directly, sorted by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatentFolder {
    /// Absolute path of the directory; for a root that is a file, of the one it lies in.
    pub directory: String,
    /// Files ending in `.xml` that are grants, or were meant as such: broken
    /// ones are listed too, so that reading them reports the reason.
    pub xml: Vec<SourceFile>,
    /// Files that look like images. Whether they are shows when they are decoded.
    pub images: Vec<SourceFile>,
}

/// Walks `root`, depth first and in the order of names. Yields one
/// [`PatentFolder`] for every directory that holds a grant or an image, and a
/// [`SourceError`] for everything that cannot be read and was left out.
///
/// Links are followed, each directory once whatever ways lead to it. Hidden
/// files and directories and those of file managers (`Thumbs.db`, `__MACOSX`)
/// are passed over, except that `root` itself may have any name. If `root` is a
/// file, it is yielded alone.
///
/// Memory: the names in one directory and the directories on the way to it.
pub fn scan(root: &Path) -> Scan {
    Scan {
        pending: vec![Pending::Root(root.to_owned())],
        visited: HashSet::new(),
    }
}

/// Iterator over the folders under a root, made by [`scan`].
#[derive(Debug)]
pub struct Scan {
    /// A stack; the next one is last.
    pending: Vec<Pending>,
    /// Directories seen, as canonical paths: links may lead back up.
    visited: HashSet<PathBuf>,
}

#[derive(Debug)]
enum Pending {
    Root(PathBuf),
    Directory(PathBuf),
    Failed(SourceError),
}

impl Iterator for Scan {
    type Item = Result<PatentFolder, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let found = match self.pending.pop()? {
                Pending::Failed(error) => return Some(Err(error)),
                Pending::Root(path) => self
                    .root(&path)
                    .map_err(|fault| fault.at(path.to_string_lossy())),
                Pending::Directory(path) => self
                    .directory(&path)
                    .map_err(|fault| fault.at(path.to_string_lossy())),
            };
            match found {
                Ok(None) => {}
                Ok(Some(folder)) => return Some(Ok(folder)),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl Scan {
    fn root(&mut self, path: &Path) -> Result<Option<PatentFolder>, Fault> {
        let path = std::path::absolute(path)?;
        if fs::metadata(&path)?.is_dir() {
            return self.directory(&path);
        }
        Ok(Some(single_file(SourceFile::on_disk(&path)?, &path)))
    }

    /// Reads one directory and queues those below it. `None` when it holds
    /// nothing of interest or was seen before.
    fn directory(&mut self, path: &Path) -> Result<Option<PatentFolder>, Fault> {
        if !self.visited.insert(path.canonicalize()?) {
            return Ok(None);
        }
        let mut failures = Vec::new();
        let mut entries = Vec::new();
        for entry in fs::read_dir(path)? {
            match entry {
                Ok(entry) if is_clutter(&entry.file_name().to_string_lossy()) => {}
                Ok(entry) => entries.push(entry),
                Err(error) => failures.push(Fault::from(error).at(path.to_string_lossy())),
            }
        }
        entries.sort_unstable_by_key(fs::DirEntry::file_name);
        let mut folder = PatentFolder {
            directory: path.to_string_lossy().into_owned(),
            xml: Vec::new(),
            images: Vec::new(),
        };
        let mut below = Vec::new();
        for entry in entries {
            let path = entry.path();
            // Follows links, unlike the entry's own type.
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() => below.push(Pending::Directory(path)),
                // Pipes and devices would block whoever opens them.
                Ok(metadata) if metadata.is_file() => {
                    let file = SourceFile::on_disk(&path)?;
                    match classify(file.name(), |bytes| file.read_head(bytes).ok()) {
                        FileClass::Grant => folder.xml.push(file),
                        FileClass::Image => folder.images.push(file),
                        FileClass::Other => {}
                    }
                }
                Ok(_) => {}
                Err(error) => failures.push(Fault::from(error).at(path.to_string_lossy())),
            }
        }
        self.pending.extend(below.into_iter().rev());
        self.pending
            .extend(failures.into_iter().rev().map(Pending::Failed));
        Ok((!folder.xml.is_empty() || !folder.images.is_empty()).then_some(folder))
    }
}

/// A file named by the user is taken at its word.
fn single_file(file: SourceFile, path: &Path) -> PatentFolder {
    let directory = path.parent().unwrap_or(path);
    let (xml, images) = if extension(file.name()).as_deref() == Some("xml") {
        (vec![file], Vec::new())
    } else {
        (Vec::new(), vec![file])
    };
    PatentFolder {
        directory: directory.to_string_lossy().into_owned(),
        xml,
        images,
    }
}
