//! What a worker decodes next.
//!
//! Pictures that take more than half of the memory for pixels are decoded one at a time over
//! all workers. A worker that comes upon one while another is at work puts it aside and goes
//! on with smaller ones, so that a few huge pictures do not keep the others waiting.

use std::collections::VecDeque;
use std::time::Duration;

use crossbeam_channel::{Receiver, TryRecvError};
use lookalike_imaging::{Limits, Permit, PixelBudget, decode_cost, probe};

use super::reader::Loaded;

/// Pictures that a worker puts aside before it waits after all. Their bytes count among those
/// in flight, so this bounds how far others are kept back by that, not memory.
const POSTPONED: usize = 4;

/// How often a worker that waits for files looks whether a large one may be decoded now.
const LOOKED_AGAIN: Duration = Duration::from_millis(5);

pub(super) struct Queue<'a> {
    pub(super) files: &'a Receiver<Loaded>,
    /// Large ones that wait for their turn.
    pub(super) postponed: VecDeque<Loaded>,
    pub(super) budget: &'a PixelBudget,
    pub(super) limits: &'a Limits,
}

/// A file that may be decoded now.
pub(super) struct Turn {
    pub(super) file: Loaded,
    /// Its pixels' share of the memory.
    pub(super) pixels: Permit,
}

pub(super) enum Next {
    File(Turn),
    /// Nothing is there just now: time to embed what was gathered.
    Pause,
    /// Nothing will come any more.
    End,
}

impl Queue<'_> {
    /// The next file; waits for one only if the worker has nothing else to do.
    pub(super) fn next(&mut self, is_idle: bool) -> Next {
        loop {
            if let Some(pixels) = self.permit_for_postponed(false)
                && let Some(file) = self.postponed.pop_front()
            {
                return Next::File(Turn { file, pixels });
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
                return Next::File(Turn { file, pixels });
            }
            self.postponed.push_back(file);
            if self.postponed.len() > POSTPONED {
                return self.wait_for_postponed();
            }
        }
    }

    fn wait_for_postponed(&mut self) -> Next {
        let pixels = self.permit_for_postponed(true);
        match pixels.zip(self.postponed.pop_front()) {
            Some((pixels, file)) => Next::File(Turn { file, pixels }),
            None => Next::End,
        }
    }

    /// Room for the first file that was put aside.
    fn permit_for_postponed(&self, wait: bool) -> Option<Permit> {
        let cost = self.cost(self.postponed.front()?);
        match wait {
            true => Some(self.budget.acquire(cost)),
            false => self.budget.try_acquire(cost),
        }
    }

    /// Bytes that decoding takes; none for a file that decoding will refuse.
    fn cost(&self, file: &Loaded) -> u64 {
        probe(&file.bytes, self.limits).map_or(0, |header| decode_cost(&header))
    }
}
