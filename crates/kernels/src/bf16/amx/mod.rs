//! Products by tile registers.
//!
//! A block of 32 x 32 sums is 2 x 2 accumulators, `tmm0` to `tmm3`; `tmm4` to `tmm7` hold the
//! operands; attention gathers to two and has its values in the others. Operands that are not used again soon are loaded with the hint `t1`, which keeps
//! them from pushing the others out of L1 (20 to 28 % at 384 inputs).

mod attention;
mod linear;

pub(super) use attention::attend;
pub(super) use linear::linear;
pub(crate) use linear::{Steps, run, steps};

/// Bytes between rows of a tile in memory.
pub(crate) const ROW_BYTES: usize = 64;

/// `tileloadd` of the tile `$offset` bytes behind `$from`.
macro_rules! load {
    ($tile:literal, $from:expr, $offset:literal) => {
        $crate::bf16::amx::load!("tileloadd", $tile, $from, $offset)
    };
    ($instruction:literal, $tile:literal, $from:expr, $offset:literal) => {
        std::arch::asm!(
            concat!($instruction, " tmm", $tile, ", [{from} + {s}*1 + ", $offset, "]"),
            from = in(reg) $from,
            s = in(reg) $crate::bf16::amx::ROW_BYTES,
            options(readonly, nostack, preserves_flags)
        )
    };
}

/// The same for what is not needed again soon.
macro_rules! stream {
    ($tile:literal, $from:expr, $offset:literal) => {
        $crate::bf16::amx::load!("tileloaddt1", $tile, $from, $offset)
    };
}

/// `tilestored` of the tile to `$offset` bytes behind `$to`.
macro_rules! store {
    ($tile:literal, $to:expr, $offset:literal) => {
        std::arch::asm!(
            concat!("tilestored [{to} + {s}*1 + ", $offset, "], tmm", $tile),
            to = in(reg) $to,
            s = in(reg) $crate::bf16::amx::ROW_BYTES,
            options(nostack, preserves_flags)
        )
    };
}

/// `tilezero`
macro_rules! zero {
    ($tile:literal) => {
        std::arch::asm!(
            concat!("tilezero tmm", $tile),
            options(nomem, nostack, preserves_flags)
        )
    };
}
pub(crate) use {load, store, stream, zero};
