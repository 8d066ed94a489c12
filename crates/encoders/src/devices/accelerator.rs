//! Devices that hold whole networks in memory of their own, such as graphics cards: what this
//! crate asks of them. What drives a card is a crate of its own, which implements this.

use std::fmt;
use std::sync::Arc;

use super::convolutional::{AcceleratedConvolutions, ConvolutionalSource};
use crate::error::LoadError;
use crate::options::Precision;
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

/// A device with memory of its own did not do what was asked of it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceError {
    /// There is not enough memory for it.
    #[error("{device}: out of memory: {detail}")]
    Memory {
        /// The device's name.
        device: String,
        /// What was too large, as far as it is known.
        detail: String,
    },
    /// It does not answer any more.
    #[error("{device}: lost: {detail}")]
    Lost {
        /// The device's name.
        device: String,
        /// What the driver said.
        detail: String,
    },
    /// Its driver took a program or a command for wrong.
    #[error("{device}: its driver refused {subject}: {detail}")]
    Refused {
        /// The device's name.
        device: String,
        /// The program or the command.
        subject: String,
        /// What the driver said.
        detail: String,
    },
    /// What it computes is not what the CPU computes.
    #[error(
        "{device}: computes other embeddings than the CPU (cosine {cosine:.6}, at least {least} \
         is needed); a newer driver may help"
    )]
    Disagrees {
        /// The device's name.
        device: String,
        /// The smallest cosine of two embeddings of one picture.
        cosine: f64,
        /// What it should be at least.
        least: f64,
    },
}
