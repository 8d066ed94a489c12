//! Models from files on disk: against golden values, in batches, and broken.

mod common;
mod golden;
mod invariance;
mod loader;
