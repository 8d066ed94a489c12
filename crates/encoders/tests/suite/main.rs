//! Models from files on disk: against golden values, in batches, and broken.

#![expect(clippy::unwrap_used, reason = "tests: the helpers too may panic")]

mod clip;
mod common;
mod dinov3;
mod efficientnet_lite;
mod golden;
mod invariance;
mod loader;
mod siglip;
