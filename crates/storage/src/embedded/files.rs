//! Where the files of indexes lie, and which of them fit.
//!
//! A file notes the collection and how far it followed it. Files are derived: one that is
//! missing, damaged, of another version or of another past is reported and made again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lookalike_catalog::{Collection, Revision};
use lookalike_index::{FileError, Index, Tag};

use super::loaded::Loaded;

/// The folder of a data directory's index files.
#[derive(Debug)]
pub(super) struct Files {
    directory: PathBuf,
}

impl Files {
    pub(super) fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// The collection's index as it was written last, if there is one that fits.
    pub(super) fn open(&self, collection: &Collection) -> Option<Loaded> {
        let paths = self.paths(collection.id);
        if !paths.iter().any(|path| path.exists()) {
            return None;
        }
        match open(&paths, collection) {
            Ok(loaded) => Some(loaded),
            Err(reason) => {
                self.discard(collection, &reason);
                None
            }
        }
    }

    /// Writes both indexes; what they are now is what [`Files::open`] gives then.
    pub(super) fn save(&self, collection: &Collection, loaded: &Loaded) -> Result<(), FileError> {
        fs::create_dir_all(&self.directory).map_err(|source| FileError::Io {
            path: self.directory.clone(),
            source,
        })?;
        let [sheets, front_pages] = self.paths(collection.id);
        let tag = tag(collection, &loaded.revision);
        loaded.sheets.save(&sheets, &tag)?;
        loaded.front_pages.save(&front_pages, &tag)
    }

    /// Says why files cannot be used. They are left for the next writing to replace.
    pub(super) fn discard(&self, collection: &Collection, reason: &str) {
        tracing::warn!(
            collection = collection.spec.name,
            "the index is rebuilt from the stored embeddings: {reason}"
        );
        // The next file takes its place in any case.
        if let Err(error) = self.remove(collection.id) {
            tracing::warn!("{error}");
        }
    }

    /// Removes the files of the collection with that id; none there is fine.
    pub(super) fn remove(&self, collection_id: i64) -> Result<(), FileError> {
        for path in self.paths(collection_id) {
            match fs::remove_file(&path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(FileError::Io { path, source });
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn paths(&self, collection_id: i64) -> [PathBuf; 2] {
        ["sheets", "front-pages"]
            .map(|part| self.directory.join(format!("{collection_id}-{part}.index")))
    }
}

fn open(paths: &[PathBuf; 2], collection: &Collection) -> Result<Loaded, String> {
    let open = |path: &Path| Index::open(path).map_err(|error| error.to_string());
    let [(sheets, found), (front_pages, other)] = [open(&paths[0])?, open(&paths[1])?];
    let expected = Loaded::empty(collection).map_err(|error| error.to_string())?;
    let fits = |index: &Index| {
        (index.dim(), index.metric(), index.options())
            == (
                expected.sheets.dim(),
                expected.sheets.metric(),
                expected.sheets.options(),
            )
    };
    if found != other {
        return Err("its two files were written at different times".into());
    }
    let revision = revision(collection, found).ok_or("its files belong to another collection")?;
    if !fits(&sheets) || !fits(&front_pages) {
        return Err("its files were made for other settings".into());
    }
    Ok(Loaded {
        sheets: Arc::new(sheets),
        front_pages: Arc::new(front_pages),
        revision,
        unsaved: 0,
    })
}

/// Ids of collections are never used again, so that a revision belongs to one collection only.
fn tag(collection: &Collection, revision: &Revision) -> Tag {
    let numbers = [
        collection.id,
        collection.created_at,
        revision.last_item,
        revision.removals,
    ];
    numbers.map(i64::cast_unsigned)
}

fn revision(collection: &Collection, tag: Tag) -> Option<Revision> {
    let [id, created_at, last_item, removals] = tag.map(u64::cast_signed);
    ((id, created_at) == (collection.id, collection.created_at)).then_some(Revision {
        last_item,
        removals,
    })
}
