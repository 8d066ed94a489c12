//! Encoders: pictures in, embeddings out.
//!
//! Images come in as 8-bit RGB whose sides are multiples of the patch; resizing belongs to
//! `lookalike-imaging`. The arithmetic belongs to `lookalike-kernels`, which starts no
//! threads: the threads are here, in one pool per [`Model`]. An embedding is the same, bit
//! for bit, whatever batch it was computed in and however many threads took part.

mod builtin;
mod devices;
mod error;
mod families;
mod folder;
mod normalize;
mod options;
mod weights;

pub use devices::cpu::SingleThread;
pub use error::{EmbedError, LoadError, Shape};
pub use families::dinov2::config::{Architecture, Mlp, ModelConfig};
pub use families::dinov2::{Model, Tokens};
pub use folder::describe;
pub use normalize::normalize;
pub use options::{LoadOptions, Precision, UnknownPrecision};
