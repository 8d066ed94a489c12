//! A device that fails when it is told to, and the same models on the CPU.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lookalike_imaging::RgbImage;
use lookalike_kernels::Isa;

use crate::devices::accelerator::{AcceleratedTransformer, Accelerator};
use crate::devices::convolutional::{AcceleratedConvolutions, ConvolutionalSource};
use crate::devices::device_error::DeviceError;
use crate::transformer::{Arithmetic, Network, Output, Sequence, Source, Workspaces};
use crate::{Embedder, LoadError, LoadOptions, Placement, Precision, Registry};

/// What goes wrong.
#[derive(Debug, Default)]
struct Script {
    /// Tokens that have room; 0 for any number.
    room: AtomicUsize,
    next: Mutex<Option<DeviceError>>,
    is_wrong: AtomicBool,
    is_slow: AtomicBool,
    calls: AtomicUsize,
}

/// Computes on the CPU what it holds.
#[derive(Debug, Default)]
struct Fake(Arc<Script>);

struct FakeTransformer {
    script: Arc<Script>,
    network: Network,
    workspaces: Workspaces,
}

impl Accelerator for Fake {
    fn name(&self) -> &'static str {
        "Fake 9000"
    }

    fn interface(&self) -> &'static str {
        "fake"
    }

    fn arithmetic(&self, precision: Precision) -> Option<Precision> {
        matches!(precision, Precision::Auto | Precision::F32).then_some(Precision::F32)
    }

    fn transformer(
        self: Arc<Self>,
        source: Source<'_>,
        _: Precision,
    ) -> Result<Box<dyn AcceleratedTransformer>, LoadError> {
        Ok(Box::new(FakeTransformer {
            script: Arc::clone(&self.0),
            network: source.pack(Isa::Portable, &Arithmetic::F32)?,
            workspaces: Workspaces::default(),
        }))
    }

    fn convolutional(
        self: Arc<Self>,
        _: ConvolutionalSource<'_>,
        _: Precision,
    ) -> Result<Box<dyn AcceleratedConvolutions>, DeviceError> {
        Err(no_convolutions())
    }
}

/// Has none.
fn no_convolutions() -> DeviceError {
    DeviceError::Refused {
        device: "Fake 9000".into(),
        subject: "convolutions".into(),
        detail: "none".into(),
    }
}

fn out_of_memory() -> DeviceError {
    DeviceError::Memory {
        device: "Fake 9000".into(),
        detail: "tokens".into(),
    }
}

impl AcceleratedTransformer for FakeTransformer {
    fn forward(
        &self,
        sequences: &[Sequence<'_>],
        output: Output,
    ) -> Result<Vec<Vec<f32>>, DeviceError> {
        self.script.calls.fetch_add(1, Ordering::Relaxed);
        if let Some(error) = self.script.next.lock().unwrap().take() {
            return Err(error);
        }
        let tokens: usize = sequences.iter().map(Sequence::tokens).sum();
        if (1..tokens).contains(&self.script.room.load(Ordering::Relaxed)) {
            return Err(out_of_memory());
        }
        if self.script.is_slow.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(300));
        }
        let mut made = self
            .workspaces
            .with(|workspace| self.network.forward(sequences, output, workspace))?;
        if self.script.is_wrong.load(Ordering::Relaxed) {
            made.iter_mut().flatten().for_each(|x| *x = x.abs());
        }
        Ok(made)
    }
}

fn options(script: &Arc<Script>, place: fn(Arc<dyn Accelerator>) -> Placement) -> LoadOptions {
    LoadOptions {
        placement: place(Arc::new(Fake(Arc::clone(script)))),
        ..LoadOptions::on_cpu(None, Precision::F32).unwrap()
    }
}

fn load(options: &LoadOptions) -> Result<Arc<dyn Embedder>, LoadError> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/dinov2/gelu");
    Registry::default().load(&folder, options)
}

fn pictures(count: u8) -> Vec<RgbImage> {
    (0..count)
        .map(|index| {
            let data = (0..28 * 28 * 3).map(|i: u32| (i * 7) as u8 ^ (index * 31));
            RgbImage::new(28, 28, data.collect()).unwrap()
        })
        .collect()
}

fn embed(model: &dyn Embedder, pictures: &[RgbImage]) -> Vec<Vec<f32>> {
    let pictures: Vec<&RgbImage> = pictures.iter().collect();
    model.embed(&pictures, model.device().whole()).unwrap()
}

fn on_cpu() -> Arc<dyn Embedder> {
    load(&LoadOptions::on_cpu(None, Precision::F32).unwrap()).unwrap()
}

#[track_caller]
fn assert_alike(found: &[Vec<f32>], expected: &[Vec<f32>]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
        assert!((found - expected).abs() < 1e-3, "{found} {expected}");
    }
}

#[test]
fn the_device_computes_and_is_named() {
    let script = Arc::default();
    let model = load(&options(&script, Placement::Accelerator)).unwrap();
    let before = script.calls.load(Ordering::Relaxed);
    let pictures = pictures(3);
    assert_alike(&embed(&*model, &pictures), &embed(&*on_cpu(), &pictures));
    assert!(script.calls.load(Ordering::Relaxed) > before);
    let device = model.device();
    assert_eq!(
        (device.name(), device.instructions()),
        ("Fake 9000", "fake")
    );
    assert_eq!(device.notes(), [""; 0]);
    assert_eq!(model.facts().fingerprint, on_cpu().facts().fingerprint);
    let patches = model.patches().unwrap();
    let pictures: Vec<&RgbImage> = pictures.iter().collect();
    let tokens = patches.embed_patches(&pictures, device.whole()).unwrap();
    assert_eq!((tokens.len(), tokens[0].rows, tokens[0].cols), (3, 2, 2));
}

#[test]
fn batches_without_room_are_halved_and_the_next_ones_are_smaller() {
    let script: Arc<Script> = Arc::default();
    let model = load(&options(&script, Placement::Accelerator)).unwrap();
    // Two pictures of five tokens.
    script.room.store(12, Ordering::Relaxed);
    let pictures = pictures(7);
    assert_alike(&embed(&*model, &pictures), &embed(&*on_cpu(), &pictures));
    let before = script.calls.load(Ordering::Relaxed);
    embed(&*model, &pictures);
    let calls = script.calls.load(Ordering::Relaxed) - before;
    assert_eq!(calls, 7, "none of them fails any more");
    let device = model.device();
    assert_eq!(device.name(), "Fake 9000");
    assert_eq!(model.batch_size(28, device.whole()), 1);
    let notes = device.notes();
    assert!(
        notes[0].contains("batches have 3 pictures now"),
        "{notes:?}"
    );
}

#[test]
fn a_picture_without_room_goes_to_the_cpu_and_the_device_goes_on() {
    let script: Arc<Script> = Arc::default();
    let model = load(&options(&script, Placement::Accelerator)).unwrap();
    script.room.store(3, Ordering::Relaxed);
    let pictures = pictures(2);
    assert_alike(&embed(&*model, &pictures), &embed(&*on_cpu(), &pictures));
    assert_eq!(model.device().name(), "Fake 9000");
    let notes = model.device().notes().join("\n");
    assert!(
        notes.contains("the CPU took a picture that had no room"),
        "{notes}"
    );
    script.room.store(0, Ordering::Relaxed);
    let before = script.calls.load(Ordering::Relaxed);
    embed(&*model, &pictures);
    assert!(script.calls.load(Ordering::Relaxed) > before);
}

#[test]
fn the_cpu_goes_on_when_the_device_is_lost_or_refuses() {
    for error in [
        DeviceError::Lost {
            device: "Fake 9000".into(),
            detail: "reset".into(),
        },
        DeviceError::Refused {
            device: "Fake 9000".into(),
            subject: "the shader product".into(),
            detail: "no".into(),
        },
    ] {
        let script: Arc<Script> = Arc::default();
        let model = load(&options(&script, Placement::Accelerator)).unwrap();
        *script.next.lock().unwrap() = Some(error.clone());
        let pictures = pictures(4);
        assert_alike(&embed(&*model, &pictures), &embed(&*on_cpu(), &pictures));
        let device = model.device();
        assert_eq!(device.name(), "cpu");
        assert_eq!(device.notes(), [format!("{error}; the CPU goes on")]);
        let before = script.calls.load(Ordering::Relaxed);
        embed(&*model, &pictures);
        assert_eq!(script.calls.load(Ordering::Relaxed), before);
    }
}

#[test]
fn a_device_that_computes_something_else_is_refused() {
    let script: Arc<Script> = Arc::default();
    script.is_wrong.store(true, Ordering::Relaxed);
    let error = load(&options(&script, Placement::Accelerator))
        .err()
        .unwrap();
    assert!(
        error.to_string().contains("other embeddings than the CPU"),
        "{error}"
    );
    let model = load(&options(&script, Placement::Faster)).unwrap();
    assert_eq!(model.device().name(), "cpu");
    let notes = model.device().notes();
    assert!(notes[0].starts_with("Fake 9000 is not used: "), "{notes:?}");
    let pictures = pictures(2);
    assert_eq!(embed(&*model, &pictures), embed(&*on_cpu(), &pictures));
}

#[test]
fn a_slower_device_is_not_taken_unless_it_is_asked_for() {
    let script: Arc<Script> = Arc::default();
    script.is_slow.store(true, Ordering::Relaxed);
    let model = load(&options(&script, Placement::Faster)).unwrap();
    assert_eq!(model.device().name(), "cpu");
    let notes = model.device().notes();
    assert!(notes[0].contains("ms for a picture, the CPU"), "{notes:?}");
    let asked = load(&options(&script, Placement::Accelerator)).unwrap();
    assert_eq!(asked.device().name(), "Fake 9000");
}

#[test]
fn a_precision_that_the_device_lacks_is_an_error_where_it_is_asked_for() {
    let script = Arc::default();
    for (place, is_error) in [
        (Placement::Accelerator as fn(_) -> _, true),
        (Placement::Faster, false),
    ] {
        let options = LoadOptions {
            precision: Precision::Bf16,
            ..options(&script, place)
        };
        match load(&options) {
            Err(error) => {
                assert!(is_error);
                assert_eq!(
                    error.to_string(),
                    "Fake 9000 does not compute in bf16; use auto or f32"
                );
            }
            Ok(model) => {
                assert!(!is_error);
                assert_eq!(model.device().name(), "cpu");
                assert_eq!(model.facts().precision, Precision::Bf16);
            }
        }
    }
}
