//! A screening as a document: CSV for calculating, HTML for reading and printing.

mod csv;
mod html;

pub use self::csv::csv;
pub use html::{content_security_policy, html};
