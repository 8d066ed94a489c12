//! Scores of rows, from what the kernels sum.
//!
//! Kernels sum in f32. A sum that leaves its range (values beyond about 1e18), or that is too
//! small to carry its digits, is recomputed in f64: such vectors are rare, but they are valid,
//! and their scores are then right to f32 and never NaN.

use std::borrow::Cow;

use lookalike_kernels::Isa;
use lookalike_kernels::distance::{Rows, inner_products, squared_l2s};

use crate::Metric;

/// Lengths whose inverse, and products with it, keep full precision in f32.
const SAFE_LENGTHS: std::ops::RangeInclusive<f64> = 1e-30..=1e30;

/// Squares below this may have lost digits: the smallest normal f32 is 1e-38, and a sum of
/// 1e-30 has at most a millionth of a unit of rounding below that.
const SAFE_SQUARE: f32 = 1e-30;

/// One over the length of a vector; 0 for a vector without length; infinite where f32 cannot
/// carry it, so that scores made with it are not finite and [`Scorer::score`] takes the long way.
pub(crate) fn inverse_length(vector: &[f32]) -> f32 {
    let length = length(vector);
    if length == 0.0 {
        0.0
    } else if SAFE_LENGTHS.contains(&length) {
        (1.0 / length) as f32
    } else {
        f32::INFINITY
    }
}

/// Queries, made ready to be compared with rows.
#[derive(Debug)]
pub(crate) struct Scorer<'a> {
    isa: Isa,
    metric: Metric,
    dim: usize,
    queries: &'a [f32],
    /// For cosine the queries at length 1, else the queries.
    prepared: Cow<'a, [f32]>,
}

impl<'a> Scorer<'a> {
    /// `queries` is `[count][dim]`, `dim` not 0, all values finite.
    pub(crate) fn new(isa: Isa, metric: Metric, dim: usize, queries: &'a [f32]) -> Self {
        let prepared = match metric {
            Metric::Cosine => queries.chunks_exact(dim).flat_map(at_unit_length).collect(),
            Metric::InnerProduct | Metric::L2 => Cow::Borrowed(queries),
        };
        Self {
            isa,
            metric,
            dim,
            queries,
            prepared,
        }
    }

    /// Scores of every query with `rows`, `[queries][rows]` in `scores`. For cosine,
    /// `inverse_lengths` gives that of each row; other metrics do not ask.
    pub(crate) fn score(
        &self,
        rows: Rows<'_>,
        inverse_lengths: &(impl Iterator<Item = f32> + Clone),
        scores: &mut Vec<f32>,
    ) {
        let dim = self.dim;
        let row_count = match rows {
            Rows::All(rows) => rows.len() / dim,
            Rows::Each(rows) => rows.len(),
        };
        scores.clear();
        scores.resize(self.queries.len() / dim * row_count, 0.0);
        if row_count == 0 {
            return;
        }
        match self.metric {
            Metric::Cosine | Metric::InnerProduct => {
                inner_products(self.isa, &self.prepared, rows, dim, scores);
            }
            Metric::L2 => squared_l2s(self.isa, &self.prepared, rows, dim, scores),
        }
        let queries = self.queries.chunks_exact(dim);
        for (query, scores) in queries.zip(scores.chunks_exact_mut(row_count)) {
            match self.metric {
                Metric::InnerProduct => {}
                Metric::Cosine => {
                    for (score, inverse_length) in scores.iter_mut().zip(inverse_lengths.clone()) {
                        *score *= inverse_length;
                    }
                }
                Metric::L2 => {
                    // NaN asks for the long way below.
                    for score in scores.iter_mut() {
                        *score = if *score < SAFE_SQUARE {
                            f32::NAN
                        } else {
                            score.sqrt()
                        };
                    }
                }
            }
            for (row, score) in scores.iter_mut().enumerate() {
                if !score.is_finite() {
                    *score = exact(self.metric, query, row_of(rows, row, dim));
                } else if self.metric == Metric::Cosine {
                    *score = score.clamp(-1.0, 1.0);
                }
            }
        }
    }
}

fn row_of<'a>(rows: Rows<'a>, row: usize, dim: usize) -> &'a [f32] {
    match rows {
        Rows::All(rows) => &rows[row * dim..][..dim],
        Rows::Each(rows) => rows[row],
    }
}

/// The score by sums in f64, where no sum of squares of f32 values overflows or vanishes.
fn exact(metric: Metric, a: &[f32], b: &[f32]) -> f32 {
    let score = match metric {
        Metric::InnerProduct => dot(a, b),
        Metric::L2 => {
            let differences = a.iter().zip(b).map(|(&a, &b)| f64::from(a) - f64::from(b));
            differences
                .map(|difference| difference * difference)
                .sum::<f64>()
                .sqrt()
        }
        Metric::Cosine => {
            let lengths = length(a) * length(b);
            if lengths == 0.0 {
                0.0
            } else {
                (dot(a, b) / lengths).clamp(-1.0, 1.0)
            }
        }
    };
    score as f32
}

fn at_unit_length(vector: &[f32]) -> impl Iterator<Item = f32> {
    let length = length(vector);
    let inverse = if length == 0.0 { 0.0 } else { 1.0 / length };
    vector
        .iter()
        .map(move |&value| (f64::from(value) * inverse) as f32)
}

fn length(vector: &[f32]) -> f64 {
    dot(vector, vector).sqrt()
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(&a, &b)| f64::from(a) * f64::from(b))
        .sum()
}
