//! A transformer over pictures: sizes are checked, batches cut, memory reused.

use lookalike_imaging::RgbImage;
use lookalike_kernels::bf16::ROW_GROUP;

use super::entry::Entry;
use super::sequence::Sequence;
use super::workspaces::Workspaces;
use super::{Network, Output};
use crate::error::EmbedError;

/// Most patches of an image: a square of 3584 pixels at patch 14. Memory grows with the number
/// of patches, time with its square.
const MAX_PATCHES: usize = 1 << 16;

/// Tokens that go through the layers together; more images wait. Larger batches are no
/// faster, only larger.
const BATCH_TOKENS: usize = 8192;

/// A transformer over pictures. Calls from several threads share what it keeps between calls.
pub(crate) struct Pictures {
    entry: Entry,
    network: Network,
    workspaces: Workspaces,
}

impl Pictures {
    pub(crate) fn new(entry: Entry, network: Network) -> Self {
        Self {
            entry,
            network,
            workspaces: Workspaces::default(),
        }
    }

    /// The final tokens of each image, in the current pool: see [`Network::forward`].
    ///
    /// # Errors
    /// An image has a size that the model does not take.
    pub(crate) fn run(
        &self,
        images: &[&RgbImage],
        output: Output,
    ) -> Result<Vec<Vec<f32>>, EmbedError> {
        let leading = self.entry.leading_tokens();
        let mut tokens = Vec::with_capacity(images.len());
        for (index, image) in images.iter().enumerate() {
            let patches = self.check_size(index, image)?;
            tokens.push((leading + patches).next_multiple_of(ROW_GROUP));
        }
        self.workspaces.with(|workspace| {
            let mut results = Vec::with_capacity(images.len());
            while results.len() < images.len() {
                let start = results.len();
                let mut sum = 0;
                let count = tokens[start..].iter().take_while(|&&tokens| {
                    sum += tokens;
                    sum <= BATCH_TOKENS
                });
                let end = start + count.count().max(1);
                let sequences: Vec<Sequence<'_>> = images[start..end]
                    .iter()
                    .map(|image| self.entry.sequence(image))
                    .collect();
                results.extend(self.network.forward(&sequences, output, workspace)?);
            }
            Ok(results)
        })
    }

    /// The number of patches of an image that can be embedded.
    fn check_size(&self, index: usize, image: &RgbImage) -> Result<usize, EmbedError> {
        let patch = self.entry.patch_size;
        let (width, height) = (image.width() as usize, image.height() as usize);
        let fits = |side: usize| side > 0 && side.is_multiple_of(patch);
        if !fits(width) || !fits(height) {
            let (width, height) = (image.width(), image.height());
            return Err(EmbedError::Size {
                index,
                width,
                height,
                patch,
            });
        }
        let patches = (width / patch).saturating_mul(height / patch);
        if patches > MAX_PATCHES {
            return Err(EmbedError::TooLarge {
                index,
                patches,
                limit: MAX_PATCHES,
            });
        }
        Ok(patches)
    }
}
