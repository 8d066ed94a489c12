//! Items and collections for tests.

use lookalike_storage::{Collection, IndexKind, Item, Metric, StoredItem};

pub(crate) fn collection(dim: usize, metric: Metric, index_kind: IndexKind) -> Collection {
    Collection {
        id: 1,
        spec: lookalike_storage::NewCollection {
            name: "default".into(),
            model: None,
            model_fingerprint: None,
            dim,
            preprocess: None,
            size: None,
            metric,
            index_kind,
            normalize: false,
        },
        created_at: 0,
    }
}

pub(crate) fn stored(item_id: u64, vectors: &[&[f32]]) -> StoredItem {
    StoredItem {
        item_id,
        front_page: false,
        vectors: vectors.iter().map(|vector| vector.to_vec()).collect(),
    }
}

pub(crate) fn item(id: i64) -> Item {
    Item {
        id,
        external_id: None,
        collection: "default".into(),
        file_name: format!("{id}.png"),
        original_path: None,
        md5: String::new(),
        content_md5: String::new(),
        page: None,
        width: 1,
        height: 1,
        turn: None,
        file_size: 1,
        format: "png".into(),
        patent_id: None,
        page_num: None,
        image_index: None,
        view: None,
        front_page: false,
        description: None,
        tags: Vec::new(),
        attributes: serde_json::Value::Null,
        warnings: Vec::new(),
        created_at: 0,
        missing_since: None,
        original_key: None,
        patent: Default::default(),
    }
}
