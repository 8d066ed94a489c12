//! Fixtures, their pixels, and comparison with golden tokens.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lookalike_encoders::{Embedder, LoadOptions, Precision, Registry, Tokens};
use lookalike_imaging::RgbImage;
use serde_json::Value;

/// The demands of the specification on f32 against transformers' f32.
const MIN_COSINE: f64 = 0.999_999;
const MAX_ERROR: f32 = 1e-3;

/// The demand on bf16.
const MIN_BF16_COSINE: f64 = 0.999_5;

/// What int8 is documented to keep.
const MIN_INT8_COSINE: f64 = 0.99;

/// A file of little-endian f32, cut into vectors of `dim`.
pub(crate) fn vectors(path: &Path, dim: usize) -> Vec<Vec<f32>> {
    let bytes = fs::read(path).unwrap();
    let numbers = bytes.as_chunks().0.iter();
    let numbers: Vec<f32> = numbers.map(|&four| f32::from_le_bytes(four)).collect();
    numbers.chunks(dim).map(<[f32]>::to_vec).collect()
}

/// The least cosine that the specification demands of `precision`.
pub(crate) fn least_cosine(precision: Precision) -> f64 {
    match precision {
        Precision::F32 => MIN_COSINE,
        Precision::Int8 => MIN_INT8_COSINE,
        _ => MIN_BF16_COSINE,
    }
}

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/dinov2")
}

pub(crate) fn options(precision: Precision, threads: usize) -> LoadOptions {
    LoadOptions::on_cpu(NonZeroUsize::new(threads), precision).unwrap()
}

/// A model in f32.
pub(crate) fn load(path: &Path, threads: usize) -> Arc<dyn Embedder> {
    load_as(Precision::F32, path, threads)
}

/// A model on that many threads; 0 means one for each core.
pub(crate) fn load_as(precision: Precision, path: &Path, threads: usize) -> Arc<dyn Embedder> {
    let options = options(precision, threads);
    Registry::default().load(path, &options).unwrap()
}

/// Embeddings computed on all of the device.
pub(crate) fn embed(model: &dyn Embedder, images: &[&RgbImage]) -> Vec<Vec<f32>> {
    model.embed(images, model.device().whole()).unwrap()
}

/// All tokens, computed on all of the device.
pub(crate) fn embed_tokens(model: &dyn Embedder, image: &RgbImage) -> Tokens {
    let patches = model.patches().unwrap();
    let lane = model.device().whole();
    patches
        .embed_patches(&[image], lane)
        .unwrap()
        .swap_remove(0)
}

/// The generator of `tools/golden_dinov2.py`.
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

/// How far tokens are from their golden values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Distance {
    /// Of the class token.
    pub(crate) class_cosine: f64,
    /// The smallest over all tokens.
    pub(crate) cosine: f64,
    /// The largest over all values.
    pub(crate) difference: f32,
}

impl Distance {
    pub(crate) fn new(found: &Tokens, golden: &Golden) -> Self {
        let dim = found.dim;
        assert_eq!(found.rows * found.cols * dim, found.patches.len());
        let all: Vec<f32> = found.cls.iter().chain(&found.patches).copied().collect();
        assert_eq!(all.len(), golden.tokens.len());
        let mut distance = Self {
            class_cosine: cosine(&found.cls, &golden.tokens[..dim]),
            cosine: 1.0,
            difference: 0.0,
        };
        for (found, golden) in all.chunks(dim).zip(golden.tokens.chunks(dim)) {
            distance.cosine = distance.cosine.min(cosine(found, golden));
            for (found, golden) in found.iter().zip(golden) {
                distance.difference = distance.difference.max((found - golden).abs());
            }
        }
        distance
    }

    /// Panics unless it is as small as the specification demands of `precision`.
    #[track_caller]
    pub(crate) fn check(self, precision: Precision, subject: &str) {
        let subject = format!("{subject}, {precision}: {self:?}");
        let least = least_cosine(precision);
        assert!(self.cosine >= least, "{subject}");
        if precision == Precision::F32 {
            assert!(self.difference <= MAX_ERROR, "{subject}");
        }
    }
}
