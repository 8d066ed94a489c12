//! Products of 8-bit integers, for those who give up some exactness for speed.
//!
//! Weights are quantised when they are packed, with a scale per output; activations when they
//! are made, with a scale per row. Both are symmetric: `x = scale * q` with `q` from -127 to
//! 127. Sums of products are exact in 32 bits up to 65,000 inputs, and so the same in every
//! variant; everything around them is as in [`crate::bf16`], whose outputs these products
//! share. Attention stays in bf16.
//!
//! Measured on one core of a Sapphire Rapids, a layer of dinov2-small but for its attention took
//! 0.81 of its time in bf16 by tiles; by vectors, products ran at 0.5 TOP/s, where f32 does
//! 0.11 and bf16 0.08 (`examples/layer_speed.rs`).
//!
//! A row whose greatest magnitude is below 1e-36 counts as zeros. A row with a number that is
//! not finite gives NaN.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[expect(
    unsafe_code,
    reason = "tile registers; tokens prove that they may be used"
)]
mod amx;
#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "vector instructions; tokens prove that the CPU has them"
)]
mod avx512;
mod linear;
mod portable;
mod quantise;
mod scale;
#[cfg(test)]
mod tests;
mod tile;
mod weights;

/// The variants are those of bf16, though `vpdpbusd` does without `vdpbf16ps`: what lies
/// between the products is in bf16 anyway.
pub use crate::bf16::Variant;
pub use linear::linear;
pub use quantise::{layer_norm, quantise};
pub use tile::{Quantised, QuantisedMut, Tile};
pub use weights::{MOST_INPUTS, PackedLinear};
