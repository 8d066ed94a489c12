//! Tables that people bring: comma, semicolon or tab separated, with a header line, and a column
//! that says what each row is about.
//!
//! Rows are read one by one, so that a table of millions needs no memory. What several rows say of
//! one thing is put together by [`unite`].

mod error;
mod rows;
mod united;

pub use error::TableError;
pub use rows::{Place, Row, RowReader};
pub use united::unite;
