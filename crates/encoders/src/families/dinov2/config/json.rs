//! `config.json` of DINOv2's Hugging Face folders.
//!
//! Absent settings have the default of the architecture's class in transformers 5.

use serde::Deserialize;
use serde_json::Value;

use super::{Architecture, Config};
use crate::config_check::Check;
use crate::config_file::ConfigFile;
use crate::error::LoadError;
use crate::transformer::Mlp;

#[derive(Deserialize)]
struct File {
    hidden_size: Option<usize>,
    num_hidden_layers: Option<usize>,
    num_attention_heads: Option<usize>,
    mlp_ratio: Option<f64>,
    hidden_act: Option<String>,
    layer_norm_eps: Option<f32>,
    image_size: Option<Value>,
    patch_size: Option<Value>,
    num_channels: Option<usize>,
    qkv_bias: Option<bool>,
    use_swiglu_ffn: Option<bool>,
    num_register_tokens: Option<usize>,
}

/// Reads the settings.
///
/// # Errors
/// One has another type, or a value that cannot be computed.
pub(crate) fn parse(config: &ConfigFile) -> Result<Config, LoadError> {
    let file: File = config.parse()?;
    let architecture = match config.architecture() {
        Some(name) if name == Architecture::Dinov2WithRegisters.name() => {
            Architecture::Dinov2WithRegisters
        }
        _ => Architecture::Dinov2,
    };
    let (patch_default, registers_default) = match architecture {
        Architecture::Dinov2 => (14, 0),
        Architecture::Dinov2WithRegisters => (16, 4),
    };
    let check = Check::new(config.path());
    let hidden_size = check.size("hidden_size", file.hidden_size.unwrap_or(768))?;
    let layers = check.size("num_hidden_layers", file.num_hidden_layers.unwrap_or(12))?;
    let heads = check.size(
        "num_attention_heads",
        file.num_attention_heads.unwrap_or(12),
    )?;
    let patch_size = check.side("patch_size", file.patch_size.as_ref(), patch_default)?;
    let image_size = check.side("image_size", file.image_size.as_ref(), 224)?;
    let config = Config {
        architecture,
        hidden_size,
        layers,
        heads,
        mlp: mlp(&check, hidden_size, &file)?,
        patch_size,
        image_size,
        registers: match architecture {
            Architecture::Dinov2 => 0,
            Architecture::Dinov2WithRegisters => {
                file.num_register_tokens.unwrap_or(registers_default)
            }
        },
        layer_norm_eps: file.layer_norm_eps.unwrap_or(1e-6),
        qkv_bias: file.qkv_bias.unwrap_or(true),
        layer_scale: true,
    };
    let channels = file.num_channels.unwrap_or(3);
    check.that(channels == 3, "num_channels", channels, "3")?;
    check.that(
        hidden_size.is_multiple_of(heads),
        "num_attention_heads",
        heads,
        format!("a divisor of hidden_size, {hidden_size}"),
    )?;
    check.that(
        image_size >= patch_size,
        "image_size",
        image_size,
        format!("at least patch_size, {patch_size}"),
    )?;
    check.epsilon(config.layer_norm_eps)?;
    if config.registers > 0 {
        check.size("num_register_tokens", config.registers)?;
    }
    Ok(config)
}

fn mlp(check: &Check<'_>, hidden_size: usize, file: &File) -> Result<Mlp, LoadError> {
    // The arithmetic of transformers: both products are cut to integers.
    let wide = (hidden_size as f64 * file.mlp_ratio.unwrap_or(4.0)) as usize;
    check.size("hidden_size * mlp_ratio", wide)?;
    if file.use_swiglu_ffn.unwrap_or(false) {
        let hidden = (wide * 2 / 3).next_multiple_of(8);
        check.size("hidden_size * mlp_ratio * 2 / 3", hidden)?;
        return Ok(Mlp::SwiGlu { hidden });
    }
    let activation = file.hidden_act.as_deref().unwrap_or("gelu");
    check.that(activation == "gelu", "hidden_act", activation, "gelu")?;
    Ok(Mlp::Gelu { hidden: wide })
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
        let config = read(r#"{"model_type": "dinov2"}"#).unwrap();
        assert_eq!(
            (config.hidden_size, config.layers, config.heads),
            (768, 12, 12)
        );
        assert_eq!(
            (config.patch_size, config.image_size, config.registers),
            (14, 224, 0)
        );
        assert_eq!(config.mlp, Mlp::Gelu { hidden: 3072 });
        assert!(config.qkv_bias);
        let config = read(r#"{"model_type": "dinov2_with_registers"}"#).unwrap();
        assert_eq!(config.architecture, Architecture::Dinov2WithRegisters);
        assert_eq!((config.patch_size, config.registers), (16, 4));
    }

    #[test]
    fn giant_has_a_swiglu_of_4096() {
        let config = read(
            r#"{"model_type": "dinov2", "hidden_size": 1536, "num_attention_heads": 24,
                "num_hidden_layers": 40, "use_swiglu_ffn": true, "image_size": [518, 518]}"#,
        )
        .unwrap();
        assert_eq!(config.mlp, Mlp::SwiGlu { hidden: 4096 });
        assert_eq!(config.trained_grid(), 37);
    }

    #[test]
    fn refuses_what_it_cannot_compute() {
        let cases = [
            (
                r#"{"model_type": "dinov2", "num_attention_heads": 7}"#,
                "a divisor of hidden_size",
            ),
            (
                r#"{"model_type": "dinov2", "num_attention_heads": 0}"#,
                "num_attention_heads is 0",
            ),
            (
                r#"{"model_type": "dinov2", "hidden_act": "relu"}"#,
                "hidden_act is relu",
            ),
            (
                r#"{"model_type": "dinov2", "num_channels": 1}"#,
                "num_channels is 1, expected 3",
            ),
            (
                r#"{"model_type": "dinov2", "image_size": [224, 28]}"#,
                "image_size is [224,28]",
            ),
            (
                r#"{"model_type": "dinov2", "image_size": 7}"#,
                "at least patch_size, 14",
            ),
            (
                r#"{"model_type": "dinov2", "mlp_ratio": 1e300}"#,
                "hidden_size * mlp_ratio is",
            ),
            (
                r#"{"model_type": "dinov2", "mlp_ratio": -1}"#,
                "hidden_size * mlp_ratio is 0",
            ),
            (
                r#"{"model_type": "dinov2", "hidden_size": 64, "num_attention_heads": 1,
                    "mlp_ratio": 0.016, "use_swiglu_ffn": true}"#,
                "hidden_size * mlp_ratio * 2 / 3 is 0",
            ),
            (
                r#"{"model_type": "dinov2", "hidden_size": "768"}"#,
                "malformed",
            ),
            (
                r#"{"model_type": "dinov2", "layer_norm_eps": -1}"#,
                "layer_norm_eps is -1",
            ),
        ];
        for (text, expected) in cases {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
            assert!(error.starts_with("config.json: "), "{error}");
        }
    }
}
