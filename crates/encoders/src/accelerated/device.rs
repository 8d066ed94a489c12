//! An accelerator and the CPU behind it as one device.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::devices::accelerator::Accelerator;
use crate::devices::cpu::Cpu;
use crate::devices::device_error::DeviceError;
use crate::devices::{Device, Lane, LaneError};

/// Pixels that keep an accelerator busy: 32 pictures of 224 pixels a side, 6 of 518.
const BATCH_PIXELS: usize = 32 * 224 * 224;

/// Most pictures that go over at a time, however small they are.
const MAX_BATCH: usize = 64;

/// An accelerator, and the CPU that drives it and stands in for it.
pub(super) struct Pair {
    accelerator: Arc<dyn Accelerator>,
    cpu: Arc<Cpu>,
    in_use: AtomicBool,
    /// Pictures, or texts, that had room together at last.
    most: AtomicUsize,
    notes: Mutex<Vec<String>>,
}

impl Pair {
    pub(super) fn new(accelerator: &Arc<dyn Accelerator>, cpu: &Arc<Cpu>) -> Self {
        Self {
            accelerator: Arc::clone(accelerator),
            cpu: Arc::clone(cpu),
            in_use: AtomicBool::new(true),
            most: AtomicUsize::new(MAX_BATCH),
            notes: Mutex::default(),
        }
    }

    /// Whether the accelerator computes.
    pub(super) fn in_use(&self) -> bool {
        self.in_use.load(Ordering::Relaxed)
    }

    /// Pictures of `size` pixels a side that are best computed together.
    pub(super) fn most_pictures(&self, size: u32) -> usize {
        let pixels = size as usize * size as usize;
        (BATCH_PIXELS / pixels.max(1)).clamp(1, self.most())
    }

    /// Things that had room together at last.
    pub(super) fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }

    /// From now on the CPU computes.
    pub(super) fn leave(&self, note: String) {
        if self.in_use.swap(false, Ordering::Relaxed) {
            self.note(note);
        }
    }

    /// The device failed for good.
    pub(super) fn fail(&self, error: &DeviceError) {
        self.leave(format!("{error}; the CPU goes on"));
    }

    /// There was no room for `count` pictures together.
    pub(super) fn halve(&self, count: usize, error: &DeviceError) {
        let half = (count / 2).max(1);
        if self.most.fetch_min(half, Ordering::Relaxed) > half {
            self.note(format!("{error}; batches have {half} pictures now"));
        }
    }

    /// There was no room for a single picture.
    pub(super) fn pass_over(&self, error: &DeviceError) {
        self.note(format!("{error}; the CPU took a picture that had no room"));
    }

    /// Each is told once.
    fn note(&self, note: String) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
}

impl Device for Pair {
    fn name(&self) -> &str {
        if self.in_use() {
            self.accelerator.name()
        } else {
            self.cpu.name()
        }
    }

    fn instructions(&self) -> &str {
        if self.in_use() {
            self.accelerator.interface()
        } else {
            self.cpu.instructions()
        }
    }

    fn whole(&self) -> &Lane {
        self.cpu.whole()
    }

    /// One for each core: they decode and prepare while the accelerator computes.
    fn lanes(&self) -> NonZeroUsize {
        self.cpu.lanes()
    }

    fn lane(&self) -> Result<Lane, LaneError> {
        self.cpu.lane()
    }

    fn notes(&self) -> Vec<String> {
        self.notes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
