//! `config.json` of CLIP's Hugging Face folders.
//!
//! Absent settings have the default of the classes in transformers 5. Old files repeat some of
//! them in `text_config_dict` and `vision_config_dict`, which go before.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Config, End, MEAN, Naming, Pooling, Projection, STD, Text, TextSource, TextTower, Vision, mlp,
};
use crate::config_check::Check;
use crate::config_file::ConfigFile;
use crate::error::LoadError;
use crate::transformer::{Norms, Shape, Sight};

#[derive(Deserialize)]
struct File {
    projection_dim: Option<usize>,
    text_config: Option<Map<String, Value>>,
    text_config_dict: Option<Map<String, Value>>,
    vision_config: Option<Map<String, Value>>,
    vision_config_dict: Option<Map<String, Value>>,
}

/// Settings of either tower.
#[derive(Deserialize)]
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
    vocab_size: Option<usize>,
    max_position_embeddings: Option<usize>,
    eos_token_id: Option<u32>,
}

/// What a tower has where its settings say nothing.
struct Defaults {
    hidden_size: usize,
    intermediate_size: usize,
    heads: usize,
    activation: &'static str,
    epsilon: f32,
}

/// Chinese-CLIP's `model_type`, and the length that its texts were trained with, which no
/// configuration tells.
pub(in crate::families::clip) const CHINESE_CLIP: &str = "chinese_clip";
const CHINESE_LENGTH: usize = 52;

/// The end token in configurations that mean another: see [`End::Highest`].
const WRONG_END: u32 = 2;

/// The end token of CLIP's vocabulary.
const USUAL_END: u32 = 49_407;

pub(super) fn parse(config: &ConfigFile) -> Result<Config, LoadError> {
    let file: File = config.parse()?;
    let check = Check::new(config.path());
    let tower = |settings: Option<Map<String, Value>>, over: Option<Map<String, Value>>| {
        let mut settings = settings.unwrap_or_default();
        settings.extend(over.unwrap_or_default());
        serde_json::from_value(Value::Object(settings)).map_err(|error| LoadError::Malformed {
            path: config.path().into(),
            detail: error.to_string(),
        })
    };
    let vision: Tower = tower(file.vision_config, file.vision_config_dict)?;
    let text: Tower = tower(file.text_config, file.text_config_dict)?;

    let patch_size = check.side("patch_size", vision.patch_size.as_ref(), 32)?;
    let image_size = check.side("image_size", vision.image_size.as_ref(), 224)?;
    check.fits(image_size, patch_size)?;
    let channels = vision.num_channels.unwrap_or(3);
    check.that(channels == 3, "num_channels", channels, "3")?;
    let vision_defaults = Defaults {
        hidden_size: 768,
        intermediate_size: 3072,
        heads: 12,
        activation: "quick_gelu",
        epsilon: 1e-5,
    };
    Ok(Config {
        naming: Naming::Hub,
        dim: check.size("projection_dim", file.projection_dim.unwrap_or(512))?,
        vision: Vision {
            shape: shape(&check, &vision, &vision_defaults, Sight::All)?,
            patch_size,
            image_size,
        },
        text: TextSource::Known(match config.architecture() {
            Some(CHINESE_CLIP) => bert(&check, &text)?,
            _ => clip(&check, &text)?,
        }),
        processor: check.processor(&json!({
            "size": {"shortest_edge": image_size}, "do_center_crop": true,
            "crop_size": {"height": image_size, "width": image_size},
            "resample": 3, "image_mean": MEAN, "image_std": STD,
        }))?,
    })
}

/// The text tower of CLIP.
fn clip(check: &Check<'_>, text: &Tower) -> Result<Text, LoadError> {
    let defaults = Defaults {
        hidden_size: 512,
        intermediate_size: 2048,
        heads: 8,
        activation: "quick_gelu",
        epsilon: 1e-5,
    };
    let places = text.max_position_embeddings.unwrap_or(77);
    let places = check.size("max_position_embeddings", places)?;
    Ok(Text {
        tower: TextTower::Clip,
        shape: shape(check, text, &defaults, Sight::Before)?,
        vocabulary: check.size("vocab_size", text.vocab_size.unwrap_or(49_408))?,
        places,
        first_place: 0,
        length: places,
        padding: None,
        pooling: Pooling::End(match text.eos_token_id.unwrap_or(USUAL_END) {
            WRONG_END => End::Highest,
            token => End::Token(token),
        }),
        projection: Projection::Linear,
    })
}

/// The text tower of Chinese-CLIP: a BERT, of which the first token is projected.
fn bert(check: &Check<'_>, text: &Tower) -> Result<Text, LoadError> {
    let defaults = Defaults {
        hidden_size: 768,
        intermediate_size: 3072,
        heads: 12,
        activation: "gelu",
        epsilon: 1e-12,
    };
    let places = text.max_position_embeddings.unwrap_or(512);
    let places = check.size("max_position_embeddings", places)?;
    Ok(Text {
        tower: TextTower::Bert,
        shape: Shape {
            norms: Norms::Behind,
            ..shape(check, text, &defaults, Sight::All)?
        },
        vocabulary: check.size("vocab_size", text.vocab_size.unwrap_or(30_522))?,
        places,
        first_place: 0,
        length: CHINESE_LENGTH.min(places),
        padding: None,
        pooling: Pooling::First,
        projection: Projection::Linear,
    })
}

fn shape(
    check: &Check<'_>,
    tower: &Tower,
    defaults: &Defaults,
    sight: Sight,
) -> Result<Shape, LoadError> {
    let width = tower.hidden_size.unwrap_or(defaults.hidden_size);
    let width = check.size("hidden_size", width)?;
    let heads = tower.num_attention_heads.unwrap_or(defaults.heads);
    let hidden = tower
        .intermediate_size
        .unwrap_or(defaults.intermediate_size);
    let hidden = check.size("intermediate_size", hidden)?;
    let activation = tower.hidden_act.as_deref().unwrap_or(defaults.activation);
    Ok(Shape {
        width,
        layers: check.size("num_hidden_layers", tower.num_hidden_layers.unwrap_or(12))?,
        heads: check.heads("num_attention_heads", heads, width)?,
        mlp: mlp(check, activation, hidden)?,
        layer_norm_eps: check.epsilon(tower.layer_norm_eps.unwrap_or(defaults.epsilon))?,
        sight,
        norms: Norms::Before,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transformer::Mlp;

    fn read(text: &str) -> Result<Config, String> {
        ConfigFile::new("config.json".into(), text.into())
            .and_then(|file| parse(&file))
            .map_err(|error| error.to_string())
    }

    fn known(config: &Config) -> &Text {
        match &config.text {
            TextSource::Known(text) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn chinese_clip_has_a_bert() {
        let config =
            read(r#"{"model_type": "chinese_clip", "text_config": {"vocab_size": 21128}}"#);
        let config = config.unwrap();
        let text = known(&config);
        assert_eq!(
            (text.tower, text.length, text.places),
            (TextTower::Bert, 52, 512)
        );
        assert_eq!(text.shape.mlp, Mlp::Gelu { hidden: 3072 });
        assert_eq!(
            (text.shape.norms, text.pooling),
            (Norms::Behind, Pooling::First)
        );
    }

    #[test]
    fn absent_settings_have_the_defaults_of_transformers() {
        let config = read(r#"{"model_type": "clip"}"#).unwrap();
        let vision = &config.vision;
        let text = known(&config);
        assert_eq!(
            (config.dim, vision.patch_size, vision.image_size),
            (512, 32, 224)
        );
        assert_eq!((vision.shape.width, vision.shape.heads), (768, 12));
        assert_eq!(vision.shape.mlp, Mlp::QuickGelu { hidden: 3072 });
        assert_eq!((text.shape.width, text.shape.heads), (512, 8));
        assert_eq!((text.vocabulary, text.length), (49_408, 77));
        assert_eq!(text.pooling, Pooling::End(End::Token(49_407)));
    }

    #[test]
    fn old_files_repeat_settings_and_have_a_wrong_end() {
        let config = read(
            r#"{"projection_dim": 768, "text_config": {"hidden_size": 512, "eos_token_id": 2},
                "text_config_dict": {"hidden_size": 768, "num_attention_heads": 12},
                "vision_config": {"hidden_act": "gelu"}, "vision_config_dict": null}"#,
        )
        .unwrap();
        let text = known(&config);
        assert_eq!((text.shape.width, text.shape.heads), (768, 12));
        assert_eq!(text.pooling, Pooling::End(End::Highest));
        assert_eq!(config.vision.shape.mlp, Mlp::Gelu { hidden: 3072 });
    }

    #[test]
    fn refuses_what_it_cannot_compute() {
        for (text, expected) in [
            (
                r#"{"text_config": {"hidden_act": "relu"}}"#,
                "hidden_act is relu",
            ),
            (
                r#"{"vision_config": {"num_attention_heads": 7}}"#,
                "a divisor of",
            ),
            (
                r#"{"vision_config": {"image_size": 7}}"#,
                "at least patch_size, 32",
            ),
            (r#"{"text_config": {"vocab_size": 0}}"#, "vocab_size is 0"),
            (r#"{"text_config": []}"#, "malformed"),
            (r#"{"vision_config": {"patch_size": "8"}}"#, "patch_size is"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
