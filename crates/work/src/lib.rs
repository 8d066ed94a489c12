//! Long work over many files: how others stop it, what clock it goes by, and how it reports a
//! file that failed.
//!
//! Imports, downloads and feature banks all do such work and none of them is above the others,
//! so these words have a crate below them all.

mod cancel;
mod clock;
mod problem;

pub use cancel::Cancel;
pub use clock::{Clock, system_clock};
pub use problem::FileProblem;
