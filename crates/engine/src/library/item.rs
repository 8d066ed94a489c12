//! A single item, and its embedding.

use lookalike_catalog::Item;
use lookalike_patents::status;

use super::Library;
use crate::stores::no_item;
use crate::{EngineError, ErrorKind};

/// An item with what follows from its data.
#[derive(Clone, Debug)]
pub struct ListedItem {
    /// The item.
    pub item: Item,
    /// `in_force` or `expired` today; null without a patent.
    pub status: Option<&'static str>,
}

/// The stored embedding of an item.
#[derive(Clone, Debug)]
pub struct ItemVector {
    /// The item.
    pub id: u64,
    /// Its collection.
    pub collection: String,
    /// The collection's encoder; null when vectors were brought along.
    pub model: Option<String>,
    /// Length of the embedding.
    pub dim: usize,
    /// The embedding of the first figure, which is the whole where the item is not taken apart.
    pub vector: Vec<f32>,
    /// All figures with their embeddings.
    pub figures: Vec<FigureVector>,
}

/// The stored embedding of a figure.
#[derive(Clone, Debug)]
pub struct FigureVector {
    /// Which figure of the item, from 0.
    pub figure_index: usize,
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
            item,
        }
    }
}

impl Library {
    /// The item with that id.
    ///
    /// # Errors
    /// There is none, or the catalogue can't be read.
    pub fn item(&self, id: u64) -> Result<ListedItem, EngineError> {
        Ok(ListedItem::new(self.stores.item(id)?, self.stores.today()))
    }

    /// The stored embedding of the item with that id.
    ///
    /// # Errors
    /// There is no such item, it has none, or the catalogue can't be read.
    pub fn vector(&self, id: u64) -> Result<ItemVector, EngineError> {
        let (name, _) = self
            .stores
            .catalog()
            .home_of_item(id)?
            .ok_or_else(|| no_item(id))?;
        let collection = self.stores.catalog().collection(&name)?;
        let vectors = self.stores.catalog().embeddings_of_item(&collection, id)?;
        let vector = vectors.first().cloned().ok_or_else(|| {
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
            figures: vectors
                .into_iter()
                .enumerate()
                .map(|(figure_index, vector)| FigureVector {
                    figure_index,
                    vector,
                })
                .collect(),
        })
    }
}
