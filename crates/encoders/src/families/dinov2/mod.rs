//! DINOv2, without and with register tokens (Oquab and others, 2023; Darcet and others, 2023):
//! configuration, tensors and the forward pass.

pub(crate) mod config;
mod model;
mod names;
mod network;
mod similarity;

pub use model::{Model, Tokens};
