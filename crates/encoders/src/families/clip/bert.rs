//! The tensors of a BERT, or of a RoBERTa, as transformers names them.

use crate::error::LoadError;
use crate::transformer::{LayerParts, LayerSource, Linear, Norm, Shape};
use crate::weights::{Tally, Weights};

/// Reads them.
pub(super) struct BertLayers<'a> {
    /// Of the tensors' names in this file.
    pub(super) prefix: &'a str,
    /// Of the names that they are counted under.
    pub(super) canonical: &'a str,
    pub(super) shape: Shape,
    pub(super) weights: &'a Weights,
    pub(super) tally: &'a Tally,
}

impl BertLayers<'_> {
    /// The full name of a tensor.
    pub(super) fn name(&self, tail: &str) -> String {
        format!("{}{tail}", self.prefix)
    }

    pub(super) fn read(&self, tail: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        let canonical = format!("{}{tail}", self.canonical);
        self.tally
            .read(self.weights, &self.name(tail), &canonical, shape)
    }

    pub(super) fn norm(&self, module: &str) -> Result<Norm, LoadError> {
        let width = self.shape.width;
        Ok(Norm {
            gain: self.read(&format!("{module}.weight"), &[width])?,
            bias: self.read(&format!("{module}.bias"), &[width])?,
        })
    }

    fn linear(&self, module: &str, outputs: usize, inputs: usize) -> Result<Linear, LoadError> {
        Ok(Linear {
            outputs,
            inputs,
            weight: self.read(&format!("{module}.weight"), &[outputs, inputs])?,
            bias: Some(self.read(&format!("{module}.bias"), &[outputs])?),
        })
    }
}

impl LayerSource for BertLayers<'_> {
    fn layer(&self, index: usize) -> Result<LayerParts, LoadError> {
        let (width, hidden) = (self.shape.width, self.shape.mlp.hidden());
        let of = |tail: &str| format!("encoder.layer.{index}.{tail}");
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        for part in ["query", "key", "value"] {
            let part = self.linear(&of(&format!("attention.self.{part}")), width, width)?;
            weight.extend(part.weight);
            bias.extend(part.bias.unwrap_or_default());
        }
        Ok(LayerParts {
            norm1: self.norm(&of("attention.output.LayerNorm"))?,
            qkv: Linear {
                outputs: 3 * width,
                inputs: width,
                weight,
                bias: Some(bias),
            },
            projection: self.linear(&of("attention.output.dense"), width, width)?,
            scale1: None,
            norm2: self.norm(&of("output.LayerNorm"))?,
            expand: self.linear(&of("intermediate.dense"), hidden, width)?,
            contract: self.linear(&of("output.dense"), width, hidden)?,
            scale2: None,
        })
    }
}
