//! A screening as a document: CSV for calculating, HTML for reading and printing.

mod csv;
mod html;

pub use self::csv::csv;
pub use html::{content_security_policy, html};

/// 20401230 as 2040-12-30.
fn day(date: u32) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        date / 10_000,
        date / 100 % 100,
        date % 100
    )
}
