//! From named tensors to layers, with a fingerprint of what was read.

use lookalike_imaging::ProcessorConfig;

use super::config::Config;
use crate::error::LoadError;
use crate::transformer::{
    Entry, LayerParts, LayerSource, Linear, Mlp, Norm, Patches, Places, Rotary, Source,
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
                map: Linear {
                    outputs: shape.width,
                    inputs: 3 * patch * patch,
                    weight: self.read(
                        &format!("{patches}.weight"),
                        &[shape.width, 3, patch, patch],
                    )?,
                    bias: Some(self.read(&format!("{patches}.bias"), &[shape.width])?),
                },
                processor,
            }),
            norm_before: None,
            norm_after: Some(self.norm("norm")?),
            layers: self,
        })
    }

    fn norm(&self, module: &str) -> Result<Norm, LoadError> {
        let width = self.config.shape.width;
        Ok(Norm {
            gain: self.read(&format!("{module}.weight"), &[width])?,
            bias: self.read(&format!("{module}.bias"), &[width])?,
        })
    }

    fn linear(
        &self,
        module: &str,
        [outputs, inputs]: [usize; 2],
        has_bias: bool,
    ) -> Result<Linear, LoadError> {
        let bias = || self.read(&format!("{module}.bias"), &[outputs]);
        Ok(Linear {
            outputs,
            inputs,
            weight: self.read(&format!("{module}.weight"), &[outputs, inputs])?,
            bias: has_bias.then(bias).transpose()?,
        })
    }

    fn read(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        let prefix = if name.starts_with("layer.") {
            self.prefix
        } else {
            ""
        };
        self.tally
            .read(self.weights, &format!("{prefix}{name}"), name, shape)
    }

    /// To queries, keys and values; those without a bias get one of zeros.
    fn qkv(&self, module: &str) -> Result<Linear, LoadError> {
        let width = self.config.shape.width;
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        let parts = ["q_proj", "k_proj", "v_proj"];
        for (part, has_bias) in parts.into_iter().zip(self.config.biases.qkv) {
            let part = self.linear(&format!("{module}.{part}"), [width; 2], has_bias)?;
            weight.extend(part.weight);
            bias.extend(part.bias.unwrap_or_else(|| vec![0.0; width]));
        }
        Ok(Linear {
            outputs: 3 * width,
            inputs: width,
            weight,
            bias: Some(bias),
        })
    }

    /// To what is activated; of a gated half the gates and, behind them, the values.
    fn expand(&self, module: &str) -> Result<Linear, LoadError> {
        let Config { shape, biases, .. } = self.config;
        let sizes = [shape.mlp.hidden(), shape.width];
        let up = self.linear(&format!("{module}.up_proj"), sizes, biases.mlp)?;
        let Mlp::SwiGlu { hidden } = shape.mlp else {
            return Ok(up);
        };
        let mut gate = self.linear(&format!("{module}.gate_proj"), sizes, biases.mlp)?;
        gate.outputs = 2 * hidden;
        gate.weight.extend(up.weight);
        if let (Some(gate), Some(up)) = (&mut gate.bias, up.bias) {
            gate.extend(up);
        }
        Ok(gate)
    }
}

impl LayerSource for Reader<'_> {
    fn layer(&self, index: usize) -> Result<LayerParts, LoadError> {
        let Config { shape, biases, .. } = self.config;
        let (width, hidden) = (shape.width, shape.mlp.hidden());
        let of = |tail: &str| format!("layer.{index}.{tail}");
        Ok(LayerParts {
            norm1: self.norm(&of("norm1"))?,
            qkv: self.qkv(&of("attention"))?,
            projection: self.linear(&of("attention.o_proj"), [width; 2], biases.projection)?,
            scale1: Some(self.read(&of("layer_scale1.lambda1"), &[width])?),
            norm2: self.norm(&of("norm2"))?,
            expand: self.expand(&of("mlp"))?,
            contract: self.linear(&of("mlp.down_proj"), [width, hidden], biases.mlp)?,
            scale2: Some(self.read(&of("layer_scale2.lambda1"), &[width])?),
        })
    }
}
