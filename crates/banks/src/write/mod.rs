//! Banks as we write them.

mod npz;
mod record;
mod spool;

pub use npz::NpzWriter;
pub use record::{ItemRow, PATH_ATTRIBUTE, TEXTS, line, texts};
pub use spool::TextColumn;
