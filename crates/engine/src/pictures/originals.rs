//! Originals: the copy in the blob store, or the file where it was imported from.
//!
//! A file may have become another since, or a link to one that nobody was to see: it would be shown,
//! and explained, as the item that it is not. Its size has to be the item's; where its time is
//! another than was noted, or a link leads to it, so has its sum.

use std::io::{Cursor, Read};

use lookalike_catalog::Item;
use lookalike_imaging::Decoded;
use lookalike_patents::{OpenFile, SourceFile, Stamp};
use lookalike_storage::blob::{BlobKey, OpenBlob, Place};
use md5::{Digest, Md5};

use super::Pictures;
use crate::hex::hex;
use crate::stores::blob_place;
use crate::{EngineError, ErrorKind, Hint};

impl Pictures {
    /// The bytes of the item's original.
    ///
    /// # Errors
    /// It is gone, has changed since it was imported, or can't be read.
    pub fn original(&self, item: &Item) -> Result<Vec<u8>, EngineError> {
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
    pub fn open_original(&self, item: &Item) -> Result<OpenBlob, EngineError> {
        if let Some(key) = &item.original_key
            && let Some(blob) = self.stores.blobs().open(&BlobKey::new(key.clone())?)?
        {
            return Ok(blob);
        }
        if let Some(key) = &item.original_key
            && blob_place(&BlobKey::new(key.clone())?) == Place::Remote
            && !self.stores.blobs().is_remote()
        {
            let error = EngineError::new(
                ErrorKind::Unavailable,
                format!(
                    "the original of `{}` is in S3, and no bucket is named",
                    item.file_name
                ),
            );
            return Err(error.with_hint(Hint::NameBucket));
        }
        let gone = || original_is_gone(item);
        let path = item.original_path.as_ref().ok_or_else(gone)?;
        let file = SourceFile::reopen(path).map_err(|error| gone().because(error))?;
        let most = self.stores.limits().max_file_bytes;
        let Some(on_disk) = file.disk_path() else {
            let bytes = file.read(most).map_err(|error| gone().because(error))?;
            return checked(item, bytes);
        };
        let opened = OpenFile::open(on_disk)
            .and_then(|opened| Ok((Stamp::of(&opened.file.metadata()?), opened)));
        let (stamp, OpenFile { mut file, place }) =
            opened.map_err(|error| gone().because(error))?;
        if stamp.size_bytes != item.file_size || stamp.size_bytes > most {
            return Err(original_has_changed(item));
        }
        if place != on_disk || !self.is_as_recorded(item, path, stamp)? {
            let mut bytes = Vec::new();
            let read = file.by_ref().take(stamp.size_bytes).read_to_end(&mut bytes);
            read.map_err(|error| gone().because(error))?;
            return checked(item, bytes);
        }
        Ok(OpenBlob {
            length: stamp.size_bytes,
            // What grows meanwhile is not read on.
            reader: Box::new(file.take(stamp.size_bytes)),
        })
    }

    /// Whether the file at `path` has the size and the time that were noted at its import.
    fn is_as_recorded(&self, item: &Item, path: &str, stamp: Stamp) -> Result<bool, EngineError> {
        let catalog = self.stores.catalog();
        let collection = catalog.collection(&item.collection)?;
        let known = catalog.known_path(&collection, path)?;
        Ok(known.is_some_and(|known| {
            (known.file_size, known.modified_ns) == (stamp.size_bytes, stamp.modified_ns)
        }))
    }
}

/// Bytes that were read, if they are the item's.
fn checked(item: &Item, bytes: Vec<u8>) -> Result<OpenBlob, EngineError> {
    if hex(&Md5::digest(&bytes)) != item.md5 {
        return Err(original_has_changed(item));
    }
    Ok(OpenBlob {
        length: bytes.len() as u64,
        reader: Box::new(Cursor::new(bytes)),
    })
}

fn original_has_changed(item: &Item) -> EngineError {
    EngineError::new(
        ErrorKind::NotFound,
        format!(
            "the original of `{}` has changed since it was imported: it is another picture now; \
             import it again",
            item.file_name
        ),
    )
    .with_hint(Hint::KeepCopies)
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
