//! The images of collections.

use serde::Serialize;
use utoipa::ToSchema;

use crate::addresses::{image_url, thumbnail_url};
use crate::convert::{Of, same_fields};
use crate::{FigureVector, Patent};

/// A stored item with its content's and patent's fields.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Item {
    /// Unique over all collections, below 2^53, never reused.
    pub id: i64,
    /// The caller's own identifier.
    pub external_id: Option<String>,
    /// The address that it was downloaded from; null where it came from elsewhere.
    pub source_url: Option<String>,
    /// Name of the collection.
    pub collection: String,
    /// Name of the file it came from.
    pub file_name: String,
    /// Path it came from; `None` for uploads.
    pub original_path: Option<String>,
    /// MD5 of the file's bytes.
    pub md5: String,
    /// The page of the file that it is, counted from 1, if the file holds several.
    pub file_page: Option<u32>,
    /// Pixels, upright.
    pub width: u32,
    /// Pixels, upright.
    pub height: u32,
    /// Bytes.
    pub file_size: u64,
    /// Such as `tiff`.
    pub format: String,
    /// Canonical patent id.
    pub patent_id: Option<String>,
    /// Such as `D00001`.
    pub page_num: Option<String>,
    /// 0-based order within the patent.
    pub image_index: Option<u32>,
    /// `perspective`, `front`, ...
    pub view: Option<String>,
    /// A front-page copy of another sheet.
    pub front_page: bool,
    /// Free text.
    pub description: Option<String>,
    /// Free words.
    pub tags: Vec<String>,
    /// Free JSON object.
    pub attributes: serde_json::Value,
    /// What was noticed at import, such as a partly recovered file.
    pub warnings: Vec<String>,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds at which a watched folder no longer held the file under any of its paths.
    pub missing_since: Option<i64>,
    /// The patent's data; all null when there is none.
    #[serde(flatten)]
    pub patent: Patent,
}

impl From<lookalike_catalog::Item> for Item {
    fn from(item: lookalike_catalog::Item) -> Self {
        let lookalike_catalog::Item {
            id,
            external_id,
            collection,
            file_name,
            original_path,
            md5,
            width,
            height,
            file_size,
            format,
            patent_id,
            page_num,
            image_index,
            view,
            front_page,
            description,
            tags,
            attributes,
            warnings,
            created_at,
            missing_since,
            // How files are kept is not for clients.
            turn: _,
            original_key: _,
            content_md5: _,
            page,
            patent,
        } = item;
        Self {
            id,
            source_url: source_url(external_id.as_deref()),
            external_id,
            collection,
            file_name,
            original_path,
            md5,
            file_page: page.map(|page| page.number),
            width,
            height,
            file_size,
            format,
            patent_id,
            page_num,
            image_index,
            view,
            front_page,
            description,
            tags,
            attributes,
            warnings,
            created_at,
            missing_since,
            patent: patent.into(),
        }
    }
}

/// Downloads leave the address as external identifier.
fn source_url(external_id: Option<&str>) -> Option<String> {
    let id = external_id?;
    let is_address = ["http://", "https://"].iter().any(|start| {
        id.get(..start.len())
            .is_some_and(|begins| begins.eq_ignore_ascii_case(start))
    });
    is_address.then(|| id.to_owned())
}

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

impl From<lookalike_engine::library::ListedItem> for ListedItem {
    fn from(listed: lookalike_engine::library::ListedItem) -> Self {
        let lookalike_engine::library::ListedItem { item, status } = listed;
        Self {
            status,
            thumbnail_url: thumbnail_url(item.id, &item.file_name),
            image_url: image_url(item.id, &item.file_name),
            item: item.into(),
        }
    }
}

impl Of<lookalike_engine::library::ListedItem> for ListedItem {
    fn of(listed: lookalike_engine::library::ListedItem) -> Self {
        listed.into()
    }
}

/// What became of an uploaded file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UploadedItems {
    /// The first image that was made of it, or is it already.
    #[serde(flatten)]
    pub first: ListedItem,
    /// All of them, the first too: of a file of several pages one a page, else one.
    pub items: Vec<ListedItem>,
    /// What of a file of several pages became no image, and why.
    pub left_out: Vec<String>,
}

impl From<lookalike_engine::library::Uploaded> for UploadedItems {
    fn from(uploaded: lookalike_engine::library::Uploaded) -> Self {
        let items: Vec<ListedItem> = uploaded.items.into_iter().map(ListedItem::from).collect();
        let first = items.first().expect("an upload makes at least one item");
        Self {
            first: first.clone(),
            items,
            left_out: uploaded.left_out,
        }
    }
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
    /// The embedding of the first figure, which is the whole where the item is not taken apart.
    pub vector: Vec<f32>,
    /// All figures with their embeddings.
    pub figures: Vec<FigureVector>,
}

same_fields!(lookalike_engine::library::ItemVector => ItemVector {
    id, collection, model, dim, vector, figures,
});

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemPage {
    /// In the order asked for; none beyond the last page.
    pub items: Vec<ListedItem>,
    /// Items of all pages.
    pub total: u64,
    /// 1 for the first.
    pub page: u64,
    /// Items of a page.
    pub page_size: usize,
}

same_fields!(lookalike_engine::library::ItemPage => ItemPage { items, total, page, page_size });
