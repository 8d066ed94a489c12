//! Near duplicates of a collection: pairs found through its index, gathered into groups.
//!
//! [`pairs`] takes long and depends on embeddings alone: it runs in the background
//! ([`background`]), and its result is kept until items come. [`groups`] are made of it whenever
//! somebody looks, so that decisions and deletions count at once.

mod background;
mod checked;
mod decide;
mod groups;
mod pairs;
#[cfg(test)]
mod tests;

pub use background::{Duplicates, DuplicatesReport, SearchState};
pub use checked::DuplicatesRequest;
pub use decide::Decision;
pub use groups::{DuplicateGroup, DuplicatePage, GroupMember};
pub use pairs::{Pairs, SearchProgress};
