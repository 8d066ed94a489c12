//! Tile registers: whether this process may use them, their configuration per thread, and their
//! instructions.
//!
//! The intrinsics are not stable, hence `asm!`. Rust never allocates tile registers, so a
//! block needs no operands for them; blocks that load tiles are `readonly` and never `nomem`,
//! else the compiler could sink the stores that fill the memory they load.
//!
//! With `--cfg lookalike_emulated_tiles` the instructions are functions that do the same in
//! memory: kernels that use tiles can then be tested on any CPU with AVX-512 BF16
//! (`make test-tiles`).

#[cfg(lookalike_emulated_tiles)]
mod emulated;
#[cfg(not(lookalike_emulated_tiles))]
mod instructions;
#[cfg(not(lookalike_emulated_tiles))]
mod permission;
mod tiles;

#[cfg(lookalike_emulated_tiles)]
pub(crate) use emulated::{
    fill, is_permitted, load, load_apart, load_tile, multiply, operations, product, store,
    store_tile, stream, zero,
};
#[cfg(not(lookalike_emulated_tiles))]
pub(crate) use instructions::{load, load_apart, product, store, stream, zero};
#[cfg(not(lookalike_emulated_tiles))]
pub(crate) use permission::is_permitted;
pub(crate) use tiles::Tiles;

/// Bytes between rows of a tile in memory.
pub(crate) const ROW_BYTES: usize = 64;
