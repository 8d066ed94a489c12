//! The threads that a forward pass runs on.

use std::io;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// A thread on which forward passes run alone.
///
/// One image spread over all cores is done soonest; many images are done soonest one on each
/// core, with no core waiting for another. Whoever has a thread per core and a stream of
/// images uses this with [`Model::embed_on`](crate::Model::embed_on). The embeddings are the same.
#[derive(Debug)]
pub struct SingleThread {
    // Not a pool that takes over the calling thread: rayon never frees those.
    pool: ThreadPool,
}

impl SingleThread {
    /// Starts a thread that ends when this is dropped.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start() -> io::Result<Self> {
        ThreadPoolBuilder::new()
            .num_threads(1)
            .build()
            .map(|pool| Self { pool })
            .map_err(io::Error::other)
    }

    /// Does all of `work` on the thread, with its forward passes on [`Model::embed_on`]: none of
    /// them has to change threads then.
    ///
    /// [`Model::embed_on`]: crate::Model::embed_on
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.pool.install(work)
    }
}
