//! The tower of texts of open_clip's models that name one of the hub's: XLM-RoBERTa.
//!
//! `open_clip_config.json` has its name and no size; those are in the shapes of the tensors.

use super::{Pooling, Projection, Text, TextTower};
use crate::error::{LoadError, Shape as TensorShape};
use crate::transformer::{Mlp, Norms, Shape, Sight};
use crate::weights::Weights;

/// Where its tensors are.
pub(in crate::families::clip) const PREFIX: &str = "text.transformer.";

/// Width of a head in every published RoBERTa.
const HEAD_SIZE: usize = 64;

/// The epsilon of its layer norms, and the token of padding: those of every published RoBERTa.
const EPSILON: f32 = 1e-5;
const PADDING: u32 = 1;

/// What the configuration tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::families::clip) struct Roberta {
    pub(super) length: usize,
    projection: RobertaProjection,
}

/// From the mean of the final tokens to the embedding, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RobertaProjection {
    Linear,
    /// By way of the mean of both widths.
    Mlp {
        dim: usize,
    },
    Identity,
}

impl Roberta {
    /// `projection` is `linear`, `mlp` or none, to `dim` values.
    pub(super) fn new(length: usize, projection: Option<&str>, dim: usize) -> Self {
        Self {
            length,
            projection: match projection {
                Some("mlp") => RobertaProjection::Mlp { dim },
                Some(_) => RobertaProjection::Linear,
                None => RobertaProjection::Identity,
            },
        }
    }

    pub(super) fn of(self, weights: &Weights) -> Result<Text, LoadError> {
        let name = |tail: &str| format!("{PREFIX}{tail}");
        let words = name("embeddings.word_embeddings.weight");
        const EXPECTED: &str = "[vocabulary, a multiple of 64]";
        let [vocabulary, width] = weights.sizes(&words, EXPECTED)?;
        if width == 0 || !width.is_multiple_of(HEAD_SIZE) || vocabulary == 0 {
            return Err(weights.misshapen(&words, TensorShape::pattern(EXPECTED)));
        }
        let places = name("embeddings.position_embeddings.weight");
        let [places, _] = weights.sizes(&places, "[places, width]")?;
        let hidden = name("encoder.layer.0.intermediate.dense.weight");
        let [hidden, _] = weights.sizes(&hidden, "[hidden, width]")?;
        let layers = (0..)
            .take_while(|index| {
                weights.contains(&name(&format!("encoder.layer.{index}.output.dense.weight")))
            })
            .count();
        let first_place = PADDING as usize + 1;
        Ok(Text {
            tower: TextTower::Bert,
            shape: Shape {
                width,
                // At least one, so that the error for a file without layers names what it lacks.
                layers: layers.max(1),
                heads: width / HEAD_SIZE,
                mlp: Mlp::Gelu { hidden },
                layer_norm_eps: EPSILON,
                sight: Sight::All,
                norms: Norms::Behind,
            },
            vocabulary,
            places,
            first_place,
            length: self.length.min(places.saturating_sub(first_place)).max(1),
            padding: Some(PADDING),
            pooling: Pooling::Mean,
            projection: match self.projection {
                RobertaProjection::Linear => Projection::Linear,
                RobertaProjection::Mlp { dim } => Projection::Mlp {
                    hidden: usize::midpoint(width, dim),
                },
                RobertaProjection::Identity => Projection::Identity,
            },
        })
    }
}
