//! What is known of each row: its item, its vector, and the code that the graph is walked on.
//!
//! A code is the direction of a vector from the centre of the index, rotated (see
//! [`rotation`]), with one byte a value; its length is kept beside it, and its margin: how far
//! what the code stands for may lie from the vector. So a search reads a quarter of the bytes,
//! and still knows for certain which rows cannot be among the best (see [`crate::bound`]); the
//! vectors themselves are looked up for the few that can.
//!
//! The error of an inner product of two directions is about 0.009 / sqrt(dim): 0.0005 for 384
//! values, and less by as much as the centre is nearer than the origin. For cosine, vectors count
//! at length 1: the nearest are then those at the smallest angle. For inner products, which do
//! depend on the origin, that is the centre.

mod chunks;
mod ids;
mod rotation;

use std::sync::Arc;

use lookalike_kernels::distance::codes::{Line, inner_products};
use lookalike_kernels::{Isa, compiled_for};

pub(crate) use self::chunks::{Chunked, Value};
pub(crate) use self::ids::Ids;
use self::rotation::Rotation;
use crate::Metric;
use crate::score::inverse_length;
use crate::threads::on_threads;

/// Bytes of one chunk of rows: what adding a single item copies of each kind.
const CHUNK_BYTES: usize = 128 << 10;

/// Values beyond this many deviations are cut off: the step that loses least of a normal
/// distribution, to a few percent.
const GREATEST_DEVIATION: f32 = 4.0;

/// Greatest value of a code.
const GREATEST_CODE: f32 = 127.0;

/// Lengths are cut off here, so that sums of their squares are finite.
const GREATEST_LENGTH: f64 = 1e18;

/// Lengths of which squares and products are far from the ends of f32.
const USUAL_LENGTHS: std::ops::RangeInclusive<f64> = 1e-12..=1e12;

/// What a rotated direction may be off by, of 65,536 values: 2^-24 of its length for each of 77
/// roundings (one at first; in four rounds, one for each of 16 steps and three for the scale), and
/// less than 4 for the difference from its code. The most that was found is 2.3e-7, against f64.
const ROUNDING: f32 = 5e-6;

/// What the length of an error may be off by, as part of it: half of 1,087 roundings of 2^-24, of
/// 64 sums of up to 1,024 squares each, and of their sum.
const ERROR_ROUNDING: f32 = 4e-5;

/// Items coded at a time.
const APPENDED: usize = 1024;

/// Rows, appended and never changed.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    pub(crate) isa: Isa,
    pub(crate) metric: Metric,
    pub(crate) dim: usize,
    rotation: Arc<Rotation>,
    /// The mean of what was added first. No values for inner products, or before that.
    pub(crate) centre: Arc<[f32]>,
    pub(crate) ids: Chunked<u64>,
    pub(crate) codes: Chunked<Line>,
    /// Distance of each vector from the centre.
    pub(crate) lengths: Chunked<f32>,
    /// For cosine: one over the length of each vector.
    pub(crate) inverse_lengths: Chunked<f32>,
    /// Each vector is at most this far from what its code stands for; infinite where that is
    /// not known.
    pub(crate) margins: Chunked<f32>,
    /// As they were added.
    pub(crate) vectors: Chunked<f32>,
    /// Vectors that the centre is the mean of.
    pub(crate) settled_on: usize,
}

/// What the code of a vector does not say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Coded {
    /// Distance from the centre.
    pub(crate) length: f32,
    /// Distance of the direction from that which the code stands for; infinite where the vector
    /// has no direction, or a length that cannot be worked with.
    pub(crate) error: f32,
}

/// What rows are compared with: a query, or another row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Probe<'a> {
    code: &'a [Line],
    measure: Measure,
}

#[derive(Clone, Copy, Debug)]
enum Measure {
    /// Angle as seen from the centre.
    Angle,
    /// Inner product, over the length of the probe.
    Product,
    /// Squared distance from a point at this length.
    Distance { length: f32 },
}

impl Rows {
    /// `dim` is not 0.
    pub(crate) fn new(isa: Isa, metric: Metric, dim: usize) -> Self {
        Self {
            isa,
            metric,
            dim,
            rotation: Arc::new(Rotation::new(dim)),
            centre: Arc::default(),
            ids: Chunked::new(1, CHUNK_BYTES / 8),
            codes: Chunked::new(dim.div_ceil(Line::VALUES), CHUNK_BYTES),
            lengths: Chunked::new(1, CHUNK_BYTES / 8),
            inverse_lengths: Chunked::new(1, CHUNK_BYTES / 8),
            margins: Chunked::new(1, CHUNK_BYTES / 8),
            vectors: Chunked::new(dim, CHUNK_BYTES),
            settled_on: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Appends items at the places `order` of `vectors`, all finite. For the first ones,
    /// [`Rows::settle`] comes before.
    pub(crate) fn append(&mut self, ids: &[u64], order: &[usize], vectors: &[f32], dim: usize) {
        for (ids, order) in ids.chunks(APPENDED).zip(order.chunks(APPENDED)) {
            let vector = |index: usize| &vectors[order[index] * dim..][..dim];
            self.append_codes(ids.len(), vector);
            for (index, &id) in ids.iter().enumerate() {
                let vector = vector(index);
                self.ids.push()[0] = id;
                self.vectors.push().copy_from_slice(vector);
                if self.metric == Metric::Cosine {
                    self.inverse_lengths.push()[0] = inverse_length(vector);
                }
            }
        }
    }

    /// Takes the rows of another one over: their vectors where they are, their codes made again.
    pub(crate) fn take_over(&mut self, from: &Self) {
        self.ids = from.ids.clone();
        self.vectors = from.vectors.clone();
        self.inverse_lengths = from.inverse_lengths.clone();
        let rows: Vec<u32> = (0..from.len() as u32).collect();
        for rows in rows.chunks(APPENDED) {
            self.append_codes(rows.len(), |index| from.vectors.row(rows[index]));
        }
    }

    fn append_codes<'a>(&mut self, count: usize, vector: impl Fn(usize) -> &'a [f32] + Sync) {
        let coded: Vec<(Vec<Line>, Coded)> = on_threads(count, |index| {
            let mut code = Vec::new();
            let coded = self.encode(vector(index), &mut Vec::new(), &mut code);
            (code, coded)
        });
        for (code, coded) in coded {
            self.codes.push().copy_from_slice(&code);
            self.lengths.push()[0] = coded.length;
            self.margins.push()[0] = coded.length * coded.error;
        }
    }

    /// Chooses the centre from what is added first. Distances do not depend on it, but codes of
    /// vectors that all lie far from the origin would be all the same without.
    pub(crate) fn settle(&mut self, vectors: &[f32]) {
        if self.metric == Metric::InnerProduct || self.len() > 0 || vectors.is_empty() {
            return;
        }
        let mut sums = vec![0.0_f64; self.dim];
        for vector in vectors.chunks_exact(self.dim) {
            let scale = self.scale(vector);
            for (sum, &value) in sums.iter_mut().zip(vector) {
                *sum += f64::from(value) * scale;
            }
        }
        let count = (vectors.len() / self.dim) as f64;
        self.centre = sums.iter().map(|sum| (sum / count) as f32).collect();
        self.settled_on = vectors.len() / self.dim;
    }

    /// The code of a query, with buffers that are used again.
    pub(crate) fn query<'a>(
        &self,
        query: &[f32],
        values: &mut Vec<f32>,
        code: &'a mut Vec<Line>,
    ) -> Probe<'a> {
        let length = self.encode(query, values, code).length;
        Probe {
            code,
            measure: self.measure(length),
        }
    }

    /// A row, to find others for it.
    pub(crate) fn probe(&self, row: u32) -> Probe<'_> {
        Probe {
            code: self.code(row),
            measure: self.measure(self.lengths.row(row)[0]),
        }
    }

    /// A row, to tell whether others lie in another direction than those chosen before.
    ///
    /// For inner products that is the angle: by the product, a long row would turn down all
    /// others. Measured for 20,000 vectors of 384 of lognormal lengths (deviation 0.5), recall at
    /// 10 with 128 candidates: 0.994; with the product here too 0.960, with the distance 0.974.
    /// Graphs of distances after the reduction of Bachrach and others 2014 gave 0.28.
    pub(crate) fn spread_probe(&self, row: u32) -> Probe<'_> {
        match self.metric {
            Metric::Cosine | Metric::L2 => self.probe(row),
            Metric::InnerProduct => Probe {
                code: self.code(row),
                measure: Measure::Angle,
            },
        }
    }

    #[inline]
    pub(crate) fn code(&self, row: u32) -> &[Line] {
        self.codes.row(row)
    }

    /// Whether two rows cannot be told apart by their codes.
    pub(crate) fn are_alike(&self, a: u32, b: u32) -> bool {
        self.code(a) == self.code(b) && self.lengths.row(a) == self.lengths.row(b)
    }

    /// How near `rows` are to the probe: the lower, the nearer. Keys of one probe can be
    /// compared; those of rows also with one another.
    #[inline]
    pub(crate) fn keys(
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
            Measure::Angle => {
                for (key, &sum) in keys.iter_mut().zip(&*sums) {
                    *key = !ordered(sum);
                }
            }
            Measure::Product => {
                for ((key, &sum), &row) in keys.iter_mut().zip(&*sums).zip(rows) {
                    *key = ordered_float(-self.lengths.row(row)[0] * sum as f32);
                }
            }
            Measure::Distance { length } => {
                let step = self.step();
                let factor = -2.0 * length * step * step;
                for ((key, &sum), &row) in keys.iter_mut().zip(&*sums).zip(rows) {
                    let row_length = self.lengths.row(row)[0];
                    let square = length * length + row_length * (row_length + factor * sum as f32);
                    *key = ordered_float(square);
                }
            }
        }
    }

    /// Memory held, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.ids.bytes()
            + self.codes.bytes()
            + self.lengths.bytes()
            + self.inverse_lengths.bytes()
            + self.margins.bytes()
            + self.vectors.bytes()
    }

    fn measure(&self, length: f32) -> Measure {
        match self.metric {
            Metric::Cosine | Metric::L2 => Measure::Distance { length },
            Metric::InnerProduct => Measure::Product,
        }
    }

    /// What a vector is multiplied by before it is seen from the centre.
    fn scale(&self, vector: &[f32]) -> f64 {
        match self.metric {
            Metric::Cosine => {
                let square = |position: usize| f64::from(vector[position]).powi(2);
                let squares = compiled_for(self.isa, || sum(vector.len(), square));
                let length = squares.sqrt();
                if length == 0.0 { 0.0 } else { 1.0 / length }
            }
            Metric::InnerProduct | Metric::L2 => 1.0,
        }
    }

    /// Typical size of a value of a rotated direction; in few dimensions, a quarter of the
    /// greatest possible.
    fn deviation(&self) -> f32 {
        (1.0 / (self.dim as f32).sqrt()).min(1.0 / GREATEST_DEVIATION)
    }

    /// One step of a code, as part of the length.
    pub(crate) fn step(&self) -> f32 {
        self.deviation() * GREATEST_DEVIATION / GREATEST_CODE
    }

    /// Writes the code of a vector as seen from the centre.
    pub(crate) fn encode(
        &self,
        vector: &[f32],
        values: &mut Vec<f32>,
        code: &mut Vec<Line>,
    ) -> Coded {
        let scale = self.scale(vector);
        code.clear();
        code.resize(self.codes.row_len(), Line::default());
        if scale == 0.0 {
            // No direction: as far from all others as what is at a right angle, or a little more.
            return Coded {
                length: std::f32::consts::SQRT_2,
                error: f32::INFINITY,
            };
        }
        values.clear();
        values.resize(self.dim, 0.0);
        compiled_for(self.isa, || self.encode_scaled(vector, scale, values, code))
    }

    #[inline(always)]
    fn encode_scaled(
        &self,
        vector: &[f32],
        scale: f64,
        values: &mut [f32],
        code: &mut [Line],
    ) -> Coded {
        let centre = &*self.centre;
        let has_centre = !centre.is_empty();
        let offset = |position: usize| {
            let value = f64::from(vector[position]) * scale;
            if has_centre {
                value - f64::from(centre[position])
            } else {
                value
            }
        };
        let length = sum(vector.len(), |position| offset(position) * offset(position)).sqrt();
        let inverse = if length == 0.0 { 0.0 } else { 1.0 / length };
        for (position, value) in values.iter_mut().enumerate() {
            *value = (offset(position) * inverse) as f32;
        }
        self.rotation.apply(values);

        let step = self.step();
        let steps = 1.0 / step;
        let mut squares = [0.0; Line::VALUES];
        for (line, values) in code.iter_mut().zip(values.chunks(Line::VALUES)) {
            for ((byte, &value), square) in line.0.iter_mut().zip(values).zip(&mut squares) {
                let clamped = (value * steps).clamp(-GREATEST_CODE, GREATEST_CODE);
                // Rounds to the nearest: what is cut off is never negative.
                let stored = (clamped + (f32::from(Line::ZERO) + 0.5)) as i32;
                *byte = stored as u8;
                let error = value - (stored - i32::from(Line::ZERO)) as f32 * step;
                *square += error * error;
            }
        }
        let squares: f32 = squares.iter().sum();
        let is_usual = length == 0.0 || USUAL_LENGTHS.contains(&length);
        Coded {
            length: length.min(GREATEST_LENGTH) as f32,
            error: if is_usual {
                squares.sqrt() * (1.0 + ERROR_ROUNDING) + ROUNDING
            } else {
                f32::INFINITY
            },
        }
    }
}

/// The sum of a value for each position below `len`, in eight parts, which a CPU adds at once.
#[inline(always)]
fn sum(len: usize, value: impl Fn(usize) -> f64) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let whole = len / LANES * LANES;
    for first in (0..whole).step_by(LANES) {
        for (lane, sum) in sums.iter_mut().enumerate() {
            *sum += value(first + lane);
        }
    }
    let rest = whole..len;
    sums.iter().sum::<f64>() + rest.map(value).sum::<f64>()
}

/// Rows compared at a time, at most.
pub(crate) const TILE: usize = 32;

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
