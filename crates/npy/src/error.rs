//! Why an array could not be read.

use thiserror::Error;

use crate::ElementError;

/// What is wrong with the bytes of an array.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ArrayError {
    /// Its header; a sentence on what is wrong.
    #[error("{0}")]
    Header(String),
    /// Neither one row nor a table.
    #[error("the array has {found} dimensions; expected D or N x D numbers")]
    Dimensions {
        /// Its dimensions.
        found: usize,
    },
    /// A type that can't be read.
    #[error("the array {0}")]
    Element(#[from] ElementError),
    /// Elements that are not floats.
    #[error("the array holds {descr}; save it as float32 or float64")]
    NoFloats {
        /// NumPy's name of their type.
        descr: String,
    },
    /// No numbers at all.
    #[error("the array is empty")]
    Empty,
    /// Fewer bytes than the header announces.
    #[error("the array is truncated: {announced} numbers announced, {bytes} bytes there")]
    Truncated {
        /// Numbers by the header.
        announced: usize,
        /// Bytes behind the header.
        bytes: usize,
    },
}
