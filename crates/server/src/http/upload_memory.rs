//! The memory that request bodies may take, over all requests.
//!
//! The memory of those whom nobody knows is apart, and so is that of small bodies, such as logins:
//! strangers who fill it keep nobody else out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::StatusCode;

use crate::http::connections::MOST_CONNECTIONS;
use crate::http::envelope::ApiError;

/// Bytes of a body of a few short texts.
pub(crate) const SMALL_BYTES: u64 = 16 << 10;

/// Memory for small bodies: as much as all connections together can take.
pub(crate) const SMALL_MEMORY_BYTES: u64 = SMALL_BYTES * MOST_CONNECTIONS as u64;

/// Bytes of bodies in memory, over all requests.
#[derive(Debug)]
pub(crate) struct UploadMemory {
    used: AtomicU64,
    most: u64,
}

/// A part of this memory, given back when dropped.
pub(crate) struct Reserved {
    memory: Arc<UploadMemory>,
    bytes: u64,
}

impl UploadMemory {
    pub(crate) fn new(most: u64) -> Arc<Self> {
        Arc::new(Self {
            used: AtomicU64::new(0),
            most,
        })
    }

    pub(crate) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// No part of it yet.
    pub(crate) fn nothing(self: &Arc<Self>) -> Reserved {
        Reserved {
            memory: Arc::clone(self),
            bytes: 0,
        }
    }
}

impl Reserved {
    /// Refused at once when there is no room: waiting with half a body could wait forever for
    /// others that do the same.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), ApiError> {
        let bytes = bytes as u64;
        self.bytes += bytes;
        let used = self.memory.used.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if used <= self.memory.most {
            Ok(())
        } else {
            Err(ApiError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "too many uploads at once; try again in a moment",
            ))
        }
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.memory.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
