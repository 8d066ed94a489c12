//! From named tensors to packed layers, with a fingerprint of what was read.

use lookalike_imaging::ProcessorConfig;
use lookalike_kernels::Isa;
use lookalike_kernels::bf16::Variant;
use rayon::prelude::*;

use super::packing::{Int8, Linear, Packing};
use super::positions::{Positions, Resampling};
use super::{Body, Frame, Layer, Network, Norm, reduced, single};
use crate::error::LoadError;
use crate::families::dinov2::config::{Architecture, Config, Mlp};
use crate::families::dinov2::names::{Names, PATCH_WEIGHT};
use crate::weights::{Tally, Weights};

/// What a network is made from.
pub(crate) struct Loader<'a> {
    pub(crate) config: &'a Config,
    /// How pixels are normalised.
    pub(crate) processor: &'a ProcessorConfig,
    pub(crate) weights: &'a Weights,
    pub(crate) isa: Isa,
    pub(crate) arithmetic: Arithmetic,
}

/// What products are made in, with the kernels for it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arithmetic {
    F32,
    Bf16(Variant),
    Int8(Variant),
}

impl Loader<'_> {
    /// Packs the weights, in the threads of the current pool.
    ///
    /// # Errors
    /// A tensor is missing, misshapen or unreadable.
    pub(crate) fn load(&self, tally: &Tally) -> Result<Network, LoadError> {
        let reader = Reader {
            config: self.config,
            weights: self.weights,
            names: Names::find(self.weights).unwrap_or_else(Names::bare),
            tally,
        };
        let body = match self.arithmetic {
            Arithmetic::F32 => Body::Single(self.single(&reader)?),
            Arithmetic::Bf16(variant) => Body::Bf16(self.reduced(&reader, variant, &variant)?),
            Arithmetic::Int8(variant) => {
                Body::Int8(self.reduced(&reader, variant, &Int8(variant))?)
            }
        };
        let frame = reader.frame(self.isa)?;
        Ok(Network { frame, body })
    }

    fn single(&self, reader: &Reader<'_>) -> Result<single::Body, LoadError> {
        Ok(single::Body {
            levels: single::Levels::new(self.processor),
            patch_embedding: self.isa.plain(&reader.patch_embedding()?),
            layers: reader.layers(&self.isa)?,
        })
    }

    fn reduced<P: Packing<Normed = <P as Packing>::Packed>>(
        &self,
        reader: &Reader<'_>,
        variant: Variant,
        packing: &P,
    ) -> Result<reduced::Body<P::Packed>, LoadError> {
        let mut map = reader.patch_embedding()?;
        let (patch, processor) = (self.config.patch_size, self.processor);
        let bias = map.bias.unwrap_or_default();
        let (weight, bias) = reduced::patch_weights(&map.weight, &bias, patch, processor);
        (map.weight, map.bias) = (weight, Some(bias));
        Ok(reduced::Body {
            variant,
            patch_embedding: variant.plain(&map),
            layers: reader.layers(packing)?,
        })
    }
}

type Layers<P> = Vec<Layer<<P as Packing>::Normed, <P as Packing>::Packed>>;

struct Reader<'a> {
    config: &'a Config,
    weights: &'a Weights,
    names: Names,
    tally: &'a Tally,
}

impl Reader<'_> {
    fn frame(&self, isa: Isa) -> Result<Frame, LoadError> {
        let config = self.config;
        let dim = config.hidden_size;
        let grid = config.trained_grid();
        let positions = self.top("embeddings.position_embeddings", &[1, grid * grid + 1, dim])?;
        let mut class_token = self.top("embeddings.cls_token", &[1, 1, dim])?;
        for (token, position) in class_token.iter_mut().zip(&positions) {
            *token += position;
        }
        let register_tokens = match config.registers {
            0 => Vec::new(),
            count => self.top("embeddings.register_tokens", &[1, count, dim])?,
        };
        let resampling = match config.architecture {
            Architecture::Dinov2 => Resampling::Plain,
            Architecture::Dinov2WithRegisters => Resampling::Antialiased,
        };
        Ok(Frame {
            config: config.clone(),
            isa,
            positions: Positions::new(positions[dim..].to_vec(), grid, dim, resampling),
            class_token,
            register_tokens,
            norm: Norm {
                gain: self.top("layernorm.weight", &[dim])?,
                bias: self.top("layernorm.bias", &[dim])?,
            },
        })
    }

    /// From a patch's normalised values, channel by channel, to a token.
    fn patch_embedding(&self) -> Result<Linear, LoadError> {
        let (dim, patch) = (self.config.hidden_size, self.config.patch_size);
        let bias = "embeddings.patch_embeddings.projection.bias";
        Ok(Linear {
            outputs: dim,
            inputs: 3 * patch * patch,
            weight: self.top(PATCH_WEIGHT, &[dim, 3, patch, patch])?,
            bias: Some(self.top(bias, &[dim])?),
        })
    }

    fn layers<P: Packing>(&self, packing: &P) -> Result<Layers<P>, LoadError> {
        let layer = |index| {
            let reader = LayerReader {
                reader: self,
                config: self.config,
                index,
            };
            reader.layer(packing)
        };
        (0..self.config.layers).into_par_iter().map(layer).collect()
    }

    fn top(&self, tail: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        self.read(&self.names.top(tail), tail, shape)
    }

    fn read(&self, name: &str, canonical: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        self.tally.read(self.weights, name, canonical, shape)
    }
}

struct LayerReader<'a> {
    reader: &'a Reader<'a>,
    config: &'a Config,
    index: usize,
}

impl LayerReader<'_> {
    fn layer<P: Packing>(&self, packing: &P) -> Result<Layer<P::Normed, P::Packed>, LoadError> {
        let dim = self.config.hidden_size;
        let (expand, contract) = self.mlp()?;
        Ok(Layer {
            qkv: packing.heads(self.norm("norm1")?, self.qkv()?, self.config.heads),
            projection: packing.plain(&self.linear("attention.output.dense", dim, dim)?),
            scale1: self.scale("layer_scale1.lambda1")?,
            expand: packing.expand(self.norm("norm2")?, expand, self.config.mlp),
            contract: packing.plain(&contract),
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
            Mlp::Gelu { hidden } => Ok((
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

    fn linear(&self, name: &str, outputs: usize, inputs: usize) -> Result<Linear, LoadError> {
        Ok(Linear {
            outputs,
            inputs,
            weight: self.read(&format!("{name}.weight"), &[outputs, inputs])?,
            bias: Some(self.read(&format!("{name}.bias"), &[outputs])?),
        })
    }

    fn norm(&self, name: &str) -> Result<Norm, LoadError> {
        let dim = self.config.hidden_size;
        Ok(Norm {
            gain: self.read(&format!("{name}.weight"), &[dim])?,
            bias: self.read(&format!("{name}.bias"), &[dim])?,
        })
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

    fn read(&self, tail: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        let canonical = format!("encoder.layer.{}.{tail}", self.index);
        self.reader.read(&self.name(tail), &canonical, shape)
    }
}
