//! The keys of a folder in order, from any of them on.
//!
//! Keys are ordered by their bytes, and names in a folder are not visited in that order: `a.b`
//! comes before all of `a/`. With a slash behind the names of folders they are.

use std::fs;
use std::io;
use std::path::Path;

use super::super::BlobKey;
use super::is_no_blob;

/// What is asked for, and what was found of it.
pub(super) struct Listing<'a> {
    pub(super) prefix: &'a str,
    /// Only keys above this; every key is above the empty one.
    pub(super) after: &'a str,
    pub(super) limit: usize,
    pub(super) found: Vec<BlobKey>,
}

impl Listing<'_> {
    /// Adds what lies in `folder`, whose keys begin with `key`: nothing, or a name and a slash.
    pub(super) fn add_folder(&mut self, folder: &Path, key: &str) -> io::Result<()> {
        for name in names(folder)? {
            if self.found.len() == self.limit {
                return Ok(());
            }
            let key = format!("{key}{name}");
            if key.ends_with('/') {
                if self.may_hold(&key) {
                    self.add_folder(&folder.join(&name), &key)?;
                }
            } else if key.as_str() > self.after && key.starts_with(self.prefix) {
                // Files that nobody put are not blobs.
                self.found.extend(BlobKey::new(key));
            }
        }
        Ok(())
    }

    /// Whether keys that begin with `beginning` may be asked for.
    fn may_hold(&self, beginning: &str) -> bool {
        let by_prefix = beginning.starts_with(self.prefix) || self.prefix.starts_with(beginning);
        by_prefix && (beginning > self.after || self.after.starts_with(beginning))
    }
}

/// Names of files, and of folders with a slash behind, in order. What vanishes meanwhile and what
/// is hidden is left out.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if is_no_blob(&error) => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        let Ok(mut name) = entry.file_name().into_string() else {
            continue;
        };
        if name.starts_with('.') {
            continue;
        }
        match fs::metadata(entry.path()) {
            Err(error) if is_no_blob(&error) => continue,
            Ok(metadata) if metadata.is_dir() => name.push('/'),
            Ok(_) => {}
            Err(error) => return Err(error),
        }
        names.push(name);
    }
    names.sort_unstable();
    Ok(names)
}
