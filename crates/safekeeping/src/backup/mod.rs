//! Backups: a copy of a data directory, made while it is searched and written.
//!
//! A backup is a data directory itself. It holds the catalogue of one moment, the blobs that this
//! catalogue names, and the models; indexes are derived and left out. It comes into being under
//! another name, so that there is never a half one under its own.

mod blobs;
#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lookalike_catalog::{Catalog, create_private_folder};
use lookalike_engine::{EngineError, ErrorKind, Hint, Stores, blob_place, thumbnail_key};
use lookalike_storage::blob::{BlobKey, FolderBlobs, Place};
use serde::Serialize;

use blobs::Copies;

/// Copies of the catalogue until one is found whose originals all were still there.
const TRIES: usize = 5;

/// What a backup holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BackupReport {
    /// Where it is.
    pub directory: PathBuf,
    /// Collections.
    pub collections: u64,
    /// Images.
    pub items: u64,
    /// Copies of originals, each compared with its MD5.
    pub originals: u64,
    /// Thumbnails; one that is missing is made again when it is asked for.
    pub thumbnails: u64,
    /// Originals and thumbnails that stay where they are, in the object store: the backup refers to
    /// them.
    pub in_object_store: u64,
    /// Files of models.
    pub model_files: u64,
    /// All files together.
    pub size_bytes: u64,
}

/// What the copy of the catalogue names and the directory did not have any more.
struct Gone {
    key: BlobKey,
}

/// Makes backups of a data directory.
pub struct Backups<'a> {
    stores: &'a Stores,
}

impl<'a> Backups<'a> {
    /// Backups of `stores`.
    #[must_use]
    pub fn new(stores: &'a Stores) -> Self {
        Self { stores }
    }

    /// Makes a backup in `directory`, which must not exist, and verifies it.
    ///
    /// # Errors
    /// The directory exists or can't be written, a copied original is missing or damaged, or the
    /// copy of the catalogue is.
    pub fn make(&self, directory: &Path) -> Result<BackupReport, EngineError> {
        if directory.exists() {
            return Err(EngineError::new(
                ErrorKind::Conflict,
                format!("{} exists already; name a new folder", directory.display()),
            ));
        }
        let partial = partial_name(directory);
        // Of a backup that was cut off.
        remove(&partial)?;
        let result = self.write_backup(&partial).and_then(|report| {
            fs::rename(&partial, directory).map_err(|error| failed(directory, error))?;
            Ok(BackupReport {
                directory: directory.to_path_buf(),
                ..report
            })
        });
        if result.is_err() {
            remove(&partial)?;
        }
        result
    }

    fn write_backup(&self, to: &Path) -> Result<BackupReport, EngineError> {
        create_private_folder(to).map_err(|error| failed(to, error))?;
        let blobs = FolderBlobs::new(to.join("blobs"));
        for _ in 0..TRIES {
            self.stores.catalog().copy_to(to)?;
            let copy = Catalog::open(to)?;
            copy.check()?;
            let mut report = BackupReport::default();
            // What is deleted between the copy of the catalogue and that of a blob is missing:
            // the next copy of the catalogue doesn't name it any more.
            let Some(gone) = self.copy_blobs(&copy, &blobs, &mut report)? else {
                return self.finish_backup(&copy, to, report);
            };
            tracing::info!("{} was deleted meanwhile; copying once more", gone.key);
            drop(copy);
            remove_catalog(to)?;
        }
        Err(EngineError::new(
            ErrorKind::Conflict,
            "copied originals are missing, or deleted faster than they can be backed up",
        )
        .with_hint(Hint::Examine))
    }

    fn copy_blobs(
        &self,
        copy: &Catalog,
        to: &FolderBlobs,
        report: &mut BackupReport,
    ) -> Result<Option<Gone>, EngineError> {
        let mut copies = Copies::new(self.stores.blobs(), to);
        let mut gone = None;
        // A bucket is backed up by its own means.
        let is_remote = self.stores.blobs().is_remote();
        let stays = |key: &BlobKey| is_remote && blob_place(key) != Place::Local;
        copy.each_content(|content| -> Result<(), EngineError> {
            let thumbnail = thumbnail_key(&content.md5)?;
            if stays(&thumbnail) {
                report.in_object_store += 1;
            } else {
                report.thumbnails += u64::from(copies.add(thumbnail, None)?);
            }
            if let Some(key) = &content.original_key {
                let key = BlobKey::new(key.clone())?;
                if stays(&key) {
                    report.in_object_store += 1;
                } else if copies.add(key.clone(), Some(content.file_md5()))? {
                    report.originals += 1;
                } else {
                    gone = Some(Gone { key });
                }
            }
            Ok(())
        })?;
        copies.write()?;
        Ok(gone)
    }

    fn finish_backup(
        &self,
        copy: &Catalog,
        to: &Path,
        report: BackupReport,
    ) -> Result<BackupReport, EngineError> {
        let models = self.stores.encoders().data_dir().join("models");
        let model_files = copy_folder(&models, &to.join("models"))?;
        // It only grows, and what was half-written is known by its checksum.
        let evidence = self.stores.evidence().directory();
        copy_folder(evidence, &to.join("evidence"))?;
        let mut items = 0;
        let collections = copy.collections()?;
        for collection in &collections {
            items += copy.stats(collection)?.items;
        }
        Ok(BackupReport {
            collections: collections.len() as u64,
            items,
            model_files,
            size_bytes: size(to).map_err(|error| failed(to, error))?,
            ..report
        })
    }
}

/// Beside the directory, so that it can be renamed.
fn partial_name(directory: &Path) -> PathBuf {
    let mut name = directory.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

fn remove(folder: &Path) -> Result<(), EngineError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(folder, error)),
        _ => Ok(()),
    }
}

fn remove_catalog(folder: &Path) -> Result<(), EngineError> {
    for entry in fs::read_dir(folder).map_err(|error| failed(folder, error))? {
        let path = entry.map_err(|error| failed(folder, error))?.path();
        if path.is_file() {
            fs::remove_file(&path).map_err(|error| failed(&path, error))?;
        }
    }
    Ok(())
}

/// Copies the files of a folder that may be missing; returns how many.
fn copy_folder(from: &Path, to: &Path) -> Result<u64, EngineError> {
    let entries = match fs::read_dir(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries.map_err(|error| failed(from, error))?,
    };
    fs::create_dir_all(to).map_err(|error| failed(to, error))?;
    let mut files = 0;
    for entry in entries {
        let entry = entry.map_err(|error| failed(from, error))?;
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            files += copy_folder(&path, &copy)?;
        } else {
            fs::copy(&path, &copy).map_err(|error| failed(&path, error))?;
            files += 1;
        }
    }
    Ok(files)
}

fn size(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() {
            size(&entry.path())?
        } else {
            entry.metadata()?.len()
        };
    }
    Ok(bytes)
}

fn failed(path: &Path, error: io::Error) -> EngineError {
    EngineError::new(
        ErrorKind::Internal,
        format!("{} could not be copied: {error}", path.display()),
    )
    .because(error)
}
