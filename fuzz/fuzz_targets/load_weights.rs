//! Models of arbitrary bytes: a folder with configuration and weights, or a lone archive.
#![no_main]

use std::fs;
use std::num::NonZeroUsize;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use lookalike_encoders::{LoadOptions, Precision, Registry};

/// One thread for all inputs.
static OPTIONS: LazyLock<Option<LoadOptions>> =
    LazyLock::new(|| LoadOptions::on_cpu(NonZeroUsize::new(1), Precision::Auto).ok());

const CONFIG: &str = r#"{"model_type":"dinov2","hidden_size":8,"num_hidden_layers":1,
"num_attention_heads":1,"mlp_ratio":1,"patch_size":2,"image_size":4,"layer_norm_eps":1e-6,
"qkv_bias":true,"use_swiglu_ffn":false,"hidden_act":"gelu","num_channels":3}"#;

const RESIDUALS: &str = r#"{"model_type":"efficientnet-lite","image_size":8,"stem_channels":2,
"blocks":[{"kernel":3,"stride":1,"expand":1,"in":2,"out":1,"residual":false},
{"kernel":5,"stride":2,"expand":2,"in":1,"out":1,"residual":false}],"head_channels":2,
"taps":[{"layer":"head","pool":"mean"},{"layer":"block.0","pool":"gem","power":3.0}],
"normalize_taps":true,"embedding_dim":2,"tokens":{"layer":"block.1","dim":2}}"#;

fuzz_target!(|data: &[u8]| {
    let Some((kind, bytes)) = data.split_first() else {
        return;
    };
    let Ok(folder) = tempfile::tempdir() else {
        return;
    };
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes);
    let Some(options) = &*OPTIONS else {
        return;
    };
    let registry = Registry::default();
    match kind % 4 {
        0 => {
            let written = write("config.json", CONFIG.as_bytes())
                .and_then(|()| write("model.safetensors", bytes));
            if written.is_ok() {
                let _ = registry.load(folder.path(), options);
            }
        }
        1 => {
            let written = write("config.json", RESIDUALS.as_bytes())
                .and_then(|()| write("model.safetensors", bytes));
            if written.is_ok() {
                let _ = registry.load(folder.path(), options);
            }
        }
        2 => {
            if write("config.json", bytes).is_ok() {
                let _ = registry.load(folder.path(), options);
            }
        }
        _ => {
            if write("model.npz", bytes).is_ok() {
                let _ = registry.load(&folder.path().join("model.npz"), options);
            }
        }
    }
});
