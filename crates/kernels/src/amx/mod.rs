//! Tile registers: whether this process may use them, and their configuration per thread.
//!
//! The intrinsics are not stable, hence `asm!`. Rust never allocates tile registers, so a
//! block needs no operands for them; blocks that load tiles are `readonly` and never `nomem`,
//! else the compiler could sink the stores that fill the memory they load.

mod permission;
mod tiles;

pub(crate) use permission::is_permitted;
pub(crate) use tiles::Tiles;
