//! Memory of calls that run at the same time.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Calls that a card has in hand at the same time: while one computes, the next one's pictures
/// go over. More would take memory and bring nothing.
const AT_ONCE: usize = 2;

/// What calls work in, kept between them; others wait for their turn.
#[derive(Debug, Default)]
pub(crate) struct Slots<T> {
    state: Mutex<State<T>>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct State<T> {
    kept: Vec<T>,
    in_use: usize,
}

impl<T: Default> Slots<T> {
    /// What `work` makes in one of them. It is not kept if the work fails: memory that was too
    /// little, or of a device that is lost, goes back.
    pub(crate) fn with<R, E>(&self, work: impl FnOnce(&mut T) -> Result<R, E>) -> Result<R, E> {
        let mut state = self.lock();
        while state.in_use >= AT_ONCE {
            state = self
                .freed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.in_use += 1;
        let mut slot = state.kept.pop().unwrap_or_default();
        drop(state);
        let turn = Turn(self);
        let result = work(&mut slot);
        if result.is_ok() {
            self.lock().kept.push(slot);
        }
        drop(turn);
        result
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a call's turn, also where it panics.
struct Turn<'a, T: Default>(&'a Slots<T>);

impl<T: Default> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        self.0.lock().in_use -= 1;
        self.0.freed.notify_one();
    }
}
