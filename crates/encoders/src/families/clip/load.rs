//! From named tensors to the two towers, with a fingerprint of what was read.
//!
//! The names of transformers are the canonical ones; open_clip's tensors are counted under them, cut
//! and turned as they are there, so that the same model has the same fingerprint in either form.

use lookalike_imaging::ProcessorConfig;

use super::bert::BertLayers;
use super::config::{Config, Naming, Projection, ROBERTA_PREFIX, Text, TextTower};
use crate::error::LoadError;
use crate::families::modules::Modules;
use crate::text::Table;
use crate::transformer::{
    Entry, LayerParts, LayerSource, Linear, Norm, Patches, Places, Positions, Resampling, Shape,
    Source,
};
use crate::weights::{Tally, Weights};

/// Where the tensors of a BERT are in files of transformers.
const BERT_PREFIX: &str = "text_model.";

/// Reads a model's tensors.
pub(super) struct Reader<'a> {
    pub(super) config: &'a Config,
    pub(super) text: &'a Text,
    pub(super) weights: &'a Weights,
    pub(super) tally: &'a Tally,
}

/// One of the two towers.
#[derive(Clone, Copy)]
pub(super) enum Tower {
    Vision,
    Text,
}

impl Tower {
    /// Where its tensors are in files of transformers.
    fn prefix(self) -> &'static str {
        match self {
            Self::Vision => "vision_model.",
            Self::Text => "text_model.",
        }
    }

    /// Where its layers are in files of open_clip.
    fn blocks(self) -> &'static str {
        match self {
            Self::Vision => "visual.transformer.resblocks",
            Self::Text => "transformer.resblocks",
        }
    }
}

/// A tensor's name in files of transformers and of open_clip.
#[derive(Clone, Copy)]
struct Name<'a> {
    hub: &'a str,
    open_clip: &'a str,
}

const fn name<'a>(hub: &'a str, open_clip: &'a str) -> Name<'a> {
    Name { hub, open_clip }
}

impl Reader<'_> {
    /// The entry to the tower of pictures.
    pub(super) fn entry(&self) -> Result<Entry, LoadError> {
        let vision = &self.config.vision;
        let (width, grid) = (vision.shape.width, vision.image_size / vision.patch_size);
        let positions = self.read(
            name(
                "vision_model.embeddings.position_embedding.weight",
                "visual.positional_embedding",
            ),
            &[grid * grid + 1, width],
        )?;
        let class = name(
            "vision_model.embeddings.class_embedding",
            "visual.class_embedding",
        );
        let mut leading = self.read(class, &[width])?;
        for (token, position) in leading.iter_mut().zip(&positions) {
            *token += position;
        }
        Ok(Entry {
            patch_size: vision.patch_size,
            width,
            leading,
            places: Places::Added(Positions::new(
                positions[width..].to_vec(),
                grid,
                width,
                Resampling::Plain,
            )),
        })
    }

    /// The tower of pictures, without its projection.
    pub(super) fn vision<'a>(
        &self,
        processor: &'a ProcessorConfig,
        layers: &'a dyn LayerSource,
    ) -> Result<Source<'a>, LoadError> {
        let vision = &self.config.vision;
        let (shape, patch) = (vision.shape, vision.patch_size);
        let patches = name(
            "vision_model.embeddings.patch_embedding.weight",
            "visual.conv1.weight",
        );
        Ok(Source {
            shape,
            patches: Some(Patches {
                size: patch,
                map: Linear {
                    outputs: shape.width,
                    inputs: 3 * patch * patch,
                    weight: self.read(patches, &[shape.width, 3, patch, patch])?,
                    bias: None,
                },
                processor,
            }),
            norm_before: Some(
                self.norm(name("vision_model.pre_layrnorm", "visual.ln_pre"), &shape)?,
            ),
            norm_after: Some(self.norm(
                name("vision_model.post_layernorm", "visual.ln_post"),
                &shape,
            )?),
            layers,
        })
    }

    /// The tower of texts, without its projection.
    pub(super) fn text<'a>(&self, layers: &'a dyn LayerSource) -> Result<Source<'a>, LoadError> {
        let shape = self.text.shape;
        let (norm_before, norm_after) = match self.text.tower {
            TextTower::Clip => {
                let norm = name("text_model.final_layer_norm", "ln_final");
                (None, Some(self.norm(norm, &shape)?))
            }
            TextTower::Bert => (
                Some(self.bert().norm("embeddings.LayerNorm", shape.width)?),
                None,
            ),
        };
        Ok(Source {
            shape,
            patches: None,
            norm_before,
            norm_after,
            layers,
        })
    }

    /// The tensors of a BERT.
    pub(super) fn bert(&self) -> BertLayers<'_> {
        BertLayers {
            prefix: match self.config.naming {
                Naming::Hub => BERT_PREFIX,
                Naming::OpenClip => ROBERTA_PREFIX,
            },
            canonical: BERT_PREFIX,
            shape: self.text.shape,
            weights: self.weights,
            tally: self.tally,
        }
    }

    /// The embeddings of tokens.
    pub(super) fn tokens(&self) -> Result<Table, LoadError> {
        let shape = [self.text.vocabulary, self.text.shape.width];
        let canonical = "text_model.embeddings.token_embedding.weight";
        let tensor = match self.text.tower {
            TextTower::Clip => self
                .name(name(canonical, "token_embedding.weight"))
                .to_owned(),
            TextTower::Bert => self.bert().name("embeddings.word_embeddings.weight"),
        };
        Table::open(self.weights, self.tally, &tensor, canonical, shape)
    }

    /// The embeddings of a token's place in a text, one after another, from the first token's on.
    pub(super) fn text_positions(&self) -> Result<Vec<f32>, LoadError> {
        let width = self.text.shape.width;
        let shape = [self.text.places, width];
        let hub = "text_model.embeddings.position_embedding.weight";
        match self.text.tower {
            TextTower::Clip => self.read(name(hub, "positional_embedding"), &shape),
            TextTower::Bert => {
                let bert = self.bert();
                let positions = bert.read("embeddings.position_embeddings.weight", &shape)?;
                let places = positions.get(self.text.first_place * width..);
                let mut places = places.unwrap_or_default().to_vec();
                // All tokens of a lone text are of the first type.
                let types = "embeddings.token_type_embeddings.weight";
                let [count, _] = self.weights.sizes(&bert.name(types), "[types, width]")?;
                let types = bert.read(types, &[count, width])?;
                for place in places.chunks_mut(width) {
                    place
                        .iter_mut()
                        .zip(&types)
                        .for_each(|(x, kind)| *x += kind);
                }
                Ok(places)
            }
        }
    }

    /// From the tower of pictures' final token to the embedding.
    pub(super) fn picture_projection(&self) -> Result<Linear, LoadError> {
        let width = self.config.vision.shape.width;
        self.turned("visual_projection.weight", "visual.proj", width)
    }

    /// From what is pooled of a text's tokens to the embedding: one map after the other.
    pub(super) fn text_projection(&self) -> Result<Vec<Linear>, LoadError> {
        let (width, dim) = (self.text.shape.width, self.config.dim);
        let map = |tail: &str, outputs: usize, inputs: usize| {
            let name = format!("text.proj.{tail}weight");
            Ok(Linear {
                outputs,
                inputs,
                weight: self
                    .tally
                    .read(self.weights, &name, &name, &[outputs, inputs])?,
                bias: None,
            })
        };
        match (self.text.projection, self.text.tower) {
            (Projection::Identity, _) => Ok(Vec::new()),
            (Projection::Mlp { hidden }, _) => {
                Ok(vec![map("0.", hidden, width)?, map("2.", dim, hidden)?])
            }
            (Projection::Linear, TextTower::Bert) if self.config.naming == Naming::OpenClip => {
                Ok(vec![map("", dim, width)?])
            }
            (Projection::Linear, _) => {
                let map = self.turned("text_projection.weight", "text_projection", width)?;
                Ok(vec![map])
            }
        }
    }

    /// A projection, whose rows and columns open_clip has the other way round.
    fn turned(&self, hub: &str, open_clip: &str, inputs: usize) -> Result<Linear, LoadError> {
        let outputs = self.config.dim;
        let weight = match self.config.naming {
            Naming::Hub => self.read(name(hub, open_clip), &[outputs, inputs])?,
            Naming::OpenClip => {
                let turned = self.weights.read(open_clip, &[inputs, outputs])?;
                let weight = transposed(&turned, outputs);
                self.tally.note(hub, &[outputs, inputs], &weight);
                weight
            }
        };
        Ok(Linear {
            outputs,
            inputs,
            weight,
            bias: None,
        })
    }

    fn norm(&self, of: Name<'_>, shape: &Shape) -> Result<Norm, LoadError> {
        Ok(Norm {
            gain: self.part(of, "weight", &[shape.width])?,
            bias: self.part(of, "bias", &[shape.width])?,
        })
    }

    /// A parameter of the module of that name.
    fn part(&self, of: Name<'_>, tail: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        let hub = format!("{}.{tail}", of.hub);
        let open_clip = format!("{}.{tail}", of.open_clip);
        self.read(name(&hub, &open_clip), shape)
    }

    fn read(&self, of: Name<'_>, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        self.tally.read(self.weights, self.name(of), of.hub, shape)
    }

    fn name<'a>(&self, of: Name<'a>) -> &'a str {
        match self.config.naming {
            Naming::Hub => of.hub,
            Naming::OpenClip => of.open_clip,
        }
    }
}

/// The layers of one tower.
pub(super) struct TowerLayers<'a> {
    pub(super) reader: &'a Reader<'a>,
    pub(super) tower: Tower,
}

impl LayerSource for TowerLayers<'_> {
    fn layer(&self, index: usize) -> Result<LayerParts, LoadError> {
        let config = self.reader.config;
        let shape = match self.tower {
            Tower::Vision => &config.vision.shape,
            Tower::Text => &self.reader.text.shape,
        };
        let (width, hidden) = (shape.width, shape.mlp.hidden());
        let hub = |tail: &str| format!("{}encoder.layers.{index}.{tail}", self.tower.prefix());
        let open_clip = |tail: &str| format!("{}.{index}.{tail}", self.tower.blocks());
        let norm =
            |of: &str, other: &str| self.reader.norm(name(&hub(of), &open_clip(other)), shape);
        let linear = |of: &str, other: &str, outputs: usize, inputs: usize| {
            let (of, other) = (hub(of), open_clip(other));
            Ok::<_, LoadError>(Linear {
                outputs,
                inputs,
                weight: self
                    .reader
                    .part(name(&of, &other), "weight", &[outputs, inputs])?,
                bias: Some(self.reader.part(name(&of, &other), "bias", &[outputs])?),
            })
        };
        Ok(LayerParts {
            norm1: norm("layer_norm1", "ln_1")?,
            qkv: self.qkv(width, &hub("self_attn"), &open_clip("attn"))?,
            projection: linear("self_attn.out_proj", "attn.out_proj", width, width)?,
            scale1: None,
            norm2: norm("layer_norm2", "ln_2")?,
            expand: linear("mlp.fc1", "mlp.c_fc", hidden, width)?,
            contract: linear("mlp.fc2", "mlp.c_proj", width, hidden)?,
            scale2: None,
        })
    }
}

impl TowerLayers<'_> {
    fn qkv(&self, width: usize, hub: &str, open_clip: &str) -> Result<Linear, LoadError> {
        let Reader {
            config,
            weights,
            tally,
            ..
        } = self.reader;
        let mut maps = Vec::new();
        let mut biases = Vec::new();
        let names = ["q_proj", "k_proj", "v_proj"].map(|part| format!("{hub}.{part}"));
        match config.naming {
            Naming::Hub => {
                for part in &names {
                    let (weight, bias) = (format!("{part}.weight"), format!("{part}.bias"));
                    maps.extend(tally.read(weights, &weight, &weight, &[width, width])?);
                    biases.extend(tally.read(weights, &bias, &bias, &[width])?);
                }
            }
            Naming::OpenClip => {
                let weight = format!("{open_clip}.in_proj_weight");
                maps = weights.read(&weight, &[3 * width, width])?;
                biases = weights.read(&format!("{open_clip}.in_proj_bias"), &[3 * width])?;
                let parts = maps.chunks(width * width).zip(biases.chunks(width));
                for (part, (map, bias)) in names.iter().zip(parts) {
                    tally.note(&format!("{part}.weight"), &[width, width], map);
                    tally.note(&format!("{part}.bias"), &[width], bias);
                }
            }
        }
        Ok(Linear {
            outputs: 3 * width,
            inputs: width,
            weight: maps,
            bias: Some(biases),
        })
    }
}

/// A matrix of rows of `columns` values with rows and columns exchanged.
fn transposed(matrix: &[f32], columns: usize) -> Vec<f32> {
    let column = |index: usize| matrix.iter().skip(index).step_by(columns).copied();
    (0..columns).flat_map(column).collect()
}
