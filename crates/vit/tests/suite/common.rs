//! Fixtures, their pixels, and comparison with golden tokens.

use std::fs;
use std::path::{Path, PathBuf};

use lookalike_imaging::RgbImage;
use lookalike_vit::{LoadOptions, Model, Tokens};
use serde_json::Value;

/// The demands of the specification on f32 against transformers' f32.
pub(crate) const MIN_COSINE: f64 = 0.999_999;
pub(crate) const MAX_ERROR: f32 = 1e-3;

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/vit")
}

pub(crate) fn load(path: &Path, threads: usize) -> Model {
    Model::load(
        path,
        &LoadOptions {
            threads,
            ..LoadOptions::default()
        },
    )
    .unwrap()
}

/// The generator of `tools/golden_vit.py`.
pub(crate) fn image(seed: u64, width: u32, height: u32) -> RgbImage {
    let (w, count) = (u64::from(width), u64::from(width) * u64::from(height) * 3);
    let data = (0..count).map(|i| {
        let (y, x, c) = (i / 3 / w, i / 3 % w, i % 3);
        let noise = (i + 1 + seed * 1_000_003).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56;
        (y * (3 + c) + x * (5 - c) + noise / 2) as u8
    });
    RgbImage::new(width, height, data.collect()).unwrap()
}

pub(crate) struct Golden {
    pub(crate) image: RgbImage,
    pub(crate) tokens: Vec<f32>,
}

/// The inputs and expected tokens that `folder/golden.json` lists.
pub(crate) fn golden(folder: &Path) -> Vec<Golden> {
    let text = fs::read_to_string(folder.join("golden.json")).unwrap();
    let list: Value = serde_json::from_str(&text).unwrap();
    let number = |value: &Value| value.as_u64().unwrap();
    let inputs = list["inputs"].as_array().unwrap();
    assert!(!inputs.is_empty());
    inputs
        .iter()
        .map(|input| {
            let bytes = fs::read(folder.join(input["tokens"].as_str().unwrap())).unwrap();
            let tokens = bytes
                .as_chunks()
                .0
                .iter()
                .map(|&four| f32::from_le_bytes(four));
            let (width, height) = (number(&input["width"]), number(&input["height"]));
            Golden {
                image: image(number(&input["seed"]), width as u32, height as u32),
                tokens: tokens.collect(),
            }
        })
        .collect()
}

/// Cosine of two vectors.
pub(crate) fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        a.iter()
            .zip(b)
            .map(|(&a, &b)| f64::from(a) * f64::from(b))
            .sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// Panics unless every token is as close to its golden value as the specification demands.
/// Returns the smallest cosine and the largest difference.
#[track_caller]
pub(crate) fn assert_golden(found: &Tokens, golden: &Golden, subject: &str) -> (f64, f32) {
    let dim = found.dim;
    assert_eq!(
        found.rows * found.cols * dim,
        found.patches.len(),
        "{subject}"
    );
    let all: Vec<f32> = found.cls.iter().chain(&found.patches).copied().collect();
    assert_eq!(all.len(), golden.tokens.len(), "{subject}");
    let mut worst = (1.0_f64, 0.0_f32);
    for (found, golden) in all.chunks(dim).zip(golden.tokens.chunks(dim)) {
        worst.0 = worst.0.min(cosine(found, golden));
        for (found, golden) in found.iter().zip(golden) {
            worst.1 = worst.1.max((found - golden).abs());
        }
    }
    assert!(worst.0 >= MIN_COSINE, "{subject}: cosine {}", worst.0);
    assert!(worst.1 <= MAX_ERROR, "{subject}: difference {:e}", worst.1);
    worst
}
