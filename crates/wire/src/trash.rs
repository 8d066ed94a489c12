//! What was deleted and may be restored.

use serde::Serialize;
use utoipa::ToSchema;

/// Images in the trash of a collection.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrashPage {
    /// All of the collection.
    pub total: u64,
    /// From 1.
    pub page: u64,
    /// Most images of a page.
    pub page_size: usize,
    /// Days after which what is deleted is gone for good; 0 where it is at once.
    pub days: u32,
    /// Those of this page, what was deleted last first.
    pub items: Vec<TrashedItem>,
}

/// An image in the trash.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrashedItem {
    /// The id that it had, and has again when it is restored.
    pub id: u64,
    /// The number of the deletion that put it there.
    pub deletion: i64,
    /// Unix seconds.
    pub deleted_at: i64,
    /// When it goes for good, in Unix seconds.
    pub expires_at: i64,
    /// Name of its collection.
    pub collection: String,
    /// Name of the file it came from.
    pub file_name: String,
    /// Path it came from; null for uploads.
    pub original_path: Option<String>,
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
    /// Title of its patent.
    pub title: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// Free words.
    pub tags: Vec<String>,
    /// Its thumbnail.
    pub thumbnail_url: String,
}

impl From<lookalike_engine::library::TrashPage> for TrashPage {
    fn from(page: lookalike_engine::library::TrashPage) -> Self {
        let ends = page.items.iter().map(|item| page.expires_at(item));
        let ends: Vec<i64> = ends.collect();
        let lookalike_engine::library::TrashPage {
            total,
            page,
            page_size,
            days,
            items,
        } = page;
        let shown = items.into_iter().zip(ends);
        Self {
            total,
            page,
            page_size,
            days,
            items: shown
                .map(|(item, end)| TrashedItem::new(item, end))
                .collect(),
        }
    }
}

impl TrashedItem {
    fn new(item: lookalike_engine::library::TrashedItem, expires_at: i64) -> Self {
        let lookalike_engine::library::TrashedItem {
            id,
            deletion,
            deleted_at,
            collection,
            file_name,
            original_path,
            // How files are kept is not for clients.
            content_md5: _,
            width,
            height,
            file_size,
            format,
            patent_id,
            page_num,
            title,
            description,
            tags,
        } = item;
        Self {
            id,
            deletion,
            deleted_at,
            expires_at,
            collection,
            file_name,
            original_path,
            width,
            height,
            file_size,
            format,
            patent_id,
            page_num,
            title,
            description,
            tags,
            thumbnail_url: format!("/api/trash/{id}/thumbnail"),
        }
    }
}
