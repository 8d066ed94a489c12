//! Copies of a data directory made while it is in use, the examination of what one holds, and the
//! merging of several into one.

mod backup;
mod examine;
mod merge;

pub use backup::{BackupReport, Backups};
pub use examine::{Depth, Examination, Examined, Examiner, Repair};
pub use merge::{MergeReport, Merger, Other};
