//! A bound on the memory that pictures in flight take over all threads.
//!
//! First come, first served: a request that does not fit waits, and those
//! behind it wait too. Letting small ones pass would be faster now and then,
//! but a stream of them would starve a large picture forever. Only requests
//! above half of the budget stand in a line of their own, which serves one at
//! a time: they would otherwise keep all others waiting while they wait for
//! room, and while they have it.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes that may be in use at once, shared by threads. Clones share the budget.
///
/// At most the total is in use, plus one request above half of it.
#[derive(Clone, Debug)]
pub struct PixelBudget {
    ordinary: Arc<Line>,
    /// Of one place: the length of the request does not count.
    large: Arc<Line>,
}

#[derive(Debug)]
struct Line {
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

/// What the line of large requests has, and what each of them takes.
const ONE_PLACE: u64 = 1;

/// Bytes taken from a [`PixelBudget`], given back on drop.
#[derive(Debug)]
#[must_use = "the bytes are given back as soon as the permit is dropped"]
pub struct Permit {
    line: Arc<Line>,
    bytes: u64,
}

impl Permit {
    /// Gives back what exceeds `bytes`. The place of a request that is served one at a time is
    /// held whole.
    pub(crate) fn shrink_to(&mut self, bytes: u64) {
        let is_large = self.line.total == ONE_PLACE;
        if is_large || bytes >= self.bytes {
            return;
        }
        self.line.lock().used -= self.bytes - bytes;
        self.bytes = bytes;
        self.line.changed.notify_all();
    }
}

impl PixelBudget {
    /// A budget of `total_bytes`.
    pub fn new(total_bytes: u64) -> Self {
        Self {
            ordinary: Arc::new(Line::new(total_bytes)),
            large: Arc::new(Line::new(ONE_PLACE)),
        }
    }

    /// Whether a request of `bytes` is served one at a time, beside the others.
    pub fn is_large(&self, bytes: u64) -> bool {
        bytes > self.ordinary.total / 2
    }

    /// Takes `bytes`, waiting until they fit and all earlier requests of their
    /// line are served.
    pub fn acquire(&self, bytes: u64) -> Permit {
        let (line, bytes) = self.line(bytes);
        line.wait(bytes);
        Permit {
            line: Arc::clone(line),
            bytes,
        }
    }

    /// Takes `bytes` if that is possible at once.
    pub fn try_acquire(&self, bytes: u64) -> Option<Permit> {
        let (line, bytes) = self.line(bytes);
        line.take(bytes).then(|| Permit {
            line: Arc::clone(line),
            bytes,
        })
    }

    fn line(&self, bytes: u64) -> (&Arc<Line>, u64) {
        if self.is_large(bytes) {
            (&self.large, ONE_PLACE)
        } else {
            (&self.ordinary, bytes)
        }
    }
}

impl Line {
    fn new(total: u64) -> Self {
        Self {
            total,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    fn wait(&self, bytes: u64) {
        let mut state = self.lock();
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.waiting.push_back(ticket);
        while state.waiting.front() != Some(&ticket) || state.used + bytes > self.total {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting.pop_front();
        state.used += bytes;
        drop(state);
        // The next in line may fit as well.
        self.changed.notify_all();
    }

    fn take(&self, bytes: u64) -> bool {
        let mut state = self.lock();
        let fits = state.waiting.is_empty() && state.used + bytes <= self.total;
        if fits {
            state.used += bytes;
        }
        fits
    }

    /// A panic elsewhere leaves the counters whole, so a poisoned lock is fine.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.line.lock().used -= self.bytes;
        self.line.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn never_more_than_the_total_and_one_large_request_at_once() {
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
        assert!(peak.load(Ordering::SeqCst) <= 200);
        assert_eq!(budget.ordinary.lock().used + budget.large.lock().used, 0);
    }

    #[test]
    fn large_requests_are_served_one_at_a_time_beside_the_others() {
        let budget = PixelBudget::new(10);
        assert!(budget.is_large(6) && !budget.is_large(5));
        let permit = budget.acquire(1_000);
        assert!(budget.try_acquire(6).is_none());
        let ordinary = [budget.acquire(5), budget.acquire(5)];
        assert!(budget.try_acquire(1).is_none());
        drop(ordinary);
        let other = budget.clone();
        let waiter = thread::spawn(move || drop(other.acquire(7)));
        while budget.large.lock().waiting.is_empty() {
            thread::yield_now();
        }
        assert!(!waiter.is_finished());
        assert!(budget.try_acquire(5).is_some());
        drop(permit);
        waiter.join().unwrap();
        assert!(budget.try_acquire(u64::MAX).is_some());
    }

    #[test]
    fn a_permit_gives_back_what_is_not_needed_any_more() {
        let budget = PixelBudget::new(10);
        let mut permit = budget.acquire(5);
        permit.shrink_to(7);
        assert_eq!(budget.ordinary.lock().used, 5);
        permit.shrink_to(2);
        assert_eq!(budget.ordinary.lock().used, 2);
        let mut large = budget.acquire(8);
        large.shrink_to(0);
        assert!(budget.try_acquire(9).is_none(), "still one at a time");
        drop((permit, large));
        assert!(budget.try_acquire(9).is_some());
        assert_eq!(budget.ordinary.lock().used, 0);
    }

    #[test]
    fn small_requests_do_not_overtake_those_before_them() {
        let budget = PixelBudget::new(10);
        let held = [budget.acquire(4), budget.acquire(4)];
        let served = Arc::new(Mutex::new(Vec::new()));
        let mut threads = Vec::new();
        for (place, bytes) in [5, 1].into_iter().enumerate() {
            let (other, served_by) = (budget.clone(), Arc::clone(&served));
            threads.push(thread::spawn(move || {
                let _permit = other.acquire(bytes);
                served_by.lock().unwrap().push(bytes);
            }));
            while budget.ordinary.lock().waiting.len() <= place {
                thread::yield_now();
            }
        }
        assert!(
            served.lock().unwrap().is_empty(),
            "one byte would fit, but it is not its turn"
        );
        assert!(budget.try_acquire(1).is_none());
        drop(held);
        for thread in threads {
            thread.join().unwrap();
        }
        // Which of the two writes first is up to the system once both are served.
        served.lock().unwrap().sort_unstable();
        assert_eq!(*served.lock().unwrap(), [1, 5]);
    }
}
