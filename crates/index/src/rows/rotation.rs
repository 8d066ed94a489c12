//! A fixed random-like rotation, after which all values of a vector are of a size.
//!
//! Values of embeddings differ in size by orders of magnitude, and a byte each would be wasted
//! on most. After signs and Walsh-Hadamard transforms the values of any vector of length 1 are
//! spread about like normal ones of deviation 1 / sqrt(dim) (Ailon and Chazelle 2009), so that
//! one step serves all positions and all vectors, known before there are any. Lengths and
//! angles stay as they are.

use crate::random::mix;

/// Transforms of a part each: two that start at the first value, two that end at the last.
const ROUNDS: usize = 4;

/// The rotation for one dimension.
#[derive(Debug)]
pub(super) struct Rotation {
    /// 1 or -1 for each round and value, over the root of the values transformed.
    signs: Vec<f32>,
    dim: usize,
    /// The largest power of two that fits: more than half of the values.
    part: usize,
}

impl Rotation {
    /// `dim` is not 0. The same for the same dimension, always: files depend on it.
    pub(super) fn new(dim: usize) -> Self {
        let sign = |index| if mix(index) & 1 == 0 { 1.0 } else { -1.0 };
        Self {
            signs: (0..).map(sign).take(ROUNDS * dim).collect(),
            dim,
            part: 1 << dim.ilog2(),
        }
    }

    /// Rotates a vector of length 1 or less in place.
    #[inline(always)]
    pub(crate) fn apply(&self, vector: &mut [f32]) {
        let scale = 1.0 / (self.part as f32).sqrt();
        for (round, signs) in self.signs.chunks_exact(self.dim).enumerate() {
            for (value, sign) in vector.iter_mut().zip(signs) {
                *value *= sign;
            }
            let first = if round % 2 == 0 {
                0
            } else {
                self.dim - self.part
            };
            let part = &mut vector[first..][..self.part];
            transform(part);
            for value in part {
                *value *= scale;
            }
        }
    }
}

/// Values within which the first steps of a transform stay.
const BLOCK: usize = 16;

/// The Walsh-Hadamard transform, without its scale.
#[inline(always)]
fn transform(values: &mut [f32]) {
    let mut half = 1;
    let (blocks, rest) = values.as_chunks_mut::<BLOCK>();
    if rest.is_empty() {
        for block in blocks {
            *block = step::<8>(step::<4>(step::<2>(step::<1>(*block))));
        }
        half = BLOCK;
    }
    while half < values.len() {
        for pair in values.chunks_exact_mut(2 * half) {
            let (low, high) = pair.split_at_mut(half);
            for (a, b) in low.iter_mut().zip(high) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
        half *= 2;
    }
}

/// One step in a block: sums where the bit `HALF` of a position is clear, differences where it is
/// set. Written without branches, as shuffles of one vector.
#[inline(always)]
fn step<const HALF: usize>(block: [f32; BLOCK]) -> [f32; BLOCK] {
    std::array::from_fn(|position| {
        let other = block[position ^ HALF];
        match position & HALF {
            0 => block[position] + other,
            _ => other - block[position],
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_angles_stay() {
        for dim in [1, 2, 3, 5, 48, 64, 100, 384] {
            let rotation = Rotation::new(dim);
            let mut vectors = [0_u64, 1].map(|seed| -> Vec<f32> {
                let values = (0..dim as u64).map(|index| mix(index * 2 + seed) as i32 as f32);
                values.map(|value| value / 2_f32.powi(31)).collect()
            });
            let products = |vectors: &[Vec<f32>; 2]| {
                let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
                [[0, 0], [0, 1], [1, 1]].map(|[a, b]| dot(&vectors[a], &vectors[b]))
            };
            let before = products(&vectors);
            vectors.iter_mut().for_each(|vector| rotation.apply(vector));
            for (before, after) in before.into_iter().zip(products(&vectors)) {
                assert!((before - after).abs() < 1e-5 * dim as f32, "dim {dim}");
            }
        }
    }

    /// The worst case for a fixed step: all of the length in one position.
    #[test]
    fn single_values_are_spread() {
        for dim in [48, 100, 384, 513] {
            for position in 0..dim {
                let mut vector = vec![0.0; dim];
                vector[position] = 1.0;
                Rotation::new(dim).apply(&mut vector);
                let greatest = vector
                    .iter()
                    .fold(0.0_f32, |most, value| most.max(value.abs()));
                assert!(greatest < 5.0 / (dim as f32).sqrt(), "{dim}: {greatest}");
            }
        }
    }
}
