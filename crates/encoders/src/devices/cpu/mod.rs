//! The CPU: threads that forward passes run on. The arithmetic is in `lookalike-kernels`.

mod threads;

pub use threads::SingleThread;
