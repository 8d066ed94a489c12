//! Time of a transformer layer without its attention, in bf16 and in int8, on one thread.
//!
//! `cargo run --release -p lookalike-kernels --example layer_speed [rows]` runs both by turns,
//! at the width of a small vision transformer (384) and in macro-blocks of 352 rows as in a
//! forward pass, and prints the medians of each part and of the whole, in ms. Without an
//! argument there are 1370 rows: an image of 518 pixels.

#![expect(clippy::print_stdout, reason = "a program whose output is a table")]

use std::time::{Duration, Instant};

use lookalike_kernels::bf16::{self, Blocked, BlockedMut, Heads, HeadsMut, Output, Variant};
use lookalike_kernels::int8::{self, Quantised, QuantisedMut};
use lookalike_kernels::{Matrix, MatrixMut};

/// Time for each variant.
const BUDGET: Duration = Duration::from_secs(2);

const MACRO_ROWS: usize = 352;
const WIDTH: usize = 384;
const HIDDEN: usize = 4 * WIDTH;
const HEADS: usize = 6;
const EPSILON: f32 = 1e-6;

/// Indices of the parts in [`Times`], by name.
const PARTS: [&str; 6] = ["norms", "heads", "project", "gelu", "contract", "quantise"];
const NORMS: usize = 0;
const SPLIT: usize = 1;
const PROJECT: usize = 2;
const GELU: usize = 3;
const CONTRACT: usize = 4;
const QUANTISE: usize = 5;

/// Seconds of each part.
#[derive(Default)]
struct Times([f64; PARTS.len()]);

impl Times {
    fn measure(&mut self, part: usize, work: impl FnOnce()) {
        let start = Instant::now();
        work();
        self.0[part] += start.elapsed().as_secs_f64();
    }
}

fn main() {
    let rows = std::env::args().nth(1).and_then(|rows| rows.parse().ok());
    let rows = rows.unwrap_or(1370);
    let names = PARTS.map(|part| format!("{part:>9}")).join("");
    println!("{rows} rows            {names}    whole");
    for variant in Variant::available() {
        if matches!(variant, Variant::Portable) {
            continue;
        }
        let mut layer = Layer::new(variant, rows);
        let (mut bf16, mut int8) = (Vec::new(), Vec::new());
        layer.run_bf16();
        layer.run_int8();
        let start = Instant::now();
        while bf16.len() < 5 || start.elapsed() < BUDGET {
            bf16.push(layer.run_bf16());
            int8.push(layer.run_int8());
        }
        for (precision, runs) in [("bf16", bf16), ("int8", int8)] {
            let parts = (0..PARTS.len()).map(|part| median(&runs, |run| run.0[part]));
            let parts: String = parts.map(|ms| format!("{ms:9.3}")).collect();
            let whole = median(&runs, |run| run.0.iter().sum());
            println!("{:12} {precision}   {parts}{whole:9.3}", variant.name());
        }
    }
}

/// In ms.
fn median(runs: &[Times], seconds: impl Fn(&Times) -> f64) -> f64 {
    let mut seconds: Vec<f64> = runs.iter().map(seconds).collect();
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2] * 1e3
}

/// Weights and activations of a layer.
struct Layer {
    variant: Variant,
    rows: usize,
    stream: Vec<f32>,
    gain: Vec<f32>,
    /// To heads, back to the stream, to the hidden units, back to the stream.
    bf16: [bf16::PackedLinear; 4],
    int8: [int8::PackedLinear; 4],
    heads: Vec<bf16::Tile>,
    /// Stands in for what attention writes.
    attended: Vec<bf16::Tile>,
    /// Of a macro-block, as all below.
    normal: Vec<bf16::Tile>,
    hidden: Vec<bf16::Tile>,
    quantised: Vec<int8::Tile>,
    scales: Vec<f32>,
}

impl Layer {
    fn new(variant: Variant, rows: usize) -> Self {
        let [square, wide] = [WIDTH * WIDTH, WIDTH * HIDDEN].map(numbers);
        let split = numbers(3 * WIDTH * WIDTH);
        let mut attended = vec![bf16::Tile::ZERO; Blocked::tile_count(rows, WIDTH)];
        let mut matrix = BlockedMut::new(&mut attended, rows, WIDTH);
        for (row, values) in numbers(rows * WIDTH).chunks(WIDTH).enumerate() {
            matrix.write_row(row, values);
        }
        Self {
            variant,
            rows,
            stream: numbers(rows * WIDTH),
            gain: vec![1.0; WIDTH],
            bf16: [
                bf16::PackedLinear::pack_heads(variant, HEADS, WIDTH, &split, None),
                bf16::PackedLinear::pack(variant, WIDTH, WIDTH, &square, None),
                bf16::PackedLinear::pack(variant, HIDDEN, WIDTH, &wide, None),
                bf16::PackedLinear::pack(variant, WIDTH, HIDDEN, &wide, None),
            ],
            int8: [
                int8::PackedLinear::pack_heads(variant, HEADS, WIDTH, &split, None),
                int8::PackedLinear::pack(variant, WIDTH, WIDTH, &square, None),
                int8::PackedLinear::pack(variant, HIDDEN, WIDTH, &wide, None),
                int8::PackedLinear::pack(variant, WIDTH, HIDDEN, &wide, None),
            ],
            heads: vec![bf16::Tile::ZERO; Heads::tile_count(rows, HEADS)],
            attended,
            normal: vec![bf16::Tile::ZERO; Blocked::tile_count(MACRO_ROWS, WIDTH)],
            hidden: vec![bf16::Tile::ZERO; Blocked::tile_count(MACRO_ROWS, HIDDEN)],
            quantised: vec![int8::Tile::ZERO; Quantised::tile_count(MACRO_ROWS, HIDDEN)],
            scales: vec![0.0; MACRO_ROWS],
        }
    }

    fn run_bf16(&mut self) -> Times {
        let (variant, gain) = (self.variant, &self.gain[..]);
        let [split, project, expand, contract] = &self.bf16;
        let mut times = Times::default();
        for first in (0..self.rows).step_by(MACRO_ROWS) {
            let rows = MACRO_ROWS.min(self.rows - first);
            times.measure(NORMS, || {
                let x = Matrix::new(&self.stream[first * WIDTH..], rows, WIDTH, WIDTH);
                let out = BlockedMut::new(&mut self.normal, rows, WIDTH);
                bf16::layer_norm(variant, x, EPSILON, out);
            });
            times.measure(SPLIT, || {
                let out = &mut self.heads[Heads::tile_count(first, HEADS)..];
                let out = Output::Heads(HeadsMut::new(out, rows, HEADS));
                bf16::linear(Blocked::new(&self.normal, rows, WIDTH), split, out);
            });
        }
        for first in (0..self.rows).step_by(MACRO_ROWS) {
            let rows = MACRO_ROWS.min(self.rows - first);
            let stream = &mut self.stream[first * WIDTH..];
            times.measure(PROJECT, || {
                let x = &self.attended[Blocked::tile_count(first, WIDTH)..];
                let x = Blocked::new(x, rows, WIDTH);
                bf16::linear(x, project, residual(stream, rows, gain));
            });
            times.measure(NORMS, || {
                let out = BlockedMut::new(&mut self.normal, rows, WIDTH);
                let x = Matrix::new(stream, rows, WIDTH, WIDTH);
                bf16::layer_norm(variant, x, EPSILON, out);
            });
            times.measure(GELU, || {
                let out = Output::Gelu(BlockedMut::new(&mut self.hidden, rows, HIDDEN));
                bf16::linear(Blocked::new(&self.normal, rows, WIDTH), expand, out);
            });
            times.measure(CONTRACT, || {
                let x = Blocked::new(&self.hidden, rows, HIDDEN);
                bf16::linear(x, contract, residual(stream, rows, gain));
            });
        }
        times
    }

    fn run_int8(&mut self) -> Times {
        let (variant, gain) = (self.variant, &self.gain[..]);
        let [split, project, expand, contract] = &self.int8;
        let (tiles, scales) = (&mut self.quantised[..], &mut self.scales[..]);
        let mut times = Times::default();
        for first in (0..self.rows).step_by(MACRO_ROWS) {
            let rows = MACRO_ROWS.min(self.rows - first);
            times.measure(NORMS, || {
                let x = Matrix::new(&self.stream[first * WIDTH..], rows, WIDTH, WIDTH);
                let out = QuantisedMut::new(tiles, scales, rows, WIDTH);
                int8::layer_norm(variant, x, EPSILON, out);
            });
            times.measure(SPLIT, || {
                let out = &mut self.heads[Heads::tile_count(first, HEADS)..];
                let out = Output::Heads(HeadsMut::new(out, rows, HEADS));
                int8::linear(Quantised::new(tiles, scales, rows, WIDTH), split, out);
            });
        }
        for first in (0..self.rows).step_by(MACRO_ROWS) {
            let rows = MACRO_ROWS.min(self.rows - first);
            let stream = &mut self.stream[first * WIDTH..];
            times.measure(QUANTISE, || {
                let x = &self.attended[Blocked::tile_count(first, WIDTH)..];
                let out = QuantisedMut::new(tiles, scales, rows, WIDTH);
                int8::quantise(variant, Blocked::new(x, rows, WIDTH), out);
            });
            times.measure(PROJECT, || {
                let x = Quantised::new(tiles, scales, rows, WIDTH);
                int8::linear(x, project, residual(stream, rows, gain));
            });
            times.measure(NORMS, || {
                let out = QuantisedMut::new(tiles, scales, rows, WIDTH);
                let x = Matrix::new(stream, rows, WIDTH, WIDTH);
                int8::layer_norm(variant, x, EPSILON, out);
            });
            times.measure(GELU, || {
                let out = Output::Gelu(BlockedMut::new(&mut self.hidden, rows, HIDDEN));
                int8::linear(Quantised::new(tiles, scales, rows, WIDTH), expand, out);
            });
            times.measure(QUANTISE, || {
                let out = QuantisedMut::new(tiles, scales, rows, HIDDEN);
                int8::quantise(variant, Blocked::new(&self.hidden, rows, HIDDEN), out);
            });
            times.measure(CONTRACT, || {
                let x = Quantised::new(tiles, scales, rows, HIDDEN);
                int8::linear(x, contract, residual(stream, rows, gain));
            });
        }
        times
    }
}

fn residual<'a>(stream: &'a mut [f32], rows: usize, scale: &'a [f32]) -> Output<'a> {
    let out = MatrixMut::new(stream, rows, WIDTH, WIDTH);
    let scale = Some(scale);
    Output::Residual { out, scale }
}

/// Numbers in [-1/32, 1/32) without a pattern that matters: small, for the stream to stay
/// finite over all runs.
fn numbers(count: usize) -> Vec<f32> {
    (0..count as u32)
        .map(|i| (i.wrapping_mul(0x9e37_79b9) >> 8) as f32 / (1 << 28) as f32 - 1.0 / 32.0)
        .collect()
}
