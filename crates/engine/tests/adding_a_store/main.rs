//! What `docs/adding-a-store.md` says, done: a store that the program does not know passes the
//! suite and serves searches.

mod faulty;
mod toy;

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use lookalike_catalog::{Catalog, Content, NewCollection, NewItem};
use lookalike_encoders::{LoadOptions, Precision, Registry};
use lookalike_engine::search::{Limit, Query, SearchRequest};
use lookalike_engine::{
    EncoderSettings, Encoders, Engine, EngineError, ErrorKind, EvidenceAccess, EvidenceStore, Parts,
};
use lookalike_fetch::models::HubEnvironment;
use lookalike_imaging::{Limits, PixelBudget};
use lookalike_storage::blob::FolderBlobs;
use lookalike_storage::conformance::vector_store;
use lookalike_storage::{IndexKind, Metric, Upkeep, VectorStore};
use lookalike_work::system_clock;
use tempfile::TempDir;

use faulty::{Fault, Faulty, Spoil};
use toy::ToyVectors;

#[test]
fn the_toy_passes_the_suite() {
    for metric in Metric::ALL {
        vector_store(IndexKind::Flat, metric, &|catalog, _: &Path, _: Upkeep| {
            Box::new(ToyVectors::new(catalog))
        });
    }
}

#[test]
fn the_suite_notices_wrong_answers() {
    let faults: [(&str, Spoil); 5] = [
        ("the last hit is missing", |hits| {
            hits.pop();
        }),
        ("the first hit comes twice", |hits| {
            hits.extend(hits.first().copied());
        }),
        ("the order is wrong", |hits| hits.reverse()),
        ("another figure is named", |hits| {
            hits.iter_mut().for_each(|hit| hit.figure_index += 1);
        }),
        ("the root of distances is not taken", |hits| {
            hits.iter_mut().for_each(|hit| hit.score *= hit.score);
        }),
    ];
    for (fault, spoil) in faults {
        let suite = || {
            vector_store(IndexKind::Flat, Metric::L2, &move |catalog, _: &Path, _| {
                Box::new(Faulty {
                    store: ToyVectors::new(catalog),
                    fault: Fault::Wrong(spoil),
                })
            });
        };
        let outcome = catch_unwind(AssertUnwindSafe(suite));
        assert!(outcome.is_err(), "passed although {fault}");
    }
}

#[test]
fn the_toy_serves_a_search() {
    let directory = TempDir::new().unwrap();
    let engine = engine_over(&directory, |catalog| Box::new(ToyVectors::new(catalog)));
    let found = search(&engine).unwrap();
    assert_eq!(found, ["near.png", "far.png"]);
}

#[test]
fn a_store_that_is_away_is_no_fault_of_the_caller_or_of_the_program() {
    for retry_after in [Some(Duration::from_secs(7)), None] {
        let directory = TempDir::new().unwrap();
        let away = |catalog| -> Box<dyn VectorStore> {
            Box::new(Faulty {
                store: ToyVectors::new(catalog),
                fault: Fault::Away(retry_after),
            })
        };
        let engine = engine_over(&directory, away);
        let error = search(&engine).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        let seconds = retry_after.map(|wait| wait.as_secs());
        assert_eq!(error.retry_after_seconds(), seconds);
        assert_eq!(
            error.to_string(),
            "the vector store toy:1 is not available: connection refused"
        );
        // A collection can be dropped all the same, and is let go of when the store is back.
        engine.collections().drop("default").unwrap();
        let waiting = engine.stores().catalog().dropped_collections().unwrap();
        assert_eq!(waiting.len(), 1);
        drop(engine);
        let engine = engine_over(&directory, |catalog| Box::new(ToyVectors::new(catalog)));
        engine.stores().tidy_up().unwrap();
        assert_eq!(engine.stores().catalog().dropped_collections().unwrap(), []);
    }
}

/// An engine over the directory, with two items in a collection of its own making.
fn engine_over(
    directory: &TempDir,
    store: impl FnOnce(Arc<Catalog>) -> Box<dyn VectorStore>,
) -> Engine {
    let data = directory.path();
    let catalog = Arc::new(Catalog::open_for_writing(data).expect("a catalogue"));
    if catalog
        .find_collection("default")
        .expect("a catalogue that can be read")
        .is_none()
    {
        fill(&catalog);
    }
    Engine::new(Parts {
        vectors: store(Arc::clone(&catalog)),
        catalog,
        blobs: Arc::new(FolderBlobs::new(data.join("blobs"))),
        evidence: EvidenceStore::new(data.join("evidence"), EvidenceAccess::Write),
        encoders: Encoders::new(EncoderSettings {
            data_dir: data.to_path_buf(),
            registry: Registry::default(),
            load: LoadOptions::on_cpu(NonZeroUsize::new(1), Precision::F32).expect("a thread"),
            hub: HubEnvironment::from_variables(|_| None),
            on_pull: Box::new(|_| {}),
        }),
        limits: Limits::default(),
        budget: PixelBudget::new(1 << 20),
        clock: system_clock,
        trash_days: 30,
    })
}

fn fill(catalog: &Catalog) {
    let spec = NewCollection {
        name: "default".into(),
        model: None,
        model_fingerprint: None,
        dim: 2,
        preprocess: None,
        size: None,
        metric: Metric::L2,
        index_kind: IndexKind::Auto,
        normalize: false,
    };
    let add = |tx: &lookalike_catalog::WriteTransaction<'_>| -> Result<(), EngineError> {
        let collection = tx.create_collection(&spec)?;
        for (name, vector) in [("far.png", [3.0, 4.0]), ("near.png", [1.0, 0.0])] {
            tx.place_item(&collection, &item(name), Some(&vector))?;
        }
        Ok(())
    };
    catalog.write(0, add).expect("two items are written");
}

fn item(name: &str) -> NewItem {
    NewItem {
        content: Content {
            md5: format!("{name:0>32}"),
            width: 1,
            height: 1,
            file_size: 1,
            format: "png".into(),
            original_key: None,
            turn: None,
            page: None,
        },
        external_id: None,
        file_name: name.into(),
        path: None,
        patent_id: None,
        page_num: None,
        image_index: None,
        view: None,
        front_page: false,
        description: None,
        tags: Vec::new(),
        attributes: serde_json::Map::new(),
        warnings: Vec::new(),
    }
}

/// File names, the best first.
fn search(engine: &Engine) -> Result<Vec<String>, EngineError> {
    let answer = engine.search().run(&SearchRequest {
        queries: vec![Query::Vector(vec![0.0, 0.0])],
        collections: vec!["default".into()],
        limit: Limit::Items(10),
        ..SearchRequest::default()
    })?;
    Ok(answer
        .ranked
        .into_iter()
        .map(|hit| hit.item.file_name)
        .collect())
}
