//! How hard a search tries reaches the store, on every way through it.

use std::sync::{Mutex, PoisonError};

use lookalike_catalog::Catalog;
use lookalike_evidence::{Access as EvidenceAccess, EvidenceStore};
use lookalike_fetch::models::HubEnvironment;
use lookalike_imaging::{Limits, PixelBudget};
use lookalike_storage::blob::FolderBlobs;
use lookalike_storage::{
    DroppedCollection, Hit, IndexState, Scope, VectorError, VectorQuery, VectorStore,
};

use super::kinds::values;
use super::*;
use crate::{EncoderSettings, Encoders, Parts};

type Efforts = Arc<Mutex<Vec<Effort>>>;

/// The store of another engine, with a list of what it was asked.
struct Recorder {
    engine: Arc<Engine>,
    efforts: Efforts,
}

impl VectorStore for Recorder {
    fn search(
        &self,
        collection: &Collection,
        queries: &[Vec<f32>],
        wanted: &VectorQuery<'_>,
    ) -> Result<Vec<Vec<Hit>>, VectorError> {
        let efforts = self.efforts.lock();
        efforts
            .unwrap_or_else(PoisonError::into_inner)
            .push(wanted.effort);
        self.engine
            .stores()
            .vectors()
            .search(collection, queries, wanted)
    }

    fn scores(
        &self,
        collection: &Collection,
        query: &[f32],
        items: &[u64],
    ) -> Result<Vec<Option<Hit>>, VectorError> {
        let vectors = self.engine.stores().vectors();
        vectors.scores(collection, query, items)
    }

    fn each_hit(
        &self,
        collection: &Collection,
        query: &[f32],
        scope: &Scope<'_>,
        each: &mut dyn FnMut(Hit),
    ) -> Result<(), VectorError> {
        let vectors = self.engine.stores().vectors();
        vectors.each_hit(collection, query, scope, each)
    }

    fn state(&self, collection: &Collection) -> Result<IndexState, VectorError> {
        self.engine.stores().vectors().state(collection)
    }

    fn settle(&self, collection: &Collection) -> Result<(), VectorError> {
        self.engine.stores().vectors().settle(collection)
    }

    fn rebuild(&self, collection: &Collection) -> Result<(), VectorError> {
        self.engine.stores().vectors().rebuild(collection)
    }

    fn forget(&self, collection: &DroppedCollection) -> Result<(), VectorError> {
        self.engine.stores().vectors().forget(collection)
    }
}

/// An engine that reads beside the fixture's, as another process does.
pub(super) fn reader(fixture: &Fixture) -> (Engine, Efforts) {
    let data = fixture.whole.directory.path().join("data");
    let efforts = Efforts::default();
    let vectors = Recorder {
        engine: Arc::clone(&fixture.engine),
        efforts: Arc::clone(&efforts),
    };
    let engine = Engine::new(Parts {
        catalog: Arc::new(Catalog::open(&data).unwrap()),
        vectors: Box::new(vectors),
        blobs: Arc::new(FolderBlobs::new(data.join("blobs"))),
        evidence: EvidenceStore::new(data.join("evidence"), EvidenceAccess::Write),
        encoders: Encoders::new(EncoderSettings {
            data_dir: data,
            registry: lookalike_encoders::Registry::default(),
            load: lookalike_encoders::LoadOptions::on_cpu(
                std::num::NonZeroUsize::new(1),
                lookalike_encoders::Precision::F32,
            )
            .unwrap(),
            hub: HubEnvironment::from_variables(|_| None),
            on_pull: Box::new(|_| {}),
        }),
        limits: Limits::default(),
        budget: PixelBudget::new(1 << 20),
        clock: || "2026-11-21T12:00:00Z".parse().unwrap(),
        trash_days: 30,
    });
    (engine, efforts)
}

#[test]
fn what_is_asked_for_reaches_the_store() {
    let fixture = two_patents_and_a_picture();
    let (engine, efforts) = reader(&fixture);
    let asked = Effort {
        nprobe: Some(3),
        ef_search: Some(1),
        exact: false,
    };
    let items = request(&at(0.0), &["default"], Limit::Items(2));
    let groups = request(&at(0.0), &["default"], Limit::Groups(2));
    let several = SearchRequest {
        queries: vec![Query::Vector(at(0.0).to_vec()), Query::Item(6)],
        ..items.clone()
    };
    for request in [items, groups, several] {
        for effort in [Effort::default(), asked, Effort::EXACT] {
            let request = SearchRequest {
                effort,
                ..request.clone()
            };
            assert!(!engine.search().run(&request).unwrap().results.is_empty());
            let seen = std::mem::take(&mut *efforts.lock().unwrap());
            assert!(!seen.is_empty());
            assert!(seen.iter().all(|seen| *seen == effort), "{seen:?}");
        }
    }
}

#[test]
fn an_index_tries_as_hard_as_asked() {
    let fixture = Fixture::new();
    let collections =
        ["hnsw", "ivf_flat"].map(|kind| fixture.collection_of_kind(kind, 16, "cosine", kind));
    // From 2000 items on there are lists and graphs.
    for sheet in 0..2100 {
        let vector: Vec<f32> = values(sheet).take(16).collect();
        for collection in &collections {
            fixture.add(collection, "photo", sheet + 1, &vector);
        }
    }
    for collection in &collections {
        fixture
            .engine
            .stores()
            .vectors()
            .rebuild(collection)
            .unwrap();
    }
    let best = |collection: &str, effort| -> Vec<String> {
        let of_seed = |seed| {
            let vector: Vec<f32> = values(seed).take(16).collect();
            let request = SearchRequest {
                effort,
                ..request(&vector, &[collection], Limit::Items(1))
            };
            let answer = fixture.engine.search().run(&request).unwrap();
            answer.ranked[0].item.file_name.clone()
        };
        (10_000..10_050).map(of_seed).collect()
    };
    let right = best("hnsw", Effort::EXACT);
    assert_eq!(best("ivf_flat", Effort::EXACT), right);
    let little = Effort {
        nprobe: Some(1),
        ef_search: Some(1),
        exact: false,
    };
    for kind in ["hnsw", "ivf_flat"] {
        assert_ne!(best(kind, little), right, "{kind}");
    }
}

#[test]
fn the_answer_tells_what_was_asked_for() {
    let fixture = two_patents_and_a_picture();
    let told = |effort| {
        let request = SearchRequest {
            effort,
            ..request(&at(0.0), &["default"], Limit::Items(2))
        };
        let answer = fixture.engine.search().run(&request).unwrap();
        let info = answer.query_info;
        let fields = (info.nprobe, info.ef_search, info.exact);
        (fields, answer.query_token)
    };
    let (usual, usual_token) = told(Effort::default());
    assert_eq!(usual, (None, None, false));
    let (given, given_token) = told(Effort {
        nprobe: Some(65_536),
        ef_search: Some(16_384),
        exact: false,
    });
    assert_eq!(given, (Some(65_536), Some(16_384), false));
    let (exact, exact_token) = told(Effort::EXACT);
    assert_eq!(exact, (None, None, true));
    assert_ne!(usual_token, given_token);
    assert_ne!(usual_token, exact_token);
}

#[test]
fn efforts_out_of_range_are_refused() {
    let fixture = two_patents_and_a_picture();
    let message = |nprobe, ef_search| {
        let effort = Effort {
            nprobe,
            ef_search,
            exact: true,
        };
        let request = SearchRequest {
            effort,
            ..request(&at(0.0), &["default"], Limit::Items(2))
        };
        let error = fixture.engine.search().run(&request).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        error.to_string()
    };
    for count in [0, 65_537] {
        let expected = format!("nprobe is {count}: expected 1 to 65536");
        assert_eq!(message(Some(count), None), expected);
    }
    for count in [0, 16_385] {
        let expected = format!("ef_search is {count}: expected 1 to 16384");
        assert_eq!(message(None, Some(count)), expected);
    }
}
