//! From named tensors to layers, with a fingerprint of what was read.

use lookalike_imaging::ProcessorConfig;
use lookalike_kernels::Isa;

use super::config::{Architecture, Config};
use super::names::Names;
use crate::error::LoadError;
use crate::families::modules::Modules;
use crate::transformer::{
    Arithmetic, Entry, LayerParts, LayerSource, Linear, Mlp, Network, Patches, Places, Positions,
    Resampling, Source,
};
use crate::weights::{Tally, Weights};

/// From a patch's normalised values, channel by channel, to a token.
const PATCHES: &str = "embeddings.patch_embeddings.projection";

/// What a network is made from.
pub(super) struct Loader<'a> {
    pub(super) config: &'a Config,
    /// How pixels are normalised.
    pub(super) processor: &'a ProcessorConfig,
    pub(super) weights: &'a Weights,
    pub(super) isa: Isa,
    pub(super) arithmetic: Arithmetic,
}

impl Loader<'_> {
    /// Packs the weights, in the threads of the current pool.
    ///
    /// # Errors
    /// A tensor is missing, misshapen or unreadable.
    pub(super) fn load(&self, tally: &Tally) -> Result<(Entry, Network), LoadError> {
        let reader = Reader {
            config: self.config,
            weights: self.weights,
            names: Names::find(self.weights).unwrap_or_else(Names::bare),
            tally,
        };
        let (width, patch_size) = (self.config.hidden_size, self.config.patch_size);
        let source = Source {
            shape: self.config.shape(),
            patches: Some(Patches {
                size: patch_size,
                map: reader.patch_map(PATCHES, width, patch_size)?,
                processor: self.processor,
            }),
            norm_before: None,
            norm_after: Some(reader.norm("layernorm", width)?),
            layers: &reader,
        };
        let network = source.pack(self.isa, &self.arithmetic)?;
        Ok((reader.entry()?, network))
    }
}

struct Reader<'a> {
    config: &'a Config,
    weights: &'a Weights,
    names: Names,
    tally: &'a Tally,
}

impl Reader<'_> {
    fn entry(&self) -> Result<Entry, LoadError> {
        let config = self.config;
        let dim = config.hidden_size;
        let grid = config.trained_grid();
        let positions = self.read("embeddings.position_embeddings", &[1, grid * grid + 1, dim])?;
        let mut leading = self.read("embeddings.cls_token", &[1, 1, dim])?;
        for (token, position) in leading.iter_mut().zip(&positions) {
            *token += position;
        }
        // Registers have no positions.
        if config.registers > 0 {
            let shape = [1, config.registers, dim];
            leading.extend(self.read("embeddings.register_tokens", &shape)?);
        }
        let resampling = match config.architecture {
            Architecture::Dinov2 => Resampling::Plain,
            Architecture::Dinov2WithRegisters => Resampling::Antialiased,
        };
        Ok(Entry {
            patch_size: config.patch_size,
            width: dim,
            leading,
            places: Places::Added(Positions::new(
                positions[dim..].to_vec(),
                grid,
                dim,
                resampling,
            )),
        })
    }
}

impl Modules for Reader<'_> {
    /// A tensor outside of the layers.
    fn read(&self, tail: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        self.tally
            .read(self.weights, &self.names.top(tail), tail, shape)
    }
}

impl LayerSource for Reader<'_> {
    fn layer(&self, index: usize) -> Result<LayerParts, LoadError> {
        let layer = LayerReader {
            reader: self,
            config: self.config,
            index,
        };
        layer.parts()
    }
}

struct LayerReader<'a> {
    reader: &'a Reader<'a>,
    config: &'a Config,
    index: usize,
}

impl LayerReader<'_> {
    fn parts(&self) -> Result<LayerParts, LoadError> {
        let dim = self.config.hidden_size;
        let (expand, contract) = self.mlp()?;
        Ok(LayerParts {
            norm1: self.norm("norm1", dim)?,
            qkv: self.qkv()?,
            projection: self.linear("attention.output.dense", dim, dim)?,
            scale1: self.scale("layer_scale1.lambda1")?,
            norm2: self.norm("norm2", dim)?,
            expand,
            contract,
            scale2: self.scale("layer_scale2.lambda1")?,
        })
    }

    fn qkv(&self) -> Result<Linear, LoadError> {
        let dim = self.config.hidden_size;
        // Grows with what is there: the configuration may claim anything.
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        for name in ["query", "key", "value"] {
            let name = format!("attention.attention.{name}");
            weight.extend(self.read(&format!("{name}.weight"), &[dim, dim])?);
            if self.config.qkv_bias {
                bias.extend(self.read(&format!("{name}.bias"), &[dim])?);
            }
        }
        Ok(Linear {
            outputs: 3 * dim,
            inputs: dim,
            weight,
            bias: self.config.qkv_bias.then_some(bias),
        })
    }

    fn mlp(&self) -> Result<(Linear, Linear), LoadError> {
        let dim = self.config.hidden_size;
        match self.config.mlp {
            Mlp::Gelu { hidden } | Mlp::GeluTanh { hidden } | Mlp::QuickGelu { hidden } => Ok((
                self.linear("mlp.fc1", hidden, dim)?,
                self.linear("mlp.fc2", dim, hidden)?,
            )),
            Mlp::SwiGlu { hidden } if self.has("mlp.gate_proj.weight") => {
                // The newer names of transformers 5 have the two halves apart.
                let mut weight = self.read("mlp.gate_proj.weight", &[hidden, dim])?;
                weight.extend(self.read("mlp.up_proj.weight", &[hidden, dim])?);
                let mut bias = self.read("mlp.gate_proj.bias", &[hidden])?;
                bias.extend(self.read("mlp.up_proj.bias", &[hidden])?);
                let expand = Linear {
                    outputs: 2 * hidden,
                    inputs: dim,
                    weight,
                    bias: Some(bias),
                };
                Ok((expand, self.linear("mlp.down_proj", dim, hidden)?))
            }
            Mlp::SwiGlu { hidden } => Ok((
                self.linear("mlp.weights_in", 2 * hidden, dim)?,
                self.linear("mlp.weights_out", dim, hidden)?,
            )),
        }
    }

    fn scale(&self, name: &str) -> Result<Option<Vec<f32>>, LoadError> {
        if !self.config.layer_scale {
            return Ok(None);
        }
        self.read(name, &[self.config.hidden_size]).map(Some)
    }

    fn has(&self, tail: &str) -> bool {
        self.reader.weights.contains(&self.name(tail))
    }

    fn name(&self, tail: &str) -> String {
        self.reader
            .names
            .layer(self.reader.weights, self.index, tail)
    }
}

impl Modules for LayerReader<'_> {
    fn read(&self, tail: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        let canonical = format!("encoder.layer.{}.{tail}", self.index);
        let reader = self.reader;
        reader
            .tally
            .read(reader.weights, &self.name(tail), &canonical, shape)
    }
}
