//! What is known of each row: its item, its vector, and the code that the graph is walked on.
//!
//! A code is the direction of a vector from the centre of the index, rotated (see
//! [`super::rotation`]), with one byte a value; its length is kept beside it. That is the only
//! copy of the vector that the index itself needs: the vector is looked up for the last few
//! candidates of a search, wherever it lies.
//!
//! The error of an inner product of two directions is about 0.009 / sqrt(dim): 0.0005 for 384
//! values. For cosine there is no centre, and a length is not needed.

use std::sync::Arc;

use lookalike_kernels::Isa;
use lookalike_kernels::distance::codes::{Line, inner_products};

use super::chunks::Chunked;
use super::rotation::Rotation;
use super::vectors::Stored;
use crate::Metric;
use crate::score::inverse_length;

/// Bytes of one chunk of rows: what adding a single item copies of each kind.
const CHUNK_BYTES: usize = 128 << 10;

/// Values beyond so many deviations are cut off: the step that loses least of a normal
/// distribution, to a few percent.
const GREATEST_DEVIATION: f32 = 4.0;

/// Greatest value of a code.
const GREATEST_CODE: f32 = 127.0;

/// Lengths are cut off here, so that sums of their squares are finite.
const GREATEST_LENGTH: f64 = 1e18;

/// What a code does not say of a vector.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Weight {
    /// Distance from the centre.
    pub(super) length: f32,
    /// Distance from the origin.
    pub(super) norm: f32,
}

/// Rows, appended and never changed.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    pub(super) isa: Isa,
    pub(super) metric: Metric,
    pub(super) dim: usize,
    rotation: Arc<Rotation>,
    /// The mean of what was added first; no values for cosine, or before that.
    pub(super) centre: Arc<[f32]>,
    /// Greatest norm of a row, for inner products.
    greatest_norm: f32,
    pub(super) ids: Chunked<u64>,
    pub(super) codes: Chunked<Line>,
    /// Not for cosine.
    pub(super) weights: Chunked<Weight>,
    /// For cosine: one over the length of each vector.
    pub(super) inverse_lengths: Chunked<f32>,
    pub(super) vectors: Stored,
}

/// What rows are compared with: a query, or another row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe<'a> {
    code: &'a [Line],
    measure: Measure,
}

#[derive(Clone, Copy, Debug)]
enum Measure {
    Cosine,
    /// Inner product with a query, whose length does not matter.
    Product,
    /// Squared distance from a point at this length; with this lift, for inner products.
    Distance {
        length: f32,
        lift: Option<f32>,
    },
}

impl Rows {
    /// `dim` is not 0.
    pub(super) fn new(isa: Isa, metric: Metric, dim: usize) -> Self {
        Self {
            isa,
            metric,
            dim,
            rotation: Arc::new(Rotation::new(dim)),
            centre: Arc::default(),
            greatest_norm: 0.0,
            ids: Chunked::new(1, CHUNK_BYTES / 8),
            codes: Chunked::new(dim.div_ceil(Line::VALUES), CHUNK_BYTES),
            weights: Chunked::new(1, CHUNK_BYTES / 8),
            inverse_lengths: Chunked::new(1, CHUNK_BYTES / 8),
            vectors: Stored::new(dim, CHUNK_BYTES),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Appends an item; its vector is finite. For the first one, [`Rows::settle`] comes before.
    pub(super) fn push(&mut self, id: u64, vector: &[f32]) {
        self.ids.push()[0] = id;
        self.vectors.push(vector);
        let mut code = Vec::new();
        let length = self.encode(vector, &self.centre, &mut Vec::new(), &mut code);
        self.codes.push().copy_from_slice(&code);
        if self.metric == Metric::Cosine {
            self.inverse_lengths.push()[0] = inverse_length(vector);
        } else {
            let norm = norm(vector);
            self.push_weight(Weight { length, norm });
        }
    }

    /// For rows that are read from a file.
    pub(super) fn push_weight(&mut self, weight: Weight) {
        self.greatest_norm = self.greatest_norm.max(weight.norm);
        self.weights.push()[0] = weight;
    }

    /// Chooses the centre from what is added first. Distances do not depend on it, but codes of
    /// vectors that all lie far from the origin would be all the same without.
    pub(super) fn settle(&mut self, vectors: &[f32]) {
        if self.metric == Metric::Cosine || self.len() > 0 {
            return;
        }
        let mut sums = vec![0.0_f64; self.dim];
        for vector in vectors.chunks_exact(self.dim) {
            for (sum, &value) in sums.iter_mut().zip(vector) {
                *sum += f64::from(value);
            }
        }
        let count = (vectors.len() / self.dim).max(1) as f64;
        self.centre = sums.iter().map(|sum| (sum / count) as f32).collect();
    }

    /// The code of a query, with buffers that are used again.
    pub(super) fn query<'a>(
        &self,
        query: &[f32],
        values: &mut Vec<f32>,
        code: &'a mut Vec<Line>,
    ) -> Probe<'a> {
        let measure = match self.metric {
            Metric::Cosine => {
                self.encode(query, &[], values, code);
                Measure::Cosine
            }
            Metric::InnerProduct => {
                self.encode(query, &[], values, code);
                Measure::Product
            }
            Metric::L2 => Measure::Distance {
                length: self.encode(query, &self.centre, values, code),
                lift: None,
            },
        };
        Probe { code, measure }
    }

    /// A row, to compare others with it.
    pub(super) fn probe(&self, row: u32) -> Probe<'_> {
        let measure = match self.metric {
            Metric::Cosine => Measure::Cosine,
            Metric::InnerProduct | Metric::L2 => {
                let weight = self.weights.row(row)[0];
                Measure::Distance {
                    length: weight.length,
                    lift: (self.metric == Metric::InnerProduct).then(|| self.lift(weight)),
                }
            }
        };
        Probe {
            code: self.code(row),
            measure,
        }
    }

    #[inline]
    pub(super) fn code(&self, row: u32) -> &[Line] {
        self.codes.row(row)
    }

    /// Whether two rows cannot be told apart by their codes.
    pub(super) fn are_alike(&self, a: u32, b: u32) -> bool {
        self.code(a) == self.code(b)
            && (self.weights.len() == 0 || self.weights.row(a) == self.weights.row(b))
    }

    /// How near `rows` are to the probe: the lower, the nearer. Keys of one probe can be
    /// compared; those of rows also with one another.
    #[inline]
    pub(super) fn keys(
        &self,
        probe: &Probe<'_>,
        rows: &[u32],
        codes: &[&[Line]],
        keys: &mut [u32],
    ) {
        let mut sums = [0; TILE];
        let sums = &mut sums[..rows.len()];
        inner_products(self.isa, probe.code, codes, sums);
        match probe.measure {
            Measure::Cosine => {
                for (key, &sum) in keys.iter_mut().zip(&*sums) {
                    *key = !ordered(sum);
                }
            }
            Measure::Product => {
                for ((key, &sum), &row) in keys.iter_mut().zip(&*sums).zip(rows) {
                    let weight = self.weights.row(row)[0];
                    *key = ordered_float(-weight.length * sum as f32);
                }
            }
            Measure::Distance { length, lift } => {
                let step = self.deviation() * GREATEST_DEVIATION / GREATEST_CODE;
                let factor = -2.0 * length * step * step;
                for ((key, &sum), &row) in keys.iter_mut().zip(&*sums).zip(rows) {
                    let weight = self.weights.row(row)[0];
                    let mut square =
                        length * length + weight.length * (weight.length + factor * sum as f32);
                    if let Some(lift) = lift {
                        square += (lift - self.lift(weight)).powi(2);
                    }
                    *key = ordered_float(square);
                }
            }
        }
    }

    /// Memory held, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.ids.bytes()
            + self.codes.bytes()
            + self.weights.bytes()
            + self.inverse_lengths.bytes()
            + self.vectors.bytes()
    }

    /// The coordinate that puts all rows at one distance from the origin (Bachrach and others
    /// 2014): with it, the greatest inner product with a query is the least distance from it.
    fn lift(&self, weight: Weight) -> f32 {
        let square = self.greatest_norm * self.greatest_norm - weight.norm * weight.norm;
        square.max(0.0).sqrt()
    }

    /// Typical size of a value of a rotated direction; in few dimensions, a quarter of the
    /// greatest possible.
    fn deviation(&self) -> f32 {
        (1.0 / (self.dim as f32).sqrt()).min(1.0 / GREATEST_DEVIATION)
    }

    /// Writes the code of a vector as seen from `centre`; returns its length from there.
    fn encode(
        &self,
        vector: &[f32],
        centre: &[f32],
        values: &mut Vec<f32>,
        code: &mut Vec<Line>,
    ) -> f32 {
        let centre = centre.iter().copied().chain(std::iter::repeat(0.0));
        let offsets = || {
            let pairs = vector.iter().zip(centre.clone());
            pairs.map(|(&value, centre)| f64::from(value) - f64::from(centre))
        };
        let length = offsets().map(|value| value * value).sum::<f64>().sqrt();
        let inverse = if length == 0.0 { 0.0 } else { 1.0 / length };
        values.clear();
        values.extend(offsets().map(|value| (value * inverse) as f32));
        self.rotation.apply(values);

        let scale = GREATEST_CODE / (GREATEST_DEVIATION * self.deviation());
        code.clear();
        code.resize(self.dim.div_ceil(Line::VALUES), Line::default());
        for (line, values) in code.iter_mut().zip(values.chunks(Line::VALUES)) {
            for (byte, value) in line.0.iter_mut().zip(values) {
                let value = (value * scale).clamp(-GREATEST_CODE, GREATEST_CODE);
                // Rounds to the nearest: what is cut off is never negative.
                *byte = (value + (f32::from(Line::ZERO) + 0.5)) as u8;
            }
        }
        length.min(GREATEST_LENGTH) as f32
    }
}

/// Rows compared at a time, at most.
pub(super) const TILE: usize = 32;

fn norm(vector: &[f32]) -> f32 {
    let squares = vector.iter().map(|&value| f64::from(value).powi(2));
    squares.sum::<f64>().sqrt().min(GREATEST_LENGTH) as f32
}

/// In the order of the numbers.
fn ordered(number: i32) -> u32 {
    number.cast_unsigned() ^ (1 << 31)
}

/// In the order of the numbers; NaN comes last.
fn ordered_float(number: f32) -> u32 {
    let bits = number.to_bits();
    if bits >> 31 == 0 {
        bits | 1 << 31
    } else {
        !bits
    }
}
