//! `config.json` of SigLIP's Hugging Face folders.
//!
//! Absent settings have the default of the classes in transformers 5. SigLIP 2 of fixed resolution has
//! the same `model_type`; that of any resolution (`siglip2`) is another model.

use lookalike_imaging::ProcessorConfig;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::config_check::Check;
use crate::config_file::ConfigFile;
use crate::error::LoadError;
use crate::transformer::{Mlp, Norms, Shape, Sight};

/// The `model_type` of transformers.
pub(super) const ARCHITECTURE: &str = "siglip";

/// What a model is made of: sizes in elements, pictures in pixels.
#[derive(Clone, Debug)]
pub(super) struct Config {
    /// The tower of pictures. Its width is that of embeddings.
    pub(super) vision: Shape,
    pub(super) patch_size: usize,
    /// Side of the square that it was trained for.
    pub(super) image_size: usize,
    /// The tower of texts.
    pub(super) text: Shape,
    pub(super) vocabulary: usize,
    /// Tokens of every text: shorter ones are filled up.
    pub(super) length: usize,
    /// How pictures are prepared where the folder does not say.
    pub(super) processor: ProcessorConfig,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    text_config: Tower,
    #[serde(default)]
    vision_config: Tower,
}

/// Settings of either tower.
#[derive(Default, Deserialize)]
struct Tower {
    hidden_size: Option<usize>,
    intermediate_size: Option<usize>,
    num_hidden_layers: Option<usize>,
    num_attention_heads: Option<usize>,
    hidden_act: Option<String>,
    layer_norm_eps: Option<f32>,
    image_size: Option<Value>,
    patch_size: Option<Value>,
    num_channels: Option<usize>,
    vision_use_head: Option<bool>,
    vocab_size: Option<usize>,
    max_position_embeddings: Option<usize>,
    projection_size: Option<usize>,
}

/// Reads the settings.
///
/// # Errors
/// One has another type, or a value that cannot be computed.
pub(super) fn parse(config: &ConfigFile) -> Result<Config, LoadError> {
    let File {
        text_config: text,
        vision_config: vision,
    } = config.parse()?;
    let check = Check::new(config.path());
    let patch_size = check.side("patch_size", vision.patch_size.as_ref(), 16)?;
    let image_size = check.side("image_size", vision.image_size.as_ref(), 224)?;
    check.fits(image_size, patch_size)?;
    let channels = vision.num_channels.unwrap_or(3);
    check.that(channels == 3, "num_channels", channels, "3")?;
    let has_head = vision.vision_use_head.unwrap_or(true);
    check.that(has_head, "vision_use_head", has_head, "true")?;
    let vision = shape(&check, &vision)?;
    let of_text = shape(&check, &text)?;
    let projection = text.projection_size.unwrap_or(of_text.width);
    check.that(
        projection == vision.width,
        "projection_size",
        projection,
        format!("hidden_size of the pictures, {}", vision.width),
    )?;
    let length = text.max_position_embeddings.unwrap_or(64);
    let square = json!({"height": image_size, "width": image_size});
    let half = [0.5; 3];
    Ok(Config {
        vision,
        patch_size,
        image_size,
        text: of_text,
        vocabulary: check.size("vocab_size", text.vocab_size.unwrap_or(32_000))?,
        length: check.size("max_position_embeddings", length)?,
        processor: check.processor(&json!({
            "size": square, "resample": 3, "image_mean": half, "image_std": half,
        }))?,
    })
}

fn shape(check: &Check<'_>, tower: &Tower) -> Result<Shape, LoadError> {
    let width = check.size("hidden_size", tower.hidden_size.unwrap_or(768))?;
    let hidden = tower.intermediate_size.unwrap_or(3072);
    let hidden = check.size("intermediate_size", hidden)?;
    let heads = tower.num_attention_heads.unwrap_or(12);
    let activation = tower.hidden_act.as_deref().unwrap_or("gelu_pytorch_tanh");
    let is_known = activation == "gelu_pytorch_tanh";
    check.that(is_known, "hidden_act", activation, "gelu_pytorch_tanh")?;
    Ok(Shape {
        width,
        layers: check.size("num_hidden_layers", tower.num_hidden_layers.unwrap_or(12))?,
        heads: check.heads("num_attention_heads", heads, width)?,
        mlp: Mlp::GeluTanh { hidden },
        layer_norm_eps: check.epsilon(tower.layer_norm_eps.unwrap_or(1e-6))?,
        sight: Sight::All,
        norms: Norms::Before,
    })
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
        let config = read(r#"{"text_config": {"vocab_size": 256000}}"#).unwrap();
        assert_eq!((config.patch_size, config.image_size), (16, 224));
        assert_eq!((config.vision.width, config.vision.heads), (768, 12));
        assert_eq!((config.vocabulary, config.length), (256_000, 64));
        assert_eq!(config.text.mlp, Mlp::GeluTanh { hidden: 3072 });
    }

    #[test]
    fn refuses_what_it_cannot_compute() {
        for (text, expected) in [
            (
                r#"{"vision_config": {"vision_use_head": false}}"#,
                "vision_use_head is false",
            ),
            (
                r#"{"vision_config": {"hidden_act": "relu"}}"#,
                "hidden_act is relu",
            ),
            (
                r#"{"text_config": {"hidden_size": 384}}"#,
                "projection_size is 384, expected hidden_size of the pictures, 768",
            ),
            (r#"{"text_config": []}"#, "malformed"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
