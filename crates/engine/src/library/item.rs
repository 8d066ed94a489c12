//! A single item, and its embedding.

use lookalike_catalog::Item;
use lookalike_patents::status;
use serde::Serialize;
use utoipa::ToSchema;

use crate::pictures::{image_url, thumbnail_url};
use crate::{Engine, EngineError, ErrorKind};

/// An item with what follows from its data.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListedItem {
    /// The item.
    #[serde(flatten)]
    pub item: Item,
    /// `in_force` or `expired` today; null without a patent.
    pub status: Option<&'static str>,
    /// Path of the thumbnail in the API.
    pub thumbnail_url: String,
    /// Path of the browser-viewable original in the API.
    pub image_url: String,
}

/// The stored embedding of an item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemVector {
    /// The item.
    pub id: u64,
    /// Its collection.
    pub collection: String,
    /// The collection's encoder; null when vectors were brought along.
    pub model: Option<String>,
    /// Length of the embedding.
    pub dim: usize,
    /// The embedding.
    pub vector: Vec<f32>,
}

impl ListedItem {
    /// `today` is YYYYMMDD.
    pub(super) fn new(item: Item, today: u32) -> Self {
        Self {
            status: item
                .patent
                .expiry_date
                .map(|expiry| status(expiry, today).as_str()),
            thumbnail_url: thumbnail_url(&item),
            image_url: image_url(&item),
            item,
        }
    }
}

impl Engine {
    /// The item with that id.
    ///
    /// # Errors
    /// There is none, or the catalogue can't be read.
    pub fn listed_item(&self, id: u64) -> Result<ListedItem, EngineError> {
        let item = self.catalog().items(&[id])?.pop();
        let item = item.ok_or_else(|| no_item(id))?;
        Ok(ListedItem::new(item, self.today()))
    }

    /// The stored embedding of the item with that id.
    ///
    /// # Errors
    /// There is no such item, it has none, or the catalogue can't be read.
    pub fn stored_vector(&self, id: u64) -> Result<ItemVector, EngineError> {
        let (name, md5) = self
            .catalog()
            .home_of_item(id)?
            .ok_or_else(|| no_item(id))?;
        let collection = self.catalog().collection(&name)?;
        let vector = self
            .catalog()
            .embedding_of_content(&collection, &md5)?
            .ok_or_else(|| {
                EngineError::new(
                    ErrorKind::NotFound,
                    format!("item {id} has no embedding; import it again"),
                )
            })?;
        Ok(ItemVector {
            id,
            collection: name,
            model: collection.spec.model,
            dim: vector.len(),
            vector,
        })
    }
}

pub(super) fn no_item(id: u64) -> EngineError {
    EngineError::new(ErrorKind::NotFound, format!("no item with id {id}"))
}
