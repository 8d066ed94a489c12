//! Values that are checked while arguments are parsed.

use std::error::Error;
use std::str::FromStr;

use lookalike_engine::EngineError;
use lookalike_engine::search::{Mode, Poses, RERANK_MAX, TOP_GROUPS_MAX, TOP_K_MAX};
use lookalike_index::{MOST_CANDIDATES, MOST_LISTS};

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

/// 0 means none.
pub(super) fn rerank(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(value) if value <= RERANK_MAX => Ok(value),
        _ => Err(format!("expected a number from 0 to {RERANK_MAX}")),
    }
}

pub(super) fn mode(text: &str) -> Result<Mode, String> {
    text.parse().map_err(|error: EngineError| error.to_string())
}

pub(super) fn poses(text: &str) -> Result<Poses, String> {
    text.parse().map_err(|error: EngineError| error.to_string())
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

/// Queries of a measurement: more make no figure steadier.
pub(super) fn queries(text: &str) -> Result<usize, String> {
    in_range(text, 1_000_000)
}

pub(super) fn nprobe(text: &str) -> Result<usize, String> {
    in_range(text, MOST_LISTS)
}

pub(super) fn ef_search(text: &str) -> Result<usize, String> {
    in_range(text, MOST_CANDIDATES)
}

/// A share of something, above 0.
pub(super) fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if share > 0.0 && share <= 1.0 => Ok(share),
        _ => Err("expected a number above 0, at most 1".to_owned()),
    }
}

/// A span of time, up to an hour.
pub(super) fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.0..=3600.0).contains(&seconds) => Ok(seconds),
        _ => Err("expected seconds from 0 to 3600".to_owned()),
    }
}

fn in_range(text: &str, most: usize) -> Result<usize, String> {
    match text.parse() {
        Ok(value) if (1..=most).contains(&value) => Ok(value),
        _ => Err(format!("expected a number from 1 to {most}")),
    }
}
