//! Copies of a data directory made while it is in use, and the examination of what one holds.

mod backup;
mod examine;

pub use backup::{BackupReport, Backups};
pub use examine::{Depth, Examination, Examined, Examiner, Repair};
