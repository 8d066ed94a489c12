//! Vision transformers on the CPU: configuration, weights and the forward pass.
//!
//! Images come in as 8-bit RGB whose sides are multiples of the patch; resizing belongs to
//! `lookalike-imaging`. The arithmetic belongs to `lookalike-kernels`, which starts no
//! threads: the threads are here, in one pool per [`Model`]. An embedding is the same, bit
//! for bit, whatever batch it was computed in and however many threads took part.

mod builtin;
mod config;
mod error;
mod folder;
mod model;
mod names;
mod network;
mod normalize;
mod options;
mod similarity;
mod threads;
mod weights;

pub use config::{Architecture, Mlp, ModelConfig};
pub use error::{EmbedError, LoadError, Shape};
pub use folder::describe;
pub use model::{Model, Tokens};
pub use normalize::normalize;
pub use options::{LoadOptions, Precision, UnknownPrecision};
pub use threads::SingleThread;

/// Headers of NumPy arrays, for whoever reads arrays that are no weights.
pub mod npy {
    pub use crate::weights::npy::{Header, read_header};
}
