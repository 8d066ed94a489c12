//! From named tensors to packed layers, with a fingerprint of what was read.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use lookalike_kernels::{Isa, PackedLinear};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::positions::{Positions, Resampling};
use super::{Layer, Network, Norm};
use crate::config::{Architecture, Mlp, ModelConfig};
use crate::error::LoadError;
use crate::names::{Names, PATCH_WEIGHT};
use crate::weights::Weights;

/// Values of a tensor that go into the fingerprint: all of a vector, and as many of a matrix,
/// spread evenly. Training changes every matrix nearly everywhere.
const SAMPLE: usize = 4096;

/// Packs `weights` as `config` describes them, in the threads of the current pool. Also gives
/// the number of parameters and the hash of their names, shapes and sampled values.
///
/// # Errors
/// A tensor is missing, misshapen or unreadable.
pub(crate) fn load(
    config: &ModelConfig,
    weights: &Weights,
    isa: Isa,
) -> Result<(Network, Summary), LoadError> {
    let names = Names::find(weights).unwrap_or_else(Names::bare);
    let reader = Reader {
        weights,
        names,
        isa,
        read: Mutex::default(),
    };
    let network = reader.network(config)?;
    let read = reader
        .read
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let parameters = read.values().map(|tensor| tensor.count as u64).sum();
    let mut hash = Sha256::new();
    for (name, tensor) in read {
        hash.update(name.as_bytes());
        hash.update(tensor.digest);
    }
    Ok((
        network,
        Summary {
            parameters,
            digest: hash.finalize().into(),
        },
    ))
}

/// What was read, all tensors taken together.
pub(crate) struct Summary {
    pub(crate) parameters: u64,
    pub(crate) digest: [u8; 32],
}

struct Reader<'a> {
    weights: &'a Weights,
    names: Names,
    isa: Isa,
    /// By name without prefix, so that the order of reading does not matter.
    read: Mutex<BTreeMap<String, TensorSummary>>,
}

struct TensorSummary {
    count: usize,
    digest: [u8; 32],
}

impl Reader<'_> {
    fn network(&self, config: &ModelConfig) -> Result<Network, LoadError> {
        let dim = config.hidden_size;
        let patch = config.patch_size;
        let inputs = 3 * patch * patch;
        let patch_weight = self.top(PATCH_WEIGHT, &[dim, 3, patch, patch])?;
        let patch_bias = self.top("embeddings.patch_embeddings.projection.bias", &[dim])?;
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
        Ok(Network {
            config: config.clone(),
            isa: self.isa,
            patch_embedding: self.pack(dim, inputs, &patch_weight, Some(&patch_bias)),
            positions: Positions::new(positions[dim..].to_vec(), grid, dim, resampling),
            class_token,
            register_tokens,
            layers: (0..config.layers)
                .into_par_iter()
                .map(|index| {
                    LayerReader {
                        reader: self,
                        config,
                        index,
                    }
                    .layer()
                })
                .collect::<Result<_, _>>()?,
            norm: Norm {
                gain: self.top("layernorm.weight", &[dim])?,
                bias: self.top("layernorm.bias", &[dim])?,
            },
        })
    }

    fn top(&self, tail: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        self.read(&self.names.top(tail), tail, shape)
    }

    fn read(&self, name: &str, canonical: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        let values = self.weights.read(name, shape)?;
        let mut hash = Sha256::new();
        for size in shape {
            hash.update((*size as u64).to_le_bytes());
        }
        // An odd step does not fall into step with rows of even length.
        let step = (values.len() / SAMPLE) | 1;
        for value in values.iter().step_by(step) {
            hash.update(value.to_le_bytes());
        }
        let summary = TensorSummary {
            count: values.len(),
            digest: hash.finalize().into(),
        };
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.insert(canonical.into(), summary);
        Ok(values)
    }

    fn pack(
        &self,
        outputs: usize,
        inputs: usize,
        weight: &[f32],
        bias: Option<&[f32]>,
    ) -> PackedLinear {
        PackedLinear::pack(self.isa, outputs, inputs, weight, bias)
    }
}

struct LayerReader<'a> {
    reader: &'a Reader<'a>,
    config: &'a ModelConfig,
    index: usize,
}

impl LayerReader<'_> {
    fn layer(&self) -> Result<Layer, LoadError> {
        let dim = self.config.hidden_size;
        let (expand, contract) = self.mlp()?;
        Ok(Layer {
            norm1: self.norm("norm1")?,
            qkv: self.qkv()?,
            projection: self.linear("attention.output.dense", dim, dim)?,
            scale1: self.scale("layer_scale1.lambda1")?,
            norm2: self.norm("norm2")?,
            expand,
            contract,
            scale2: self.scale("layer_scale2.lambda1")?,
        })
    }

    fn qkv(&self) -> Result<PackedLinear, LoadError> {
        let dim = self.config.hidden_size;
        let mut weight = Vec::with_capacity(3 * dim * dim);
        let mut bias = Vec::with_capacity(3 * dim);
        for name in ["query", "key", "value"] {
            let name = format!("attention.attention.{name}");
            weight.extend(self.read(&format!("{name}.weight"), &[dim, dim])?);
            if self.config.qkv_bias {
                bias.extend(self.read(&format!("{name}.bias"), &[dim])?);
            }
        }
        let bias = self.config.qkv_bias.then_some(bias.as_slice());
        Ok(self.reader.pack(3 * dim, dim, &weight, bias))
    }

    fn mlp(&self) -> Result<(PackedLinear, PackedLinear), LoadError> {
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
                let expand = self.reader.pack(2 * hidden, dim, &weight, Some(&bias));
                Ok((expand, self.linear("mlp.down_proj", dim, hidden)?))
            }
            Mlp::SwiGlu { hidden } => Ok((
                self.linear("mlp.weights_in", 2 * hidden, dim)?,
                self.linear("mlp.weights_out", dim, hidden)?,
            )),
        }
    }

    fn linear(&self, name: &str, outputs: usize, inputs: usize) -> Result<PackedLinear, LoadError> {
        let weight = self.read(&format!("{name}.weight"), &[outputs, inputs])?;
        let bias = self.read(&format!("{name}.bias"), &[outputs])?;
        Ok(self.reader.pack(outputs, inputs, &weight, Some(&bias)))
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
