//! Pictures for people: thumbnails and browser-viewable originals, made on demand.

mod drawn;
mod figure;
mod full;
mod jpeg;
mod originals;
#[cfg(test)]
mod tests;
mod thumbnails;

use std::sync::Arc;

use lookalike_catalog::{Item, Turn};
use lookalike_storage::blob::OpenBlob;

pub use figure::{PictureFigure, PictureFigures};
pub use thumbnails::{is_whole_jpeg, make_thumbnail};

use crate::byte_cache::ByteCache;
use crate::{EngineError, ErrorKind, Stores};

/// Bytes of thumbnails kept in memory: some three thousand.
const THUMBNAIL_BYTES: usize = 32 << 20;

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
    /// The same, of a drawing cut to what is drawn on its sheet.
    Drawn,
    /// The same of one figure, by its index within the item.
    Figure(u8),
    /// One alone.
    Full,
    /// One figure alone, by its index.
    FullFigure(u8),
}

/// Shows the pictures of items. Shared by threads.
pub struct Pictures {
    stores: Arc<Stores>,
    /// By MD5 of the content and what of it they show.
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
        let turned = match item.turn.unwrap_or_default() {
            Turn::None => String::new(),
            turn => format!("-{}", turn.degrees()),
        };
        match view {
            View::Thumbnail => format!("{}{turned}-thumbnail", item.content_md5),
            // Its boxes are the collection's.
            View::Drawn => format!("{}{turned}-{}-drawn", item.content_md5, item.id),
            View::Figure(index) => {
                format!("{}{turned}-{}-figure-{index}", item.content_md5, item.id)
            }
            View::Full => format!("{}{turned}-full", item.content_md5),
            View::FullFigure(index) => {
                format!("{}{turned}-{}-full-{index}", item.content_md5, item.id)
            }
        }
    }

    /// The item's picture for a view.
    ///
    /// # Errors
    /// The original is gone or can't be read any more.
    pub fn picture(&self, item: &Item, view: View) -> Result<Picture, EngineError> {
        match view {
            View::Thumbnail => self.thumbnail(item),
            View::Drawn => self.drawn(item),
            View::Figure(index) => self.figure(item, index),
            View::Full => self.full_picture(item),
            View::FullFigure(index) => self.full_figure(item, index),
        }
    }
}
