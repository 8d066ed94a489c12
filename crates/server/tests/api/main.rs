//! The API over real HTTP, on a collection imported by the engine.

#![expect(
    clippy::unwrap_used,
    reason = "what goes wrong in the set-up of a test fails the test"
)]

mod accounts;
mod collections;
mod duplicates;
mod errors;
mod explain;
mod fixture;
mod history;
mod hostile;
mod images;
mod imports;
mod openapi;
mod operation;
mod page;
mod pages;
mod pictures;
mod reports;
mod screen;
mod search;
mod security;
