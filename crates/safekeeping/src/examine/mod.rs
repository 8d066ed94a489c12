//! Whether a data directory holds what it should, and the repair of what can be derived.
//!
//! Quick: the catalogue's structure, every thumbnail, copy and original by name, every embedding,
//! the vectors of every index. Deep: every page of the catalogue, and every file by its bytes. What
//! is derived (thumbnails, indexes) can be made again; lost copies and originals can't.

use std::fmt;
use std::io::Read;

pub use lookalike_catalog::Depth;
use lookalike_catalog::{Collection, Content};
use lookalike_engine::{
    Engine, EngineError, ErrorKind, Pictures, Stores, hex, is_gone, is_whole_jpeg, thumbnail_key,
};
use lookalike_storage::blob::{BlobKey, OpenBlob};
use lookalike_work::Cancel;
use md5::{Digest, Md5};

/// Embeddings read at a time.
const EMBEDDINGS: usize = 1_000;

/// Troubles that are listed one by one; the others are counted.
const TOLD: usize = 20;

/// What becomes of what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// It is reported.
    Nothing,
    /// What is derived is made again; for the process that owns the data directory.
    Derived,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examined {
    /// How many were looked at.
    pub looked_at: u64,
    /// How many were wrong.
    pub wrong: u64,
    /// How many of those were made again.
    pub repaired: u64,
    /// The first of what is wrong.
    pub troubles: Vec<String>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examination {
    /// The file of the catalogue.
    pub catalog: Examined,
    /// Thumbnails.
    pub thumbnails: Examined,
    /// Copies of originals.
    pub copies: Examined,
    /// Originals that stay where they were imported from.
    pub originals: Examined,
    /// Embeddings.
    pub embeddings: Examined,
    /// Indexes.
    pub indexes: Examined,
}

impl Examined {
    fn trouble(&mut self, what: impl fmt::Display) {
        self.wrong += 1;
        if self.troubles.len() < TOLD {
            self.troubles.push(what.to_string());
        }
    }

    fn result<T>(&mut self, result: Result<T, impl fmt::Display>) -> Option<T> {
        self.looked_at += 1;
        result.map_err(|error| self.trouble(error)).ok()
    }

    /// Whether something is wrong that was not made again.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.wrong > self.repaired
    }
}

/// Examines a data directory.
pub struct Examiner<'a> {
    stores: &'a Stores,
    pictures: &'a Pictures,
}

impl<'a> Examiner<'a> {
    /// Examines what `engine` stands on.
    #[must_use]
    pub fn new(engine: &'a Engine) -> Self {
        Self {
            stores: engine.stores(),
            pictures: engine.pictures(),
        }
    }

    /// Looks at everything. What is wrong is in the report.
    ///
    /// # Errors
    /// It was cancelled, or the catalogue can't be read at all.
    pub fn run(
        &self,
        depth: Depth,
        repair: Repair,
        cancel: &Cancel,
    ) -> Result<Examination, EngineError> {
        let mut found = Examination::default();
        let catalog = self.stores.catalog();
        found.catalog.result(catalog.check_to(depth));
        let mut contents = Vec::new();
        catalog.each_content(|content| {
            contents.push(content);
            Ok::<_, EngineError>(())
        })?;
        for content in &contents {
            check_cancel(cancel)?;
            self.content(content, depth, repair, &mut found)?;
        }
        for collection in catalog.collections()? {
            check_cancel(cancel)?;
            let mut after = None;
            loop {
                match catalog.embeddings_after(&collection, after, EMBEDDINGS) {
                    Ok(read) => {
                        let Some(last) = read.last() else { break };
                        after = Some((last.item_id, last.figure_index));
                        found.embeddings.looked_at += read.len() as u64;
                    }
                    Err(error) => {
                        let name = &collection.spec.name;
                        found
                            .embeddings
                            .trouble(format!("collection `{name}`: {error}"));
                        break;
                    }
                }
            }
            self.index(&collection, repair, &mut found.indexes);
        }
        Ok(found)
    }

    fn content(
        &self,
        content: &Content,
        depth: Depth,
        repair: Repair,
        found: &mut Examination,
    ) -> Result<(), EngineError> {
        let item = self.stores.catalog().item_of_content(&content.md5)?;
        let name = item.as_ref().map_or(&content.md5, |item| &item.file_name);
        if let Some(key) = &content.original_key {
            let key = BlobKey::new(key.clone())?;
            let copy = self.copy(&key, content, depth);
            found
                .copies
                .result(copy.map_err(|reason| format!("{name}: {reason}")));
        } else if let Some(item) = &item
            && let Some(path) = &item.original_path
        {
            let original = if depth == Depth::Deep {
                self.pictures.open_original(item).map(drop)
            } else if is_gone(path) {
                Err(EngineError::new(ErrorKind::NotFound, "is no longer there"))
            } else {
                Ok(())
            };
            found
                .originals
                .result(original.map_err(|error| format!("{path}: {error}")));
        }
        // Vectors that stand for themselves have no picture.
        let Some(item) = item.as_ref().filter(|item| item.width > 0) else {
            return Ok(());
        };
        let thumbnail = self.thumbnail(content, depth);
        let broken = thumbnail.map_err(|reason| format!("{name}: {reason}"));
        if found.thumbnails.result(broken).is_none()
            && repair == Repair::Derived
            && self.pictures.make_thumbnail_again(item).is_ok()
        {
            found.thumbnails.repaired += 1;
        }
        Ok(())
    }

    fn thumbnail(&self, content: &Content, depth: Depth) -> Result<(), String> {
        let key = thumbnail_key(&content.md5).map_err(|error| error.to_string())?;
        let missing = || "its thumbnail is missing".to_owned();
        match depth {
            Depth::Quick => match self.stores.blobs().exists(&key) {
                Ok(true) => Ok(()),
                Ok(false) => Err(missing()),
                Err(error) => Err(error.to_string()),
            },
            Depth::Deep => {
                let bytes = self.stores.blobs().get(&key);
                let bytes = bytes.map_err(|error| error.to_string())?;
                let bytes = bytes.ok_or_else(missing)?;
                if is_whole_jpeg(&bytes) && self.stores.decode(&bytes).is_ok() {
                    Ok(())
                } else {
                    Err("its thumbnail is damaged".to_owned())
                }
            }
        }
    }

    fn copy(&self, key: &BlobKey, content: &Content, depth: Depth) -> Result<(), String> {
        let missing = || format!("its copy {key} is missing");
        let blobs = self.stores.blobs();
        let is_whole = if depth == Depth::Quick {
            let size = blobs.size(key).map_err(|error| error.to_string())?;
            size.ok_or_else(missing)? == content.file_size
        } else {
            let opened = blobs.open(key).map_err(|error| error.to_string())?;
            let mut opened = opened.ok_or_else(missing)?;
            opened.length == content.file_size && md5(&mut opened)? == content.file_md5()
        };
        if is_whole {
            Ok(())
        } else {
            Err(format!("its copy {key} is damaged"))
        }
    }

    fn index(&self, collection: &Collection, repair: Repair, found: &mut Examined) {
        let name = &collection.spec.name;
        let check = || -> Result<(), String> {
            let state = self.stores.vectors().state(collection);
            let state = state.map_err(|error| format!("collection `{name}`: {error}"))?;
            let stored = self.stores.catalog().count_embedded_items(collection);
            let stored = stored.map_err(|error| format!("collection `{name}`: {error}"))?;
            // An item may have several.
            if state.vectors < stored {
                return Err(format!(
                    "collection `{name}`: its index holds {} vectors, the catalogue {stored} items",
                    state.vectors
                ));
            }
            let differences = self.stores.vectors().differences(collection);
            let differences =
                differences.map_err(|error| format!("collection `{name}`: {error}"))?;
            if differences.is_empty() {
                return Ok(());
            }
            Err(format!("collection `{name}`: {}", differences.join("; ")))
        };
        if found.result(check()).is_none()
            && repair == Repair::Derived
            && self.stores.vectors().rebuild(collection).is_ok()
            && check().is_ok()
        {
            found.repaired += 1;
        }
    }
}

fn md5(blob: &mut OpenBlob) -> Result<String, String> {
    let mut hash = Md5::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match blob.reader.read(&mut buffer) {
            Ok(0) => return Ok(hex(&hash.finalize())),
            Ok(count) => hash.update(&buffer[..count]),
            Err(error) => return Err(error.to_string()),
        }
    }
}

fn check_cancel(cancel: &Cancel) -> Result<(), EngineError> {
    if cancel.is_cancelled() {
        return Err(EngineError::new(
            ErrorKind::Conflict,
            "the examination was cancelled",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
