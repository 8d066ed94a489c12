//! What vision transformers tell of themselves.

use serde_json::json;

use crate::facts::{Description, Extra, InputSizes};
use crate::transformer::Shape;

/// A transformer of patches, as its configuration has it. Sizes are at most 2^20.
pub(super) struct Vision<'a> {
    pub(super) family: &'static str,
    pub(super) architecture: &'a str,
    /// Values of an embedding.
    pub(super) dim: usize,
    pub(super) shape: &'a Shape,
    /// Sides of a patch and of a picture, in pixels.
    pub(super) patch_size: usize,
    pub(super) image_size: usize,
    /// Tokens of the longest text, where there is a tower for texts.
    pub(super) text_tokens: Option<usize>,
    pub(super) extra: Extra,
}

impl Vision<'_> {
    pub(super) fn description(self) -> Description {
        let pixels = |side: usize| u32::try_from(side).unwrap_or(u32::MAX);
        Description {
            family: self.family,
            architecture: self.architecture.to_owned(),
            dim: self.dim,
            patch_size: Some(pixels(self.patch_size)),
            input: InputSizes {
                default: pixels(self.image_size),
                multiple_of: pixels(self.patch_size),
            },
            text_tokens: self.text_tokens,
            extra: self.extra,
            details: vec![
                ("layers", json!(self.shape.layers)),
                ("heads", json!(self.shape.heads)),
                ("mlp", json!(self.shape.mlp.describe())),
            ],
        }
    }
}
