//! Blobs as files below a folder.
//!
//! A blob is written to a file of its own in `.partial/`, flushed to the disk, and renamed to
//! its place: a reader sees the old bytes or the new ones, also after a crash or a power cut.

mod listing;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use self::listing::Listing;
use super::{BlobError, BlobKey, BlobStore, BlobUsage, OpenBlob, PutNew};

/// Where unfinished files lie. No key leads here, as parts of keys never start with a dot.
const PARTIAL: &str = ".partial";

/// Blobs as files: the key is the path below the root.
///
/// As in any file system a key cannot be both a blob and a folder: with `a/b` there, `a`
/// cannot be put.
#[derive(Clone, Debug)]
pub struct FolderBlobs {
    root: PathBuf,
}

impl FolderBlobs {
    /// A store in `root`. Nothing is created before the first blob is.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The file that holds `key`, whether or not it is there.
    #[must_use]
    pub fn path(&self, key: &BlobKey) -> PathBuf {
        self.root.join(key.as_str())
    }

    /// Removes what writers left that were killed; returns how many files that were. Only for
    /// the owner of the folder, and before it writes: the file of a writer at work is removed too.
    ///
    /// # Errors
    /// [`BlobError::Failed`] when the leftovers cannot be listed or removed.
    pub fn remove_leftovers(&self) -> Result<usize, BlobError> {
        let partial = self.root.join(PARTIAL);
        let remove = || -> io::Result<usize> {
            let mut removed = 0;
            for entry in fs::read_dir(&partial)? {
                fs::remove_file(entry?.path())?;
                removed += 1;
            }
            Ok(removed)
        };
        match remove() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            result => result.map_err(|error| failed("clear", &partial.display(), error)),
        }
    }

    fn write(
        &self,
        path: &Path,
        bytes: &[u8],
        place: impl FnOnce(NamedTempFile) -> io::Result<()>,
    ) -> io::Result<()> {
        let folder = path.parent().unwrap_or(&self.root);
        let partial = self.root.join(PARTIAL);
        fs::create_dir_all(&partial)?;
        self.create_folder(folder)?;
        let mut file = new_file(&partial)?;
        file.write_all(bytes)?;
        file.as_file().sync_data()?;
        place(file)?;
        sync_folder(folder)
    }

    /// Creates a folder and those above it, as durably as the blobs in it.
    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        fs::create_dir_all(folder)?;
        let above = folder.ancestors().skip(1);
        above
            .take_while(|above| above.starts_with(&self.root))
            .try_for_each(sync_folder)
    }
}

impl BlobStore for FolderBlobs {
    fn put(&self, key: &BlobKey, bytes: &[u8]) -> Result<(), BlobError> {
        let path = self.path(key);
        self.write(&path, bytes, |file| {
            file.persist(&path)?;
            Ok(())
        })
        .map_err(|error| failed("write blob", key, error))
    }

    fn put_new(&self, key: &BlobKey, bytes: &[u8]) -> Result<PutNew, BlobError> {
        let path = self.path(key);
        if self.size(key)?.is_none() {
            let placed = self.write(&path, bytes, |file| {
                file.persist_noclobber(&path)?;
                Ok(())
            });
            match placed {
                // Somebody was faster.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                placed => {
                    placed.map_err(|error| failed("write blob", key, error))?;
                    return Ok(PutNew::Stored);
                }
            }
        }
        Ok(if self.get(key)?.as_deref() == Some(bytes) {
            PutNew::SameThere
        } else {
            PutNew::OtherThere
        })
    }

    fn get(&self, key: &BlobKey) -> Result<Option<Vec<u8>>, BlobError> {
        match fs::read(self.path(key)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if is_no_blob(&error) => Ok(None),
            Err(error) => Err(failed("read blob", key, error)),
        }
    }

    fn open(&self, key: &BlobKey) -> Result<Option<OpenBlob>, BlobError> {
        let open = || {
            let file = fs::File::open(self.path(key))?;
            let metadata = file.metadata()?;
            Ok(metadata.is_file().then(|| OpenBlob {
                length: metadata.len(),
                reader: Box::new(file),
            }))
        };
        match open() {
            Err(error) if is_no_blob(&error) => Ok(None),
            result => result.map_err(|error| failed("read blob", key, error)),
        }
    }

    fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        match fs::metadata(self.path(key)) {
            Ok(metadata) => Ok(metadata.is_file().then_some(metadata.len())),
            Err(error) if is_no_blob(&error) => Ok(None),
            Err(error) => Err(failed("look for blob", key, error)),
        }
    }

    fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        match fs::remove_file(self.path(key)) {
            Ok(()) => Ok(()),
            Err(error) if is_no_blob(&error) => Ok(()),
            Err(error) => Err(failed("delete blob", key, error)),
        }
    }

    fn list(
        &self,
        prefix: &str,
        after: Option<&BlobKey>,
        limit: usize,
    ) -> Result<Vec<BlobKey>, BlobError> {
        let mut listing = Listing {
            prefix,
            after: after.map_or("", BlobKey::as_str),
            limit,
            found: Vec::new(),
        };
        listing
            .add_folder(&self.root, "")
            .map_err(|error| failed("list", &self.root.display(), error))?;
        Ok(listing.found)
    }

    fn kind(&self) -> &'static str {
        "folder"
    }

    fn usage(&self) -> Result<BlobUsage, BlobError> {
        let mut usage = BlobUsage::default();
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            add_folder(&folder, &mut usage, &mut folders)
                .map_err(|error| failed("list", &folder.display(), error))?;
        }
        Ok(usage)
    }
}

/// Counts the blobs that lie in `folder` itself and notes the folders in it. What vanishes
/// meanwhile is not counted.
fn add_folder(folder: &Path, usage: &mut BlobUsage, folders: &mut Vec<PathBuf>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if is_no_blob(&error) => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let metadata = match entry.metadata() {
            Err(error) if is_no_blob(&error) => continue,
            metadata => metadata?,
        };
        if metadata.is_dir() {
            folders.push(entry.path());
        } else if metadata.is_file() {
            usage.count += 1;
            usage.size_bytes += metadata.len();
        }
    }
    Ok(())
}

/// Whether the error says that there is no such blob: nothing under the key, a part of the
/// key is a blob itself, or the key is the folder of other blobs.
fn is_no_blob(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory
    )
}

/// A file of its own, closed to all but its owner, as it stays after the rename.
fn new_file(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o600));
    }
    builder.tempfile_in(folder)
}

/// Makes a rename in `folder` survive a power cut.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

fn failed(action: &'static str, subject: &impl ToString, error: io::Error) -> BlobError {
    BlobError::Failed {
        action,
        subject: subject.to_string(),
        source: error.into(),
    }
}

#[cfg(test)]
mod tests;
