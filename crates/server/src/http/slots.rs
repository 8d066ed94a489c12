//! Turns for work that computes: a fixed number runs at once, a fixed number waits, the rest is
//! refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub(crate) struct Slots {
    running: Arc<Semaphore>,
    at_once: usize,
    waiting: AtomicUsize,
    most_waiting: usize,
}

impl Slots {
    pub(crate) fn new(at_once: usize, most_waiting: usize) -> Self {
        Self {
            running: Arc::new(Semaphore::new(at_once)),
            at_once,
            waiting: AtomicUsize::new(0),
            most_waiting,
        }
    }

    /// How many have a turn, and how many wait for theirs.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let running = self.at_once - self.running.available_permits();
        (running, self.waiting.load(Ordering::Relaxed))
    }

    /// A turn, first come, first served; `None` at once when too many wait already.
    pub(crate) async fn take(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.running).try_acquire_owned() {
            return Some(permit);
        }
        let _place = Place::take(&self.waiting, self.most_waiting)?;
        Arc::clone(&self.running).acquire_owned().await.ok()
    }
}

/// A place in the queue, given back also when the client goes away while waiting.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, most: usize) -> Option<Self> {
        let place = Self(waiting);
        (waiting.fetch_add(1, Ordering::Relaxed) < most).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn the_queue_is_bounded_and_places_come_back() {
        let slots = Slots::new(1, 1);
        let first = slots.take().await.unwrap();
        let waits = tokio::time::timeout(Duration::from_millis(20), slots.take());
        let (waited, refused) = tokio::join!(waits, async {
            tokio::task::yield_now().await;
            slots.take().await.is_none()
        });
        assert!(waited.is_err(), "the slot was taken");
        assert!(refused, "the queue was full");
        drop(first);
        assert!(slots.take().await.is_some());
        assert_eq!(slots.waiting.load(Ordering::Relaxed), 0);
    }
}
