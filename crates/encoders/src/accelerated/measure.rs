//! What an accelerator computes, and how fast, beside the CPU.

use std::fmt;
use std::time::{Duration, Instant};

use lookalike_imaging::RgbImage;

use crate::devices::device_error::DeviceError;
use crate::embedder::Embedder;
use crate::error::{EmbedError, LoadError};

/// The cosine of two embeddings of one picture, below which a device computes something else.
/// Devices that compute right agree within 0.9995; what is wrong is far from that.
const LEAST_COSINE: f64 = 0.998;

/// Longest that a device is timed, unless one pass takes longer.
const PATIENCE: Duration = Duration::from_millis(500);

/// Fails unless both compute the same.
///
/// # Errors
/// They do not, or the accelerator fails.
pub(super) fn check(
    there: &dyn Embedder,
    stand_in: &dyn Embedder,
    name: &str,
) -> Result<(), LoadError> {
    let picture = picture(stand_in.facts().description.input.default);
    let [found, expected] =
        [there, stand_in].map(|model| model.embed(&[&picture], model.device().whole()));
    let (found, expected) = (found.map_err(failed)?, expected.map_err(failed)?);
    let cosine = cosine(&found.concat(), &expected.concat());
    // Also what is not a number.
    if cosine.is_nan() || cosine < LEAST_COSINE {
        return Err(LoadError::Device(DeviceError::Disagrees {
            device: name.to_owned(),
            cosine,
            least: LEAST_COSINE,
        }));
    }
    Ok(())
}

/// What both took for a picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    there: Duration,
    stand_in: Duration,
}

impl Times {
    pub(super) fn is_faster(self) -> bool {
        self.there < self.stand_in
    }
}

impl fmt::Display for Times {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        write!(
            formatter,
            "it took {:.1} ms for a picture, the CPU {:.1} ms",
            milliseconds(self.there),
            milliseconds(self.stand_in)
        )
    }
}

/// Times both, which have computed before: the accelerator with `batch` pictures at a time.
///
/// # Errors
/// The accelerator fails.
pub(super) fn compare(
    there: &dyn Embedder,
    stand_in: &dyn Embedder,
    batch: usize,
) -> Result<Times, LoadError> {
    Ok(Times {
        there: time(there, batch)?,
        stand_in: time(stand_in, 1)?,
    })
}

/// The shortest time for a picture when `batch` are computed at a time, all cores together.
fn time(model: &dyn Embedder, batch: usize) -> Result<Duration, LoadError> {
    let picture = picture(model.facts().description.input.default);
    let pictures = vec![&picture; batch];
    let start = Instant::now();
    let mut best = Duration::MAX;
    while best == Duration::MAX || start.elapsed() < PATIENCE {
        let before = Instant::now();
        model
            .embed(&pictures, model.device().whole())
            .map_err(failed)?;
        best = best.min(before.elapsed());
    }
    Ok(best / u32::try_from(batch).unwrap_or(u32::MAX).max(1))
}

/// A square with lines, areas and gradients.
fn picture(size: u32) -> RgbImage {
    let side = (size as usize).max(1);
    let mut data = vec![255; side * side * 3];
    for (index, pixel) in data.chunks_exact_mut(3).enumerate() {
        let (x, y) = (index % side, index / side);
        let (dx, dy) = (x.abs_diff(side / 2), y.abs_diff(side / 3));
        if dx * dx + dy * dy < side * side / 16 {
            pixel.copy_from_slice(&[(x * 255 / side) as u8, (y * 255 / side) as u8, 60]);
        } else if x % 17 < 2 || (x + y) % 41 < 3 {
            pixel.fill(20);
        }
    }
    RgbImage::new(size, size, data).unwrap_or_else(|| RgbImage::filled(1, 1, [255; 3]))
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
        products.sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn failed(error: EmbedError) -> LoadError {
    match error {
        EmbedError::Device(error) => LoadError::Device(error),
        // The picture has the model's own size.
        other => LoadError::Device(DeviceError::Refused {
            device: "the model".to_owned(),
            subject: "a picture of its own size".to_owned(),
            detail: other.to_string(),
        }),
    }
}
