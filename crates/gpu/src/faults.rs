//! What went wrong on a card, as values.

use std::sync::{Arc, Mutex, PoisonError};

use lookalike_encoders::DeviceError;
use wgpu::{Device, ErrorFilter};

use crate::ready::ready;

/// What a card's driver reported outside of a call. Shared with its callbacks.
#[derive(Clone, Debug)]
pub(crate) struct Faults {
    device: Arc<str>,
    lost: Arc<Mutex<Option<String>>>,
}

impl Faults {
    /// Listens to a device of that name.
    pub(crate) fn listen(name: &str, device: &Device) -> Self {
        let faults = Self {
            device: name.into(),
            lost: Arc::default(),
        };
        let lost = Arc::clone(&faults.lost);
        device.set_device_lost_callback(move |reason, message| {
            let detail = if message.is_empty() {
                format!("{reason:?}")
            } else {
                message
            };
            *lost.lock().unwrap_or_else(PoisonError::into_inner) = Some(detail);
        });
        // Without a handler wgpu panics. Within calls errors come back by scopes; what comes
        // outside of them, while memory is given back, has no caller to tell.
        let name = Arc::clone(&faults.device);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            tracing::warn!("{name}: {error}");
        }));
        faults
    }

    /// An error if the device does not answer any more.
    pub(crate) fn check(&self) -> Result<(), DeviceError> {
        let lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        match &*lost {
            Some(detail) => Err(self.lost(detail)),
            None => Ok(()),
        }
    }

    /// Does `work` and returns what it made, unless the driver objected.
    pub(crate) fn watch<T>(
        &self,
        device: &Device,
        subject: &str,
        work: impl FnOnce() -> T,
    ) -> Result<T, DeviceError> {
        self.check()?;
        let memory = device.push_error_scope(ErrorFilter::OutOfMemory);
        let validation = device.push_error_scope(ErrorFilter::Validation);
        let internal = device.push_error_scope(ErrorFilter::Internal);
        let made = work();
        // In reverse order, all of them.
        let found = [internal, validation, memory].map(|scope| ready(scope.pop()));
        self.check()?;
        match found.into_iter().flatten().next() {
            None => Ok(made),
            Some(error) => Err(self.of(subject, &error)),
        }
    }

    fn of(&self, subject: &str, error: &wgpu::Error) -> DeviceError {
        let device = self.device.to_string();
        match error {
            wgpu::Error::OutOfMemory { .. } => self.memory(subject.to_owned()),
            other => DeviceError::Refused {
                device,
                subject: subject.to_owned(),
                detail: other.to_string(),
            },
        }
    }

    /// The error for what is too large.
    pub(crate) fn memory(&self, detail: String) -> DeviceError {
        DeviceError::Memory {
            device: self.device.to_string(),
            detail,
        }
    }

    /// The error for a device that does not answer.
    pub(crate) fn lost(&self, detail: &str) -> DeviceError {
        DeviceError::Lost {
            device: self.device.to_string(),
            detail: detail.to_owned(),
        }
    }
}
