//! Finds grants and images in a tree of folders and archives, one folder at a time.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::archive::Format;
use super::classify::{FileClass, classify, extension, is_clutter};
use super::error::{Fault, SourceError, SourceErrorKind};
use super::file::SourceFile;
use super::folder::{Contents, PatentFolder, packed};
use super::inflated::Kept;
use super::reach::{Reach, out_of_reach};

/// Walks `root`, a directory, an archive or a file. Yields one [`PatentFolder`] for every directory
/// that holds a grant or an image or a picture that is not read, and a [`SourceError`] for
/// everything that was left out because it cannot be read.
///
/// Directories come depth first and in the order of names. Links are followed, each directory once
/// whatever ways lead to it. Hidden files and directories and those of file managers (`Thumbs.db`,
/// `__MACOSX`) are passed over, except that `root` itself may have any name.
///
/// Archives named `.zip` or `.tar`, or `root` under any name, are looked into as if they were
/// directories, and archives within them, up to three deep. What they are is judged by content. Of
/// a damaged archive, what can be read is yielded before the error. Of entries with the same name
/// the last is taken and the others reported, links are not followed, and names that lead out of
/// the archive are refused.
///
/// A root that is any other file is yielded alone.
///
/// Memory: the names in one directory and the directories on the way to it; for an archive, about
/// 100 bytes and the name for each file, while a [`SourceFile`] of the archive lives.
pub fn scan(root: &Path) -> Scan {
    Scan {
        pending: vec![Pending::Root(root.to_owned())],
        visited: HashSet::new(),
        reach: Reach::Anywhere,
        kept: Arc::default(),
    }
}

/// Iterator over the folders under a root, made by [`scan`].
#[derive(Debug)]
pub struct Scan {
    /// A stack; the next one is last.
    pending: Vec<Pending>,
    /// Directories and archives on disk seen, as canonical paths: links may lead back up.
    visited: HashSet<PathBuf>,
    /// Nothing on disk out of it is read.
    reach: Reach,
    kept: Arc<Kept>,
}

#[derive(Debug)]
enum Pending {
    Root(PathBuf),
    Directory(PathBuf),
    Archive(SourceFile),
    Folder(PatentFolder),
    Failed(SourceError),
}

impl Iterator for Scan {
    type Item = Result<PatentFolder, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let looked_into = match self.pending.pop()? {
                Pending::Failed(error) => return Some(Err(error)),
                Pending::Folder(folder) => return Some(Ok(folder)),
                Pending::Root(path) => {
                    let path = std::path::absolute(&path).unwrap_or(path);
                    self.root(&path)
                        .map_err(|fault| fault.at(path.to_string_lossy()))
                }
                Pending::Directory(path) => self
                    .directory(&path)
                    .map_err(|fault| fault.at(path.to_string_lossy())),
                Pending::Archive(file) => {
                    self.archive(&file).map_err(|fault| fault.at(file.path()))
                }
            };
            if let Err(error) = looked_into {
                return Some(Err(error));
            }
        }
    }
}

impl Scan {
    /// Passes over `directory`, whatever way leads to it.
    #[must_use]
    pub fn without(mut self, directory: &Path) -> Self {
        self.visited.extend(directory.canonicalize());
        self
    }

    /// Refuses what does not lie within `reach`, links followed; the files found are held to it
    /// whenever they are read.
    #[must_use]
    pub fn within(mut self, reach: Reach) -> Self {
        self.reach = reach;
        self
    }

    /// The canonical path, if it may be read.
    fn permitted(&self, path: &Path) -> Result<PathBuf, Fault> {
        let canonical = path.canonicalize()?;
        if self.reach.allows(&canonical) {
            Ok(canonical)
        } else {
            Err(Fault::new(
                SourceErrorKind::UnsafeName,
                out_of_reach().to_string(),
            ))
        }
    }

    fn root(&mut self, path: &Path) -> Result<(), Fault> {
        if fs::metadata(path)?.is_dir() {
            return self.directory(path);
        }
        self.permitted(path)?;
        check_name(path)?;
        let file = SourceFile::on_disk_within(path, &self.reach)?;
        if is_archive(&file) {
            return self.archive(&file);
        }
        self.pending.push(Pending::Folder(single_file(file, path)));
        Ok(())
    }

    /// Lists one archive and queues what it holds, in this order: its folders, the archives within
    /// it, what was wrong with it.
    fn archive(&mut self, file: &SourceFile) -> Result<(), Fault> {
        if let Some(path) = file.disk_path()
            && !self.visited.insert(self.permitted(path)?)
        {
            return Ok(());
        }
        let (archive, problems) = file.open_archive(&self.kept)?;
        let mut contents = Contents::of_archive(&archive);
        contents.problems.extend(problems);
        self.queue(contents.problems.into_iter().map(Pending::Failed));
        self.queue(contents.archives.into_iter().map(Pending::Archive));
        self.queue(contents.folders.into_iter().map(Pending::Folder));
        Ok(())
    }

    /// Reads one directory and queues what it holds, in this order: its own files, what could not
    /// be read, the directories and archives below it by name.
    fn directory(&mut self, path: &Path) -> Result<(), Fault> {
        if !self.visited.insert(self.permitted(path)?) {
            return Ok(());
        }
        check_name(path)?;
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
        let mut folder = PatentFolder::new(path.to_string_lossy().into_owned());
        let mut below = Vec::new();
        for entry in entries {
            let path = entry.path();
            // Follows links, unlike the entry's own type.
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() => below.push(Pending::Directory(path)),
                // Pipes and devices would block whoever opens them.
                Ok(metadata) if metadata.is_file() => {
                    let file = SourceFile::on_disk_within(&path, &self.reach)?;
                    let class = classify(file.name(), |bytes| file.read_head(bytes).ok());
                    if class == FileClass::Other {
                        continue;
                    }
                    // Of files only links lead elsewhere.
                    let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
                    let permitted = if is_link {
                        self.permitted(&path).map(drop)
                    } else {
                        Ok(())
                    };
                    if let Err(fault) = permitted.and_then(|()| check_name(&path)) {
                        failures.push(fault.at(path.to_string_lossy()));
                        continue;
                    }
                    match class {
                        FileClass::Grant => folder.xml.push(file),
                        FileClass::Image => folder.images.push(file),
                        FileClass::Archive => below.push(Pending::Archive(file)),
                        FileClass::PackedArchive => failures.push(packed(&file)),
                        FileClass::Unread => folder.count_unread(file.name()),
                        FileClass::Other => {}
                    }
                }
                Ok(_) => {}
                Err(error) => failures.push(Fault::from(error).at(path.to_string_lossy())),
            }
        }
        self.queue(below.into_iter());
        self.queue(failures.into_iter().map(Pending::Failed));
        if !folder.is_empty() {
            self.pending.push(Pending::Folder(folder));
        }
        Ok(())
    }

    /// Puts these before what is pending; the first comes first.
    fn queue(&mut self, next: impl DoubleEndedIterator<Item = Pending>) {
        self.pending.extend(next.rev());
    }
}

/// Paths are recorded as text, so that only text leads back to a file.
fn check_name(path: &Path) -> Result<(), Fault> {
    match path.to_str() {
        Some(_) => Ok(()),
        None => Err(Fault::new(
            SourceErrorKind::Unsupported,
            "its name is not valid Unicode; rename it",
        )),
    }
}

/// Whether a file named by the user is an archive. Images and grants are taken at their word; other
/// names may hide one.
fn is_archive(file: &SourceFile) -> bool {
    match classify(file.name(), |_| None) {
        FileClass::Archive | FileClass::PackedArchive => true,
        FileClass::Grant | FileClass::Image => false,
        FileClass::Unread | FileClass::Other => {
            file.format().is_ok_and(|format| format != Format::Unknown)
        }
    }
}

/// A file named by the user is taken at its word.
fn single_file(file: SourceFile, path: &Path) -> PatentFolder {
    let directory = path.parent().unwrap_or(path);
    let mut folder = PatentFolder::new(directory.to_string_lossy().into_owned());
    if extension(file.name()).as_deref() == Some("xml") {
        folder.xml.push(file);
    } else {
        folder.images.push(file);
    }
    folder
}
