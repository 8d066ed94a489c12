//! Screening: every picture of a folder of products against collections of designs.
//!
//! A seller's question is not which designs look like one picture, but which of all products come
//! near to any design. A screening answers it product by product, in the background: each picture is
//! searched with, and of a product the best match for any of its pictures counts, with the picture
//! that made it. What is done is written down line by line in a folder of its own below the data
//! directory: it needs no right to write to the catalogue, and a screening that was stopped or
//! killed goes on where it was.

mod folder;
mod record;
mod report;
mod runner;
mod screenings;
#[cfg(test)]
mod tests;

pub use record::{ScreenMatch, ScreenRequest, ScreenState, ScreenedProduct};
pub use report::{content_security_policy, csv, html};
pub use screenings::{ScreenReport, ScreenStatus, Screenings};
