//! What the tokens of a picture are before the first layer.

use lookalike_imaging::RgbImage;

use super::positions::Positions;
use super::rotary::Rotary;
use super::sequence::{Placed, Sequence};

/// How pictures become tokens: leading ones that are the same for every picture, then a patch
/// each.
pub(crate) struct Entry {
    /// Side of a patch in pixels.
    pub(crate) patch_size: usize,
    /// Width of a token.
    pub(crate) width: usize,
    /// The tokens in front of the patches, such as CLS, one after another; with their positions,
    /// if they have such.
    pub(crate) leading: Vec<f32>,
    pub(crate) places: Places,
}

/// How a patch's place is told.
pub(crate) enum Places {
    /// By an embedding that is added to it.
    Added(Positions),
    /// By how its queries and keys are turned.
    Turned(Rotary),
}

impl Entry {
    /// Tokens in front of the patches.
    pub(crate) fn leading_tokens(&self) -> usize {
        self.leading.len() / self.width
    }

    /// The tokens of a picture whose sides are multiples of the patch.
    pub(crate) fn sequence<'a>(&'a self, image: &'a RgbImage) -> Sequence<'a> {
        let rows = image.height() as usize / self.patch_size;
        let columns = image.width() as usize / self.patch_size;
        let tokens = self.leading_tokens() + rows * columns;
        let placed = match &self.places {
            Places::Added(positions) => Placed::Added(positions.grid(rows, columns)),
            Places::Turned(rotary) => Placed::Turned(rotary.start(), rotary.grid(rows, columns)),
        };
        Sequence::picture(image, self, tokens, placed)
    }
}
