//! Numeric inner loops and the CPU tokens that prove they may run. Starts no threads and does no I/O.

pub mod distance;
mod isa;

pub use isa::{Avx2, Avx512, ISA_VARIABLE, Isa, UnavailableIsa};
