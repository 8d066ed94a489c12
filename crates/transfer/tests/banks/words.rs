//! The older store's search by text, on its own files: texts by the model that made its vectors, cosines
//! with all of them, the highest first.
//!
//! Vectors and queries are those that transformers computed for the tiny CLIP of `fixtures/clip/hub`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use lookalike_catalog::PreprocessKind;
use lookalike_engine::search::{Limit, Query, SearchRequest, WordsQuery};
use lookalike_npy as npy;
use lookalike_transfer::{BankEncoder, BankImportRequest};
use serde_json::{Value, json};

use crate::support::{Fixture, request};

const DIM: usize = 48;

fn clip() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/clip/hub")
}

fn vectors(file: &str) -> Vec<Vec<f32>> {
    let bytes = fs::read(clip().join(file)).unwrap();
    let numbers = bytes.as_chunks().0.iter();
    let numbers: Vec<f32> = numbers.map(|&four| f32::from_le_bytes(four)).collect();
    numbers.chunks(DIM).map(<[f32]>::to_vec).collect()
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
        products.sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// The older store with these vectors; the record at position `n` points to row `n`.
fn older_store(fixture: &Fixture, vectors: &[Vec<f32>]) -> PathBuf {
    let folder = fixture.path("older");
    fs::create_dir(&folder).unwrap();
    let mut array = File::create(folder.join("image_embeddings.npy")).unwrap();
    npy::write(&mut array, &[vectors.len(), DIM], &vectors.concat()).unwrap();
    let record = |row: usize| {
        let name = format!("{row:04}.png");
        let record = json!({"embedding_index": row, "filename": name, "file_path": name});
        (format!("{row:032x}"), record)
    };
    let records: serde_json::Map<String, Value> = (0..vectors.len()).map(record).collect();
    let index = serde_json::to_string(&records).unwrap();
    fs::write(folder.join("image_index.json"), index).unwrap();
    folder
}

#[test]
fn words_find_in_the_older_store_what_they_found_there() {
    let fixture = Fixture::new();
    let texts = vectors("texts.f32");
    let mut stored: Vec<Vec<f32>> = vectors("pictures.f32");
    // Neighbours of the texts, so that there is an order to be had.
    for (index, text) in texts.iter().enumerate() {
        let other = &texts[(index * 7 + 3) % texts.len()];
        let mixed = text.iter().zip(other).map(|(a, b)| a + 0.4 * b);
        stored.push(mixed.collect());
    }
    let bank = older_store(&fixture, &stored);
    let report = fixture.try_import(&BankImportRequest {
        encoder: Some(BankEncoder {
            model: clip().display().to_string(),
            preprocess: Some(PreprocessKind::Processor),
            size: None,
        }),
        ..request(&bank, "older")
    });
    assert_eq!(report.unwrap().imported, stored.len() as u64);
    let golden = fs::read_to_string(clip().join("golden.json")).unwrap();
    let golden: Value = serde_json::from_str(&golden).unwrap();
    let mut compared = 0;
    for (text, query) in golden["texts"].as_array().unwrap().iter().zip(&texts) {
        let text = text["text"].as_str().unwrap();
        if text.trim().is_empty() {
            continue;
        }
        let mut expected: Vec<(f64, String)> = stored
            .iter()
            .enumerate()
            .map(|(row, vector)| (cosine(vector, query), format!("{row:04}.png")))
            .collect();
        expected.sort_by(|a, b| b.0.total_cmp(&a.0));
        let answer = fixture.engine.search().run(&SearchRequest {
            queries: vec![Query::Words(WordsQuery::new(text))],
            collections: vec!["older".to_owned()],
            limit: Limit::Items(stored.len()),
            ..SearchRequest::default()
        });
        let ranked = answer.unwrap().ranked;
        assert_eq!(ranked.len(), expected.len(), "{text:?}");
        for (hit, (cosine, name)) in ranked.iter().zip(&expected) {
            assert!((f64::from(hit.score) - cosine).abs() < 1e-5, "{text:?}");
            // Equal texts have equal neighbours, of which either may come first.
            let is_lone = expected
                .iter()
                .filter(|(other, _)| (other - cosine).abs() < 1e-6)
                .count()
                == 1;
            assert!(!is_lone || hit.item.file_name == *name, "{text:?}");
            compared += usize::from(is_lone);
        }
    }
    assert!(compared > 200, "{compared}");
}

#[test]
fn a_model_of_other_vectors_is_refused() {
    let fixture = Fixture::new();
    let bank = crate::support::golden("older");
    let refused = fixture.try_import(&BankImportRequest {
        encoder: Some(BankEncoder {
            model: clip().display().to_string(),
            preprocess: None,
            size: None,
        }),
        ..request(&bank, "older")
    });
    let message = refused.unwrap_err().to_string();
    assert!(message.contains("makes vectors of 48 numbers"), "{message}");
}
