//! What can go wrong when a model is loaded or run.

use std::fmt;
use std::path::PathBuf;

use crate::devices::device_error::DeviceError;
use crate::precision::Precision;

/// A model could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// Reading failed in the operating system.
    #[error("{path}: cannot be read: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The path holds no model, or a file of it is not there.
    #[error("{path}: not found; {hint}", path = path.display())]
    NotFound {
        /// What was looked for.
        path: PathBuf,
        /// What a model consists of.
        hint: &'static str,
    },
    /// A file ends before what its header announces.
    #[error(
        "{path}: truncated: {subject} needs {expected} bytes, the file has {found}; \
         copy or download it again",
        path = path.display()
    )]
    Truncated {
        /// The file.
        path: PathBuf,
        /// The tensor or part that is cut off.
        subject: String,
        /// Bytes that the header announces, counted from the start of the file.
        expected: u64,
        /// Bytes that are there.
        found: u64,
    },
    /// A file is not what its name says.
    #[error("{path}: malformed: {detail}", path = path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The model is of a kind that this program does not know.
    #[error(
        "{path}: unknown architecture {found}; known: {known}",
        path = path.display()
    )]
    UnknownArchitecture {
        /// The file that tells the architecture.
        path: PathBuf,
        /// The value of `model_type`, or what is missing among the tensors.
        found: String,
        /// The architectures that would be accepted.
        known: String,
    },
    /// A known architecture with a setting that this program cannot compute.
    #[error("{path}: {setting} is {found}, expected {expected}", path = path.display())]
    Config {
        /// The configuration file, or the weights that it was inferred from.
        path: PathBuf,
        /// Name of the setting.
        setting: &'static str,
        /// Its value.
        found: String,
        /// What would be accepted.
        expected: String,
    },
    /// A tensor is not in the file.
    #[error("{path}: tensor {tensor} is missing, expected shape {expected}", path = path.display())]
    MissingTensor {
        /// The weights, or their index.
        path: PathBuf,
        /// Full name of the tensor.
        tensor: String,
        /// Shape that the configuration asks for.
        expected: Shape,
    },
    /// A tensor has the wrong shape.
    #[error(
        "{path}: tensor {tensor} has shape {found}, expected {expected}",
        path = path.display()
    )]
    TensorShape {
        /// The file.
        path: PathBuf,
        /// Full name of the tensor.
        tensor: String,
        /// Shape that the configuration asks for.
        expected: Shape,
        /// Shape in the file.
        found: Shape,
    },
    /// A tensor holds numbers of another type than f32, f16 or bf16.
    #[error(
        "{path}: tensor {tensor} holds {found}, expected f32, f16 or bf16",
        path = path.display()
    )]
    TensorType {
        /// The file.
        path: PathBuf,
        /// Full name of the tensor.
        tensor: String,
        /// Type in the file.
        found: String,
    },
    /// The device does not compute in that precision.
    #[error("{device} does not compute in {precision}; use auto or f32")]
    Precision {
        /// What was asked for.
        precision: Precision,
        /// The device's name.
        device: String,
    },
    /// The device that is asked for is not there.
    #[error("{reason}")]
    NoDevice {
        /// What is not there, and what to do.
        reason: String,
    },
    /// A device with memory of its own failed.
    #[error(transparent)]
    Device(DeviceError),
    /// A layer is wider than sums of the precision can take.
    #[error(
        "{precision} inference takes layers of up to {most} values, this model's have {width}; \
         use f32 or auto"
    )]
    Wide {
        /// What was asked for.
        precision: Precision,
        /// Values of the model's widest layer.
        width: usize,
        /// Values that would work.
        most: usize,
    },
}

/// An image could not be embedded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbedError {
    /// A side of the image is zero or not a multiple of the patch.
    #[error(
        "image {index} is {width} x {height} pixels; both sides must be multiples of \
         the patch, {patch}"
    )]
    Size {
        /// Position of the image in the batch.
        index: usize,
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Side of a patch in pixels.
        patch: usize,
    },
    /// The image has more patches than memory is meant for.
    #[error("image {index} has {patches} patches, at most {limit} are allowed; use a smaller size")]
    TooLarge {
        /// Position of the image in the batch.
        index: usize,
        /// Patches of the image.
        patches: usize,
        /// The limit.
        limit: usize,
    },
    /// A device with memory of its own failed.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// Sizes of a tensor's dimensions, such as `[384, 3, 14, 14]`; an expected one may have words
/// where any size would do, such as `[dim, 3, patch, patch]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape(String);

impl Shape {
    pub(crate) fn pattern(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<&[usize]> for Shape {
    fn from(sizes: &[usize]) -> Self {
        Self(format!("{sizes:?}"))
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
