//! Encoders: pictures in, embeddings out; of some models, texts in too.
//!
//! A use case knows an [`Embedder`], which a [`Registry`] of model families loads on a
//! [`Device`]. Pictures come in as 8-bit RGB of a size that the model takes; resizing belongs to
//! `lookalike-imaging`. The arithmetic belongs to `lookalike-kernels`, which starts no threads:
//! threads belong to the device. An embedding is the same, bit for bit, whatever batch it was
//! computed in and however many threads took part.

mod accelerated;
mod bands;
mod builtin;
mod config_check;
mod config_file;
mod devices;
mod embedder;
mod error;
mod facts;
mod families;
mod files;
mod normalize;
mod options;
mod precision;
mod registry;
mod second_look;
mod text;
mod tokens;
mod transformer;
mod weights;

pub use bands::{Band, Bands};
pub use builtin::Builtin;
pub use config_file::ConfigFile;
pub use devices::accelerator::{AcceleratedTransformer, Accelerator};
pub use devices::convolutional::{
    AcceleratedConvolutions, BlockParts, Convolution, ConvolutionalSource, ConvolutionalTap,
    Convolved,
};
pub use devices::cpu::Cpu;
pub use devices::device_error::DeviceError;
pub use devices::{Device, Lane, LaneError};
pub use embedder::{Embedder, PatchEmbedder, TextEmbedder};
pub use error::{EmbedError, LoadError, Shape};
pub use facts::{Description, Extra, InputSizes, ModelFacts};
pub use families::{Family, Inference, Plan};
pub use normalize::normalize;
pub use options::{Later, LoadOptions, Placement};
pub use precision::{Precision, UnknownPrecision};
pub use registry::Registry;
pub use second_look::SecondLook;
pub use text::{EmbeddedText, Sigmoid, TextError};
pub use tokens::Tokens;
pub use transformer::{
    LayerParts, LayerSource, Linear, Mlp, Norm, Norms, Output, Patches, PictureTokens, Rotation,
    Sequence, SequenceContent, Shape as TransformerShape, Sight, Source as TransformerSource,
    TokenPlaces,
};
pub use weights::{Tally, Weights};
