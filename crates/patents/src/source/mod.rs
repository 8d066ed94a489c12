//! Files to import, wherever they lie.
//!
//! [`scan`] finds them, one folder at a time; a [`SourceFile`] reads one.

mod classify;
mod error;
mod file;
mod walk;

pub use error::{SourceError, SourceErrorKind};
pub use file::{SourceFile, Stamp};
pub use walk::{PatentFolder, Scan, scan};
