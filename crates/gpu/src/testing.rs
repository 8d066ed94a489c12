//! What the tests of this crate need: an adapter, numbers, comparison.

use std::sync::{Arc, OnceLock};

use lookalike_encoders::DeviceError;
pub(crate) use lookalike_testkit::numbers::numbers;

use crate::adapters::Choice;
use crate::card::{Card, CardOptions};
use crate::kernels::Number;
use crate::memory::Buffer;
use crate::work::{Exchange, Work};

/// The software adapter, or else a card; none where there is neither, which is said.
pub(crate) fn card() -> Option<Arc<Card>> {
    static CARD: OnceLock<Option<Arc<Card>>> = OnceLock::new();
    let open = || {
        let choices = [Choice::Software, Choice::First].into_iter();
        let card = choices
            .filter_map(|choice| Card::open(choice, CardOptions::default()).ok())
            .next();
        if card.is_none() {
            println!("skipped: no adapter; tools/install-software-vulkan installs one");
        }
        card
    };
    CARD.get_or_init(open).clone()
}

/// The ways that the card's numbers may lie in memory.
pub(crate) fn numbers_of(card: &Card) -> Vec<Number> {
    if card.summary.has_halves {
        vec![Number::F32, Number::F16]
    } else {
        println!("f16: skipped, this adapter lacks it");
        vec![Number::F32]
    }
}

/// Rows of `columns` values in the card's memory, each filled up to a multiple of four with
/// numbers that nobody may read as values.
pub(crate) fn upload(card: &Card, number: Number, rows: &[f32], columns: usize) -> Buffer {
    let stride = columns.next_multiple_of(4);
    let mut values = Vec::new();
    for row in rows.chunks(columns) {
        values.extend_from_slice(row);
        values.resize(values.len() + stride - columns, 0.0);
    }
    number.upload(&card.memory, "test", &values).unwrap()
}

/// Runs what `make` puts together and returns `rows` rows of `columns` values.
pub(crate) fn run<'a>(
    card: &'a Card,
    number: Number,
    results: &'a Buffer,
    (rows, columns): (usize, usize),
    make: impl FnOnce(&mut Work<'a>),
) -> Result<Vec<f32>, DeviceError> {
    let mut work = Work::new(card);
    make(&mut work);
    let stride = columns.next_multiple_of(4);
    let bytes = rows * stride * number.bytes();
    let bytes = work.run(&mut Exchange::default(), &[(results, bytes)])?;
    let values: Vec<f32> = match number {
        Number::F32 => bytemuck::pod_collect_to_vec(&bytes),
        Number::F16 => {
            let halves: Vec<half::f16> = bytemuck::pod_collect_to_vec(&bytes);
            halves.into_iter().map(half::f16::to_f32).collect()
        }
    };
    Ok(values
        .chunks(stride)
        .flat_map(|row| row[..columns].to_vec())
        .collect())
}

/// Panics unless all differences are at most `tolerance`, relative for large values.
#[track_caller]
pub(crate) fn assert_close(found: &[f32], expected: &[f32], tolerance: f32, subject: &str) {
    assert_eq!(found.len(), expected.len(), "{subject}");
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let bound = tolerance * expected.abs().max(1.0);
        assert!(
            (found - expected).abs() <= bound,
            "{subject}: element {index} is {found}, expected {expected} within {bound:e}"
        );
    }
}
