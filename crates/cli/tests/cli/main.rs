//! Tests of the real binary, as users and scripts run it.

#![expect(
    clippy::unwrap_used,
    reason = "what goes wrong in the set-up of a test fails the test"
)]

mod architecture;
mod archives;
mod backup;
mod broken_input;
mod conveniences;
mod crash;
mod crash_index;
mod crash_trash;
mod device;
mod download;
mod embed;
mod eval;
mod features;
mod images;
mod main_job;
mod measure;
mod merge;
mod object_store;
mod screen;
mod serve;
mod support;
mod users;
