//! Convolutional networks as devices with memory of their own take them.

use lookalike_imaging::{ProcessorConfig, RgbImage};
use lookalike_kernels::Pooling;
use lookalike_kernels::convolution::Window;

use super::device_error::DeviceError;

/// What a network of inverted residual blocks is made from.
pub struct ConvolutionalSource<'a> {
    /// How pixels are normalised.
    pub processor: &'a ProcessorConfig,
    /// Of windows of 3 x 3 pixels, two apart, padded as [`Window`] says; colours lie side by side.
    /// With a ReLU6, as all but [`BlockParts::project`].
    pub stem: &'a Convolution,
    /// At least one.
    pub blocks: &'a [BlockParts],
    /// Of single pixels, behind the last block; none if no tap asks for it.
    pub head: Option<&'a Convolution>,
    /// What is pooled.
    pub taps: Vec<ConvolutionalTap>,
    /// The block whose outputs describe places.
    pub places: usize,
}

/// A convolution with its batch norm folded in.
pub struct Convolution {
    /// Outputs x whatever an output sees, row by row.
    pub weight: Vec<f32>,
    /// A value for each output.
    pub bias: Vec<f32>,
}

/// An inverted residual block.
pub struct BlockParts {
    /// Of single pixels; none of the first, which convolves what the stem gives.
    pub expand: Option<Convolution>,
    /// Of each channel by itself.
    pub depthwise: Convolution,
    /// Its windows.
    pub window: Window,
    /// Of single pixels, without an activation.
    pub project: Convolution,
    /// Whether what comes in is added to what goes out.
    pub is_residual: bool,
}

/// A layer whose outputs are pooled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConvolutionalTap {
    /// The block of that index, or the head.
    pub block: Option<usize>,
    /// How its pixels become one row.
    pub pooling: Pooling,
}

/// A convolutional network in the memory of an [`Accelerator`](super::accelerator::Accelerator).
/// Shared by threads.
pub trait AcceleratedConvolutions: Send + Sync {
    /// What it makes of each picture, the same bit for bit whatever pictures are computed with it.
    ///
    /// # Errors
    /// The device fails; what was computed is lost, and the next call may do better.
    fn forward(
        &self,
        pictures: &[&RgbImage],
        wants_places: bool,
    ) -> Result<Vec<Convolved>, DeviceError>;
}

/// What a convolutional network makes of a picture.
pub struct Convolved {
    /// What each tap gives.
    pub taps: Vec<Vec<f32>>,
    /// The outputs of [`ConvolutionalSource::places`], a row of channels for each of its pixels;
    /// empty unless they were wanted.
    pub places: Vec<f32>,
    /// Pixels of that block from left to right.
    pub columns: usize,
}
