//! Pictures for people: thumbnails and browser-viewable originals, made on demand.

mod originals;
mod thumbnails;

use std::io::{Cursor, Read};
use std::sync::Arc;

use lookalike_catalog::Item;
use lookalike_imaging::{Format, RgbImage, encode_jpeg};
use lookalike_storage::blob::OpenBlob;

pub(crate) use thumbnails::make_thumbnail;

use crate::byte_cache::ByteCache;
use crate::{EngineError, ErrorKind, Stores};
use originals::original_is_gone;

/// Bytes that tell a format.
const SNIFFED: u64 = 16;

/// Bytes of thumbnails kept in memory: some three thousand.
const THUMBNAIL_BYTES: usize = 32 << 20;

const VIEW_QUALITY: u8 = 95;

/// An encoded picture.
pub struct Picture {
    /// Such as `image/jpeg`.
    pub mime: &'static str,
    /// The file.
    pub content: Content,
}

/// The bytes of a picture.
pub enum Content {
    /// All of them.
    Bytes(Vec<u8>),
    /// To be read bit by bit: originals may be as large as files are allowed to be.
    Stream(OpenBlob),
}

/// What pictures are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// A small one among others.
    Thumbnail,
    /// One alone.
    Full,
}

/// Shows the pictures of items. Shared by threads.
pub struct Pictures {
    stores: Arc<Stores>,
    /// By MD5 of the original.
    thumbnails: ByteCache<String, Arc<Vec<u8>>>,
}

impl Pictures {
    /// Pictures of the items in `stores`.
    #[must_use]
    pub fn new(stores: Arc<Stores>) -> Self {
        Self {
            stores,
            thumbnails: ByteCache::new(THUMBNAIL_BYTES),
        }
    }

    /// The item with that id, or, without one, the newest of that file name.
    ///
    /// # Errors
    /// There is none, or the id's item has another name.
    pub fn find(&self, file_name: &str, id: Option<u64>) -> Result<Item, EngineError> {
        let item = match id {
            Some(id) => self
                .stores
                .catalog()
                .items(&[id])?
                .pop()
                .filter(|item| item.file_name == file_name),
            None => self.stores.catalog().item_by_file_name(file_name)?,
        };
        item.ok_or_else(|| {
            let which = id.map(|id| format!(" with id {id}")).unwrap_or_default();
            EngineError::new(
                ErrorKind::NotFound,
                format!("no image named `{file_name}`{which}"),
            )
        })
    }

    /// Changes when a picture of the item does.
    #[must_use]
    pub fn tag(&self, item: &Item, view: View) -> String {
        match view {
            View::Thumbnail => format!("{}-thumbnail", item.md5),
            View::Full => format!("{}-full", item.md5),
        }
    }

    /// The item's picture for a view.
    ///
    /// # Errors
    /// The original is gone or can't be read any more.
    pub fn picture(&self, item: &Item, view: View) -> Result<Picture, EngineError> {
        match view {
            View::Thumbnail => self.thumbnail(item),
            View::Full => self.full_picture(item),
        }
    }

    /// The original as a browser shows it: PNG, WebP, GIF and JPEG as they are, others as JPEG.
    fn full_picture(&self, item: &Item) -> Result<Picture, EngineError> {
        let mut original = self.open_original(item)?;
        let mut head = Vec::new();
        let unreadable = |error| original_is_gone(item).because(error);
        original
            .reader
            .by_ref()
            .take(SNIFFED)
            .read_to_end(&mut head)
            .map_err(unreadable)?;
        let format = Format::sniff(&head);
        let mut reader = Cursor::new(head).chain(original.reader);
        if let Some(format) = format.filter(|format| format.is_browser_viewable()) {
            return Ok(Picture {
                mime: format.mime(),
                content: Content::Stream(OpenBlob {
                    length: original.length,
                    reader: Box::new(reader),
                }),
            });
        }
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(Picture {
            mime: Format::Jpeg.mime(),
            content: Content::Bytes(jpeg(&self.stores.decode(&bytes)?.image, VIEW_QUALITY)?),
        })
    }

    /// Any supported picture as a JPEG that a browser shows.
    ///
    /// # Errors
    /// The bytes are no picture that can be read.
    pub fn preview(&self, bytes: &[u8]) -> Result<Vec<u8>, EngineError> {
        jpeg(&self.stores.decode(bytes)?.image, VIEW_QUALITY)
    }
}

fn jpeg(image: &RgbImage, quality: u8) -> Result<Vec<u8>, EngineError> {
    encode_jpeg(image, quality).map_err(|error| {
        EngineError::new(ErrorKind::Unprocessable, error.to_string()).because(error)
    })
}
