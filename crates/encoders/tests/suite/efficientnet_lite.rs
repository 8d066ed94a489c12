//! EfficientNet-Lite against PyTorch, in batches, and broken: see `tools/golden_efficientnet.py`.

use std::fs;
use std::path::{Path, PathBuf};

use lookalike_encoders::{Embedder, Precision, Registry, Tokens};
use proptest::prelude::*;

use crate::common::{Golden, cosine, embed, embed_tokens, golden, image, load_as, options};

fn fixture(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/efficientnet_lite");
    root.join(name)
}

/// The least cosine of the embedding, and of all tokens together, with the golden ones.
fn distance(found: &Tokens, golden: &Golden) -> [f64; 2] {
    assert_eq!(found.patches.len(), found.rows * found.cols * found.dim);
    let (embedding, patches) = golden.tokens.split_at(found.cls.len());
    assert_eq!(patches.len(), found.patches.len());
    let of_patches = if patches.is_empty() {
        1.0
    } else {
        cosine(&found.patches, patches)
    };
    [cosine(&found.cls, embedding), of_patches]
}

#[track_caller]
fn check(name: &str, precision: Precision, least: f64) {
    let folder = fixture(name);
    let model = load_as(precision, &folder, 2);
    let facts = model.facts();
    assert_eq!(facts.precision, precision);
    assert_eq!(
        facts.description,
        Registry::default().describe(&folder).unwrap()
    );
    for golden in golden(&folder) {
        let tokens = embed_tokens(&*model, &golden.image);
        let (width, height) = (golden.image.width(), golden.image.height());
        let patch = model.patches().unwrap().patch_size();
        assert_eq!(facts.description.patch_size, Some(patch));
        let grid = [height / patch, width / patch];
        assert_eq!([tokens.rows as u32, tokens.cols as u32], grid);
        assert_eq!(tokens.cls.len(), facts.description.dim);
        for cosine in distance(&tokens, &golden) {
            assert!(
                cosine >= least,
                "{name}, {precision}, {width} x {height}: {cosine}"
            );
        }
        let length: f32 = tokens.cls.iter().map(|x| x * x).sum();
        assert!((length - 1.0).abs() < 1e-5, "{length}");
    }
}

#[test]
fn norms_taps_projection_and_tokens() {
    check("norms", Precision::F32, 0.999_999);
}

#[test]
fn folded_weights_without_projection() {
    check("folded-bf16", Precision::F32, 0.999_999);
}

/// The kernels of the CPU that the tests run on; `LOOKALIKE_ISA` chooses others.
#[test]
fn bf16_products() {
    check("norms", Precision::Bf16, 0.999_5);
    check("folded-bf16", Precision::Bf16, 0.999_5);
}

#[test]
fn products_of_bytes() {
    check("norms", Precision::Int8, 0.99);
    check("folded-bf16", Precision::Int8, 0.99);
}

#[test]
fn embeddings_depend_neither_on_the_batch_nor_on_threads() {
    let images: Vec<_> = [(64, 64), (33, 90), (64, 64), (1, 1), (200, 3)]
        .into_iter()
        .enumerate()
        .map(|(seed, (width, height))| image(seed as u64, width, height))
        .collect();
    for precision in [Precision::F32, Precision::Bf16, Precision::Int8] {
        let alone: Vec<_> = {
            let model = load_as(precision, &fixture("norms"), 1);
            let one = |image| embed(&*model, &[image]).swap_remove(0);
            images.iter().map(one).collect()
        };
        for threads in [1, 3] {
            let model = load_as(precision, &fixture("norms"), threads);
            let together: Vec<_> = images.iter().collect();
            assert!(
                embed(&*model, &together) == alone,
                "{precision}, {threads} threads"
            );
            let tokens = embed_tokens(&*model, &images[1]);
            assert_eq!(tokens.cls, alone[1]);
        }
        assert_ne!(alone[0], alone[2]);
    }
}

/// Large images go through the blocks in bands of rows.
#[test]
fn bands_of_rows_join() {
    let model = load_as(Precision::F32, &fixture("norms"), 1);
    let large = image(5, 700, 500);
    let a = embed_tokens(&*model, &large);
    for (precision, least) in [(Precision::Bf16, 0.999), (Precision::Int8, 0.99)] {
        let b = embed_tokens(&*load_as(precision, &fixture("norms"), 1), &large);
        assert!(
            cosine(&a.cls, &b.cls) > least,
            "{precision}: {}",
            cosine(&a.cls, &b.cls)
        );
        assert!(cosine(&a.patches, &b.patches) > least, "{precision}");
    }
    // A token sees 60 pixels around it at most: the same image but for its lower half.
    let mut data = large.data().to_vec();
    data[700 * 300 * 3..].fill(0);
    let other = lookalike_imaging::RgbImage::new(700, 500, data).unwrap();
    let other = embed_tokens(&*model, &other);
    let upper = 20 * a.cols * a.dim;
    assert_eq!(a.patches[..upper], other.patches[..upper]);
    assert_ne!(a.patches, other.patches);
}

#[test]
fn fingerprints_tell_models_and_settings_apart() {
    let of = |folder: &Path| {
        load_as(Precision::F32, folder, 1)
            .facts()
            .fingerprint
            .clone()
    };
    let norms = of(&fixture("norms"));
    assert_ne!(norms, of(&fixture("folded-bf16")));
    let bf16 = load_as(Precision::Bf16, &fixture("norms"), 1);
    assert_eq!(norms, bf16.facts().fingerprint);
    let (_kept, folder) = copy(|config| config.replace("\"power\": 3.0", "\"power\": 2.0"));
    assert_ne!(norms, of(&folder));
}

#[test]
fn what_embeddings_have_in_common_lifts_their_cosines() {
    let (share, pictures) = (0.2_f64, [image(1, 64, 64), image(2, 64, 64)]);
    let own = load_as(Precision::F32, &fixture("norms"), 1);
    let (_kept, folder) = copy(|config| {
        let lifted = "\"embedding_dim\": 25, \"common_share\": 0.2";
        config.replace("\"embedding_dim\": 24", lifted)
    });
    let lifted = load_as(Precision::F32, &folder, 1);
    assert_ne!(own.facts().fingerprint, lifted.facts().fingerprint);
    let of = |model: &dyn Embedder| {
        let [a, b] = [0, 1].map(|index| embed(model, &[&pictures[index]]).swap_remove(0));
        assert!((cosine(&a, &a) - 1.0).abs() < 1e-6);
        (a.len(), cosine(&a, &b))
    };
    let ((dim, before), (lifted_dim, after)) = (of(&*own), of(&*lifted));
    assert_eq!((dim, lifted_dim), (24, 25));
    let expected = (1.0 - share) * before + share;
    assert!((after - expected).abs() < 1e-6, "{before}: {after}");
}

/// The fixture with another configuration.
fn copy(change: impl Fn(String) -> String) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    for name in ["model.safetensors", "preprocessor_config.json"] {
        fs::copy(fixture("norms").join(name), path.join(name)).unwrap();
    }
    let config = fs::read_to_string(fixture("norms").join("config.json")).unwrap();
    let changed = change(config.clone());
    assert_ne!(config, changed, "nothing was changed");
    fs::write(path.join("config.json"), changed).unwrap();
    (folder, path)
}

fn error(folder: &Path) -> String {
    let loaded = Registry::default().load(folder, &options(Precision::F32, 1));
    loaded.err().unwrap().to_string()
}

#[test]
fn tensors_of_another_shape_are_named() {
    for (from, to, expected) in [
        (
            "\"head_channels\": 1280",
            "\"head_channels\": 1279",
            "model.safetensors: tensor _conv_head.weight has shape [1280, 20, 1, 1], expected [1279, 20, 1, 1]",
        ),
        (
            "\"embedding_dim\": 24",
            "\"embedding_dim\": 25",
            "tensor projection.weight has shape [24, 1292], expected [25, 1292]",
        ),
        (
            "\"dim\": 10",
            "\"dim\": 11",
            "tensor tokens.weight has shape [10, 12], expected [11, 12]",
        ),
        (
            "\"kernel\": 5",
            "\"kernel\": 3",
            "tensor _blocks.3._depthwise_conv.weight has shape [32, 1, 5, 5], expected [32, 1, 3, 3]",
        ),
        (
            "\"expand\": 4",
            "\"expand\": 5",
            "tensor _blocks.3._expand_conv.weight has shape [32, 8, 1, 1], expected [40, 8, 1, 1]",
        ),
    ] {
        let (_kept, folder) = copy(|config| config.replacen(from, to, 1));
        let error = error(&folder);
        assert!(error.contains(expected), "{error}");
        assert!(error.starts_with(folder.to_str().unwrap()), "{error}");
    }
}

#[test]
fn missing_tensors_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["config.json", "preprocessor_config.json"] {
        fs::copy(fixture("norms").join(name), folder.path().join(name)).unwrap();
    }
    // Folded weights lack the tokens and the projection of the other fixture's configuration.
    let weights = "model.safetensors";
    fs::copy(
        fixture("folded-bf16").join(weights),
        folder.path().join(weights),
    )
    .unwrap();
    let found = error(folder.path());
    assert!(
        found.contains("tensor projection.weight is missing, expected shape [24, 1292]"),
        "{found}"
    );
}

#[test]
fn images_beyond_measure_are_refused() {
    let model = load_as(Precision::F32, &fixture("norms"), 1);
    let image = image(1, 1, 600_000);
    let error = model.embed(&[&image], model.device().whole()).unwrap_err();
    assert!(error.to_string().contains("at most 16384"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn f32_and_bf16_agree_at_any_size(width in 1_u32..80, height in 1_u32..80, seed in 0_u64..9) {
        let picture = image(seed, width, height);
        let of = |precision| {
            let model = load_as(precision, &fixture("norms"), 1);
            embed(&*model, &[&picture]).swap_remove(0)
        };
        let cosine = cosine(&of(Precision::F32), &of(Precision::Bf16));
        prop_assert!(cosine > 0.999, "{width} x {height}: {cosine}");
    }
}

/// Real sizes: `python tools/golden_efficientnet.py models target/models`, then
/// `cargo test --release -p lookalike-encoders --test suite efficientnet -- --ignored --nocapture`.
#[test]
#[ignore = "needs models of real size, which are too large to commit"]
fn real_sizes() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/models");
    for name in [
        "efficientnet-lite0",
        "efficientnet-lite1",
        "efficientnet-lite2",
    ] {
        let folder = models.join(name);
        for (precision, least) in [
            (Precision::F32, 0.999_999),
            (Precision::Bf16, 0.999_5),
            (Precision::Int8, 0.99),
        ] {
            let model = load_as(precision, &folder, 0);
            for golden in golden(&folder) {
                let [embedding, tokens] = distance(&embed_tokens(&*model, &golden.image), &golden);
                println!(
                    "{name}, {precision}: cosine {embedding:.7} of the embedding, {tokens:.7} of the tokens"
                );
                assert!(embedding >= least && tokens >= least, "{name}, {precision}");
            }
        }
    }
}
