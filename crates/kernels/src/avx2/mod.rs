//! 256-bit vectors: tiles of 6 rows by 16 columns.

mod lanes;
mod tile;

use crate::backend::{End, Start};
use crate::features::avx2;
use crate::isa::Avx2;
use crate::matrix::{Strided, StridedMut};
use crate::vector::{Operation, Vectors};

impl Vectors for Avx2 {
    const COLUMNS: usize = tile::COLUMNS;

    #[inline]
    fn run<O: Operation>(self, operation: O) -> O::Output {
        avx2! {
            fn enabled<O: Operation>(token: Avx2, operation: O) -> O::Output {
                operation.run(token)
            }
        }
        // SAFETY: the token proves that this CPU has every feature of `avx2!`.
        unsafe { enabled(self, operation) }
    }

    #[inline]
    fn tile<const REGISTERS: usize>(
        self,
        rows: usize,
        a: Strided<'_>,
        b: &[f32],
        c: StridedMut<'_>,
        start: Start,
        end: End<'_>,
    ) {
        tile::multiply::<REGISTERS>(self, rows, a, b, c, start, end);
    }
}
