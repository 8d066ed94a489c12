//! Tokens that enter the layers together and see each other.

use std::sync::Arc;

use lookalike_imaging::RgbImage;

use super::entry::Entry;
use super::rotary::Rotation;

/// The tokens of a picture or of a text.
pub struct Sequence<'a> {
    tokens: usize,
    content: Content<'a>,
}

enum Content<'a> {
    Picture {
        image: &'a RgbImage,
        entry: &'a Entry,
        placed: Placed<'a>,
    },
    /// Ready, one after another.
    Rows { rows: &'a [f32], width: usize },
}

/// The places of a picture's patches.
pub(super) enum Placed<'a> {
    /// Their embeddings, row by row.
    Added(Arc<Vec<f32>>),
    /// What each starts from, and the angles of all tokens.
    Turned(&'a [f32], Arc<Rotation>),
}

/// What a token is before the first layer, apart from a patch's embedding.
pub(super) enum Start<'a> {
    /// These values.
    Ready(&'a [f32]),
    /// The patch of this index, counted row by row, and its position's values.
    Patch(PatchOf<'a>, &'a [f32]),
}

/// A patch of a picture.
#[derive(Clone, Copy)]
pub(super) struct PatchOf<'a> {
    pub(super) image: &'a RgbImage,
    /// Side in pixels.
    pub(super) size: usize,
    /// Counted row by row.
    pub(super) index: usize,
}

/// What a sequence is made of, for devices that make its tokens themselves.
pub enum SequenceContent<'a> {
    /// A picture's leading tokens and patches.
    Picture(PictureTokens<'a>),
    /// Tokens that are ready, one after another.
    Rows(&'a [f32]),
}

/// The tokens of a picture: leading ones, then a patch each, row by row.
pub struct PictureTokens<'a> {
    /// Its sides are multiples of the patch.
    pub image: &'a RgbImage,
    /// Tokens in front of the patches, one after another, the same for every picture.
    pub leading: &'a [f32],
    /// How places are told.
    pub places: TokenPlaces<'a>,
}

/// How the place of a token is told.
pub enum TokenPlaces<'a> {
    /// By what is added to each patch's embedding, row by row. The same for all pictures of the
    /// same size, most of the time at the same address.
    Added(&'a Arc<Vec<f32>>),
    /// By the angles that queries and keys are turned by, leading tokens included.
    Turned(&'a Arc<Rotation>),
}

impl<'a> Sequence<'a> {
    /// Tokens that are ready, one after another, `width` values each; at least one.
    pub(crate) fn rows(rows: &'a [f32], width: usize) -> Self {
        Self {
            tokens: rows.len() / width,
            content: Content::Rows { rows, width },
        }
    }

    pub(super) fn picture(
        image: &'a RgbImage,
        entry: &'a Entry,
        tokens: usize,
        placed: Placed<'a>,
    ) -> Self {
        let content = Content::Picture {
            image,
            entry,
            placed,
        };
        Self { tokens, content }
    }

    /// The number of its tokens, at least one.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// What it is made of.
    #[must_use]
    pub fn content(&self) -> SequenceContent<'_> {
        match &self.content {
            Content::Rows { rows, .. } => SequenceContent::Rows(rows),
            Content::Picture {
                image,
                entry,
                placed,
            } => SequenceContent::Picture(PictureTokens {
                image,
                leading: &entry.leading,
                places: match placed {
                    Placed::Added(positions) => TokenPlaces::Added(positions),
                    Placed::Turned(_, rotation) => TokenPlaces::Turned(rotation),
                },
            }),
        }
    }

    /// Of the first `count` tokens from `first` on, how many are ready: the others, behind them,
    /// are patches.
    pub(super) fn ready(&self, first: usize, count: usize) -> usize {
        match &self.content {
            Content::Picture { entry, .. } => {
                entry.leading_tokens().saturating_sub(first).min(count)
            }
            Content::Rows { .. } => count,
        }
    }

    pub(super) fn start(&self, token: usize) -> Start<'_> {
        match &self.content {
            Content::Rows { rows, width } => Start::Ready(&rows[token * width..][..*width]),
            Content::Picture {
                image,
                entry,
                placed,
            } => {
                let (width, leading) = (entry.width, entry.leading_tokens());
                if token < leading {
                    return Start::Ready(&entry.leading[token * width..][..width]);
                }
                let patch = PatchOf {
                    image,
                    size: entry.patch_size,
                    index: token - leading,
                };
                let start = match placed {
                    Placed::Added(positions) => &positions[patch.index * width..][..width],
                    Placed::Turned(start, _) => start,
                };
                Start::Patch(patch, start)
            }
        }
    }

    /// The angles by which queries and keys are turned, if they are.
    pub(super) fn rotation(&self) -> Option<&Rotation> {
        match &self.content {
            Content::Picture {
                placed: Placed::Turned(_, rotation),
                ..
            } => Some(rotation),
            Content::Picture { .. } | Content::Rows { .. } => None,
        }
    }
}
