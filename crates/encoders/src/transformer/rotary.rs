//! Rotary positions (Su and others, 2021) in two dimensions, as DINOv3 has them: queries and keys of
//! patches are turned by angles that their place in the picture gives; leading tokens are not.
//!
//! Source: `DINOv3ViTRopePositionEmbedding` in transformers 5. Coordinates of a patch's centre run
//! from -1 to 1 over either side, whatever the number of patches, so grids of any size work.

use std::f32::consts::TAU;
use std::sync::Arc;

use lookalike_kernels::bf16::{HEAD_SIZE, Turns};
use lookalike_kernels::{Isa, compiled_for};

use super::grids::Grids;

/// Rotary positions of a network's patches.
pub(crate) struct Rotary {
    /// Of the angles along one side; a head's first half has those of both, rows before columns.
    frequencies: Vec<f32>,
    leading: usize,
    /// What a patch starts from: no position is added to it.
    start: Vec<f32>,
    grids: Grids<Rotation>,
}

/// The angles of a picture's tokens.
pub struct Rotation {
    /// Values of a head.
    head_size: usize,
    /// Of each token, half as many as a head has values.
    cosines: Vec<f32>,
    sines: Vec<f32>,
    /// The same for heads in tiles, of the size that those are made for.
    tiles: Option<Turns>,
}

impl Rotary {
    /// Of heads of `head_size` values, a multiple of four, in tokens of `width`, behind `leading`
    /// tokens. `base` is what the lowest frequency is one over, nearly.
    pub(crate) fn new(head_size: usize, width: usize, leading: usize, base: f32) -> Self {
        let count = head_size / 4;
        let exponent = |index: usize| index as f32 * (4.0 / head_size as f32);
        Self {
            frequencies: (0..count)
                .map(|index| base.powf(exponent(index)).recip())
                .collect(),
            leading,
            start: vec![0.0; width],
            grids: Grids::default(),
        }
    }

    /// What a patch's embedding is added to.
    pub(super) fn start(&self) -> &[f32] {
        &self.start
    }

    /// The angles of a picture of that many patches.
    pub(super) fn grid(&self, rows: usize, columns: usize) -> Arc<Rotation> {
        self.grids
            .get(rows, columns, || self.rotation(rows, columns))
    }

    fn rotation(&self, rows: usize, columns: usize) -> Rotation {
        let head_size = 4 * self.frequencies.len();
        let unturned = self.leading * head_size / 2;
        let mut cosines = vec![1.0; unturned];
        let mut sines = vec![0.0; unturned];
        let coordinate =
            |index: usize, count: usize| 2.0 * ((index as f32 + 0.5) / count as f32) - 1.0;
        for row in 0..rows {
            for column in 0..columns {
                for place in [coordinate(row, rows), coordinate(column, columns)] {
                    for frequency in &self.frequencies {
                        let (sine, cosine) = (TAU * place * frequency).sin_cos();
                        sines.push(sine);
                        cosines.push(cosine);
                    }
                }
            }
        }
        Rotation {
            tiles: (head_size == HEAD_SIZE).then(|| Turns::new(&cosines, &sines)),
            head_size,
            cosines,
            sines,
        }
    }
}

impl Rotation {
    /// Cosines and sines of the angles, half as many of each for a token as a head has values.
    #[must_use]
    pub fn angles(&self) -> (&[f32], &[f32]) {
        (&self.cosines, &self.sines)
    }

    /// The angles of heads that lie in tiles.
    ///
    /// # Panics
    /// The heads have another size than the tiles are made for.
    pub(super) fn in_tiles(&self) -> &Turns {
        self.tiles
            .as_ref()
            .expect("heads lie in tiles only where they have their size")
    }

    /// Turns the heads that lie in `values` one after another, those of a token.
    pub(super) fn turn(&self, isa: Isa, token: usize, values: &mut [f32]) {
        let half = self.head_size / 2;
        let angles = token * half..(token + 1) * half;
        let (cosines, sines) = (&self.cosines[angles.clone()], &self.sines[angles]);
        compiled_for(isa, || {
            for head in values.chunks_exact_mut(2 * half) {
                let (left, right) = head.split_at_mut(half);
                let angles = cosines.iter().zip(sines);
                for ((a, b), (cosine, sine)) in left.iter_mut().zip(right).zip(angles) {
                    (*a, *b) = (*a * cosine - *b * sine, *b * cosine + *a * sine);
                }
            }
        });
    }
}
