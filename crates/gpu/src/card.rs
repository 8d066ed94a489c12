//! A card that was opened: its device, its memory, its kernels.

use std::fmt;
use std::sync::Arc;

use lookalike_encoders::DeviceError;
use wgpu::{
    Adapter, Backends, BufferUsages, ComputePipeline, DeviceDescriptor, Features, MemoryHints,
};

use crate::adapters::{AdapterSummary, Choice, NoCard, choose};
use crate::faults::Faults;
use crate::memory::{Account, Buffer, Memory};
use crate::pipelines::Pipelines;
use crate::ready::ready;
use crate::template::Constants;

/// How a card is used.
#[derive(Clone, Copy, Debug, Default)]
pub struct CardOptions {
    /// Bytes of its memory that may be in use at most; `None`: as much as the driver gives.
    pub memory: Option<u64>,
}

/// A graphics card, opened. Models that are loaded on it share its memory and its kernels.
pub struct Card {
    pub(crate) summary: AdapterSummary,
    pub(crate) memory: Memory,
    pub(crate) pipelines: Pipelines,
    /// Bytes that a work group's threads can share.
    pub(crate) shared_bytes: usize,
}

/// A card could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is none.
    #[error(transparent)]
    NoCard(#[from] NoCard),
    /// Its driver does not open it.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

impl fmt::Debug for Card {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Card").field(&self.summary).finish()
    }
}

impl Card {
    /// Opens the card that is wanted.
    ///
    /// # Errors
    /// There is none, or its driver refuses.
    pub fn open(choice: Choice, options: CardOptions) -> Result<Arc<Self>, OpenError> {
        let backends = Backends::VULKAN | Backends::METAL | Backends::DX12;
        let adapter = choose(backends, choice)?;
        Ok(Arc::new(Self::of(&adapter, options)?))
    }

    fn of(adapter: &Adapter, options: CardOptions) -> Result<Self, DeviceError> {
        let info = adapter.get_info();
        let summary = AdapterSummary::of(adapter);
        let limits = adapter.limits();
        let opened = ready(adapter.request_device(&DeviceDescriptor {
            label: Some("lookalike"),
            required_features: adapter.features() & Features::SHADER_F16,
            required_limits: limits.clone(),
            memory_hints: MemoryHints::Performance,
            ..DeviceDescriptor::default()
        }));
        let (device, queue) = opened.map_err(|error| DeviceError::Refused {
            device: info.name.clone(),
            subject: "being opened".to_owned(),
            detail: error.to_string(),
        })?;
        let largest = limits
            .max_storage_buffer_binding_size
            .min(limits.max_buffer_size);
        Ok(Self {
            memory: Memory {
                faults: Faults::listen(&summary.name, &device),
                device,
                queue,
                account: Arc::new(Account::new(options.memory.unwrap_or(u64::MAX), largest)),
            },
            pipelines: Pipelines::default(),
            shared_bytes: limits.max_compute_workgroup_storage_size as usize,
            summary,
        })
    }

    /// What is known of it.
    #[must_use]
    pub fn summary(&self) -> &AdapterSummary {
        &self.summary
    }

    /// Bytes of its memory that models and their work have taken.
    #[must_use]
    pub fn memory_in_use(&self) -> u64 {
        self.memory.account.used()
    }

    /// A kernel by its name, its template and its constants.
    ///
    /// # Errors
    /// The driver refuses it.
    pub(crate) fn kernel(
        &self,
        shader: (&'static str, &str),
        constants: &Constants<'_>,
    ) -> Result<ComputePipeline, DeviceError> {
        let Memory { device, faults, .. } = &self.memory;
        self.pipelines.get(device, faults, shader, constants)
    }

    /// Makes a buffer that is kept between calls large enough; what was in it is lost then.
    ///
    /// # Errors
    /// There is not so much memory, or the device fails.
    pub(crate) fn reserve(
        &self,
        kept: &mut Option<Buffer>,
        what: &str,
        bytes: usize,
        usage: BufferUsages,
    ) -> Result<(), DeviceError> {
        let is_enough = |buffer: &Buffer| buffer.bytes() >= bytes as u64;
        if !kept.as_ref().is_some_and(is_enough) {
            // First the old one goes, so that both need not fit.
            *kept = None;
            *kept = Some(self.memory.make_for(what, bytes, usage)?);
        }
        Ok(())
    }
}
