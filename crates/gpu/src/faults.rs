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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use lookalike_encoders::{
        Accelerator, DeviceError, Embedder, LoadOptions, Placement, Precision, Registry,
    };
    use lookalike_imaging::RgbImage;

    use crate::adapters::Choice;
    use crate::card::{Card, CardOptions};
    use crate::testing;

    /// A card of its own, which a test may break.
    fn own_card() -> Option<Arc<Card>> {
        testing::card()?;
        let choices = [Choice::Software, Choice::First].into_iter();
        choices
            .filter_map(|choice| Card::open(choice, CardOptions::default()).ok())
            .next()
    }

    fn load(card: &Arc<Card>) -> Arc<dyn Embedder> {
        let accelerator: Arc<dyn Accelerator> = Arc::clone(card) as Arc<dyn Accelerator>;
        let options = LoadOptions {
            placement: Placement::Accelerator(accelerator),
            ..LoadOptions::on_cpu(None, Precision::F32).unwrap()
        };
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/dinov2/gelu");
        Registry::default().load(folder.as_ref(), &options).unwrap()
    }

    #[test]
    fn a_shader_that_the_driver_refuses_is_an_error() {
        let Some(card) = own_card() else { return };
        let error = card.kernel(("broken", "fn main( {"), &[]).unwrap_err();
        let DeviceError::Refused { subject, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!(subject, "the shader broken");
        // The card goes on.
        load(&card);
    }

    #[test]
    fn the_cpu_goes_on_when_the_device_is_lost_in_the_middle() {
        let Some(card) = own_card() else { return };
        let model = load(&card);
        let picture = RgbImage::filled(56, 56, [90, 120, 30]);
        let lane = model.device().whole();
        let before = model.embed(&[&picture], lane).unwrap();
        card.memory.device.destroy();
        let after = model.embed(&[&picture], lane).unwrap();
        let difference = before[0].iter().zip(&after[0]).map(|(a, b)| (a - b).abs());
        assert!(difference.fold(0.0, f32::max) < 1e-3);
        assert_eq!(model.device().name(), "cpu");
        let notes = model.device().notes().join("\n");
        assert!(
            notes.contains("lost") && notes.contains("the CPU goes on"),
            "{notes}"
        );
    }

    #[test]
    fn a_device_that_is_lost_while_it_computes_gives_an_error_or_the_result() {
        let Some(card) = own_card() else { return };
        let model = load(&card);
        let pictures: Vec<RgbImage> = (0..8)
            .map(|index| RgbImage::filled(140, 140, [index * 20, 120, 30]))
            .collect();
        let pictures: Vec<&RgbImage> = pictures.iter().collect();
        std::thread::scope(|scope| {
            let working = scope.spawn(|| {
                let lane = model.device().whole();
                (0..4).all(|_| model.embed(&pictures, lane).unwrap().len() == 8)
            });
            card.memory.device.destroy();
            assert!(working.join().unwrap());
        });
    }
}
