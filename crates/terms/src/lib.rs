//! The words that settings are written with: metrics, kinds of index, preprocessings, turns; and
//! file formats, whose names are stored too.
//!
//! A crate of its own because the catalogue stores them, while the index and the preprocessing
//! give them their meaning, and none of the three should know another. A name is parsed where it
//! enters (a row, a flag, a request) and is a value of one of these types from there on.

mod format;
mod index_kind;
mod metric;
mod preprocess;
mod turn;
mod unknown;

pub use format::{Format, Reading, SNIFFED_BYTES};
pub use index_kind::IndexKind;
pub use metric::Metric;
pub use preprocess::PreprocessKind;
pub use turn::Turn;
pub use unknown::UnknownName;
