//! What models compute on, and the threads that drive it.
//!
//! Threads belong to the device and not to its callers: a caller asks how many lanes there are,
//! gives each of its workers one, and never counts cores.

pub(crate) mod accelerator;
pub(crate) mod convolutional;
pub(crate) mod cpu;
pub(crate) mod device_error;
mod lane;

use std::num::NonZeroUsize;

pub use lane::{Lane, LaneError};

/// What models compute on.
pub trait Device: Send + Sync {
    /// For people and scripts, such as `cpu`.
    fn name(&self) -> &str;

    /// The instructions in use, such as `avx2`, or how it is driven, such as `vulkan`.
    fn instructions(&self) -> &str;

    /// All of the device: a single picture, or a single batch, is done soonest here.
    fn whole(&self) -> &Lane;

    /// Workers that keep the device busy when each prepares and embeds a stream of pictures of
    /// its own, on a [lane](Device::lane) of its own.
    fn lanes(&self) -> NonZeroUsize;

    /// A lane for one of these workers.
    ///
    /// # Errors
    /// No thread can be started.
    fn lane(&self) -> Result<Lane, LaneError>;

    /// What people should know of how it did so far: why another device was not taken, or that
    /// one failed; empty if all is well.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}
