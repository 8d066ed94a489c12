//! The instructions as macros: the numbers of registers are part of an instruction's text.

/// `tileloadd` of the tile `$offset` bytes behind `$from`.
macro_rules! load {
    ($tile:literal, $from:expr, $offset:literal) => {
        $crate::amx::load!("tileloadd", $tile, $from, $offset)
    };
    ($instruction:literal, $tile:literal, $from:expr, $offset:literal) => {
        std::arch::asm!(
            concat!($instruction, " tmm", $tile, ", [{from} + {s}*1 + ", $offset, "]"),
            from = in(reg) $from,
            s = in(reg) $crate::amx::ROW_BYTES,
            options(readonly, nostack, preserves_flags)
        )
    };
}

/// The same for what is not needed again soon.
macro_rules! stream {
    ($tile:literal, $from:expr, $offset:literal) => {
        $crate::amx::load!("tileloaddt1", $tile, $from, $offset)
    };
}

/// `tileloadd` of sixteen rows that lie `$stride` bytes apart.
macro_rules! load_apart {
    ($tile:literal, $from:expr, $stride:expr) => {
        std::arch::asm!(
            concat!("tileloadd tmm", $tile, ", [{from} + {s}*1]"),
            from = in(reg) $from,
            s = in(reg) $stride,
            options(readonly, nostack, preserves_flags)
        )
    };
}

/// `tilestored` of the tile to `$offset` bytes behind `$to`.
macro_rules! store {
    ($tile:literal, $to:expr, $offset:literal) => {
        std::arch::asm!(
            concat!("tilestored [{to} + {s}*1 + ", $offset, "], tmm", $tile),
            to = in(reg) $to,
            s = in(reg) $crate::amx::ROW_BYTES,
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

/// `$sum += $left * $right` by one of `tdpbf16ps` (pairs of bf16), `tdpbssd` (fours of bytes with
/// signs) and `tdpbusd` (fours of bytes, those of `$left` without signs).
macro_rules! product {
    ($instruction:ident, $sum:literal, $left:literal, $right:literal) => {
        std::arch::asm!(
            concat!(
                stringify!($instruction),
                " tmm",
                $sum,
                ", tmm",
                $left,
                ", tmm",
                $right
            ),
            options(nomem, nostack, preserves_flags)
        )
    };
}
pub(crate) use {load, load_apart, product, store, stream, zero};
