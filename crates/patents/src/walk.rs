//! Finds grants and images in a tree of folders, one folder at a time.
//!
//! Images are chosen by their name's ending and decoded elsewhere by content.
//! Opening every file of a million to look at its first bytes would cost more
//! than the walk, so only files without any ending, as content-addressed
//! stores write them, are looked into; `.txt` and its like are never opened.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::PatentId;

/// What one directory holds directly, sorted by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatentFolder {
    /// The directory; for a root that is a file, the one it lies in.
    pub directory: PathBuf,
    /// Files ending in `.xml` that are grants, or were meant as such: broken
    /// ones are listed too, so that reading them reports the reason.
    pub xml: Vec<PathBuf>,
    /// Files that look like images. Whether they are shows when they are decoded.
    pub images: Vec<PathBuf>,
}

/// A directory or file that could not be read. The walk goes on after it.
#[derive(Debug, Error)]
#[error("cannot read {}: {source}; it was left out", path.display())]
pub struct ScanError {
    /// The directory or file.
    pub path: PathBuf,
    /// What the operating system says.
    pub source: io::Error,
}

/// Walks `root`, depth first and in the order of names. Yields one
/// [`PatentFolder`] for every directory that holds a grant or an image, and a
/// [`ScanError`] for everything that cannot be read.
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
    Failed(ScanError),
}

/// Endings of image files, in lower case.
const IMAGE_EXTENSIONS: [&str; 8] = ["tif", "tiff", "jpg", "jpeg", "png", "gif", "bmp", "webp"];

/// Bytes looked at to tell a grant from other XML. The root element follows the
/// DOCTYPE, whose list of drawings may be long in documents of 2005.
const SNIFFED_BYTES: u64 = 16 << 10;

impl Iterator for Scan {
    type Item = Result<PatentFolder, ScanError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let found = match self.pending.pop()? {
                Pending::Failed(error) => return Some(Err(error)),
                Pending::Root(path) => match fs::metadata(&path) {
                    Ok(metadata) if metadata.is_dir() => self.directory(&path),
                    Ok(_) => Ok(Some(single_file(path))),
                    Err(source) => Err(ScanError { path, source }),
                },
                Pending::Directory(path) => self.directory(&path),
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
    /// Reads one directory and queues those below it. `None` when it holds
    /// nothing of interest or was seen before.
    fn directory(&mut self, path: &Path) -> Result<Option<PatentFolder>, ScanError> {
        let failed = |source| ScanError {
            path: path.to_owned(),
            source,
        };
        if !self.visited.insert(path.canonicalize().map_err(failed)?) {
            return Ok(None);
        }
        let mut failures = Vec::new();
        let mut entries = Vec::new();
        for entry in fs::read_dir(path).map_err(failed)? {
            match entry {
                Ok(entry) if is_clutter(&entry.file_name().to_string_lossy()) => {}
                Ok(entry) => entries.push(entry),
                Err(source) => failures.push(failed(source)),
            }
        }
        entries.sort_unstable_by_key(fs::DirEntry::file_name);
        let mut folder = PatentFolder {
            directory: path.to_owned(),
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
                Ok(metadata) if metadata.is_file() => match classify(&path) {
                    FileClass::Grant => folder.xml.push(path),
                    FileClass::Image => folder.images.push(path),
                    FileClass::Other => {}
                },
                Ok(_) => {}
                Err(source) => failures.push(ScanError { path, source }),
            }
        }
        self.pending.extend(below.into_iter().rev());
        self.pending
            .extend(failures.into_iter().rev().map(Pending::Failed));
        Ok((!folder.xml.is_empty() || !folder.images.is_empty()).then_some(folder))
    }
}

/// A file named by the user is taken at its word.
fn single_file(path: PathBuf) -> PatentFolder {
    let directory = path.parent().unwrap_or(Path::new("")).to_owned();
    let (xml, images) = match classify(&path) {
        FileClass::Grant => (vec![path], Vec::new()),
        _ if extension(&path).as_deref() == Some("xml") => (vec![path], Vec::new()),
        _ => (Vec::new(), vec![path]),
    };
    PatentFolder {
        directory,
        xml,
        images,
    }
}

enum FileClass {
    Grant,
    Image,
    Other,
}

fn classify(path: &Path) -> FileClass {
    match extension(path).as_deref() {
        Some("xml") if is_grant(path) => FileClass::Grant,
        Some(extension) if IMAGE_EXTENSIONS.contains(&extension) => FileClass::Image,
        None if starts_like_an_image(path) => FileClass::Image,
        _ => FileClass::Other,
    }
}

fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_string_lossy().to_ascii_lowercase())
}

/// By content; and whatever bears the name of a patent or cannot be opened, so
/// that it is reported and not passed over in silence.
fn is_grant(path: &Path) -> bool {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let number = stem.split(['-', '_']).next().unwrap_or_default();
    if PatentId::parse(number).is_ok() {
        return true;
    }
    let Ok(mut head) = read_head(path, SNIFFED_BYTES) else {
        return true;
    };
    // UTF-16 has a zero beside every letter.
    head.retain(|byte| *byte != 0);
    ["us-patent-grant", "us-patent-application", "PATDOC"]
        .iter()
        .any(|root| {
            head.windows(root.len())
                .any(|window| window == root.as_bytes())
        })
}

fn starts_like_an_image(path: &Path) -> bool {
    let Ok(head) = read_head(path, 12) else {
        return false;
    };
    const STARTS: [&[u8]; 8] = [
        b"II*\0",
        b"MM\0*",
        b"II+\0",
        b"MM\0+",
        b"\xff\xd8\xff",
        b"\x89PNG",
        b"GIF8",
        b"BM",
    ];
    STARTS.iter().any(|start| head.starts_with(start))
        || (head.starts_with(b"RIFF") && head.ends_with(b"WEBP"))
}

fn read_head(path: &Path, bytes: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(bytes).read_to_end(&mut head)?;
    Ok(head)
}

/// Hidden files, and what file managers and archivers leave behind.
fn is_clutter(name: &str) -> bool {
    name.starts_with('.')
        || ["thumbs.db", "desktop.ini", "__macosx"]
            .iter()
            .any(|clutter| name.eq_ignore_ascii_case(clutter))
}
