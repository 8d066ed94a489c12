//! Memory on a card, counted, under a bound.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use lookalike_encoders::DeviceError;
use wgpu::{BufferDescriptor, BufferUsages, Device, Queue};

use crate::faults::Faults;

/// How much of a card's memory is in use, and how much may be.
#[derive(Debug)]
pub(crate) struct Account {
    used: AtomicU64,
    bound: u64,
    /// Bytes of the largest buffer that a kernel can see.
    largest: u64,
}

impl Account {
    pub(crate) fn new(bound: u64, largest: u64) -> Self {
        Self {
            used: AtomicU64::new(0),
            bound,
            largest,
        }
    }

    pub(crate) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    pub(crate) fn largest(&self) -> u64 {
        self.largest
    }
}

/// Memory of a card, counted until it is dropped.
#[derive(Debug)]
pub(crate) struct Buffer {
    pub(crate) raw: wgpu::Buffer,
    bytes: u64,
    account: Arc<Account>,
}

impl Buffer {
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.account.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Where buffers come from.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    pub(crate) device: Device,
    pub(crate) queue: Queue,
    pub(crate) account: Arc<Account>,
    pub(crate) faults: Faults,
}

impl Memory {
    /// Memory for kernels, not yet written.
    ///
    /// # Errors
    /// There is not so much of it, or the device fails.
    pub(crate) fn make(&self, what: &str, bytes: usize) -> Result<Buffer, DeviceError> {
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST | BufferUsages::COPY_SRC;
        self.make_for(what, bytes, usage)
    }

    /// The same for another use.
    ///
    /// # Errors
    /// As [`Memory::make`].
    pub(crate) fn make_for(
        &self,
        what: &str,
        bytes: usize,
        usage: BufferUsages,
    ) -> Result<Buffer, DeviceError> {
        let account = &self.account;
        let bytes = (bytes as u64).next_multiple_of(16).max(16);
        if bytes > account.largest {
            return Err(self.faults.memory(format!(
                "{what} of {bytes} bytes; the driver gives {} at most",
                account.largest
            )));
        }
        let before = account.used.fetch_add(bytes, Ordering::Relaxed);
        let release = || account.used.fetch_sub(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > account.bound {
            release();
            return Err(self.faults.memory(format!(
                "{what} of {bytes} bytes beside {before} in use; {} are allowed",
                account.bound
            )));
        }
        let make = || {
            self.device.create_buffer(&BufferDescriptor {
                label: Some(what),
                size: bytes,
                usage,
                mapped_at_creation: false,
            })
        };
        match self.faults.watch(&self.device, what, make) {
            Ok(raw) => Ok(Buffer {
                raw,
                bytes,
                account: Arc::clone(account),
            }),
            Err(error) => {
                release();
                Err(error)
            }
        }
    }

    /// Memory with these contents.
    ///
    /// # Errors
    /// As [`Memory::make`].
    pub(crate) fn filled<T: bytemuck::Pod>(
        &self,
        what: &str,
        values: &[T],
    ) -> Result<Buffer, DeviceError> {
        let bytes: &[u8] = bytemuck::cast_slice(values);
        let buffer = self.make(what, bytes.len())?;
        self.write(&buffer, bytes)?;
        Ok(buffer)
    }

    /// Writes the beginning of a buffer, before any work that is handed in later.
    ///
    /// # Errors
    /// The device fails.
    pub(crate) fn write(&self, buffer: &Buffer, bytes: &[u8]) -> Result<(), DeviceError> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.faults.watch(&self.device, "writing", || {
            if bytes.len().is_multiple_of(4) {
                return self.queue.write_buffer(&buffer.raw, 0, bytes);
            }
            let mut padded = bytes.to_vec();
            padded.resize(bytes.len().next_multiple_of(4), 0);
            self.queue.write_buffer(&buffer.raw, 0, &padded);
        })
    }
}
