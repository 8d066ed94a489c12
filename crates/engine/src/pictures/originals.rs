//! Originals: the copy in the blob store, or the file where it was imported from.

use std::fs::File;
use std::io::{Cursor, Read};

use lookalike_catalog::Item;
use lookalike_imaging::Decoded;
use lookalike_patents::SourceFile;
use lookalike_storage::blob::{BlobKey, OpenBlob};

use super::Pictures;
use crate::{EngineError, ErrorKind, Hint};

impl Pictures {
    /// The bytes of the item's original.
    pub(crate) fn original(&self, item: &Item) -> Result<Vec<u8>, EngineError> {
        let mut bytes = Vec::new();
        self.open_original(item)?
            .reader
            .read_to_end(&mut bytes)
            .map_err(|error| original_is_gone(item).because(error))?;
        Ok(bytes)
    }

    /// The item's picture.
    pub(crate) fn decoded(&self, item: &Item) -> Result<Decoded, EngineError> {
        let bytes = self.original(item)?;
        self.stores.decode_page(&bytes, item.page.as_ref())
    }

    /// The item's original, never more of it than a file may have.
    pub(super) fn open_original(&self, item: &Item) -> Result<OpenBlob, EngineError> {
        if let Some(key) = &item.original_key
            && let Some(blob) = self.stores.blobs().open(&BlobKey::new(key.clone())?)?
        {
            return Ok(blob);
        }
        let gone = || original_is_gone(item);
        let path = item.original_path.as_ref().ok_or_else(gone)?;
        let file = SourceFile::reopen(path).map_err(|error| gone().because(error))?;
        let most = self.stores.limits().max_file_bytes;
        let Some(path) = file.disk_path() else {
            let bytes = file.read(most).map_err(|error| gone().because(error))?;
            return Ok(OpenBlob {
                length: bytes.len() as u64,
                reader: Box::new(Cursor::new(bytes)),
            });
        };
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let (length, file) = opened.map_err(|error| gone().because(error))?;
        if length > most {
            return Err(gone());
        }
        Ok(OpenBlob {
            length,
            // What grows meanwhile is not read on.
            reader: Box::new(file.take(length)),
        })
    }
}

pub(super) fn original_is_gone(item: &Item) -> EngineError {
    EngineError::new(
        ErrorKind::NotFound,
        format!(
            "the original of `{}` is no longer where it was imported from; put it back",
            item.file_name
        ),
    )
    .with_hint(Hint::KeepCopies)
}
