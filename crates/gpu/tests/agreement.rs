//! Every family's models on an adapter against the same on the CPU in f32, which is compared with the
//! models' own libraries in `lookalike-encoders`. Skipped, with a word, where there is no adapter.

#![expect(clippy::unwrap_used, reason = "tests: the helpers too may panic")]
#![expect(clippy::print_stdout, reason = "tests say what they measured")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use lookalike_encoders::{
    Accelerator, Builtin, Embedder, LoadOptions, Placement, Precision, Registry,
};
use lookalike_gpu::{Card, CardOptions, Choice};
use lookalike_imaging::RgbImage;

/// What a collection's vectors may differ by, wherever they were made.
const LEAST_COSINE: f64 = 0.999_5;

/// What f32 keeps: sums run in another order than on the CPU.
const LEAST_SINGLE: f64 = 0.999_999;

fn card() -> Option<Arc<Card>> {
    static CARD: OnceLock<Option<Arc<Card>>> = OnceLock::new();
    let open = || {
        let choices = [Choice::Software, Choice::First].into_iter();
        let card = choices
            .filter_map(|choice| Card::open(choice, CardOptions::default()).ok())
            .next();
        if card.is_none() {
            println!("skipped: no adapter; tools/install-software-vulkan installs one");
        }
        card
    };
    CARD.get_or_init(open).clone()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures")
        .join(name)
}

fn options(precision: Precision, card: Option<&Arc<Card>>) -> LoadOptions {
    let mut options = LoadOptions::on_cpu(None, precision).unwrap();
    if let Some(card) = card {
        let card: Arc<dyn Accelerator> = Arc::clone(card) as Arc<dyn Accelerator>;
        options.placement = Placement::Accelerator(card);
    }
    options
}

/// The precisions that an adapter has.
fn precisions(card: &Card) -> Vec<Precision> {
    let precisions = [Precision::F32, Precision::F16].into_iter();
    precisions
        .filter(|&precision| card.arithmetic(precision).is_some())
        .collect()
}

fn load(path: &Path, precision: Precision, card: Option<&Arc<Card>>) -> Arc<dyn Embedder> {
    let registry = Registry::default();
    registry.load(path, &options(precision, card)).unwrap()
}

/// The generator of `tools/golden_dinov2.py`.
fn image(seed: u64, width: u32, height: u32) -> RgbImage {
    let (w, count) = (u64::from(width), u64::from(width) * u64::from(height) * 3);
    let data = (0..count).map(|i| {
        let (y, x, c) = (i / 3 / w, i / 3 % w, i % 3);
        let noise = (i + 1 + seed * 1_000_003).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56;
        (y * (3 + c) + x * (5 - c) + noise / 2) as u8
    });
    RgbImage::new(width, height, data.collect()).unwrap()
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len());
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
        products.sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn embed(model: &dyn Embedder, pictures: &[&RgbImage]) -> Vec<Vec<f32>> {
    let embedded = model.embed(pictures, model.device().whole()).unwrap();
    assert_eq!(model.device().notes(), [""; 0], "the CPU did not stand in");
    embedded
}

fn least(precision: Precision) -> f64 {
    match precision {
        Precision::F32 => LEAST_SINGLE,
        _ => LEAST_COSINE,
    }
}

/// Pictures of several sizes through a model on the card, embeddings and tokens.
fn check(model: &dyn Embedder, expected: &dyn Embedder, subject: &str) {
    let precision = model.facts().precision;
    assert_eq!(model.facts().fingerprint, expected.facts().fingerprint);
    let multiple = model.facts().description.input.multiple_of.max(7);
    let pictures: Vec<RgbImage> = (1..)
        .zip([(4, 4), (6, 3), (1, 1), (3, 7), (4, 4)])
        .map(|(seed, (columns, rows))| image(seed, columns * multiple, rows * multiple))
        .collect();
    let references: Vec<&RgbImage> = pictures.iter().collect();
    let mut worst = 1.0_f64;
    let (found, wanted) = (embed(model, &references), embed(expected, &references));
    for (found, wanted) in found.iter().zip(&wanted) {
        worst = worst.min(cosine(found, wanted));
    }
    let tokens = |model: &dyn Embedder| {
        let lane = model.device().whole();
        model
            .patches()
            .unwrap()
            .embed_patches(&references, lane)
            .unwrap()
    };
    for (found, wanted) in tokens(model).iter().zip(tokens(expected)) {
        assert_eq!(
            (found.rows, found.cols, found.dim),
            (wanted.rows, wanted.cols, wanted.dim)
        );
        worst = worst.min(cosine(&found.cls, &wanted.cls));
        let pairs = found
            .patches
            .chunks(found.dim)
            .zip(wanted.patches.chunks(wanted.dim));
        for (found, wanted) in pairs {
            worst = worst.min(cosine(found, wanted));
        }
    }
    println!("{subject}, {precision}: least cosine {worst:.7}");
    assert!(worst >= least(precision), "{subject}, {precision}: {worst}");
}

fn check_folders(family: &str, names: &[&str]) {
    let Some(card) = card() else { return };
    for name in names {
        let path = fixture(&format!("{family}/{name}"));
        let expected = load(&path, Precision::F32, None);
        for precision in precisions(&card) {
            let model = load(&path, precision, Some(&card));
            assert_eq!(model.device().name(), card.name());
            check(&*model, &*expected, &format!("{family}/{name}"));
        }
    }
}

#[test]
fn dinov2_without_and_with_registers() {
    check_folders(
        "dinov2",
        &[
            "gelu",
            "swiglu-registers",
            "swiglu-no-bias",
            "registers-sharded",
            "bf16",
            "f16",
            "npz/model.npz",
            "npz-bf16/model.npz",
            "npz-prefix-f16/model.npz",
        ],
    );
}

#[test]
fn dinov3_with_rotary_positions() {
    check_folders("dinov3", &["plain", "gated"]);
}

const CLIPS: [&str; 4] = ["hub", "hub-old", "open-clip", "multilingual"];

#[test]
fn clip_and_siglip_pictures() {
    check_folders("clip", &CLIPS);
    check_folders("siglip", &["tiles", "left"]);
}

#[test]
fn clip_and_siglip_texts() {
    let Some(card) = card() else { return };
    let clips = CLIPS.iter().map(|name| format!("clip/{name}"));
    for name in clips.chain(["siglip/tiles".to_owned(), "siglip/left".to_owned()]) {
        let texts = [
            "a chair",
            "the design of a lamp with three feet, seen from above",
            "x",
        ];
        let embed = |model: &dyn Embedder| {
            let lane = model.device().whole();
            model.texts().unwrap().embed_texts(&texts, lane).unwrap()
        };
        let expected = embed(&*load(&fixture(&name), Precision::F32, None));
        for precision in precisions(&card) {
            let found = embed(&*load(&fixture(&name), precision, Some(&card)));
            let pairs = found.iter().zip(&expected);
            let worst = pairs
                .map(|(found, wanted)| cosine(&found.embedding, &wanted.embedding))
                .fold(1.0, f64::min);
            println!("{name}, texts, {precision}: least cosine {worst:.7}");
            assert!(worst >= least(precision), "{name}, {precision}: {worst}");
        }
    }
}

#[test]
fn neither_batch_nor_thread_changes_a_bit() {
    let Some(card) = card() else { return };
    for precision in precisions(&card) {
        let model = load(&fixture("dinov2/swiglu-registers"), precision, Some(&card));
        let sizes = [(56, 56), (140, 70), (14, 14), (56, 56), (70, 140)];
        let pictures: Vec<RgbImage> = (1..)
            .zip(sizes)
            .map(|(seed, (width, height))| image(seed, width, height))
            .collect();
        let references: Vec<&RgbImage> = pictures.iter().collect();
        let alone: Vec<Vec<f32>> = references
            .iter()
            .map(|picture| embed(&*model, &[picture]).swap_remove(0))
            .collect();
        assert_eq!(embed(&*model, &references), alone, "{precision}");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..3 {
                        assert_eq!(embed(&*model, &references), alone, "{precision}");
                    }
                });
            }
        });
    }
}

#[test]
fn the_builtin_models_embed_alike() {
    let Some(card) = card() else { return };
    for which in [Builtin::Current, Builtin::First] {
        let load = |precision, card| {
            let options = options(precision, card);
            Registry::default().builtin(which, &options).unwrap()
        };
        let expected = load(Precision::F32, None);
        for precision in precisions(&card) {
            let model = load(precision, Some(&card));
            check(&*model, &*expected, which.name());
        }
    }
}
