//! Feature banks as files: vectors with what is known of each, read and written in the forms that
//! people keep them.
//!
//! Rows are read and written block by block, so that memory does not grow with their number.
//! Whoever made a bank is not trusted: sizes are checked against what is really there before
//! anything of the announced size is read or reserved.

mod archive;
mod array;
mod bank;
mod error;
mod facts;
mod layout;
mod lines;
mod names;
mod write;

pub use bank::{Bank, FEATURES_INDEX, FOLDER_ORIGIN, GoodRow, Origin, Row, is_bank};
pub use error::BankError;
pub use facts::Facts;
pub use layout::BankLayout;
pub use write::{ItemRow, NpzWriter, PATH_ATTRIBUTE, TEXTS, TextColumn, line, texts};
