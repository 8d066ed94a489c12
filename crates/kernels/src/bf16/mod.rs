//! The forward pass in bf16: products of 16-bit numbers summed in f32.
//!
//! Activations between kernels are [`Blocked`]: tiles of 16 rows by 32 columns, one after the
//! other along a row of tiles, so that a tile is one load for AMX and every row that a kernel
//! stores is a whole cache line. The residual stream stays f32, row by row.
//!
//! All variants share the layouts and round at the same places (the operands of products, the
//! outputs in `Blocked`, the weights of attention); they differ in the order of sums. Rows
//! never mix: what a kernel writes for a row is the same bit for bit wherever the rows are
//! cut, at multiples of [`ROW_GROUP`]. Rows that fill up a last tile hold anything.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[expect(
    unsafe_code,
    reason = "tile registers; tokens prove that they may be used"
)]
pub(crate) mod amx;
pub(crate) mod arrangement;
mod attend_scratch;
mod attention;
#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "vector instructions; tokens prove that the CPU has them"
)]
pub(crate) mod avx512;
mod centre;
mod heads;
pub(crate) mod linear;
mod norm;
mod number;
pub(crate) mod output;
pub(crate) mod portable;
#[cfg(test)]
mod tests;
mod tile;
mod turn;
mod variant;
mod weights;

pub use attend_scratch::AttendScratch;
pub use attention::attend;
pub use heads::{HEAD_SIZE, Heads, HeadsMut, ROW_GROUP};
pub use linear::linear;
pub use norm::layer_norm;
pub use number::{from_bf16, to_bf16};
pub use output::Output;
pub use tile::{Blocked, BlockedMut, Tile};
pub use turn::Turns;
pub use variant::Variant;
pub use weights::PackedLinear;
