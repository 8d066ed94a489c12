//! An adapter, models on it and on the CPU, pictures, comparison.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use lookalike_encoders::{Accelerator, Embedder, LoadOptions, Placement, Precision, Registry};
use lookalike_gpu::{Card, CardOptions, Choice};
use lookalike_imaging::RgbImage;

/// What a collection's vectors may differ by, wherever they were made.
const LEAST_COSINE: f64 = 0.999_5;

/// What f32 keeps: sums run in another order than on the CPU.
const LEAST_SINGLE: f64 = 0.999_999;

pub(crate) fn card() -> Option<Arc<Card>> {
    static CARD: OnceLock<Option<Arc<Card>>> = OnceLock::new();
    CARD.get_or_init(|| card_with(CardOptions::default()))
        .clone()
}

/// The software adapter, or else a card, opened once more; none where there is neither, which is
/// said.
pub(crate) fn card_with(options: CardOptions) -> Option<Arc<Card>> {
    let choices = [Choice::Software, Choice::First].into_iter();
    let card = choices
        .filter_map(|choice| Card::open(choice, options).ok())
        .next();
    if card.is_none() {
        println!("skipped: no adapter; tools/install-software-vulkan installs one");
    }
    card
}

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures")
        .join(name)
}

pub(crate) fn options(precision: Precision, card: Option<&Arc<Card>>) -> LoadOptions {
    let mut options = LoadOptions::on_cpu(None, precision).unwrap();
    if let Some(card) = card {
        let card: Arc<dyn Accelerator> = Arc::clone(card) as Arc<dyn Accelerator>;
        options.placement = Placement::Accelerator(card);
    }
    options
}

/// The precisions that an adapter has.
pub(crate) fn precisions(card: &Card) -> Vec<Precision> {
    let precisions = [Precision::F32, Precision::F16].into_iter();
    precisions
        .filter(|&precision| card.arithmetic(precision).is_some())
        .collect()
}

pub(crate) fn load(
    path: &Path,
    precision: Precision,
    card: Option<&Arc<Card>>,
) -> Arc<dyn Embedder> {
    let registry = Registry::default();
    registry.load(path, &options(precision, card)).unwrap()
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

pub(crate) fn cosine(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len());
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
        products.sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

pub(crate) fn embed(model: &dyn Embedder, pictures: &[&RgbImage]) -> Vec<Vec<f32>> {
    let embedded = model.embed(pictures, model.device().whole()).unwrap();
    assert_eq!(model.device().notes(), [""; 0], "the CPU did not stand in");
    embedded
}

/// The least cosine to the CPU's f32 that is allowed.
pub(crate) fn least(precision: Precision) -> f64 {
    match precision {
        Precision::F32 => LEAST_SINGLE,
        _ => LEAST_COSINE,
    }
}
