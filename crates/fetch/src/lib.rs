//! What comes over the network: pictures from a table of addresses, and models from the hub.
//!
//! Everything else in the program works without a network; what may be asked, how often, and
//! what is believed of the answers is decided here alone.

pub mod download;
pub mod models;
