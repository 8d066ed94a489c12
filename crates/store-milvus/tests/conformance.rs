//! The suite that every vector store passes, over a real Milvus. `make test-stores` starts one; without
//! one (LOOKALIKE_TEST_MILVUS says where), nothing is tried.

use std::path::Path;
use std::sync::Arc;

use lookalike_storage::conformance::vector_store;
use lookalike_storage::{Catalog, IndexKind, Metric, Upkeep, VectorStore};
use lookalike_store_milvus::{MilvusSettings, MilvusVectors, address};

/// Where a Milvus is that tests may use.
fn milvus() -> Option<MilvusSettings> {
    let Ok(text) = std::env::var("LOOKALIKE_TEST_MILVUS") else {
        eprintln!("skipped: LOOKALIKE_TEST_MILVUS names no Milvus");
        return None;
    };
    let prefix = format!("suite_{}", std::process::id());
    Some(MilvusSettings {
        prefix,
        ..MilvusSettings::at(address(&text).expect("LOOKALIKE_TEST_MILVUS is an address"))
    })
}

/// Every kind and every metric, though not all of their pairs: those differ in nothing of ours, and
/// each takes minutes. LOOKALIKE_TEST_ALL tries all.
fn pairs() -> Vec<(IndexKind, Metric)> {
    let all = IndexKind::ALL
        .into_iter()
        .flat_map(|kind| Metric::ALL.map(|metric| (kind, metric)));
    if std::env::var_os("LOOKALIKE_TEST_ALL").is_some() {
        return all.collect();
    }
    let metrics = Metric::ALL.into_iter().cycle();
    IndexKind::ALL.into_iter().zip(metrics).collect()
}

#[test]
fn the_suite_passes() {
    let Some(settings) = milvus() else { return };
    let open = |catalog: Arc<Catalog>, directory: &Path, upkeep: Upkeep| {
        let directory = directory.join("milvus");
        let vectors = MilvusVectors::new(catalog, &directory, upkeep, &settings);
        Box::new(vectors.unwrap()) as Box<dyn VectorStore>
    };
    for (kind, metric) in pairs() {
        let began = std::time::Instant::now();
        vector_store(kind, metric, &open);
        eprintln!("{kind} {metric}: {:.0} s", began.elapsed().as_secs_f64());
    }
}
