//! What one directory holds, on disk or in an archive.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::archive::Archive;
use super::classify::{FileClass, classify, extension};
use super::error::{Fault, SourceError, SourceErrorKind};
use super::file::SourceFile;
use super::listing::entry_path;

/// What one directory holds directly: on disk sorted by name, in an archive in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatentFolder {
    /// Absolute path of the directory, written as by [`SourceFile::path`]. For a root that is a
    /// file, the directory that it lies in; for files that lie in an archive without a directory,
    /// the archive.
    pub directory: String,
    /// Files ending in `.xml` that are grants, or were meant as such: broken
    /// ones are listed too, so that reading them reports the reason.
    pub xml: Vec<SourceFile>,
    /// Files that look like images. Whether they are shows when they are decoded.
    pub images: Vec<SourceFile>,
    /// How many there are of pictures, and of documents that often hold some, that are not read,
    /// by their ending in lower case.
    pub unread: BTreeMap<String, u64>,
}

/// What one level of folders or of an archive holds.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) folders: Vec<PatentFolder>,
    /// Archives to be listed, in order.
    pub(super) archives: Vec<SourceFile>,
    pub(super) problems: Vec<SourceError>,
}

impl PatentFolder {
    /// One that holds nothing yet.
    #[must_use]
    pub fn new(directory: String) -> Self {
        Self {
            directory,
            xml: Vec::new(),
            images: Vec::new(),
            unread: BTreeMap::new(),
        }
    }

    pub(super) fn count_unread(&mut self, name: &str) {
        let ending = extension(name).unwrap_or_else(|| "(no ending)".to_owned());
        *self.unread.entry(ending).or_default() += 1;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.xml.is_empty() && self.images.is_empty() && self.unread.is_empty()
    }
}

impl Contents {
    /// Sorts the entries of an archive by directory, in order of first appearance.
    pub(super) fn of_archive(archive: &Arc<Archive>) -> Self {
        let mut contents = Self::default();
        let mut folder_by_directory: HashMap<&str, usize> = HashMap::new();
        for index in 0..archive.len() {
            let name = archive.name(index);
            let directory = name.rsplit_once('/').map_or("", |(directory, _)| directory);
            let file = SourceFile::in_archive(Arc::clone(archive), index);
            let class = classify(file.name(), |bytes| file.read_head(bytes).ok());
            let list = match class {
                FileClass::Archive => {
                    contents.archives.push(file);
                    continue;
                }
                FileClass::PackedArchive => {
                    contents.problems.push(packed(&file));
                    continue;
                }
                FileClass::Other => continue,
                FileClass::Grant | FileClass::Image | FileClass::Unread => {
                    let folders = &mut contents.folders;
                    let folder = *folder_by_directory.entry(directory).or_insert_with(|| {
                        folders.push(PatentFolder::new(directory_path(archive, directory)));
                        folders.len() - 1
                    });
                    &mut folders[folder]
                }
            };
            match class {
                FileClass::Grant => list.xml.push(file),
                FileClass::Unread => list.count_unread(file.name()),
                _ => list.images.push(file),
            }
        }
        contents
    }
}

/// An archive that is not read, told by its name.
pub(super) fn packed(file: &SourceFile) -> SourceError {
    let reason = "is not read as an archive; unpack it first: ZIP and plain TAR are read";
    Fault::new(SourceErrorKind::Unsupported, reason).at(file.path())
}

fn directory_path(archive: &Archive, directory: &str) -> String {
    match directory {
        "" => archive.path().to_owned(),
        _ => entry_path(archive.path(), directory),
    }
}
