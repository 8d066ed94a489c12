//! The API over real HTTP, on a collection imported by the engine.

mod errors;
mod fixture;
mod pictures;
mod search;
