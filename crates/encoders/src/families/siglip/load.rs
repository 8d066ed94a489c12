//! From named tensors to the two towers, with a fingerprint of what was read.

use lookalike_imaging::ProcessorConfig;

use super::config::Config;
use super::pooling::{Attention, Parts};
use crate::error::LoadError;
use crate::families::modules::Modules;
use crate::text::Table;
use crate::transformer::{
    Entry, LayerParts, LayerSource, Linear, Patches, Places, Positions, Resampling, Shape, Source,
};
use crate::weights::{Tally, Weights};

/// Reads a model's tensors.
pub(super) struct Reader<'a> {
    pub(super) config: &'a Config,
    pub(super) weights: &'a Weights,
    pub(super) tally: &'a Tally,
}

impl Reader<'_> {
    pub(super) fn entry(&self) -> Result<Entry, LoadError> {
        let Config {
            vision,
            patch_size,
            image_size,
            ..
        } = self.config;
        let grid = image_size / patch_size;
        let positions = "vision_model.embeddings.position_embedding.weight";
        let positions = self.read(positions, &[grid * grid, vision.width])?;
        let positions = Positions::new(positions, grid, vision.width, Resampling::Plain);
        Ok(Entry {
            patch_size: *patch_size,
            width: vision.width,
            leading: Vec::new(),
            places: Places::Added(positions),
        })
    }

    /// The tower of pictures, without its pooling.
    pub(super) fn vision<'b>(
        &self,
        processor: &'b ProcessorConfig,
        layers: &'b dyn LayerSource,
    ) -> Result<Source<'b>, LoadError> {
        let (shape, patch) = (self.config.vision, self.config.patch_size);
        let patches = "vision_model.embeddings.patch_embedding";
        Ok(Source {
            shape,
            patches: Some(Patches {
                size: patch,
                map: self.patch_map(patches, shape.width, patch)?,
                processor,
            }),
            norm_before: None,
            norm_after: Some(self.norm("vision_model.post_layernorm", shape.width)?),
            layers,
        })
    }

    /// The tower of texts, without its projection.
    pub(super) fn text<'b>(&self, layers: &'b dyn LayerSource) -> Result<Source<'b>, LoadError> {
        let shape = self.config.text;
        Ok(Source {
            shape,
            patches: None,
            norm_before: None,
            norm_after: Some(self.norm("text_model.final_layer_norm", shape.width)?),
            layers,
        })
    }

    /// What makes one vector of a picture's tokens.
    pub(super) fn pooling(&self) -> Result<Parts, LoadError> {
        let shape = self.config.vision;
        let (width, hidden) = (shape.width, shape.mlp.hidden());
        let of = |tail: &str| format!("vision_model.head.{tail}");
        let attention = Attention {
            heads: shape.heads,
            probe: self.read(&of("probe"), &[1, 1, width])?,
            weight: self.read(&of("attention.in_proj_weight"), &[3 * width, width])?,
            bias: self.read(&of("attention.in_proj_bias"), &[3 * width])?,
            projection: self.linear(&of("attention.out_proj"), width, width)?,
        };
        Ok(Parts {
            attention,
            norm: self.norm(&of("layernorm"), width)?,
            epsilon: shape.layer_norm_eps,
            expand: self.linear(&of("mlp.fc1"), hidden, width)?,
            contract: self.linear(&of("mlp.fc2"), width, hidden)?,
        })
    }

    /// The embeddings of tokens.
    pub(super) fn tokens(&self) -> Result<Table, LoadError> {
        let name = "text_model.embeddings.token_embedding.weight";
        let shape = [self.config.vocabulary, self.config.text.width];
        Table::open(self.weights, self.tally, name, name, shape)
    }

    /// The embeddings of a token's place in a text, one after another.
    pub(super) fn text_positions(&self) -> Result<Vec<f32>, LoadError> {
        let name = "text_model.embeddings.position_embedding.weight";
        self.read(name, &[self.config.length, self.config.text.width])
    }

    /// From a text's last token to the embedding.
    pub(super) fn text_projection(&self) -> Result<Linear, LoadError> {
        let (dim, width) = (self.config.vision.width, self.config.text.width);
        self.linear("text_model.head", dim, width)
    }

    /// A parameter that is one number, if it is there.
    pub(super) fn number(&self, name: &str) -> Result<Option<f32>, LoadError> {
        if !self.weights.contains(name) {
            return Ok(None);
        }
        Ok(self.weights.read(name, &[1])?.first().copied())
    }
}

impl Modules for Reader<'_> {
    fn read(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        self.tally.read(self.weights, name, name, shape)
    }
}

/// The layers of one tower, `vision_model` or `text_model`.
pub(super) struct TowerLayers<'a> {
    pub(super) reader: &'a Reader<'a>,
    pub(super) tower: &'static str,
    pub(super) shape: Shape,
}

impl LayerSource for TowerLayers<'_> {
    fn layer(&self, index: usize) -> Result<LayerParts, LoadError> {
        let (width, hidden) = (self.shape.width, self.shape.mlp.hidden());
        let of = |tail: &str| format!("{}.encoder.layers.{index}.{tail}", self.tower);
        let reader = self.reader;
        let parts = ["q_proj", "k_proj", "v_proj"].map(|part| of(&format!("self_attn.{part}")));
        Ok(LayerParts {
            norm1: reader.norm(&of("layer_norm1"), width)?,
            qkv: reader.qkv(parts.each_ref().map(|part| (part.as_str(), true)), width)?,
            projection: reader.linear(&of("self_attn.out_proj"), width, width)?,
            scale1: None,
            norm2: reader.norm(&of("layer_norm2"), width)?,
            expand: reader.linear(&of("mlp.fc1"), hidden, width)?,
            contract: reader.linear(&of("mlp.fc2"), width, hidden)?,
            scale2: None,
        })
    }
}
