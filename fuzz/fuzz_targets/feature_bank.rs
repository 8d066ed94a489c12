//! Feature banks of arbitrary bytes: archives, arrays with lines beside them, the older store.
#![no_main]

use std::fs;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use lookalike_engine::fixture::Fixture;
use lookalike_engine::import::Control;
use lookalike_npy as npy;
use lookalike_transfer::{BankImportRequest, import_banks};

const COLLECTION: &str = "fuzz";

/// An array of 2 x 2, so that what stands beside it is reached.
fn array() -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    let _ = npy::write(&mut bytes, &[2, 2], &[1.0, 2.0, 3.0, 4.0]);
    bytes
}

fuzz_target!(|data: &[u8]| {
    static FIXTURE: OnceLock<Fixture> = OnceLock::new();
    let engine = &FIXTURE.get_or_init(Fixture::new).engine;
    let (Some((kind, bytes)), Ok(folder)) = (data.split_first(), tempfile::tempdir()) else {
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
