//! The tile instructions in memory, for tests on CPUs without tiles: eight registers a thread.
//!
//! What they compute is from the Intel SDM, volume 2. Slow, and the order of sums is that of the
//! instructions only within a pair or four.

use std::cell::RefCell;

use crate::bf16::from_bf16;

/// 16 rows of 64 bytes.
type Register = [[u8; 64]; 16];

thread_local! {
    static REGISTERS: RefCell<[Register; 8]> = const { RefCell::new([[[0; 64]; 16]; 8]) };
}

/// There is nothing to ask for.
pub(crate) fn is_permitted() -> bool {
    true
}

/// # Safety
/// Sixteen rows of 64 bytes can be read, `stride` bytes apart.
pub(crate) unsafe fn load_tile<T>(tile: usize, from: *const T, offset: usize, stride: usize) {
    let from = from.cast::<u8>().wrapping_add(offset);
    let rows = std::array::from_fn(|row| {
        // SAFETY: the rows can be read, as promised; arrays of bytes need no alignment.
        unsafe { from.wrapping_add(row * stride).cast::<[u8; 64]>().read() }
    });
    REGISTERS.with_borrow_mut(|registers| registers[tile] = rows);
}

/// # Safety
/// 1024 bytes can be written from `offset` bytes behind `to` on.
pub(crate) unsafe fn store_tile<T>(tile: usize, to: *mut T, offset: usize) {
    let to = to.cast::<u8>().wrapping_add(offset).cast::<Register>();
    // SAFETY: the bytes can be written, as promised; arrays of bytes need no alignment.
    REGISTERS.with_borrow(|registers| unsafe { to.write(registers[tile]) });
}

/// Fills a register with a byte.
///
/// # Safety
/// None is needed; the instruction that this stands for is unsafe.
pub(crate) unsafe fn fill(tile: usize, byte: u8) {
    REGISTERS.with_borrow_mut(|registers| registers[tile] = [[byte; 64]; 16]);
}

/// Adds the products of `left` and `right` to `sum`, four bytes of each at a time.
///
/// # Safety
/// None is needed; the instruction that this stands for is unsafe.
pub(crate) unsafe fn multiply(
    sum: usize,
    left: usize,
    right: usize,
    add: impl Fn([u8; 4], [u8; 4], [u8; 4]) -> [u8; 4],
) {
    REGISTERS.with_borrow_mut(|registers| {
        let (a, b) = (registers[left], registers[right]);
        for (a, out) in a.iter().zip(&mut registers[sum]) {
            for (a, b) in a.as_chunks::<4>().0.iter().zip(&b) {
                let columns = out.as_chunks_mut::<4>().0.iter_mut();
                for (out, b) in columns.zip(b.as_chunks::<4>().0) {
                    *out = add(*out, *a, *b);
                }
            }
        }
    });
}

/// The operations of `product!`, by the names of the instructions.
pub(crate) mod operations {
    use super::from_bf16;

    pub(crate) fn tdpbf16ps(sum: [u8; 4], a: [u8; 4], b: [u8; 4]) -> [u8; 4] {
        let pair = |x: [u8; 4]| {
            [[x[0], x[1]], [x[2], x[3]]].map(|bytes| from_bf16(u16::from_le_bytes(bytes)))
        };
        let (a, b) = (pair(a), pair(b));
        (f32::from_le_bytes(sum) + a[0] * b[0] + a[1] * b[1]).to_le_bytes()
    }

    pub(crate) fn tdpbssd(sum: [u8; 4], a: [u8; 4], b: [u8; 4]) -> [u8; 4] {
        let products = a.iter().zip(b);
        let products =
            products.map(|(&a, b)| i32::from(a.cast_signed()) * i32::from(b.cast_signed()));
        (i32::from_le_bytes(sum) + products.sum::<i32>()).to_le_bytes()
    }

    pub(crate) fn tdpbusd(sum: [u8; 4], a: [u8; 4], b: [u8; 4]) -> [u8; 4] {
        let products = a
            .iter()
            .zip(b)
            .map(|(&a, b)| i32::from(a) * i32::from(b.cast_signed()));
        (i32::from_le_bytes(sum) + products.sum::<i32>()).to_le_bytes()
    }
}

macro_rules! load {
    ($tile:literal, $from:expr, $offset:literal) => {
        $crate::amx::load_tile($tile, $from, $offset, $crate::amx::ROW_BYTES)
    };
}

macro_rules! stream {
    ($tile:literal, $from:expr, $offset:literal) => {
        $crate::amx::load_tile($tile, $from, $offset, $crate::amx::ROW_BYTES)
    };
}

macro_rules! load_apart {
    ($tile:literal, $from:expr, $stride:expr) => {
        $crate::amx::load_tile($tile, $from, 0, $stride)
    };
}

macro_rules! store {
    ($tile:literal, $to:expr, $offset:literal) => {
        $crate::amx::store_tile($tile, $to, $offset)
    };
}

macro_rules! zero {
    ($tile:literal) => {
        $crate::amx::fill($tile, 0)
    };
}

macro_rules! product {
    ($instruction:ident, $sum:literal, $left:literal, $right:literal) => {
        $crate::amx::multiply($sum, $left, $right, $crate::amx::operations::$instruction)
    };
}
pub(crate) use {load, load_apart, product, store, stream, zero};
