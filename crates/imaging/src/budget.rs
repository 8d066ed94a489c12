//! A bound on the memory that pictures in flight take over all threads.
//!
//! First come, first served: a request that does not fit waits, and those
//! behind it wait too. Letting small ones pass would be faster now and then,
//! but a stream of them would starve a large picture for ever.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes that may be in use at once, shared by threads. Clones share the budget.
#[derive(Clone, Debug)]
pub struct PixelBudget {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    total: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    used: u64,
    next_ticket: u64,
    waiting: VecDeque<u64>,
}

/// Bytes taken from a [`PixelBudget`], given back on drop.
#[derive(Debug)]
#[must_use = "the bytes are given back as soon as the permit is dropped"]
pub struct Permit {
    shared: Arc<Shared>,
    bytes: u64,
}

impl PixelBudget {
    /// A budget of `total_bytes`.
    pub fn new(total_bytes: u64) -> Self {
        let shared = Shared {
            total: total_bytes,
            state: Mutex::default(),
            changed: Condvar::new(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Takes `bytes`, waiting until they fit and all earlier requests are served.
    ///
    /// A request above the total waits until nothing else is in use and then
    /// gets all there is: a huge picture is read alone, not never.
    pub fn acquire(&self, bytes: u64) -> Permit {
        let bytes = bytes.min(self.shared.total);
        let mut state = self.shared.lock();
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.waiting.push_back(ticket);
        while state.waiting.front() != Some(&ticket) || state.used + bytes > self.shared.total {
            state = self
                .shared
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting.pop_front();
        state.used += bytes;
        drop(state);
        // The next in line may fit as well.
        self.shared.changed.notify_all();
        Permit {
            shared: Arc::clone(&self.shared),
            bytes,
        }
    }
}

impl Shared {
    /// A panic elsewhere leaves the counters whole, so a poisoned lock is fine.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.shared.lock().used -= self.bytes;
        self.shared.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn never_more_than_the_total_at_once() {
        let budget = PixelBudget::new(100);
        let in_use = AtomicU64::new(0);
        let peak = AtomicU64::new(0);
        thread::scope(|scope| {
            for thread in 0..8u64 {
                let (budget, in_use, peak) = (&budget, &in_use, &peak);
                scope.spawn(move || {
                    for round in 0..200 {
                        let bytes = (thread * 37 + round * 13) % 101;
                        let permit = budget.acquire(bytes);
                        let now = in_use.fetch_add(bytes, Ordering::SeqCst) + bytes;
                        peak.fetch_max(now, Ordering::SeqCst);
                        in_use.fetch_sub(bytes, Ordering::SeqCst);
                        drop(permit);
                    }
                });
            }
        });
        assert!(peak.load(Ordering::SeqCst) <= 100);
        assert_eq!(budget.shared.lock().used, 0);
    }

    #[test]
    fn a_request_above_the_total_gets_all_of_it_alone() {
        let budget = PixelBudget::new(10);
        let permit = budget.acquire(1_000);
        assert_eq!(budget.shared.lock().used, 10);
        let other = budget.clone();
        let waiter = thread::spawn(move || drop(other.acquire(1)));
        while budget.shared.lock().waiting.is_empty() {
            thread::yield_now();
        }
        assert!(!waiter.is_finished());
        drop(permit);
        waiter.join().unwrap();
    }

    #[test]
    fn small_requests_do_not_overtake_a_large_one() {
        let budget = PixelBudget::new(10);
        let held = budget.acquire(6);
        let served = Arc::new(Mutex::new(Vec::new()));
        let mut threads = Vec::new();
        for (place, bytes) in [10, 1].into_iter().enumerate() {
            let (other, served_by) = (budget.clone(), Arc::clone(&served));
            threads.push(thread::spawn(move || {
                let _permit = other.acquire(bytes);
                served_by.lock().unwrap().push(bytes);
            }));
            while budget.shared.lock().waiting.len() <= place {
                thread::yield_now();
            }
        }
        assert!(
            served.lock().unwrap().is_empty(),
            "one byte would fit, but it is not its turn"
        );
        drop(held);
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(*served.lock().unwrap(), [10, 1]);
    }
}
