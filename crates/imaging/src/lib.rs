//! Bytes of image files to 8-bit sRGB under limits, and from there to model input, thumbnails and
//! JPEG.
//!
//! Nothing here trusts a file: formats are told apart by content, sizes are
//! checked before memory is allocated, and every failure is a [`DecodeError`]
//! with a reason. Colour profiles are not applied: values count as sRGB, as
//! they do in Pillow's `convert("RGB")`, which the models' references use.

mod alpha;
mod budget;
mod decode;
mod encode;
mod error;
pub mod figures;
mod gif;
mod ico;
mod jp2;
mod jpeg;
mod limits;
mod orientation;
pub mod photo;
mod pnm;
mod pose;
mod preprocess;
mod psd;
mod raster;
mod raw;
mod resize;
mod rgb_image;
mod tiff;
mod webp;

pub use budget::{Permit, PixelBudget};
pub use decode::{Decoded, Probe, decode, decode_cost, probe, probe_page};
pub use encode::{EncodeError, drawing_thumbnail, encode_jpeg, encode_png, fit_within, thumbnail};
pub use error::{DecodeError, DecodeErrorKind};
pub use limits::{DecodeOptions, Limits};
pub use lookalike_terms::{Format, Reading, SNIFFED_BYTES};
pub use pose::Pose;
pub use preprocess::{
    Geometry, PreprocessError, PreprocessKind, Preprocessor, ProcessorConfig, ProcessorError,
};
pub use rgb_image::RgbImage;
pub use tiff::tiff_pages;
