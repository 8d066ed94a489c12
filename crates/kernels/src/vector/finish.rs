//! Epilogues of the matrix product.

use super::lanes::{Lanes, Operation};
use super::math;
use crate::backend::Epilogue;
use crate::matrix::{Strided, StridedMut};

/// See [`crate::backend::Backend::finish`].
pub(crate) struct Finish<'a> {
    pub(crate) rows: usize,
    pub(crate) sums: Strided<'a>,
    pub(crate) bias: &'a [f32],
    pub(crate) epilogue: Epilogue<'a>,
    pub(crate) out: StridedMut<'a>,
}

impl Operation for Finish<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self, l: L) {
        match self.epilogue {
            Epilogue::Bias => self.each(
                l,
                #[inline(always)]
                |sum, _, _| sum,
            ),
            Epilogue::BiasRelu6 => self.each(
                l,
                #[inline(always)]
                |sum, _, _| l.minimum(l.maximum(sum, l.splat(0.0)), l.splat(6.0)),
            ),
            Epilogue::BiasGelu => self.each(
                l,
                #[inline(always)]
                |sum, _, _| math::gelu(l, sum),
            ),
            Epilogue::BiasSilu => self.each(
                l,
                #[inline(always)]
                |sum, _, _| math::silu(l, sum),
            ),
            Epilogue::BiasGeluTanh => self.each(
                l,
                #[inline(always)]
                |sum, _, _| math::gelu_tanh(l, sum),
            ),
            Epilogue::BiasResidual => {
                self.each(
                    l,
                    #[inline(always)]
                    |sum, out, _| l.add(l.load(out, 0.0), sum),
                );
            }
            Epilogue::BiasScaleResidual(scale) => {
                assert_eq!(scale.len(), self.bias.len(), "a scale per column");
                self.each(
                    l,
                    #[inline(always)]
                    |sum, out, column| {
                        l.multiply_add(sum, l.load(&scale[column..], 0.0), l.load(out, 0.0))
                    },
                );
            }
        }
    }
}

impl Finish<'_> {
    /// Stores `result(sum + bias, old output, column)` everywhere.
    #[inline(always)]
    fn each<L: Lanes>(self, l: L, result: impl Fn(L::Vector, &[f32], usize) -> L::Vector) {
        let columns = self.bias.len();
        for r in 0..self.rows {
            let sums = &self.sums.data[r * self.sums.stride..][..columns];
            let out = &mut self.out.data[r * self.out.stride..][..columns];
            let mut column = 0;
            while column < columns {
                let sum = l.add(
                    l.load(&sums[column..], 0.0),
                    l.load(&self.bias[column..], 0.0),
                );
                let out = &mut out[column..];
                let value = result(sum, out, column);
                l.store(value, out);
                column += L::WIDTH;
            }
        }
    }
}
