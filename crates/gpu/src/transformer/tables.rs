//! What kernels look up: where each token of a batch comes from and what it sees.

use std::sync::Arc;

use lookalike_encoders::{Output, PictureTokens, Rotation, Sequence, SequenceContent, TokenPlaces};

use crate::kernels::{Attention, Patch, Place};

/// The tables of a batch.
#[derive(Default)]
pub(super) struct Tables {
    /// Rows of all tokens.
    pub(super) rows: usize,
    /// Of each sequence, its first row and its tokens.
    pub(super) spans: Vec<(usize, usize)>,
    pub(super) blocks: Vec<[u32; 4]>,
    /// The bytes of all pictures.
    pub(super) pixels: Vec<u8>,
    pub(super) patches: Vec<Patch>,
    /// Of each row its patch and its start.
    pub(super) tokens: Vec<[u32; 2]>,
    /// Of each row its angles.
    pub(super) angles: Vec<u32>,
    /// What rows of starts and of angles are made of, each once.
    pub(super) places: Places,
}

/// What tells the places of a batch's tokens. Batches of pictures of one size have the same one
/// after another, so that it goes over once.
#[derive(Default)]
pub(super) struct Places {
    added: Vec<Arc<Vec<f32>>>,
    turned: Vec<Arc<Rotation>>,
    leading: usize,
}

/// The tokens of a batch as they come in.
pub(super) enum Tokens<'a> {
    /// To be made on the card; the leading tokens of each picture.
    Pictures(&'a [f32]),
    /// Ready, of each sequence.
    Rows(Vec<&'a [f32]>),
}

impl Tables {
    /// Of sequences that are all pictures or all rows; none of a mixture.
    pub(super) fn new<'a>(
        sequences: &'a [Sequence<'_>],
        side: usize,
        width: usize,
    ) -> Option<(Self, Tokens<'a>)> {
        let mut tables = Self::default();
        let (mut leading, mut rows) = (None, Vec::new());
        for sequence in sequences {
            let count = sequence.tokens();
            Attention::blocks(tables.rows, count, &mut tables.blocks);
            tables.spans.push((tables.rows, count));
            tables.rows += count;
            match sequence.content() {
                SequenceContent::Rows(values) => rows.push(values),
                SequenceContent::Picture(picture) => {
                    tables.add(&picture, side, width);
                    leading = Some(picture.leading);
                }
            }
        }
        match (leading, rows.is_empty()) {
            (Some(leading), true) => Some((tables, Tokens::Pictures(leading))),
            (None, false) => Some((tables, Tokens::Rows(rows))),
            _ => None,
        }
    }

    fn add(&mut self, picture: &PictureTokens<'_>, side: usize, width: usize) {
        let leading = picture.leading.len() / width;
        self.places.leading = leading;
        let image = picture.image;
        let columns = image.width() as usize / side;
        let patches = columns * (image.height() as usize / side);
        let (added, angles) = match picture.places {
            TokenPlaces::Added(positions) => {
                let per = |positions: &Vec<f32>| positions.len() / width;
                let first = first_of(&mut self.places.added, positions, |one| per(one));
                (Some(leading + first), None)
            }
            TokenPlaces::Turned(rotation) => {
                let per = leading + patches;
                // All of them have as many rows of angles as tokens.
                let half = rotation.angles().0.len() / per;
                let first = first_of(&mut self.places.turned, rotation, |one| {
                    one.angles().0.len() / half
                });
                (None, Some(first))
            }
        };
        let number = |value: usize| u32::try_from(value).unwrap_or(Place::NONE);
        let first_patch = self.patches.len();
        self.tokens
            .extend((0..leading).map(|token| [Place::NONE, number(token)]));
        self.tokens.extend((0..patches).map(|patch| {
            let start = added.map_or(Place::NONE, |first| number(first + patch));
            [number(first_patch + patch), start]
        }));
        if let Some(first) = angles {
            self.angles
                .extend((0..leading + patches).map(|token| number(first + token)));
        }
        let start = number(self.pixels.len());
        self.pixels.extend_from_slice(image.data());
        self.patches.extend((0..patches).map(|patch| Patch {
            start,
            width: image.width(),
            height: image.height(),
            left: (patch % columns * side) as i32,
            top: (patch / columns * side) as i32,
        }));
    }

    /// The rows that are wanted; none if all are.
    pub(super) fn wanted(&self, output: Output) -> Option<Vec<u32>> {
        let row = |row: usize| u32::try_from(row).unwrap_or(u32::MAX);
        match output {
            Output::First => Some(self.spans.iter().map(|span| row(span.0)).collect()),
            Output::Last => {
                let spans = self.spans.iter();
                Some(spans.map(|span| row(span.0 + span.1 - 1)).collect())
            }
            Output::All => None,
        }
    }
}

/// The first row of a table among those of `known`, which it is put behind if it is not there.
fn first_of<T>(known: &mut Vec<Arc<T>>, one: &Arc<T>, rows: impl Fn(&T) -> usize) -> usize {
    let mut first = 0;
    for other in known.iter() {
        if Arc::ptr_eq(other, one) {
            return first;
        }
        first += rows(other);
    }
    known.push(Arc::clone(one));
    first
}

impl Places {
    /// Whether the same bytes would go over.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        fn same<T>(one: &[Arc<T>], other: &[Arc<T>]) -> bool {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| Arc::ptr_eq(a, b))
        }
        self.leading == other.leading
            && same(&self.added, &other.added)
            && same(&self.turned, &other.turned)
    }

    /// The leading tokens and what places add, in rows of `stride` values.
    pub(super) fn starts(&self, leading: &[f32], width: usize, stride: usize) -> Vec<f32> {
        let mut starts = Vec::new();
        extend_rows(&mut starts, leading, width, stride);
        for added in &self.added {
            extend_rows(&mut starts, added, width, stride);
        }
        starts
    }

    /// Cosines and sines side by side.
    pub(super) fn angles(&self) -> Vec<f32> {
        let mut angles = Vec::new();
        for rotation in &self.turned {
            let (cosines, sines) = rotation.angles();
            angles.extend(
                cosines
                    .iter()
                    .zip(sines)
                    .flat_map(|(&cosine, &sine)| [cosine, sine]),
            );
        }
        angles
    }
}

/// Adds rows of `width` values, filled up to `stride`.
pub(super) fn extend_rows(out: &mut Vec<f32>, rows: &[f32], width: usize, stride: usize) {
    if width == stride {
        return out.extend_from_slice(rows);
    }
    for row in rows.chunks(width) {
        out.extend_from_slice(row);
        out.resize(out.len() + stride - width, 0.0);
    }
}
