//! The threads that forward passes run on.

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Threads on which forward passes run, a part of a [device](crate::Device) or all of it.
///
/// One picture spread over all cores is done soonest; many pictures are done soonest one on
/// each core, with no core waiting for another. The embeddings are the same, bit for bit.
#[derive(Debug)]
pub struct Lane {
    // Not a pool that takes over the calling thread: rayon never frees those.
    pool: ThreadPool,
}

/// The system gave no threads to compute on.
#[derive(Debug, thiserror::Error)]
#[error(
    "{threads} threads to compute on could not be started: {detail}; use fewer, or \
     raise the system's limit"
)]
pub struct LaneError {
    threads: usize,
    /// What the thread pool reported.
    detail: String,
}

impl Lane {
    /// Starts threads that end when this is dropped.
    ///
    /// # Errors
    /// The system gives none.
    pub(crate) fn start(threads: usize) -> Result<Self, LaneError> {
        ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("encoder-{index}"))
            .build()
            .map(|pool| Self { pool })
            .map_err(|error| LaneError {
                threads,
                detail: error.to_string(),
            })
    }

    /// How many threads there are, at least one.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// Does `work` on the threads: what it does with rayon is spread over them. Forward passes
    /// on this lane within `work` change no threads.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.pool.install(work)
    }
}
