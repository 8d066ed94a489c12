//! Numeric inner loops and the CPU tokens that prove they may run. Starts no threads and does no I/O.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[expect(
    unsafe_code,
    reason = "system call and tile registers; the token proves that both may be used"
)]
mod amx;
mod attention;
#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "vector instructions; tokens prove that the CPU has them"
)]
mod avx2;
#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "vector instructions; tokens prove that the CPU has them"
)]
mod avx512;
mod backend;
pub mod bf16;
pub mod bytes;
mod compiled;
mod constants;
pub mod convolution;
mod dispatch;
pub mod distance;
#[cfg(target_arch = "x86_64")]
mod features;
mod gemm;
pub mod int8;
mod isa;
pub mod matching;
mod matrix;
mod pooling;
mod portable;
mod rows;
#[cfg(test)]
mod testing;
#[cfg(target_arch = "x86_64")]
mod vector;

pub use attention::{AttentionScratch, PackedHead, attend, attend_causally};
pub use backend::Epilogue;
pub use compiled::compiled_for;
pub use gemm::{PackedLinear, linear};

pub use isa::{Amx, Avx2, Avx512, Avx512Bf16, ISA_VARIABLE, Isa, UnavailableIsa};
pub use matrix::{Matrix, MatrixMut};
pub use pooling::{Pooling, pool};
pub use rows::{layer_norm, swiglu};
