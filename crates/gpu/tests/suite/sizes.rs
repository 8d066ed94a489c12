//! Sizes of pictures and batches that nobody would choose, for as long as a test may take.

use std::time::{Duration, Instant};

use lookalike_encoders::{Builtin, Embedder, Precision, Registry};
use lookalike_imaging::RgbImage;
use lookalike_testkit::numbers::Numbers;

use crate::common::{card, cosine, embed, fixture, image, least, load, options, precisions};

/// How long each model is tried.
const PATIENCE: Duration = Duration::from_secs(12);

/// Pixels of a batch: the software adapter is slow.
const MOST_PIXELS: u64 = 1_500_000;

/// Sides of 14 to 700 pixels, of them multiples of `multiple`; 1 to 33 pictures, as many as the
/// budget of pixels allows.
fn batch(numbers: &mut Numbers, multiple: u64) -> Vec<RgbImage> {
    let side = |numbers: &mut Numbers| {
        numbers.within(14_u64.div_ceil(multiple)..=700 / multiple) * multiple
    };
    let wanted = numbers.within(1..=33);
    let (mut pictures, mut pixels) = (Vec::new(), 0);
    // Mostly of one size, as an import's are.
    let mut size = (side(numbers), side(numbers));
    for seed in 0..wanted {
        if numbers.within(0..=3) == 0 {
            size = (side(numbers), side(numbers));
        }
        pixels += size.0 * size.1;
        if !pictures.is_empty() && pixels > MOST_PIXELS {
            break;
        }
        pictures.push(image(seed, size.0 as u32, size.1 as u32));
    }
    pictures
}

fn compare(model: &dyn Embedder, expected: &dyn Embedder, subject: &str) {
    let multiple = u64::from(model.facts().description.input.multiple_of);
    let precision = model.facts().precision;
    let (mut numbers, start) = (Numbers::new(1), Instant::now());
    let (mut batches, mut count, mut worst) = (0, 0, 1.0_f64);
    while start.elapsed() < PATIENCE {
        let pictures = batch(&mut numbers, multiple);
        let references: Vec<&RgbImage> = pictures.iter().collect();
        let (found, wanted) = (embed(model, &references), embed(expected, &references));
        for ((found, wanted), picture) in found.iter().zip(&wanted).zip(&pictures) {
            let cosine = cosine(found, wanted);
            let size = (picture.width(), picture.height());
            assert!(
                cosine >= least(precision),
                "{subject}, {precision}, {size:?} of {}: {cosine}",
                pictures.len()
            );
            worst = worst.min(cosine);
        }
        (batches, count) = (batches + 1, count + pictures.len());
    }
    println!("{subject}, {precision}: {count} pictures in {batches} batches, least {worst:.7}");
}

#[test]
fn transformers_take_any() {
    let Some(card) = card() else { return };
    let path = fixture("dinov2/swiglu-registers");
    let expected = load(&path, Precision::F32, None);
    for precision in precisions(&card) {
        compare(&*load(&path, precision, Some(&card)), &*expected, "dinov2");
    }
}

#[test]
fn convolutions_take_any() {
    let Some(card) = card() else { return };
    let load = |precision, card| {
        let options = options(precision, card);
        Registry::default()
            .builtin(Builtin::Current, &options)
            .unwrap()
    };
    let expected = load(Precision::F32, None);
    for precision in precisions(&card) {
        compare(&*load(precision, Some(&card)), &*expected, "builtin");
    }
}
