//! 512-bit vectors: makers of quantised activations, scales of sums, products by `vpdpbusd`.

mod linear;
mod quantise;
mod scaled;

pub(super) use linear::linear;
pub(super) use quantise::{layer_norm, quantise};
pub(super) use scaled::Scaled;
