//! Measuring searches: what a kind of index costs and finds ([`bench_search`]), and what another
//! metric would change ([`compare_metrics`]).
//!
//! Both build indexes of their own from stored vectors or a feature bank: no index that answers
//! users is touched, and nothing is embedded, so that vectors of any origin can be measured.

mod bench;
mod build;
mod compare;
#[cfg(test)]
mod fixture;
mod rows;
mod timing;
mod vectors;

use std::path::Path;

use lookalike_catalog::Catalog;

pub use bench::{BenchRow, SearchBench, bench_search};
pub use compare::{
    ComparedHit, ComparedQuery, HitRate, LabelKind, MetricComparison, MetricReport, MetricsReport,
    Overlap, ScoreCheck, compare_metrics,
};

use lookalike_engine::{EngineError, ErrorKind};

/// The vectors that are searched.
#[derive(Clone, Copy)]
pub enum VectorSource<'a> {
    /// The embeddings of a collection as stored, but for front-page copies, which searches leave
    /// out too.
    Collection {
        /// Where it is.
        catalog: &'a Catalog,
        /// Its name.
        name: &'a str,
    },
    /// The rows of a feature bank: items 0, 1, 2, ...
    Bank(&'a Path),
}

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub enum QuerySource<'a> {
    /// The rows of a feature bank.
    Bank(&'a Path),
    /// Some of the vectors searched, drawn without repetition: same seed, same vectors.
    Sample {
        /// How many at most.
        count: usize,
        /// What they are drawn by.
        seed: u64,
    },
}

/// Runs `work` with a number of threads of its own.
fn with_threads<T: Send>(
    threads: usize,
    work: impl FnOnce() -> Result<T, EngineError> + Send,
) -> Result<T, EngineError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    match pool.build() {
        Ok(pool) => pool.install(work),
        Err(error) => Err(EngineError::new(
            ErrorKind::Unavailable,
            format!("can't start {threads} threads: ask for fewer"),
        )
        .because(error)),
    }
}
