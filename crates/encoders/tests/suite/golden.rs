//! Models of every kind against transformers: see `fixtures/dinov2/README.md`.

use std::path::Path;

use lookalike_encoders::{Description, InputSizes, Precision, Registry};
use serde_json::json;

use crate::common::{Distance, cosine, embed, embed_tokens, fixtures, golden, load_as};

fn describe(path: &Path) -> Description {
    Registry::default().describe(path).unwrap()
}

fn check(folder: &str, file: &str) {
    check_as(Precision::F32, folder, file);
}

fn check_as(precision: Precision, folder: &str, file: &str) {
    let folder = fixtures().join(folder);
    let path = folder.join(file);
    let model = load_as(precision, &path, 2);
    let facts = model.facts();
    assert_eq!(describe(&path), facts.description);
    assert_eq!(facts.precision, precision);
    for golden in golden(&folder) {
        let (width, height) = (golden.image.width(), golden.image.height());
        let tokens = embed_tokens(&*model, &golden.image);
        let patch = model.patches().unwrap().patch_size() as usize;
        assert_eq!(
            (tokens.rows, tokens.cols),
            (height as usize / patch, width as usize / patch)
        );
        let subject = format!("{} at {width} x {height}", folder.display());
        Distance::new(&tokens, &golden).check(precision, &subject);
    }
}

#[test]
fn gelu_and_layer_scale() {
    check("gelu", "");
}

#[test]
fn swiglu_and_registers() {
    check("swiglu-registers", "");
}

#[test]
fn no_bias_on_query_key_and_value() {
    check("swiglu-no-bias", "");
}

#[test]
fn shards() {
    check("registers-sharded", "");
}

#[test]
fn half_precision_weights() {
    check("f16", "");
    check("bf16", "");
}

#[test]
fn lone_archives() {
    for folder in ["npz", "npz-prefix-f16", "npz-bf16", "npz-state-dict"] {
        check(folder, "model.npz");
    }
}

/// The kernels of the CPU that the tests run on; `LOOKALIKE_ISA` chooses others.
#[test]
fn reduced_precision_with_gelu_swiglu_and_registers() {
    for precision in [Precision::Bf16, Precision::Int8] {
        for folder in ["npz", "npz-prefix-f16", "npz-bf16"] {
            check_as(precision, folder, "model.npz");
        }
        // Heads of 20, for which attention is computed in f32.
        for folder in ["gelu", "swiglu-registers", "registers-sharded"] {
            check_as(precision, folder, "");
        }
    }
}

#[test]
fn lone_safetensors() {
    // Heads of 20 are no published size, so that the head count cannot be inferred.
    let error = Registry::default()
        .describe(&fixtures().join("gelu/model.safetensors"))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("has shape [40, 3, 14, 14], expected [a multiple of 64"),
        "{error}"
    );
}

#[test]
fn the_architecture_is_inferred_from_shapes() {
    let inferred = describe(&fixtures().join("npz-prefix-f16/model.npz"));
    assert_eq!(inferred.architecture, "dinov2_with_registers");
    assert_eq!(inferred.dim, 64);
    let input = InputSizes {
        default: 28,
        multiple_of: 7,
    };
    assert_eq!(inferred.input, input);
    let expected = [
        ("layers", json!(1)),
        ("heads", json!(1)),
        ("mlp", json!("GELU 128")),
        ("registers", json!(3)),
    ];
    assert_eq!(inferred.details, expected);
    let inferred = describe(&fixtures().join("npz-bf16/model.npz"));
    assert_eq!(inferred.architecture, "dinov2");
    assert!(inferred.details.contains(&("mlp", json!("SwiGLU 88"))));
}

/// Attention in the fixtures is far from flat, or a wrong softmax would pass.
#[test]
fn golden_tokens_differ_among_themselves() {
    for golden in golden(&fixtures().join("gelu"))
        .iter()
        .filter(|g| g.tokens.len() > 400)
    {
        let tokens: Vec<&[f32]> = golden.tokens.chunks(40).collect();
        assert!(cosine(tokens[1], tokens[2]) < 0.99);
    }
}

/// Real sizes: `python tools/golden_dinov2.py models target/models`, then
/// `cargo test --release -p lookalike-encoders --test suite -- --ignored --nocapture`.
#[test]
#[ignore = "needs models of real size, which are too large to commit"]
fn real_sizes() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/models");
    for name in ["dinov2-small", "dinov2-base", "dinov2-with-registers-small"] {
        let folder = models.join(name);
        for precision in [Precision::F32, Precision::Bf16, Precision::Int8] {
            let model = load_as(precision, &folder, 0);
            for golden in golden(&folder) {
                let (width, height) = (golden.image.width(), golden.image.height());
                let tokens = embed_tokens(&*model, &golden.image);
                let subject = format!("{name} at {width} x {height}");
                let distance = Distance::new(&tokens, &golden);
                println!(
                    "{subject}, {precision}: cosine {:.6} of CLS, {:.6} at least, difference {:.0e}",
                    distance.class_cosine, distance.cosine, distance.difference
                );
                distance.check(precision, &subject);
                let cls = embed(&*model, &[&golden.image]).swap_remove(0);
                assert_eq!(cls, tokens.cls, "{subject}");
            }
        }
    }
}
