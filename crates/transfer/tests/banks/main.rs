//! Feature banks: those of NumPy read, ours written and read again, damaged ones refused.

#![expect(
    clippy::unwrap_used,
    reason = "what goes wrong in the set-up of a test fails the test"
)]

mod collections;
mod damaged;
mod figures;
mod forms;
mod pictures;
mod round_trip;
mod support;
mod words;
