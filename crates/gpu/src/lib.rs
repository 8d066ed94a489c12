//! Encoders on graphics cards of any make, through Vulkan, Metal or Direct3D.
//!
//! A [`Card`] is an [`Accelerator`](lookalike_encoders::Accelerator): `lookalike-encoders` reads a
//! model and hands it what a network is made of; this crate holds the weights in the card's memory
//! and runs the forward pass there. Each file in `shaders` is one kernel, whose specification is
//! the portable code of `lookalike-kernels`.
//!
//! Whatever a driver does, a call ends with a value: what the card can't do is a
//! [`DeviceError`](lookalike_encoders::DeviceError).

mod accelerator;
mod adapters;
mod card;
mod convolutional;
mod faults;
mod kernels;
mod memory;
mod pipelines;
mod ready;
mod slots;
mod template;
#[cfg(test)]
mod testing;
mod transformer;
mod work;

pub use adapters::{AdapterSummary, Choice, NoCard, adapters};
pub use card::{Card, CardOptions, OpenError};
