//! Every variant of attention, and the split into heads that feeds it, against double precision.

use super::{blocked, dirty, rounded, values, variants};
use crate::bf16::heads::Part;
use crate::bf16::{
    AttendScratch, Blocked, BlockedMut, HEAD_SIZE, Heads, HeadsMut, Output, PackedLinear, Variant,
    attend, linear,
};
use crate::testing::numbers;

/// A weight's logarithm is rounded to 1/128 (0.27 %) and its mantissa to 7 bits (0.39 %).
const WEIGHT_ERROR: f64 = 0.0067;

/// Weighted means of many values err far less than each weight: their errors are independent.
/// Root of the mean square over all outputs, for values in [-1, 1).
const TYPICAL_ERROR: f64 = 0.0025;

/// Queries, keys and values of one image, rows x (heads x 64) each.
struct Image {
    rows: usize,
    heads: usize,
    parts: [Vec<f32>; 3],
}

impl Image {
    /// Logits are uncorrelated sums with a deviation of about `spread` powers of two.
    fn random(rows: usize, heads: usize, spread: f32) -> Self {
        let length = rows * heads * HEAD_SIZE;
        // Products of two numbers in [-1, 1) deviate by 1/3, sums of 64 of them by 8/3.
        let factor = spread * 3.0 / 8.0;
        let parts = [
            numbers(1, length).iter().map(|x| x * factor).collect(),
            numbers(2, length),
            numbers(3, length),
        ];
        Self { rows, heads, parts }
    }

    /// Lays out what a projection would write, in tiles that were full of NaN.
    fn tiles(&self) -> Vec<crate::bf16::Tile> {
        let mut tiles = dirty(Heads::tile_count(self.rows, self.heads));
        let mut out = HeadsMut::new(&mut tiles, self.rows, self.heads);
        let width = self.heads * HEAD_SIZE;
        for (part, numbers) in self.parts.iter().enumerate() {
            for (index, &x) in numbers.iter().enumerate() {
                out.set(index / width, part * width + index % width, x);
            }
        }
        out.clear_padding();
        tiles
    }

    fn attend(&self, variant: Variant) -> Vec<f32> {
        self.attend_in(variant, &mut AttendScratch::default())
    }

    fn attend_in(&self, variant: Variant, scratch: &mut AttendScratch) -> Vec<f32> {
        let tiles = self.tiles();
        let columns = self.heads * HEAD_SIZE;
        let mut out = dirty(Blocked::tile_count(self.rows, columns));
        attend(
            variant,
            Heads::new(&tiles, self.rows, self.heads),
            0,
            scratch,
            BlockedMut::new(&mut out, self.rows, columns),
        );
        values(Blocked::new(&out, self.rows, columns))
    }

    fn expected(&self) -> Vec<f64> {
        let width = self.heads * HEAD_SIZE;
        let parts: Vec<Vec<f64>> = (self.parts.iter())
            .map(|part| part.iter().map(|&x| rounded(x)).collect())
            .collect();
        let row = |part: usize, row: usize, head: usize| {
            &parts[part][row * width + head * HEAD_SIZE..][..HEAD_SIZE]
        };
        let mut out = vec![0.0; self.rows * width];
        for query in 0..self.rows {
            for head in 0..self.heads {
                let logits: Vec<f64> = (0..self.rows)
                    .map(|key| {
                        let pairs = row(0, query, head).iter().zip(row(1, key, head));
                        pairs.map(|(a, b)| a * b).sum()
                    })
                    .collect();
                let maximum = logits.iter().fold(f64::NEG_INFINITY, |max, &x| max.max(x));
                let weights: Vec<f64> = logits.iter().map(|x| (x - maximum).exp2()).collect();
                let sum: f64 = weights.iter().sum();
                let out = &mut out[query * width + head * HEAD_SIZE..][..HEAD_SIZE];
                for (key, weight) in weights.iter().enumerate() {
                    for (out, value) in out.iter_mut().zip(row(2, key, head)) {
                        *out += weight / sum * value;
                    }
                }
            }
        }
        out
    }

    fn check(&self, expected: &[f64], spread: f32) {
        // A logit's f32 sum errs by some 2^-24 of its terms; that is relative in the weights.
        let logits = f64::from(spread) * 64.0 * 2e-7;
        // Numerator and denominator take the weights' error; values are below 1.
        let tolerance = 2.0 * (WEIGHT_ERROR + logits);
        for variant in variants() {
            let found = self.attend(variant);
            let subject = format!(
                "{}, {} rows, {} heads, spread {spread}",
                variant.name(),
                self.rows,
                self.heads
            );
            let mut squares = 0.0;
            for (index, (&found, &expected)) in found.iter().zip(expected).enumerate() {
                let error = f64::from(found) - expected;
                squares += error * error;
                assert!(
                    error.abs() <= tolerance + expected.abs() / 256.0,
                    "{subject}: element {index} is {found}, expected {expected}"
                );
            }
            let typical = (squares / found.len().max(1) as f64).sqrt();
            assert!(
                typical <= TYPICAL_ERROR + logits,
                "{subject}: typical error {typical:e}"
            );
        }
    }
}

fn check(rows: usize, heads: usize, spread: f32) {
    let image = Image::random(rows, heads, spread);
    image.check(&image.expected(), spread);
}

#[test]
fn agrees_at_every_edge_of_groups_and_batches() {
    for rows in [
        0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 95, 96, 97, 127, 128, 129, 160, 161, 191, 192,
        193, 256, 257,
    ] {
        check(rows, 1, 2.0);
    }
    check(70, 3, 2.0);
}

#[test]
fn agrees_for_as_many_tokens_as_a_large_image_has() {
    check(1370, 1, 3.0);
    check(1400, 1, 0.5);
}

#[test]
fn steep_logits_neither_overflow_nor_vanish() {
    for spread in [40.0, 120.0, 1000.0] {
        check(300, 1, spread);
    }
}

/// One key decides, in any place: the reference has to move by more than its headroom.
#[test]
fn great_logits_take_over_wherever_they_are() {
    // exp(80) as a power of two, above and below the others.
    let height = 80.0 * std::f32::consts::LOG2_E;
    for rows in [40, 200, 600] {
        for winner in [0, 31, 95, 96, 150, 599].map(|winner: usize| winner.min(rows - 1)) {
            for sign in [1.0, -1.0] {
                let mut image = Image::random(rows, 1, 0.5);
                for row in 0..rows {
                    // The first element of all queries meets one key alone.
                    image.parts[0][row * HEAD_SIZE] = 1.0;
                    image.parts[1][row * HEAD_SIZE] = 0.0;
                }
                image.parts[1][winner * HEAD_SIZE] = height * sign;
                image.check(&image.expected(), 2.0);
            }
        }
    }
}

/// Logits rise from batch to batch, so that the reference moves again and again.
#[test]
fn rising_logits_move_the_reference_time_after_time() {
    for step in [0.1, 0.5, 3.0] {
        let rows = 500;
        let mut image = Image::random(rows, 1, 0.5);
        for row in 0..rows {
            image.parts[0][row * HEAD_SIZE] = 1.0;
            image.parts[1][row * HEAD_SIZE] = (row as f32 - 200.0) * step;
        }
        image.check(&image.expected(), 2.0 + 500.0 * step / 64.0);
    }
}

#[test]
fn nothing_of_an_image_is_left_for_the_next() {
    for variant in variants() {
        let mut spoilt = Image::random(200, 1, 4.0);
        spoilt.parts[0].fill(f32::NAN);
        let mut scratch = AttendScratch::default();
        for rows in [200, 1, 33, 70, 65, 32] {
            spoilt.attend_in(variant, &mut scratch);
            let image = Image::random(rows, 1, 4.0);
            let found = image.attend_in(variant, &mut scratch);
            let fresh = image.attend(variant);
            let mut pairs = found.iter().zip(&fresh);
            assert!(
                pairs.all(|(a, b)| a.to_bits() == b.to_bits()),
                "{}, {rows} rows",
                variant.name()
            );
        }
    }
}

#[test]
fn projections_write_what_attention_reads() {
    let heads = 2;
    let width = heads * HEAD_SIZE;
    let inputs = 70;
    let (weights, bias) = (numbers(2, 3 * width * inputs), numbers(3, 3 * width));
    let scale = std::f32::consts::LOG2_E / 8.0;
    for rows in [0, 1, 16, 17, 32, 33, 48, 49, 64] {
        let x = numbers(1, rows * inputs);
        let tiles = blocked(&x, rows, inputs);
        for variant in variants() {
            let packed = PackedLinear::pack_heads(variant, heads, inputs, &weights, Some(&bias));
            let mut out = dirty(Heads::tile_count(rows, heads));
            let target = HeadsMut::new(&mut out, rows, heads);
            let x_view = Blocked::new(&tiles, rows, inputs);
            linear(x_view, &packed, Output::Heads(target));
            let found = Heads::new(&out, rows, heads);
            for row in 0..rows {
                for column in 0..3 * width {
                    let factor = if column < width { scale } else { 1.0 };
                    let sum: f64 = (0..inputs)
                        .map(|k| {
                            rounded(x[row * inputs + k])
                                * rounded(weights[column * inputs + k] * factor)
                        })
                        .sum();
                    let expected = sum + f64::from(bias[column] * factor);
                    let part = [Part::Query, Part::Key, Part::Value][column / width];
                    let (head, element) = (column % width / HEAD_SIZE, column % HEAD_SIZE);
                    let found = f64::from(found.get(part, head, row, element));
                    assert!(
                        (found - expected).abs() <= 2e-5 + expected.abs() * super::NEIGHBOUR,
                        "{}, row {row} of {rows}, column {column}: {found} for {expected}",
                        variant.name()
                    );
                }
            }
            // Whatever the rows that fill up the last group hold, attention must not see it.
            let mut attended = dirty(Blocked::tile_count(rows, width));
            let target = BlockedMut::new(&mut attended, rows, width);
            attend(variant, found, 0, &mut AttendScratch::default(), target);
            let attended = values(Blocked::new(&attended, rows, width));
            assert!(attended.iter().all(|x| x.is_finite()), "{}", variant.name());
        }
    }
}

#[test]
#[should_panic(expected = "first row 16")]
fn refuses_to_start_within_a_group() {
    let image = Image::random(40, 1, 1.0);
    let tiles = image.tiles();
    let mut out = dirty(2);
    attend(
        Variant::Portable,
        Heads::new(&tiles, 40, 1),
        16,
        &mut AttendScratch::default(),
        BlockedMut::new(&mut out, 1, HEAD_SIZE),
    );
}
