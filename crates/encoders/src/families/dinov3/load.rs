//! From named tensors to layers, with a fingerprint of what was read.

use lookalike_imaging::ProcessorConfig;

use super::config::Config;
use crate::error::LoadError;
use crate::families::modules::Modules;
use crate::transformer::{
    Entry, LayerParts, LayerSource, Linear, Mlp, Patches, Places, Rotary, Source,
};
use crate::weights::{Tally, Weights};

/// What transformers 5 puts before the names of layers; files on the hub do not.
const NEWER: &str = "model.";

/// Reads a model's tensors.
pub(super) struct Reader<'a> {
    config: &'a Config,
    weights: &'a Weights,
    tally: &'a Tally,
    /// What stands before the names of layers.
    prefix: &'static str,
}

impl<'a> Reader<'a> {
    pub(super) fn new(config: &'a Config, weights: &'a Weights, tally: &'a Tally) -> Self {
        let is_newer = weights.contains(&format!("{NEWER}layer.0.norm1.weight"));
        Self {
            config,
            weights,
            tally,
            prefix: if is_newer { NEWER } else { "" },
        }
    }

    pub(super) fn entry(&self) -> Result<Entry, LoadError> {
        let Config {
            shape,
            patch_size,
            registers,
            rope_theta,
            ..
        } = self.config;
        let width = shape.width;
        let mut leading = self.read("embeddings.cls_token", &[1, 1, width])?;
        if *registers > 0 {
            leading.extend(self.read("embeddings.register_tokens", &[1, *registers, width])?);
        }
        let rotary = Rotary::new(shape.head_size(), width, 1 + registers, *rope_theta);
        Ok(Entry {
            patch_size: *patch_size,
            width,
            leading,
            places: Places::Turned(rotary),
        })
    }

    pub(super) fn source<'b>(
        &'b self,
        processor: &'b ProcessorConfig,
    ) -> Result<Source<'b>, LoadError> {
        let (shape, patch) = (self.config.shape, self.config.patch_size);
        let patches = "embeddings.patch_embeddings";
        Ok(Source {
            shape,
            patches: Some(Patches {
                size: patch,
                map: self.patch_map(patches, shape.width, patch)?,
                processor,
            }),
            norm_before: None,
            norm_after: Some(self.norm("norm", shape.width)?),
            layers: self,
        })
    }

    /// A linear map of layers, whose biases the configuration turns on and off.
    fn map(
        &self,
        module: &str,
        [outputs, inputs]: [usize; 2],
        has_bias: bool,
    ) -> Result<Linear, LoadError> {
        if has_bias {
            self.linear(module, outputs, inputs)
        } else {
            self.weights(module, outputs, inputs)
        }
    }

    /// To what is activated; of a gated half the gates and, behind them, the values.
    fn expand(&self, module: &str) -> Result<Linear, LoadError> {
        let Config { shape, biases, .. } = self.config;
        let sizes = [shape.mlp.hidden(), shape.width];
        let up = self.map(&format!("{module}.up_proj"), sizes, biases.mlp)?;
        let Mlp::SwiGlu { hidden } = shape.mlp else {
            return Ok(up);
        };
        let mut gate = self.map(&format!("{module}.gate_proj"), sizes, biases.mlp)?;
        gate.outputs = 2 * hidden;
        gate.weight.extend(up.weight);
        if let (Some(gate), Some(up)) = (&mut gate.bias, up.bias) {
            gate.extend(up);
        }
        Ok(gate)
    }
}

impl Modules for Reader<'_> {
    fn read(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        let prefix = if name.starts_with("layer.") {
            self.prefix
        } else {
            ""
        };
        self.tally
            .read(self.weights, &format!("{prefix}{name}"), name, shape)
    }
}

impl LayerSource for Reader<'_> {
    fn layer(&self, index: usize) -> Result<LayerParts, LoadError> {
        let Config { shape, biases, .. } = self.config;
        let (width, hidden) = (shape.width, shape.mlp.hidden());
        let of = |tail: &str| format!("layer.{index}.{tail}");
        let names = ["q_proj", "k_proj", "v_proj"].map(|part| of(&format!("attention.{part}")));
        let [query, key, value] = names.each_ref().map(String::as_str);
        let [of_query, of_key, of_value] = biases.qkv;
        let parts = [(query, of_query), (key, of_key), (value, of_value)];
        Ok(LayerParts {
            norm1: self.norm(&of("norm1"), width)?,
            qkv: self.qkv(parts, width)?,
            projection: self.map(&of("attention.o_proj"), [width; 2], biases.projection)?,
            scale1: Some(self.read(&of("layer_scale1.lambda1"), &[width])?),
            norm2: self.norm(&of("norm2"), width)?,
            expand: self.expand(&of("mlp"))?,
            contract: self.map(&of("mlp.down_proj"), [width, hidden], biases.mlp)?,
            scale2: Some(self.read(&of("layer_scale2.lambda1"), &[width])?),
        })
    }
}
