//! A graph of near neighbours, walked from afar towards the query (hierarchical navigable small
//! worlds: Malkov and Yashunin 2018).
//!
//! The walk compares codes of a byte a value, a quarter of what vectors take to read; the
//! candidates that it ends with are then compared exactly, so that scores are those of an exact
//! search to the bit and only a neighbour that was never met can be missing.

mod build;
mod links;
mod scratch;
mod walk;

pub(crate) use self::build::link_new_rows;
pub(crate) use self::links::{Entry, Graph, Links, MOST_LEVELS, neighbours};
pub(crate) use self::scratch::{Scratch, Scratches};
pub(crate) use self::walk::nearest;
