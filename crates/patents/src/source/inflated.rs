//! Archives that lie compressed within another: held in memory while they are read.
//!
//! Within a compressed archive there is no way to an entry but through everything before it, so it
//! is decompressed whole, and kept until newer ones need the room.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::error::Fault;

/// Largest compressed archive within another that is read, and how much of such archives is kept
/// between reads: one of 5,000 sheets, or several hundred of one patent each.
pub(super) const MAX_INFLATED_BYTES: u64 = 256 << 20;

/// Decompresses, whenever the bytes are no longer in memory.
type Inflate = dyn Fn() -> Result<Vec<u8>, Fault> + Send + Sync;

/// An entry of an archive, decompressed when needed.
pub(super) struct Inflated {
    inflate: Box<Inflate>,
    kept: Arc<Kept>,
    /// Locked while decompressing: others who want the same archive wait for it.
    bytes: Mutex<Weak<Vec<u8>>>,
}

/// The archives decompressed last, [`MAX_INFLATED_BYTES`] in all.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Queue>);

#[derive(Debug, Default)]
struct Queue {
    archives: VecDeque<Arc<Vec<u8>>>,
    total_bytes: u64,
}

impl Inflated {
    /// What `inflate` yields, every time the same: at most [`MAX_INFLATED_BYTES`].
    pub(super) fn new(
        inflate: impl Fn() -> Result<Vec<u8>, Fault> + Send + Sync + 'static,
        kept: Arc<Kept>,
    ) -> Self {
        Self {
            inflate: Box::new(inflate),
            kept,
            bytes: Mutex::new(Weak::new()),
        }
    }

    /// The decompressed archive, from memory if it is still there.
    pub(super) fn bytes(&self) -> Result<Arc<Vec<u8>>, Fault> {
        let mut known = lock(&self.bytes);
        if let Some(bytes) = known.upgrade() {
            return Ok(bytes);
        }
        let bytes = Arc::new((self.inflate)()?);
        *known = Arc::downgrade(&bytes);
        self.kept.keep(Arc::clone(&bytes));
        Ok(bytes)
    }
}

impl fmt::Debug for Inflated {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Inflated").finish_non_exhaustive()
    }
}

impl Kept {
    /// Keeps these and lets the oldest go where there is no room for both.
    fn keep(&self, bytes: Arc<Vec<u8>>) {
        let mut queue = lock(&self.0);
        queue.total_bytes += bytes.len() as u64;
        queue.archives.push_back(bytes);
        while queue.total_bytes > MAX_INFLATED_BYTES {
            let Some(oldest) = queue.archives.pop_front() else {
                return;
            };
            queue.total_bytes -= oldest.len() as u64;
        }
    }
}

/// What is locked here stays whole even if a thread panics.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_when_there_is_no_room() {
        let kept = Kept::default();
        let third = MAX_INFLATED_BYTES as usize / 3;
        let archives: Vec<_> = (0..4)
            .map(|_| {
                let bytes = Arc::new(vec![0; third]);
                kept.keep(Arc::clone(&bytes));
                Arc::downgrade(&bytes)
            })
            .collect();
        let alive: Vec<_> = archives.iter().map(|bytes| bytes.strong_count()).collect();
        assert_eq!(alive, [0, 1, 1, 1]);
    }
}
