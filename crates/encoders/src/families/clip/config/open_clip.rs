//! `open_clip_config.json`: a model and its preprocessing as open_clip writes them.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Config, End, MEAN, Naming, Pooling, Projection, Roberta, STD, Text, TextSource, TextTower,
    Vision, mlp,
};
use crate::config_check::Check;
use crate::config_file::ConfigFile;
use crate::error::LoadError;
use crate::transformer::{Norms, Shape, Sight};

/// The epsilon of torch's layer norms.
const EPSILON: f32 = 1e-5;

#[derive(Deserialize)]
struct File {
    model_cfg: Model,
    #[serde(default)]
    preprocess_cfg: Preprocess,
}

#[derive(Deserialize)]
struct Model {
    embed_dim: usize,
    quick_gelu: Option<bool>,
    vision_cfg: VisionFile,
    text_cfg: TextFile,
    custom_text: Option<bool>,
}

#[derive(Deserialize)]
struct VisionFile {
    image_size: Option<Value>,
    patch_size: Option<Value>,
    layers: Value,
    width: usize,
    head_width: Option<usize>,
    mlp_ratio: Option<f64>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Deserialize)]
struct TextFile {
    context_length: Option<usize>,
    vocab_size: Option<usize>,
    width: Option<usize>,
    heads: Option<usize>,
    layers: Option<usize>,
    mlp_ratio: Option<f64>,
    hf_model_name: Option<String>,
    #[serde(alias = "hf_pooler_type")]
    pooler_type: Option<String>,
    #[serde(alias = "hf_proj_type")]
    proj_type: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Default, Deserialize)]
struct Preprocess {
    size: Option<Value>,
    mean: Option<[f64; 3]>,
    std: Option<[f64; 3]>,
    interpolation: Option<String>,
    resize_mode: Option<String>,
}

/// Settings that make another model of it, by the values that change nothing. Those of training
/// (dropout of patches, checkpoints) are not among them.
const OTHER_MODELS: [(&str, &[&str]); 12] = [
    ("timm_model_name", &["null"]),
    ("attentional_pool", &["false"]),
    ("no_ln_pre", &["false"]),
    ("ls_init_value", &["null"]),
    ("final_ln_after_pool", &["false"]),
    ("pool_type", &["\"tok\"", "\"argmax\""]),
    ("pos_embed_type", &["\"learnable\""]),
    ("embed_cls", &["false"]),
    ("no_causal_mask", &["false"]),
    ("proj_bias", &["false"]),
    ("norm_kwargs", &["{}", "null"]),
    ("act_kwargs", &["{}", "null"]),
];

pub(super) fn parse(config: &ConfigFile) -> Result<Config, LoadError> {
    let file: File = config.parse()?;
    let check = Check::new(config.path());
    let File {
        model_cfg: model,
        preprocess_cfg: preprocess,
    } = file;
    check.that(
        !model.custom_text.unwrap_or(false) || model.text_cfg.hf_model_name.is_some(),
        "custom_text",
        "true",
        "false",
    )?;
    let (vision, text) = (&model.vision_cfg, &model.text_cfg);
    for others in [&vision.others, &text.others] {
        for (setting, harmless) in OTHER_MODELS {
            let value = others.get(setting).map(Value::to_string);
            let is_harmless = value
                .as_deref()
                .is_none_or(|value| harmless.contains(&value));
            let found = value.as_deref().unwrap_or_default();
            check.that(is_harmless, setting, found, harmless.join(" or "))?;
        }
    }
    let patch_size = check.side("patch_size", vision.patch_size.as_ref(), 16)?;
    let image_size = check.side("image_size", vision.image_size.as_ref(), 224)?;
    check.fits(image_size, patch_size)?;
    let activation = if model.quick_gelu.unwrap_or(false) {
        "quick_gelu"
    } else {
        "gelu"
    };
    let shape = |width: usize, layers: usize, heads: usize, ratio: Option<f64>, sight| {
        let width = check.size("width", width)?;
        let hidden = (width as f64 * ratio.unwrap_or(4.0)) as usize;
        Ok(Shape {
            width,
            layers: check.size("layers", layers)?,
            heads: check.heads("heads", heads, width)?,
            mlp: mlp(&check, activation, check.size("width * mlp_ratio", hidden)?)?,
            layer_norm_eps: EPSILON,
            sight,
            norms: Norms::Before,
        })
    };
    // Those of a ResNet are a list.
    let layers = vision.layers.as_u64().and_then(|n| usize::try_from(n).ok());
    let layers = layers.unwrap_or_default();
    check.that(layers > 0, "layers", &vision.layers, "a number: no ResNet")?;
    let length = check.size("context_length", text.context_length.unwrap_or(77))?;
    let head_width = check.size("head_width", vision.head_width.unwrap_or(64))?;
    Ok(Config {
        naming: Naming::OpenClip,
        dim: check.size("embed_dim", model.embed_dim)?,
        vision: Vision {
            shape: shape(
                vision.width,
                layers,
                vision.width / head_width,
                vision.mlp_ratio,
                Sight::All,
            )?,
            patch_size,
            image_size,
        },
        text: match &text.hf_model_name {
            Some(name) => TextSource::Roberta(roberta(&check, name, text, model.embed_dim)?),
            None => TextSource::Known(Text {
                tower: TextTower::Clip,
                shape: shape(
                    text.width.unwrap_or(512),
                    text.layers.unwrap_or(12),
                    text.heads.unwrap_or(8),
                    text.mlp_ratio,
                    Sight::Before,
                )?,
                vocabulary: check.size("vocab_size", text.vocab_size.unwrap_or(49_408))?,
                places: length,
                first_place: 0,
                length,
                padding: None,
                pooling: Pooling::End(End::Highest),
                projection: Projection::Linear,
            }),
        },
        processor: preprocessing(&check, &preprocess, image_size)?,
    })
}

/// A tower of texts that is one of the hub's.
fn roberta(
    check: &Check<'_>,
    name: &str,
    text: &TextFile,
    dim: usize,
) -> Result<Roberta, LoadError> {
    let base = name.rsplit('/').next().unwrap_or(name);
    let expected = "xlm-roberta-base, xlm-roberta-large or roberta-base";
    check.that(base.contains("roberta"), "hf_model_name", name, expected)?;
    let pooler = text.pooler_type.as_deref().unwrap_or("mean_pooler");
    let is_known = pooler == "mean_pooler";
    check.that(is_known, "hf_pooler_type", pooler, "mean_pooler")?;
    let projection = text.proj_type.as_deref();
    check.that(
        matches!(projection, None | Some("linear" | "mlp")),
        "hf_proj_type",
        projection.unwrap_or_default(),
        "mlp or linear",
    )?;
    let length = text.context_length.unwrap_or(77);
    Ok(Roberta::new(
        check.size("context_length", length)?,
        projection,
        dim,
    ))
}

/// `preprocess_cfg` in the words of a `preprocessor_config.json`.
fn preprocessing(
    check: &Check<'_>,
    preprocess: &Preprocess,
    image_size: usize,
) -> Result<lookalike_imaging::ProcessorConfig, LoadError> {
    let size = check.side("size", preprocess.size.as_ref(), image_size)?;
    let square = json!({"height": size, "width": size});
    let mode = preprocess.resize_mode.as_deref().unwrap_or("shortest");
    let known = ["shortest", "squash"];
    check.that(
        known.contains(&mode),
        "resize_mode",
        mode,
        known.join(" or "),
    )?;
    let (resize, crops) = match mode {
        "squash" => (square.clone(), false),
        _ => (json!({"shortest_edge": size}), true),
    };
    let interpolation = preprocess.interpolation.as_deref().unwrap_or("bicubic");
    let known = ["bicubic", "bilinear"];
    check.that(
        known.contains(&interpolation),
        "interpolation",
        interpolation,
        known.join(" or "),
    )?;
    let settings = json!({
        "size": resize, "do_center_crop": crops, "crop_size": square,
        "resample": if interpolation == "bilinear" { 2 } else { 3 },
        "image_mean": preprocess.mean.unwrap_or(MEAN),
        "image_std": preprocess.std.unwrap_or(STD),
    });
    check.processor(&settings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transformer::Mlp;

    const PLAIN: &str = r#""embed_dim": 512, "vision_cfg": {"image_size": 224, "layers": 12,
        "width": 768, "patch_size": 32}, "text_cfg": {"context_length": 77, "vocab_size": 49408,
        "width": 512, "heads": 8, "layers": 12}"#;

    fn read(text: &str) -> Result<Config, String> {
        ConfigFile::of_open_clip("open_clip_config.json".into(), text.into())
            .and_then(|file| parse(&file))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_published_b_32() {
        let config = read(&format!("{{\"model_cfg\": {{{PLAIN}}}}}")).unwrap();
        assert_eq!((config.dim, config.vision.shape.heads), (512, 12));
        assert_eq!(config.vision.shape.mlp, Mlp::Gelu { hidden: 3072 });
        let TextSource::Known(text) = &config.text else {
            panic!("{:?}", config.text)
        };
        assert_eq!(text.pooling, Pooling::End(End::Highest));
        let quick = format!("{{\"model_cfg\": {{\"quick_gelu\": true, {PLAIN}}}}}");
        let config = read(&quick).unwrap();
        let TextSource::Known(text) = &config.text else {
            panic!("{:?}", config.text)
        };
        assert_eq!(text.shape.mlp, Mlp::QuickGelu { hidden: 2048 });
    }

    #[test]
    fn refuses_other_models() {
        for (from, to, expected) in [
            ("\"layers\": 12,", "\"layers\": [3, 4, 6, 3],", "no ResNet"),
            (
                "\"patch_size\": 32",
                "\"timm_model_name\": \"vit\"",
                "timm_model_name is \"vit\"",
            ),
            (
                "\"heads\": 8",
                "\"hf_model_name\": \"t5-base\"",
                "hf_model_name",
            ),
            ("\"heads\": 8", "\"heads\": 7", "a divisor of"),
            ("\"embed_dim\": 512", "\"embed_dim\": 0", "embed_dim is 0"),
        ] {
            let text = PLAIN.replacen(from, to, 1);
            let error = read(&format!("{{\"model_cfg\": {{{text}}}}}")).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
        let text = format!(
            "{{\"model_cfg\": {{{PLAIN}}}, \"preprocess_cfg\": {{\"resize_mode\": \"longest\"}}}}"
        );
        assert!(read(&text).unwrap_err().contains("resize_mode is longest"));
    }
}
