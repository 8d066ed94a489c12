//! How a graph is built and how hard it is searched.

use crate::IndexError;

/// The numbers that trade memory and time for recall. Names and meaning as in Malkov and
/// Yashunin 2018.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HnswOptions {
    /// Neighbours of a row in each upper layer; twice as many at the bottom. 4 to 64, 16 by
    /// default. Memory: about 8.5 times as many bytes a row.
    pub m: usize,
    /// Candidates from which the neighbours of a new row are chosen. 8 to 4096, 200 by default.
    pub ef_construction: usize,
    /// Candidates that a search keeps, unless it asks for another number. 1 to 16384, 128 by
    /// default: recall at 10 of 0.974 for 200,000 hard vectors of 384 (`examples/hnsw_speed.rs`),
    /// 0.986 for 60,000; 256 gave 0.990 and 0.997 for twice the time.
    pub ef_search: usize,
}

impl Default for HnswOptions {
    fn default() -> Self {
        Self {
            m: 16,
            ef_construction: 200,
            ef_search: 128,
        }
    }
}

impl HnswOptions {
    /// # Errors
    /// [`IndexError::OptionOutOfRange`] for the first number out of its range.
    pub(crate) fn check(&self) -> Result<(), IndexError> {
        in_range("m", self.m, 4, 64)?;
        in_range("ef_construction", self.ef_construction, 8, 4096)?;
        in_range("ef_search", self.ef_search, 1, MOST_CANDIDATES)
    }
}

/// The most candidates that a search keeps, but for those that its `k` takes.
const MOST_CANDIDATES: usize = 16_384;

/// How hard one search tries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HnswEffort {
    /// With the candidates of [`HnswOptions::ef_search`].
    #[default]
    Usual,
    /// With so many candidates, 1 to 16384; at least `k` in any case.
    Candidates(usize),
    /// Every vector is compared: right, and as slow as that.
    Exact,
}

impl HnswEffort {
    /// # Errors
    /// [`IndexError::OptionOutOfRange`].
    pub(crate) fn check(self) -> Result<(), IndexError> {
        match self {
            Self::Usual | Self::Exact => Ok(()),
            Self::Candidates(count) => in_range("ef_search", count, 1, MOST_CANDIDATES),
        }
    }
}

fn in_range(
    name: &'static str,
    value: usize,
    lowest: usize,
    highest: usize,
) -> Result<(), IndexError> {
    if (lowest..=highest).contains(&value) {
        return Ok(());
    }
    Err(IndexError::OptionOutOfRange {
        name,
        value,
        lowest,
        highest,
    })
}
