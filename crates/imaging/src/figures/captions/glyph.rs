//! What a letter is: a small net over its shape.
//!
//! The net has seen letters of 50 font families and what drawings have in place of letters. It was
//! trained by `tools/caption_glyphs/train.py`, which describes the file's layout and must describe
//! a letter as this module does. A net instead of stored pictures of letters: it is a seventh of
//! their size and reads fonts that it has not seen.

use super::super::rect::Rect;

/// Cells along each side of the picture of a letter.
const GRID: usize = 16;
/// The cells, then width and height over the longer of both, height and top over the line's height.
const INPUTS: usize = GRID * GRID + 4;
/// What the net tells apart. `*` is everything that is not a letter of a caption; `0` is O too, and `I` is l.
pub(super) const CLASSES: &[u8; 48] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghiru*";

static FILE: &[u8] = include_bytes!("glyphs.bin");

/// The net.
pub(super) struct Net {
    hidden: Layer,
    output: Layer,
}

/// Log-probabilities of the classes.
pub(super) type Scores = [f32; CLASSES.len()];

struct Layer {
    weights: Vec<f32>,
    biases: Vec<f32>,
}

impl Net {
    /// The net in the program.
    pub(super) fn load() -> Self {
        let mut file = FILE;
        let hidden = Layer::read(&mut file).expect("the net has its first layer");
        let output = Layer::read(&mut file).expect("the net has its second layer");
        Self { hidden, output }
    }

    /// What the letter of these pieces of ink is. `bounds` is its box; `line_top` and
    /// `line_height` are those of its row, in pixels.
    pub(super) fn read(
        &self,
        pieces: &[Rect],
        bounds: Rect,
        line_top: u32,
        line_height: u32,
    ) -> Scores {
        let inputs = describe(pieces, bounds, line_top, line_height);
        let mut hidden = self.hidden.apply(&inputs);
        for value in &mut hidden {
            *value = value.max(0.0);
        }
        let logits = self.output.apply(&hidden);
        let largest = logits.iter().copied().fold(f32::MIN, f32::max);
        let sum: f32 = logits.iter().map(|logit| (logit - largest).exp()).sum();
        let mut scores = [0.0; CLASSES.len()];
        for (score, logit) in scores.iter_mut().zip(logits) {
            *score = logit - largest - sum.ln();
        }
        scores
    }
}

impl Layer {
    /// Takes a layer off the file's beginning.
    fn read(file: &mut &[u8]) -> Option<Self> {
        let inputs = u16::from_le_bytes(*take(file)?);
        let outputs = u16::from_le_bytes(*take(file)?);
        let scale = f32::from_le_bytes(*take(file)?);
        let count = usize::from(inputs) * usize::from(outputs);
        let (weights, rest) = file.split_at_checked(count)?;
        *file = rest;
        let weights = weights
            .iter()
            .map(|&weight| f32::from(weight as i8) * scale)
            .collect();
        let biases = (0..outputs)
            .map(|_| take(file).map(|bytes| f32::from_le_bytes(*bytes)))
            .collect::<Option<_>>()?;
        Some(Self { weights, biases })
    }

    fn apply(&self, inputs: &[f32]) -> Vec<f32> {
        let rows = self.weights.chunks_exact(inputs.len());
        rows.zip(&self.biases)
            .map(|(row, bias)| {
                let products = row.iter().zip(inputs).map(|(weight, input)| weight * input);
                bias + products.sum::<f32>()
            })
            .collect()
    }
}

fn take<'f, const N: usize>(file: &mut &'f [u8]) -> Option<&'f [u8; N]> {
    let (bytes, rest) = file.split_first_chunk()?;
    *file = rest;
    Some(bytes)
}

/// The letter in a square of its longer side, centred: how much of each cell is ink.
fn describe(pieces: &[Rect], bounds: Rect, line_top: u32, line_height: u32) -> [f32; INPUTS] {
    let mut inputs = [0.0; INPUTS];
    let side = bounds.long_side() as f32;
    let scale = GRID as f32 / side;
    let start = |length: u32| (side - length as f32) / 2.0;
    let (left, top) = (start(bounds.width), start(bounds.height));
    for piece in pieces {
        let columns = cells(left + (piece.x - bounds.x) as f32, piece.width, scale);
        let rows = cells(top + (piece.y - bounds.y) as f32, piece.height, scale);
        for (row, height) in rows {
            for (column, width) in columns.clone() {
                inputs[row * GRID + column] += width * height;
            }
        }
    }
    let line = line_height as f32;
    inputs[GRID * GRID..].copy_from_slice(&[
        bounds.width as f32 / side,
        bounds.height as f32 / side,
        bounds.height as f32 / line,
        (bounds.y as f32 - line_top as f32) / line,
    ]);
    inputs
}

/// The cells that a stretch of pixels covers, and how much of each.
fn cells(start: f32, length: u32, scale: f32) -> impl Iterator<Item = (usize, f32)> + Clone {
    let (low, high) = (start * scale, (start + length as f32) * scale);
    let last = (high.ceil() as usize).min(GRID);
    (low as usize..last).map(move |cell| {
        let covered = high.min((cell + 1) as f32) - low.max(cell as f32);
        (cell, covered.max(0.0))
    })
}
