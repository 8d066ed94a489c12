//! Tokens that enter the layers together and see each other.

use std::sync::Arc;

use lookalike_imaging::RgbImage;

use super::entry::Entry;
use super::rotary::Rotation;

/// The tokens of a picture or of a text.
pub(crate) struct Sequence<'a> {
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

    pub(crate) fn tokens(&self) -> usize {
        self.tokens
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
