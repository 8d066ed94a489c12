//! The directory of the first release: catalogue of schema 8, index files of version 1.

use std::fs;
use std::io::Read;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use lookalike_catalog::{Catalog, CatalogError, Figure};
use lookalike_encoders::{LoadOptions, Precision, Registry};
use lookalike_engine::search::{Limit, Query, QueryFile, SearchRequest};
use lookalike_engine::{
    Content, EncoderSettings, Encoders, Engine, EvidenceAccess, EvidenceStore, Parts, View,
};
use lookalike_fetch::models::HubEnvironment;
use lookalike_imaging::{Limits, PixelBudget};
use lookalike_storage::blob::FolderBlobs;
use lookalike_storage::{EmbeddedVectors, Upkeep};
use lookalike_work::system_clock;
use serde::Deserialize;
use tempfile::TempDir;

/// A search, and what the version that made the directory answered.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    item: u64,
    collection: String,
    include_front_page: bool,
    patent_id: Vec<String>,
    exclude_item_id: Vec<i64>,
    /// Ids and scores, the best first.
    hits: Vec<(i64, f32)>,
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A copy of the first release's directory, and its answers.
fn first_release() -> (TempDir, Vec<Answer>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let fixture = root.join("data_directories/schema_8");
    let directory = TempDir::new().unwrap();
    copy(&fixture.join("data"), directory.path());
    let answers = fs::read(fixture.join("answers.json")).unwrap();
    (directory, serde_json::from_slice(&answers).unwrap())
}

fn engine(data: &Path, upkeep: Upkeep) -> Engine {
    let catalog = match upkeep {
        Upkeep::Owner => loop {
            match Catalog::open_for_writing(data) {
                // An owner before still writes its index, and lets go when that is done.
                Err(CatalogError::Locked { .. }) => std::thread::yield_now(),
                opened => break opened,
            }
        },
        Upkeep::Reader => Catalog::open(data),
    };
    let catalog = Arc::new(catalog.unwrap());
    let indexes = data.join("indexes");
    Engine::new(Parts {
        vectors: Box::new(EmbeddedVectors::new(Arc::clone(&catalog), indexes, upkeep)),
        catalog,
        blobs: Arc::new(FolderBlobs::new(data.join("blobs"))),
        evidence: EvidenceStore::new(data.join("evidence"), EvidenceAccess::Write),
        encoders: Encoders::new(EncoderSettings {
            data_dir: data.to_path_buf(),
            registry: Registry::default(),
            load: LoadOptions::on_cpu(NonZeroUsize::new(1), Precision::F32).unwrap(),
            hub: HubEnvironment::from_variables(|_| None),
            on_pull: Box::new(|_| {}),
        }),
        limits: Limits::default(),
        budget: PixelBudget::new(64 << 20),
        clock: system_clock,
        trash_days: 30,
    })
}

fn check(engine: &Engine, answers: &[Answer]) {
    for answer in answers {
        let mut request = SearchRequest {
            queries: vec![Query::Item(answer.item)],
            collections: vec![answer.collection.clone()],
            limit: Limit::Items(30),
            min_score: Some(-1.0),
            include_front_page: answer.include_front_page,
            ..SearchRequest::default()
        };
        request.filter.patent_id.clone_from(&answer.patent_id);
        request
            .filter
            .exclude_item_id
            .clone_from(&answer.exclude_item_id);
        let found = engine.search().run(&request).unwrap();
        let mut hits: Vec<(i64, f32)> = (found.ranked.iter())
            .map(|hit| (hit.item.id, hit.score))
            .collect();
        hits.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        assert_eq!(hits.len(), answer.hits.len());
        for (hit, expected) in hits.iter().zip(&answer.hits) {
            assert_eq!(hit.0, expected.0, "item {}", answer.item);
            assert!((hit.1 - expected.1).abs() < 1e-5, "{hit:?}, {expected:?}");
        }
    }
}

#[test]
fn the_first_releases_directory_answers_as_it_did() {
    let (directory, answers) = first_release();
    let data = directory.path();
    assert_eq!(answers.len(), 6);
    // Whoever reads brings it to the present first.
    check(&engine(data, Upkeep::Reader), &answers);
    let owner = engine(data, Upkeep::Owner);
    check(&owner, &answers);
    for name in ["default", "photos"] {
        owner.collections().rebuild_index(name).unwrap();
    }
    check(&owner, &answers);
    drop(owner);
    check(&engine(data, Upkeep::Owner), &answers);
}

#[test]
fn nothing_is_lost_on_the_way() {
    let (directory, _) = first_release();
    let engine = engine(directory.path(), Upkeep::Owner);
    let catalog = engine.stores().catalog();
    for (name, count) in [("default", 21), ("photos", 9)] {
        let collection = catalog.collection(name).unwrap();
        assert_eq!(catalog.count_items(&collection).unwrap(), count);
    }
    let items = catalog.items(&(1..=30).collect::<Vec<u64>>()).unwrap();
    assert_eq!(items.len(), 30);
    for item in &items {
        let picture = engine.pictures().picture(item, View::Thumbnail);
        assert!(picture.is_ok(), "{}", item.file_name);
        let id = item.id.unsigned_abs();
        let collection = catalog.collection(&item.collection).unwrap();
        // Each has one figure, the whole.
        let embeddings = catalog.embeddings_of_item(&collection, id).unwrap();
        assert_eq!(embeddings.len(), 1, "{}", item.file_name);
        let figures = catalog.figures(&[(id, 0), (id, 1)]).unwrap();
        let figures: Vec<_> = figures.into_iter().collect();
        assert_eq!(figures, [((id, 0), Figure::default())]);
    }
    assert_eq!(items.iter().filter(|item| item.front_page).count(), 3);
    let photos = items.iter().filter(|item| item.collection == "photos");
    for photo in photos {
        assert!(engine.pictures().picture(photo, View::Full).is_ok());
    }
}

#[test]
fn a_picture_is_looked_for_with_the_encoder_of_then() {
    let (directory, _) = first_release();
    let engine = engine(directory.path(), Upkeep::Owner);
    let ids: Vec<u64> = (1..=30).collect();
    let items = engine.stores().catalog().items(&ids).unwrap();
    let photo = items
        .iter()
        .find(|item| item.collection == "photos")
        .unwrap();
    let mut original = Vec::new();
    match engine
        .pictures()
        .picture(photo, View::Full)
        .unwrap()
        .content
    {
        Content::Bytes(bytes) => original = bytes,
        Content::Stream(mut blob) => {
            blob.reader.read_to_end(&mut original).unwrap();
        }
    }
    let request = SearchRequest {
        queries: vec![Query::Image(QueryFile::new(None, original))],
        collections: vec!["photos".to_owned()],
        ..SearchRequest::default()
    };
    let found = engine.search().run(&request).unwrap();
    let best = found.ranked.first().unwrap();
    assert_eq!(best.item.id, photo.id);
    assert!(best.score > 0.98, "{}", best.score);
}
