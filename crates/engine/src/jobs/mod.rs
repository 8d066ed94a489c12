//! Jobs: imports in the background, one at a time for each collection, the rest in a queue.
//!
//! The queue is kept in the catalogue: what was waiting or running when the process ended goes
//! on when it starts again.

mod following;
mod queue;
mod request;
mod runner;
mod sending;
mod status;
mod uploads;

#[cfg(test)]
mod tests;

pub use queue::Jobs;
pub use request::{JobRequest, SentFiles};
pub use runner::JobTotals;
pub use status::{JobReport, JobStatus, LISTED_FILES};
pub use uploads::Upload;
