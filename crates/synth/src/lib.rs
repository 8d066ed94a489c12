//! Synthetic design patents: parametric solids drawn as patent sheets and product photos, with grant XML.

mod error;
mod options;

use std::path::Path;

pub use error::SynthError;
pub use options::{Layout, Options, Summary};

/// Writes synthetic design patents below `out`, a new or empty directory.
///
/// `progress` is called from any thread with (files done, files in all).
#[expect(clippy::todo, reason = "the body follows")]
pub fn generate(
    _out: &Path,
    _options: &Options,
    _progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Summary, SynthError> {
    todo!()
}
