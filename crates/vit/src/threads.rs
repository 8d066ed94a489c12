//! The threads that a forward pass runs on.

use std::io;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Makes a forward pass run on the thread that created this, alone.
///
/// One image spread over all cores is done soonest; many images are done soonest one on each
/// core, with no core waiting for another. Whoever has a thread per core and a stream of
/// images uses this with [`Model::embed_on`](crate::Model::embed_on). The embeddings are the same.
#[derive(Debug)]
pub struct CurrentThread {
    pool: ThreadPool,
}

impl CurrentThread {
    /// Claims the calling thread, for as long as it lives.
    ///
    /// # Errors
    /// The thread was claimed before, or belongs to a pool.
    pub fn claim() -> io::Result<Self> {
        ThreadPoolBuilder::new()
            .num_threads(1)
            .use_current_thread()
            .build()
            .map(|pool| Self { pool })
            .map_err(io::Error::other)
    }

    pub(crate) fn pool(&self) -> &ThreadPool {
        &self.pool
    }
}
