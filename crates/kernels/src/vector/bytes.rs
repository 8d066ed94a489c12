//! Products of bytes, in tiles of as many rows and columns as those of f32, and what makes bytes
//! of numbers.

use super::lanes::{Lanes, Operation};
use crate::bytes::{Bytes, Epilogue, FOUR, LEAST, PackedLinear, RELU6_LIMIT, middle};
use crate::matrix::Matrix;
use crate::matrix::StridedMut;

/// See [`crate::backend::Backend::multiply_bytes`].
pub(super) struct Products<'a> {
    pub(super) x: Bytes<'a>,
    pub(super) weights: &'a PackedLinear,
    pub(super) epilogue: Epilogue,
    pub(super) out: StridedMut<'a>,
}

impl Operation for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(mut self, l: L) {
        let outputs = self.weights.outputs();
        for first_column in (0..outputs).step_by(2 * L::WIDTH) {
            if outputs - first_column > L::WIDTH {
                self.panel::<L, 2>(l, first_column);
            } else {
                self.panel::<L, 1>(l, first_column);
            }
        }
    }
}

impl Products<'_> {
    /// All rows times the `V` registers of columns from `first_column` on.
    #[inline(always)]
    fn panel<L: Lanes, const V: usize>(&mut self, l: L, first_column: usize) {
        let rows = self.x.rows();
        let count = rows.div_ceil(L::TILE_ROWS);
        for index in 0..count {
            let first = index * rows / count;
            macro_rules! by_rows {
                ($($rows:literal)*) => {
                    match (index + 1) * rows / count - first {
                        // The guard keeps tiles out that this variant never has.
                        $($rows if $rows <= L::TILE_ROWS => {
                            self.tile::<L, $rows, V>(l, first, first_column);
                        })*
                        _ => unreachable!("a tile has at most 12 rows"),
                    }
                };
            }
            by_rows!(1 2 3 4 5 6 7 8 9 10 11 12);
        }
    }

    #[inline(always)]
    fn tile<L: Lanes, const R: usize, const V: usize>(
        &mut self,
        l: L,
        first: usize,
        first_column: usize,
    ) {
        let panel = self.weights.panel(first_column / (2 * L::WIDTH));
        let depth = panel.len() / (2 * L::WIDTH);
        let mut rows: [&[[u8; FOUR]]; R] = [&[]; R];
        for (r, row) in rows.iter_mut().enumerate() {
            *row = &self.x.row(first + r)[..depth];
        }
        let mut sums = [[l.no_sums(); V]; R];
        if self.x.steps().is_some() {
            for v in 0..V {
                let start = l.load_sums(&self.weights.starts()[first_column + v * L::WIDTH..]);
                sums.iter_mut().for_each(|sums| sums[v] = start);
            }
        }
        for k in 0..depth {
            let four = &panel[k * 2 * L::WIDTH..][..2 * L::WIDTH];
            let mut weights = [l.no_sums(); V];
            for (v, weights) in weights.iter_mut().enumerate() {
                *weights = l.load_fours(&four[v * L::WIDTH..]);
            }
            for (row, sums) in rows.iter().zip(&mut sums) {
                let activations = l.splat_four(row[k]);
                for (sum, weights) in sums.iter_mut().zip(weights) {
                    *sum = l.add_products(*sum, activations, weights);
                }
            }
        }
        for v in 0..V {
            let column = first_column + v * L::WIDTH;
            self.finish(l, sums.map(|sums| sums[v]), first, column);
        }
    }

    /// Stores a register of results of each row.
    #[inline(always)]
    fn finish<L: Lanes, const R: usize>(
        &mut self,
        l: L,
        sums: [L::Integers; R],
        first: usize,
        column: usize,
    ) {
        let columns = L::WIDTH.min(self.weights.outputs() - column);
        let steps = l.load(&self.weights.steps()[column..], 0.0);
        let bias = l.load(&self.weights.bias()[column..], 0.0);
        let of_relu6 = l.splat(RELU6_LIMIT / f32::from(L::GREATEST_LEVEL));
        for (r, sums) in sums.into_iter().enumerate() {
            let out = &mut self.out.data[(first + r) * self.out.stride + column..][..columns];
            let step = match self.x.steps() {
                Some(steps) => l.splat(steps[first + r]),
                None => of_relu6,
            };
            let result = l.multiply_add(l.sums_as_floats(sums), l.multiply(step, steps), bias);
            let result = match self.epilogue {
                Epilogue::Relu6 => l.minimum(l.maximum(result, l.splat(0.0)), l.splat(RELU6_LIMIT)),
                Epilogue::Residual => l.add(l.load(out, 0.0), result),
            };
            l.store(result, out);
        }
    }
}

/// See [`crate::backend::Backend::quantise_rows`].
pub(super) struct QuantiseRows<'a> {
    pub(super) x: Matrix<'a>,
    pub(super) out: &'a mut [u8],
    pub(super) steps: &'a mut [f32],
}

impl Operation for QuantiseRows<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        let middle = middle(L::GREATEST_LEVEL);
        let greatest_integer = f32::from(L::GREATEST_LEVEL - middle);
        let stride = self.x.columns().next_multiple_of(FOUR);
        let rows = self.out.chunks_exact_mut(stride).zip(self.steps);
        for (row, (out, step)) in (0..self.x.rows()).zip(rows) {
            let x = self.x.row(row);
            let mut most = l.splat(0.0);
            for x in x.chunks(L::WIDTH) {
                let x = l.load(x, 0.0);
                most = l.maximum(most, l.maximum(x, l.subtract(l.splat(0.0), x)));
            }
            let greatest = l.greatest(most);
            let is_zero = greatest < LEAST;
            *step = if is_zero {
                0.0
            } else {
                greatest / greatest_integer
            };
            let inverse = l.splat(if is_zero {
                0.0
            } else {
                greatest_integer / greatest
            });
            for (x, out) in x.chunks(L::WIDTH).zip(out.chunks_mut(L::WIDTH)) {
                let level = l.multiply(l.load(x, 0.0), inverse);
                l.store_bytes(l.add(level, l.splat(f32::from(middle))), out);
            }
        }
    }
}
