//! What the tokens of a picture are before the first layer.

use lookalike_imaging::RgbImage;

use super::positions::Positions;
use super::sequence::Sequence;

/// How pictures become tokens: leading ones that are the same for every picture, then a patch
/// each with the embedding of its place.
pub(crate) struct Entry {
    /// Side of a patch in pixels.
    pub(crate) patch_size: usize,
    /// Width of a token.
    pub(crate) width: usize,
    /// The tokens in front of the patches, such as CLS, one after another; with their positions,
    /// if they have such.
    pub(crate) leading: Vec<f32>,
    pub(crate) positions: Positions,
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
        Sequence::picture(image, self, tokens, self.positions.grid(rows, columns))
    }
}
