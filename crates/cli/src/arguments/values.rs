//! Values that are checked while arguments are parsed.

use std::error::Error;
use std::str::FromStr;

use lookalike_engine::search::{TOP_GROUPS_MAX, TOP_K_MAX};

/// Parses by the type's own names, with its own error message.
pub(super) fn from_name<T>(text: &str) -> Result<T, String>
where
    T: FromStr,
    T::Err: Error,
{
    text.parse().map_err(|error: T::Err| error.to_string())
}

pub(super) fn top_k(text: &str) -> Result<usize, String> {
    in_range(text, TOP_K_MAX)
}

pub(super) fn top_groups(text: &str) -> Result<usize, String> {
    in_range(text, TOP_GROUPS_MAX)
}

/// Beyond this a batch only takes memory: throughput is flat from a few images on.
pub(super) fn batch_size(text: &str) -> Result<usize, String> {
    in_range(text, 1024)
}

/// More threads than any machine has cores only take memory; 0 means one per core.
pub(super) fn threads(text: &str) -> Result<usize, String> {
    match text {
        "0" => Ok(0),
        _ => in_range(text, 1024),
    }
}

fn in_range(text: &str, most: usize) -> Result<usize, String> {
    match text.parse() {
        Ok(value) if (1..=most).contains(&value) => Ok(value),
        _ => Err(format!("expected a number from 1 to {most}")),
    }
}
