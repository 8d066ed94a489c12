//! `config.json` of DINOv3's Hugging Face folders.
//!
//! Absent settings have the default of the class in transformers 5.

use lookalike_imaging::ProcessorConfig;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::config_check::Check;
use crate::config_file::ConfigFile;
use crate::error::LoadError;
use crate::transformer::{Mlp, Norms, Shape, Sight};

/// The `model_type` of transformers.
pub(super) const ARCHITECTURE: &str = "dinov3_vit";

/// What a model is made of: sizes in elements, pictures in pixels.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) shape: Shape,
    pub(super) patch_size: usize,
    /// Side of the square that it was trained for.
    pub(super) image_size: usize,
    /// Register tokens between CLS and the patches.
    pub(super) registers: usize,
    /// Of the rotary positions.
    pub(super) rope_theta: f32,
    pub(super) biases: Biases,
    /// How pictures are prepared where the folder does not say.
    pub(super) processor: ProcessorConfig,
}

/// Which linear maps have biases.
#[derive(Clone, Copy, Debug)]
pub(super) struct Biases {
    /// To queries, keys and values.
    pub(super) qkv: [bool; 3],
    /// Behind attention.
    pub(super) projection: bool,
    pub(super) mlp: bool,
}

#[derive(Deserialize)]
struct File {
    hidden_size: Option<usize>,
    intermediate_size: Option<usize>,
    num_hidden_layers: Option<usize>,
    num_attention_heads: Option<usize>,
    hidden_act: Option<String>,
    layer_norm_eps: Option<f32>,
    rope_theta: Option<f32>,
    image_size: Option<Value>,
    patch_size: Option<Value>,
    num_channels: Option<usize>,
    query_bias: Option<bool>,
    key_bias: Option<bool>,
    value_bias: Option<bool>,
    proj_bias: Option<bool>,
    mlp_bias: Option<bool>,
    use_gated_mlp: Option<bool>,
    num_register_tokens: Option<usize>,
}

/// Reads the settings.
///
/// # Errors
/// One has another type, or a value that cannot be computed.
pub(super) fn parse(config: &ConfigFile) -> Result<Config, LoadError> {
    let file: File = config.parse()?;
    let check = Check::new(config.path());
    let width = check.size("hidden_size", file.hidden_size.unwrap_or(384))?;
    let heads = file.num_attention_heads.unwrap_or(6);
    let heads = check.heads("num_attention_heads", heads, width)?;
    let head_size = width / heads;
    check.that(
        head_size.is_multiple_of(4),
        "hidden_size / num_attention_heads",
        head_size,
        "a multiple of 4, for the angles of two directions",
    )?;
    let hidden = file.intermediate_size.unwrap_or(1536);
    let hidden = check.size("intermediate_size", hidden)?;
    let layers = check.size("num_hidden_layers", file.num_hidden_layers.unwrap_or(12))?;
    let patch_size = check.side("patch_size", file.patch_size.as_ref(), 16)?;
    let image_size = check.side("image_size", file.image_size.as_ref(), 224)?;
    check.fits(image_size, patch_size)?;
    let channels = file.num_channels.unwrap_or(3);
    check.that(channels == 3, "num_channels", channels, "3")?;
    let rope_theta = file.rope_theta.unwrap_or(100.0);
    let is_base = rope_theta.is_finite() && rope_theta > 0.0;
    check.that(is_base, "rope_theta", rope_theta, "a number above 0")?;
    let registers = file.num_register_tokens.unwrap_or(0);
    if registers > 0 {
        check.size("num_register_tokens", registers)?;
    }
    let square = json!({"height": image_size, "width": image_size});
    Ok(Config {
        shape: Shape {
            width,
            layers,
            heads,
            mlp: mlp(&check, &file, hidden)?,
            layer_norm_eps: check.epsilon(file.layer_norm_eps.unwrap_or(1e-5))?,
            sight: Sight::All,
            norms: Norms::Before,
        },
        patch_size,
        image_size,
        registers,
        rope_theta,
        biases: Biases {
            qkv: [
                file.query_bias.unwrap_or(true),
                file.key_bias.unwrap_or(false),
                file.value_bias.unwrap_or(true),
            ],
            projection: file.proj_bias.unwrap_or(true),
            mlp: file.mlp_bias.unwrap_or(true),
        },
        processor: check.processor(&json!({"size": square, "resample": 2}))?,
    })
}

fn mlp(check: &Check<'_>, file: &File, hidden: usize) -> Result<Mlp, LoadError> {
    let activation = file.hidden_act.as_deref().unwrap_or("gelu");
    let (expected, mlp) = if file.use_gated_mlp.unwrap_or(false) {
        ("silu", Mlp::SwiGlu { hidden })
    } else {
        ("gelu", Mlp::Gelu { hidden })
    };
    check.that(activation == expected, "hidden_act", activation, expected)?;
    Ok(mlp)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        ConfigFile::new("config.json".into(), text.into())
            .and_then(|file| parse(&file))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn absent_settings_have_the_defaults_of_transformers() {
        let config = read(r#"{"model_type": "dinov3_vit"}"#).unwrap();
        assert_eq!((config.shape.width, config.shape.heads), (384, 6));
        assert_eq!((config.patch_size, config.image_size), (16, 224));
        assert_eq!(config.shape.mlp, Mlp::Gelu { hidden: 1536 });
        assert_eq!(config.biases.qkv, [true, false, true]);
        assert_eq!(config.registers, 0);
    }

    #[test]
    fn some_sizes_are_gated() {
        let config = read(r#"{"use_gated_mlp": true, "hidden_act": "silu"}"#).unwrap();
        assert_eq!(config.shape.mlp, Mlp::SwiGlu { hidden: 1536 });
    }

    #[test]
    fn refuses_what_it_cannot_compute() {
        for (text, expected) in [
            (
                r#"{"use_gated_mlp": true}"#,
                "hidden_act is gelu, expected silu",
            ),
            (r#"{"hidden_act": "relu"}"#, "hidden_act is relu"),
            (r#"{"num_attention_heads": 7}"#, "a divisor of"),
            (
                r#"{"hidden_size": 60, "num_attention_heads": 10}"#,
                "is 6, expected a multiple of 4",
            ),
            (r#"{"rope_theta": 0}"#, "rope_theta is 0"),
            (r#"{"image_size": 8}"#, "at least patch_size, 16"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
