//! Thumbnails: made at import, kept in the blob store, the last ones in memory too.

use std::sync::Arc;

use lookalike_catalog::Item;
use lookalike_imaging::{Format, RgbImage, thumbnail};

use super::jpeg::jpeg;
use super::{Content, Picture, Pictures, View};
use crate::stores::thumbnail_key;
use crate::{EngineError, ErrorKind};

pub(super) const THUMBNAIL_QUALITY: u8 = 85;

impl Pictures {
    /// At most 300 x 300 pixels, JPEG. Stored at import; made again if it was lost.
    ///
    /// # Errors
    /// It was lost and the original is gone too.
    pub(super) fn thumbnail(&self, item: &Item) -> Result<Picture, EngineError> {
        Ok(Picture {
            mime: Format::Jpeg.mime(),
            content: Content::Bytes(self.thumbnail_bytes(item)?.to_vec()),
        })
    }

    /// The same, from memory if it was asked for lately.
    ///
    /// # Errors
    /// It was lost and the original is gone too.
    pub fn thumbnail_bytes(&self, item: &Item) -> Result<Arc<Vec<u8>>, EngineError> {
        let shown = self.tag(item, View::Thumbnail);
        if let Some(bytes) = self.thumbnails.get(&shown) {
            return Ok(bytes);
        }
        let key = thumbnail_key(&item.content_md5)?;
        let bytes = match self
            .stores
            .blobs()
            .get(&key)?
            .filter(|bytes| is_whole_jpeg(bytes))
        {
            Some(bytes) => bytes,
            None => self.make_thumbnail_again(item)?,
        };
        let bytes = Arc::new(bytes);
        self.thumbnails
            .insert(shown, Arc::clone(&bytes), bytes.len());
        Ok(bytes)
    }

    /// The thumbnail of an item in the trash.
    ///
    /// # Errors
    /// There is none of that id, it was lost, or the store can't be read.
    pub fn trashed_thumbnail(&self, id: u64) -> Result<Vec<u8>, EngineError> {
        let item = self.stores.catalog().trashed_item(id)?;
        let bytes = match item {
            Some(item) => self
                .stores
                .blobs()
                .get(&thumbnail_key(&item.content_md5)?)?,
            None => None,
        };
        bytes.ok_or_else(|| {
            EngineError::new(
                ErrorKind::NotFound,
                format!("there is no picture of an image with id {id} in the trash"),
            )
        })
    }

    /// Makes the item's thumbnail from its original, and stores it.
    ///
    /// # Errors
    /// The original is gone or can't be read any more.
    pub fn make_thumbnail_again(&self, item: &Item) -> Result<Vec<u8>, EngineError> {
        let bytes = make_thumbnail(&self.upright(item)?)?;
        self.stores
            .blobs()
            .put(&thumbnail_key(&item.content_md5)?, &bytes)?;
        Ok(bytes)
    }
}

/// Whether a stored thumbnail begins and ends as a JPEG does: what a failing disk left is sent to nobody.
#[must_use]
pub fn is_whole_jpeg(bytes: &[u8]) -> bool {
    Format::sniff(bytes) == Some(Format::Jpeg) && bytes.ends_with(&[0xff, 0xd9])
}

/// A thumbnail of `image`: JPEG, at most 300 x 300 pixels.
///
/// # Errors
/// It can't be encoded.
pub fn make_thumbnail(image: &RgbImage) -> Result<Vec<u8>, EngineError> {
    jpeg(&thumbnail(image), THUMBNAIL_QUALITY)
}
