//! The CPU: a thread on each core, and how many pictures each takes at a time. The arithmetic
//! is in `lookalike-kernels`.

use std::num::NonZeroUsize;
use std::thread;

use lookalike_kernels::Isa;

use super::{Device, Lane, LaneError};

/// Patches that keep the units of one core busy. Measured, one thread, ms an image:
/// dinov2-small at 518 px (1369 patches) 80 alone and 89 in batches of 8, at 224 px (256)
/// 11.8 and 11.7 in batches of 4; builtin at 112 px (64) 1.16 and 0.84 in batches of 8.
const BATCH_PATCHES: usize = 1024;

/// Most pictures that a thread takes at a time, however small they are.
const MAX_BATCH: usize = 16;

/// The CPU with its threads.
#[derive(Debug)]
pub struct Cpu {
    isa: Isa,
    whole: Lane,
}

impl Cpu {
    /// Starts that many threads; `None` means one for each core.
    ///
    /// # Errors
    /// The system gives none.
    pub fn start(threads: Option<NonZeroUsize>) -> Result<Self, LaneError> {
        let cores = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Ok(Self {
            isa: Isa::active(),
            whole: Lane::start(threads.unwrap_or_else(cores).get())?,
        })
    }

    /// The instruction set that weights are packed for.
    #[must_use]
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// Pictures of `size` pixels a side that are best embedded together on `lane` by a transformer
    /// of patches of `patch` pixels a side: more are no faster, only larger.
    #[must_use]
    pub fn batch_size(size: usize, patch: usize, lane: &Lane) -> usize {
        let patches = (size / patch) * (size / patch);
        (BATCH_PATCHES / patches.max(1)).clamp(1, MAX_BATCH) * lane.threads()
    }
}

impl Device for Cpu {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn instructions(&self) -> &'static str {
        self.isa.name()
    }

    fn whole(&self) -> &Lane {
        &self.whole
    }

    /// One for each thread: decoding, preparing and embedding each keep a core busy.
    fn lanes(&self) -> NonZeroUsize {
        NonZeroUsize::new(self.whole.threads()).unwrap_or(NonZeroUsize::MIN)
    }

    fn lane(&self) -> Result<Lane, LaneError> {
        Lane::start(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_for_each_thread_and_batches_that_fill_them() {
        let cpu = Cpu::start(NonZeroUsize::new(3)).unwrap();
        assert_eq!((cpu.lanes().get(), cpu.whole().threads()), (3, 3));
        let lane = cpu.lane().unwrap();
        assert_eq!(lane.threads(), 1);
        let sizes = |lane| [1, 8, 16, 37].map(|patches| Cpu::batch_size(14 * patches, 14, lane));
        assert_eq!(sizes(&lane), [16, 16, 4, 1]);
        assert_eq!(sizes(cpu.whole()), [48, 48, 12, 3]);
    }
}
