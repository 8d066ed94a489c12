//! 512-bit vectors: tiles of 12 rows by 32 columns.

mod lanes;
mod tile;

use crate::backend::{End, Start};
use crate::features::avx512;
use crate::isa::Avx512;
use crate::matrix::{Strided, StridedMut};
use crate::vector::{Operation, Vectors};

impl Vectors for Avx512 {
    const COLUMNS: usize = tile::COLUMNS;

    #[inline]
    fn run<O: Operation>(self, operation: O) -> O::Output {
        avx512! {
            fn enabled<O: Operation>(token: Avx512, operation: O) -> O::Output {
                operation.run(token)
            }
        }
        // SAFETY: the token proves that this CPU has every feature of `avx512!`.
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
