//! Devices that hold whole networks in memory of their own, such as graphics cards: what this
//! crate asks of them. What drives a card is a crate of its own, which implements this.

use std::fmt;
use std::sync::Arc;

use super::convolutional::{AcceleratedConvolutions, ConvolutionalSource};
use super::device_error::DeviceError;
use crate::error::LoadError;
use crate::precision::Precision;
use crate::transformer::{Output, Sequence, Source};

/// A device that holds whole networks in memory of its own. Shared by threads.
pub trait Accelerator: fmt::Debug + Send + Sync {
    /// What its maker calls it, such as `NVIDIA H200`.
    fn name(&self) -> &str;

    /// How it is driven, such as `vulkan`.
    fn interface(&self) -> &str;

    /// What products are made in when a model is loaded in `precision`; none if it can't.
    fn arithmetic(&self, precision: Precision) -> Option<Precision>;

    /// Takes a transformer into its memory, in a precision that [`Accelerator::arithmetic`] gave.
    ///
    /// # Errors
    /// A tensor is missing, misshapen or unreadable, or the device fails.
    fn transformer(
        self: Arc<Self>,
        source: Source<'_>,
        precision: Precision,
    ) -> Result<Box<dyn AcceleratedTransformer>, LoadError>;

    /// Takes a convolutional network into its memory, in a precision that
    /// [`Accelerator::arithmetic`] gave.
    ///
    /// # Errors
    /// The device fails.
    fn convolutional(
        self: Arc<Self>,
        source: ConvolutionalSource<'_>,
        precision: Precision,
    ) -> Result<Box<dyn AcceleratedConvolutions>, DeviceError>;
}

/// A transformer in the memory of an [`Accelerator`]. Shared by threads.
pub trait AcceleratedTransformer: Send + Sync {
    /// The final tokens of each sequence, of the model's width each: one, or as many as it has.
    /// The same for a sequence, bit for bit, whatever sequences are computed with it.
    ///
    /// # Errors
    /// The device fails; what was computed is lost, and the next call may do better.
    fn forward(
        &self,
        sequences: &[Sequence<'_>],
        output: Output,
    ) -> Result<Vec<Vec<f32>>, DeviceError>;
}
