//! Measuring: how well pictures are found ([`evaluate`]), what a kind of index costs and finds, and
//! what another metric would change ([`search`]).
//!
//! It stands above the engine and uses it as any caller does; nothing that answers users depends
//! on it.

pub mod evaluate;
mod random;
pub mod search;
