//! What a worker decodes next.
//!
//! Pictures that take more than half of the memory for pixels are decoded one at a time over
//! all workers. A worker that gets one while another is being decoded puts it aside and goes
//! on with smaller ones, so that a few huge pictures do not keep the others waiting.

use std::collections::VecDeque;
use std::time::Duration;

use crossbeam_channel::{Receiver, TryRecvError};
use lookalike_imaging::{Limits, Permit, PixelBudget};

use super::loaded::Loaded;
use crate::embedding_worker::Next;

/// Pictures that a worker puts aside before it waits after all. Their bytes count among those
/// in flight, so this bounds how far others are kept back by that, not memory.
const POSTPONED: usize = 4;

/// How often a worker that waits for files looks whether a large one may be decoded now.
const LOOKED_AGAIN: Duration = Duration::from_millis(5);

pub(super) struct Queue<'a> {
    files: &'a Receiver<Loaded>,
    /// Large ones that wait for their turn.
    postponed: VecDeque<Loaded>,
    budget: &'a PixelBudget,
    limits: &'a Limits,
}

/// A file that may be decoded now.
pub(super) struct Turn {
    pub(super) file: Loaded,
    /// Its pixels' share of the memory.
    pub(super) pixels: Permit,
}

impl<'a> Queue<'a> {
    /// Takes from `files`; nothing is put aside yet.
    pub(super) fn new(
        files: &'a Receiver<Loaded>,
        budget: &'a PixelBudget,
        limits: &'a Limits,
    ) -> Self {
        Self {
            files,
            postponed: VecDeque::new(),
            budget,
            limits,
        }
    }

    /// The next file; waits for one only if the worker has nothing `gathered` to embed.
    pub(super) fn next(&mut self, gathered: usize) -> Next<Turn> {
        let is_idle = gathered == 0;
        loop {
            if let Some(turn) = self.try_postponed() {
                return Next::Task(turn);
            }
            let file = match self.files.try_recv() {
                Ok(file) => file,
                Err(_) if !is_idle => return Next::Pause,
                Err(TryRecvError::Disconnected) if !self.postponed.is_empty() => {
                    return self.wait_for_postponed();
                }
                Err(TryRecvError::Disconnected) => return Next::End,
                // Smaller ones may be on their way: whichever is there first.
                Err(TryRecvError::Empty) if !self.postponed.is_empty() => {
                    match self.files.recv_timeout(LOOKED_AGAIN) {
                        Ok(file) => file,
                        Err(_) => continue,
                    }
                }
                Err(TryRecvError::Empty) => match self.files.recv() {
                    Ok(file) => file,
                    Err(_) => return Next::End,
                },
            };
            let cost = self.cost(&file);
            if !self.budget.is_large(cost) {
                let pixels = self.budget.acquire(cost);
                return Next::Task(Turn { file, pixels });
            }
            self.postponed.push_back(file);
            if self.postponed.len() > POSTPONED {
                return self.wait_for_postponed();
            }
        }
    }

    /// The first file that was put aside, if there is room for its pixels now.
    fn try_postponed(&mut self) -> Option<Turn> {
        let cost = self.cost(self.postponed.front()?);
        let pixels = self.budget.try_acquire(cost)?;
        let file = self.postponed.pop_front()?;
        Some(Turn { file, pixels })
    }

    /// The first file that was put aside, as soon as there is room.
    fn wait_for_postponed(&mut self) -> Next<Turn> {
        let Some(file) = self.postponed.pop_front() else {
            return Next::End;
        };
        let pixels = self.budget.acquire(self.cost(&file));
        Next::Task(Turn { file, pixels })
    }

    /// Bytes that decoding takes; none for a file that decoding will refuse.
    fn cost(&self, file: &Loaded) -> u64 {
        file.picture.cost(self.limits)
    }
}
