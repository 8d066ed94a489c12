//! What a network is made of.
//!
//! A network is a list of blocks, written out: what a name such as "lite2" stands for would have
//! to be known in two places, and trained networks need not be any of them.

mod json;

use lookalike_kernels::Pooling;
use lookalike_kernels::convolution::Window;

pub(crate) use json::parse;

/// What a network is made of: channels, and pictures in pixels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Config {
    /// Side of the square that the network was trained for.
    pub(crate) image_size: usize,
    pub(crate) stem_channels: usize,
    pub(crate) blocks: Vec<Block>,
    /// Channels behind the last block; none if no tap asks for them.
    pub(crate) head_channels: usize,
    /// What embeddings are made from, in this order.
    pub(crate) taps: Vec<Tap>,
    /// Whether each tap is brought to length 1 before they are joined.
    pub(crate) normalizes_taps: bool,
    /// Values of an embedding.
    pub(crate) embedding_dim: usize,
    /// What all embeddings have in common: the square of their last value, 0 to 1. At 0 there is
    /// no such value.
    pub(crate) common_share: f32,
    /// Where patch tokens come from.
    pub(crate) tokens: Tokens,
}

/// An inverted residual block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) window: Window,
    pub(crate) inputs: usize,
    /// Channels that are convolved: a multiple of `inputs`.
    pub(crate) expanded: usize,
    pub(crate) outputs: usize,
    /// Whether the input is added to the output.
    pub(crate) is_residual: bool,
}

/// A layer whose pooled outputs go into the embedding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tap {
    pub(crate) layer: Layer,
    pub(crate) pooling: Pooling,
}

/// A place in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    /// Behind the block of this index.
    Block(usize),
    /// Behind the convolution that follows the last block.
    Head,
}

/// Patch tokens: the outputs of a block, perhaps under a linear map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub(crate) block: usize,
    /// Values of a token.
    pub(crate) dim: usize,
}

impl Config {
    /// Channels of a layer.
    pub(crate) fn channels(&self, layer: Layer) -> usize {
        match layer {
            Layer::Block(index) => self.blocks[index].outputs,
            Layer::Head => self.head_channels,
        }
    }

    /// Values of all taps together.
    pub(crate) fn tapped(&self) -> usize {
        let channels = self.taps.iter().map(|tap| self.channels(tap.layer));
        channels.sum()
    }

    /// Values of an embedding that tell pictures apart: all but the one in common.
    pub(crate) fn projected(&self) -> usize {
        self.embedding_dim - usize::from(self.common_share > 0.0)
    }

    /// Pixels from one token to the next.
    pub(crate) fn token_stride(&self) -> usize {
        let blocks = &self.blocks[..=self.tokens.block];
        blocks.iter().fold(2_usize, |stride, block| {
            stride.saturating_mul(block.window.stride())
        })
    }

    /// What changes embeddings and shows in the shape of no tensor, in words for a fingerprint:
    /// see [`Tally::fingerprint`](crate::Tally::fingerprint).
    pub(crate) fn settings(&self) -> String {
        let mut words = String::from("efficientnet-lite");
        for block in &self.blocks {
            let residual = if block.is_residual { "+" } else { "" };
            words += &format!(" {}{residual}", block.window.stride());
        }
        for tap in &self.taps {
            let layer = match tap.layer {
                Layer::Block(index) => index.to_string(),
                Layer::Head => "head".into(),
            };
            words += &match tap.pooling {
                Pooling::Mean => format!(" {layer}:mean"),
                Pooling::Gem { power } => format!(" {layer}:gem:{power:e}"),
            };
        }
        if self.normalizes_taps {
            words += " normalized";
        }
        if self.common_share > 0.0 {
            words += &format!(" common:{:e}", self.common_share);
        }
        words
    }
}
