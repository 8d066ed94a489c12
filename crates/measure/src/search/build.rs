//! Indexes over vectors in memory.

use std::time::Instant;

use lookalike_index::{Index, IndexError, IndexOptions, Metric};

use super::vectors::VectorSet;

/// An index, and how long it took.
pub(super) struct Built {
    pub(super) index: Index,
    pub(super) seconds: f64,
}

/// Builds an index of all vectors with the threads of the current rayon pool.
///
/// # Errors
/// An option is out of its range, or this version has no such kind.
pub(super) fn build(
    set: &VectorSet,
    metric: Metric,
    options: IndexOptions,
) -> Result<Built, IndexError> {
    let start = Instant::now();
    let index = Index::new(set.dim, metric, options)?;
    index.add(&set.ids, &set.values)?;
    // Lists and graph are made of what is there in the end.
    if index.rebuild_pays() {
        index.rebuild()?;
    }
    Ok(Built {
        index,
        seconds: start.elapsed().as_secs_f64(),
    })
}
