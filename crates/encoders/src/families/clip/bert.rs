//! The tensors of a BERT, or of a RoBERTa, as transformers names them.

use crate::error::LoadError;
use crate::families::modules::Modules;
use crate::transformer::{LayerParts, LayerSource, Shape};
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
}

impl Modules for BertLayers<'_> {
    fn read(&self, tail: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        let canonical = format!("{}{tail}", self.canonical);
        self.tally
            .read(self.weights, &self.name(tail), &canonical, shape)
    }
}

impl LayerSource for BertLayers<'_> {
    fn layer(&self, index: usize) -> Result<LayerParts, LoadError> {
        let (width, hidden) = (self.shape.width, self.shape.mlp.hidden());
        let of = |tail: &str| format!("encoder.layer.{index}.{tail}");
        let parts = ["query", "key", "value"].map(|part| of(&format!("attention.self.{part}")));
        Ok(LayerParts {
            norm1: self.norm(&of("attention.output.LayerNorm"), width)?,
            qkv: self.qkv(parts.each_ref().map(|part| (part.as_str(), true)), width)?,
            projection: self.linear(&of("attention.output.dense"), width, width)?,
            scale1: None,
            norm2: self.norm(&of("output.LayerNorm"), width)?,
            expand: self.linear(&of("intermediate.dense"), hidden, width)?,
            contract: self.linear(&of("output.dense"), width, hidden)?,
            scale2: None,
        })
    }
}
