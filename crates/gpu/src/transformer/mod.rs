//! Transformers on a card.

mod forward;
mod load;
mod tables;

use std::sync::Arc;

use lookalike_encoders::{AcceleratedTransformer, DeviceError, Output, Sequence, TransformerShape};

use crate::card::Card;
use crate::kernels::{Attention, Gather, Normalise, Number, Place, Product, Rotate, Unfold};
use crate::slots::Slots;
use forward::Workspace;

/// A transformer whose weights are in a card's memory.
#[derive(Debug)]
pub(crate) struct CardTransformer {
    card: Arc<Card>,
    shape: TransformerShape,
    number: Number,
    pictures: Option<PictureEntry>,
    norm_before: Option<Normalise>,
    norm_after: Option<Normalise>,
    layers: Vec<CardLayer>,
    attention: Attention,
    /// None of heads that can't be halved.
    rotate: Option<Rotate>,
    gather_tokens: Gather,
    gather_mixed: Gather,
    workspaces: Slots<Workspace>,
}

/// From pictures to tokens.
#[derive(Debug)]
struct PictureEntry {
    /// Side of a patch in pixels.
    side: usize,
    unfold: Unfold,
    map: Product,
    place: Place,
}

#[derive(Debug)]
struct CardLayer {
    /// Before each half, if the norms stand there.
    before: Option<[Normalise; 2]>,
    qkv: Product,
    projection: Product,
    expand: Product,
    contract: Product,
    /// Over the tokens behind each half, if the norms stand there.
    behind: Option<[Normalise; 2]>,
}

impl AcceleratedTransformer for CardTransformer {
    fn forward(
        &self,
        sequences: &[Sequence<'_>],
        output: Output,
    ) -> Result<Vec<Vec<f32>>, DeviceError> {
        if sequences.is_empty() {
            return Ok(Vec::new());
        }
        self.workspaces
            .with(|workspace| self.run(sequences, output, workspace))
    }
}
