//! A look through folders: which files an import could take, and where nothing can be known.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use lookalike_patents::{is_clutter, may_be_source};

use lookalike_engine::says_gone;

/// What tells a changed file from an unchanged one: length in bytes and time of change in
/// nanoseconds from 1970.
pub(super) type Stamp = (u64, u128);

/// Places whose files can't be known now, each a root, a folder below one or a link.
pub(super) type Blinds = BTreeMap<PathBuf, Blind>;

/// Why what lies at a place can't be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Blind {
    /// A root that holds nothing, as a mount point without its drive does.
    Empty,
    /// The system, or we, can't read it, and why.
    Unreadable(String),
}

/// What a look showed.
#[derive(Debug, Default)]
pub(super) struct Look {
    pub(super) files: HashMap<PathBuf, Stamp>,
    pub(super) blind: Blinds,
}

/// Whether a path is one of these places or lies below one.
pub(super) fn is_below(path: &Path, places: &Blinds) -> bool {
    !places.is_empty() && path.ancestors().any(|above| places.contains_key(above))
}

/// Whether a root is there as a whole, and what it is; otherwise why it may not be.
pub(super) fn reach(root: &Path) -> Result<fs::Metadata, Blind> {
    let unreadable = |error: io::Error| Blind::Unreadable(error.to_string());
    let metadata = fs::metadata(root).map_err(unreadable)?;
    if metadata.is_dir() {
        let mut entries = fs::read_dir(root).map_err(unreadable)?;
        let holds_any = entries.any(|entry| {
            entry.is_ok_and(|entry| !is_clutter(&entry.file_name().to_string_lossy()))
        });
        if !holds_any {
            return Err(Blind::Empty);
        }
    } else if !metadata.is_file() {
        let reason = "is neither a folder nor a file".to_owned();
        return Err(Blind::Unreadable(reason));
    }
    Ok(metadata)
}

impl Look {
    /// Looks through canonical `roots`, leaving out `data_dir`.
    ///
    /// Files have the names and are reached by the ways that a scan of the same root reports,
    /// where several lead to a folder: by these names imports are asked for them.
    pub(super) fn new<'a>(roots: impl Iterator<Item = &'a Path>, data_dir: &Path) -> Self {
        let mut look = Self::default();
        for root in roots {
            match reach(root) {
                Ok(metadata) if metadata.is_file() => {
                    // Taken whatever its name.
                    look.files.insert(root.to_owned(), stamp(&metadata));
                }
                Ok(_) => look.tree(root, data_dir),
                Err(why) => {
                    look.blind.insert(root.to_owned(), why);
                }
            }
        }
        look
    }

    fn tree(&mut self, root: &Path, data_dir: &Path) {
        // Links may lead back up.
        let mut visited: HashSet<PathBuf> = data_dir.canonicalize().into_iter().collect();
        let mut pending = vec![root.to_owned()];
        while let Some(path) = pending.pop() {
            match self.directory(&path, &mut visited) {
                Ok(below) => pending.extend(below.into_iter().rev()),
                Err(error) if path != root && says_gone(error.kind()) => {}
                Err(error) => {
                    let why = Blind::Unreadable(error.to_string());
                    self.blind.insert(path, why);
                }
            }
        }
    }

    /// Takes the files of one directory and returns the directories in it, by name.
    fn directory(
        &mut self,
        path: &Path,
        visited: &mut HashSet<PathBuf>,
    ) -> io::Result<Vec<PathBuf>> {
        let mut below = Vec::new();
        if !visited.insert(path.canonicalize()?) {
            return Ok(below);
        }
        if path.to_str().is_none() {
            let reason = "its name is not valid Unicode; rename it";
            return Err(io::Error::other(reason));
        }
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            if is_clutter(&entry.file_name().to_string_lossy()) {
                continue;
            }
            let path = entry.path();
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() => below.push(path),
                Ok(metadata) if metadata.is_file() && may_be_source(&path) => {
                    self.files.insert(path, stamp(&metadata));
                }
                Ok(_) => {}
                Err(error) if says_gone(error.kind()) => {}
                Err(error) if entry.file_type()?.is_symlink() => {
                    let why = Blind::Unreadable(error.to_string());
                    self.blind.insert(path, why);
                }
                // The directory hides what its entries are.
                Err(error) => return Err(error),
            }
        }
        below.sort_unstable();
        Ok(below)
    }
}

fn stamp(metadata: &fs::Metadata) -> Stamp {
    let modified = metadata.modified().ok();
    let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    (metadata.len(), since.map_or(0, |since| since.as_nanos()))
}
