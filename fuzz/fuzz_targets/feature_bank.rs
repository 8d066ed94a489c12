//! Feature banks of arbitrary bytes: archives, arrays with lines beside them, the older store.
#![no_main]

use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use libfuzzer_sys::fuzz_target;
use lookalike_catalog::Catalog;
use lookalike_engine::import::Control;
use lookalike_fetch::models::HubEnvironment;
use lookalike_engine::{EncoderSettings, Encoders, Engine, EvidenceAccess, EvidenceStore, Parts};
use lookalike_imaging::{Limits, PixelBudget};
use lookalike_npy as npy;
use lookalike_storage::blob::FolderBlobs;
use lookalike_storage::{EmbeddedVectors, Upkeep};
use lookalike_encoders::{LoadOptions, Precision, Registry};
use lookalike_transfer::{BankImportRequest, import_banks};
use tempfile::TempDir;

const COLLECTION: &str = "fuzz";

fn engine(directory: &Path) -> Option<Engine> {
    let catalog = Arc::new(Catalog::open_for_writing(directory).ok()?);
    Some(Engine::new(Parts {
        vectors: Box::new(EmbeddedVectors::new(
            Arc::clone(&catalog),
            directory.join("indexes"),
            Upkeep::Owner,
        )),
        catalog,
        blobs: Arc::new(FolderBlobs::new(directory.join("blobs"))),
        evidence: EvidenceStore::new(directory.join("evidence"), EvidenceAccess::Write),
        encoders: Encoders::new(EncoderSettings {
            data_dir: directory.to_path_buf(),
            registry: Registry::default(),
            load: LoadOptions::on_cpu(std::num::NonZeroUsize::new(1), Precision::F32).unwrap(),
            hub: HubEnvironment::from_variables(|_| None),
            on_pull: Box::new(|_| {}),
        }),
        limits: Limits::default(),
        budget: PixelBudget::new(1 << 26),
        clock: lookalike_work::system_clock,
    }))
}

/// An array of 2 x 2, so that what stands beside it is reached.
fn array() -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    let _ = npy::write(&mut bytes, &[2, 2], &[1.0, 2.0, 3.0, 4.0]);
    bytes
}

fuzz_target!(|data: &[u8]| {
    static ENGINE: OnceLock<Option<(TempDir, Engine)>> = OnceLock::new();
    let shared = ENGINE.get_or_init(|| {
        let directory = tempfile::tempdir().ok()?;
        let engine = engine(directory.path())?;
        Some((directory, engine))
    });
    let (Some((_, engine)), Some((kind, bytes)), Ok(folder)) =
        (shared, data.split_first(), tempfile::tempdir())
    else {
        return;
    };
    let _ = npy::read(bytes);
    let file = |name: &str| folder.path().join(name);
    let array = array();
    let (files, bank): (Vec<(&str, &[u8])>, _) = match kind % 5 {
        0 => (vec![("bank.npz", bytes)], "bank.npz"),
        1 => (vec![("bank.npy", bytes)], "bank.npy"),
        2 => (vec![("bank.npy", &array), ("bank.jsonl", bytes)], "bank.npy"),
        3 => (
            vec![("image_embeddings.npy", &array), ("image_index.json", bytes)],
            "image_index.json",
        ),
        _ => (
            vec![("0.npy", &array), ("features_index.jsonl", bytes)],
            "features_index.jsonl",
        ),
    };
    if files.iter().any(|(name, bytes)| fs::write(file(name), bytes).is_err()) {
        return;
    }
    let request = BankImportRequest {
        banks: vec![file(bank)],
        collection: COLLECTION.to_owned(),
        metric: None,
        index: None,
        normalize: None,
    };
    if import_banks(engine.stores(), &request, &Control::default()).is_ok() {
        let _ = engine.collections().drop(COLLECTION);
    }
});
