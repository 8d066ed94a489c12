//! Tokens of the patches of a picture, and which places of two pictures look alike.

use lookalike_kernels::{Epilogue, Isa, Matrix, MatrixMut, PackedLinear, linear};
use rayon::prelude::*;

use crate::devices::Lane;
use crate::normalize;

/// Rows that a thread multiplies at a time: twenty tasks for the 1369 patches of 518 px.
const TASK_ROWS: usize = 64;

/// All tokens of one picture that describe a place or the whole, as the model gives them.
#[derive(Clone, Debug, PartialEq)]
pub struct Tokens {
    /// The token of the whole: what [`Embedder::embed`](crate::Embedder::embed) returns. It may
    /// have another number of values than those of the patches.
    pub cls: Vec<f32>,
    /// The patch tokens, `rows * cols` times `dim` values, row by row.
    pub patches: Vec<f32>,
    /// Patches from top to bottom.
    pub rows: usize,
    /// Patches from left to right.
    pub cols: usize,
    /// Values per patch token.
    pub dim: usize,
}

impl Tokens {
    /// Cosine similarity of every patch token of `self` (a row each) to every one of `other` (a
    /// column each), row by row, in f32 within 1e-5; 0 for tokens of length zero.
    ///
    /// For dinov2-small at 518 px that is a product of 1369 x 384 by 384 x 1369: 0.7 GFLOP.
    ///
    /// # Panics
    /// The tokens are of models with different dimensions.
    #[must_use]
    pub fn similarities(&self, other: &Self, lane: &Lane) -> Vec<f32> {
        assert_eq!(self.dim, other.dim, "dimension of the tokens");
        let (rows, columns) = (self.rows * self.cols, other.rows * other.cols);
        let mut similarities = vec![0.0; rows * columns];
        if similarities.is_empty() {
            return similarities;
        }
        lane.run(|| {
            let (rows_tokens, columns_tokens) = (normalized(self), normalized(other));
            let packed =
                PackedLinear::pack(Isa::active(), columns, other.dim, &columns_tokens, None);
            similarities
                .par_chunks_mut(TASK_ROWS * columns)
                .zip(rows_tokens.par_chunks(TASK_ROWS * self.dim))
                .for_each(|(out, tokens)| {
                    let count = tokens.len() / self.dim;
                    linear(
                        Matrix::new(tokens, count, self.dim, self.dim),
                        &packed,
                        Epilogue::Bias,
                        MatrixMut::new(out, count, columns, columns),
                    );
                });
        });
        similarities
    }
}

fn normalized(tokens: &Tokens) -> Vec<f32> {
    let mut values = tokens.patches.clone();
    values.par_chunks_mut(tokens.dim).for_each(normalize);
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane() -> Lane {
        Lane::start(2).unwrap()
    }

    fn tokens(rows: usize, cols: usize, seed: usize) -> Tokens {
        let dim = 5;
        let value = |index: usize| ((index * 31 + seed * 17) % 23) as f32 - 11.0;
        Tokens {
            cls: vec![0.0; dim],
            patches: (0..rows * cols * dim).map(value).collect(),
            rows,
            cols,
            dim,
        }
    }

    #[test]
    fn similarities_are_cosines_of_every_pair() {
        // More rows than a task has.
        let (a, b) = (tokens(11, 7, 1), tokens(3, 5, 2));
        let found = a.similarities(&b, &lane());
        assert_eq!(found.len(), 77 * 15);
        for (index, similarity) in found.iter().enumerate() {
            let x = &a.patches[index / 15 * 5..][..5];
            let y = &b.patches[index % 15 * 5..][..5];
            let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f32>();
            let expected = dot(x, y) / (dot(x, x) * dot(y, y)).sqrt();
            assert!((similarity - expected).abs() < 1e-5, "{index}");
        }
    }

    #[test]
    fn blank_tokens_resemble_nothing() {
        let mut blank = tokens(1, 1, 1);
        blank.patches.fill(0.0);
        assert_eq!(blank.similarities(&tokens(1, 2, 1), &lane()), [0.0; 2]);
        blank.rows = 0;
        blank.patches.clear();
        assert!(blank.similarities(&tokens(1, 2, 1), &lane()).is_empty());
    }
}
