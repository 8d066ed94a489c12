//! What of a picture lies where, in at most four kilobytes ([`Evidence`]), and how well that of
//! two pictures agrees ([`Query`]).
//!
//! An embedding finds candidates; details tell them apart. Here a picture is some dozens of
//! places, each with a description of what is to be seen there.

mod evidence;
mod file;
mod pairs;
mod places;
mod query;
mod store;
#[cfg(test)]
mod testing;
mod transform;

pub use evidence::{BadEvidence, Evidence, MOST_BYTES, MOST_TOKENS, MOST_VALUES, SIDE};
pub use file::{EvidenceFile, FileError, Key};
pub use pairs::Pair;
pub use places::{Grid, UnequalSizes};
pub use query::Query;
pub use store::{Access, EvidenceStore};
pub use transform::Transform;
