//! Time of a scan of coded rows that selects one in a thousand, beside plain inner products of
//! the same vectors in f32, on one thread.
//!
//! `cargo run --release -p lookalike-kernels --example select_speed [variant]` runs both by
//! turns for every variant of this CPU but the portable one, at 384 values a vector, and prints
//! the best of repeated runs: ns a row and query, and GB/s of codes. The best, because a run
//! over many rows and queries is longer than the system lets a thread work undisturbed.

#![expect(clippy::print_stdout, reason = "a program whose output is a table")]

use std::time::{Duration, Instant};

use lookalike_kernels::Isa;
use lookalike_kernels::distance::codes::{Bound, Line, Selected, select};
use lookalike_kernels::distance::inner_products;

/// Time for each line of the table.
const BUDGET: Duration = Duration::from_secs(1);

const LINES: usize = 6;
const DIM: usize = LINES * Line::VALUES;

/// One row in so many is selected.
const SELECTED: usize = 1000;

/// Rows of f32 at a time, as an index would scan them: their products stay in the caches.
const F32_ROWS: usize = 1024;

fn main() {
    let wanted = std::env::args().nth(1);
    println!("variant      rows  queries   codes ns   GB/s     f32 ns   ratio");
    for isa in Isa::available() {
        let is_wanted = match &wanted {
            Some(name) => name == isa.name(),
            None => !matches!(isa, Isa::Portable),
        };
        if is_wanted {
            for rows in [6_387, 200_000] {
                let vectors = Vectors::new(rows);
                for queries in [1, 2, 4, 8, 16, 64] {
                    measure(isa, &vectors, queries);
                }
            }
        }
    }
}

/// Values, and the same as bytes.
struct Vectors {
    values: Vec<f32>,
    codes: Vec<Line>,
    lengths: Vec<f32>,
    margins: Vec<f32>,
}

impl Vectors {
    fn new(count: usize) -> Self {
        let values = numbers(count * DIM);
        let (lines, _) = values.as_chunks::<{ Line::VALUES }>();
        let code = |value: f32| (value * 127.0 + 128.0).round() as u8;
        let codes = lines.iter().map(|line| Line(line.map(code))).collect();
        Self {
            values,
            codes,
            lengths: vec![1.0; count],
            margins: vec![0.01; count],
        }
    }
}

fn measure(isa: Isa, vectors: &Vectors, queries: usize) {
    let rows = vectors.lengths.len();
    // The first rows are as good queries as any.
    let codes = &vectors.codes[..queries * LINES];
    let values = &vectors.values[..queries * DIM];
    let mut bounds = vec![
        Bound {
            product: 1.0 / 127.0 / 127.0,
            length: 0.5,
            margin: 1.0,
            square: 0.25,
            least: f32::NEG_INFINITY,
        };
        queries
    ];
    let mut found: Vec<Vec<Selected>> = vec![Vec::new(); queries];
    let scan = |bounds: &[Bound], found: &mut [Vec<Selected>]| {
        found.iter_mut().for_each(Vec::clear);
        let (lengths, margins) = (&vectors.lengths, &vectors.margins);
        select(
            isa,
            codes,
            bounds,
            &vectors.codes,
            LINES,
            lengths,
            margins,
            found,
        );
    };
    scan(&bounds, &mut found);
    for (bound, found) in bounds.iter_mut().zip(&mut found) {
        found.sort_by(|a, b| b.key.total_cmp(&a.key));
        bound.least = found[rows / SELECTED].key;
    }
    let mut products = vec![0.0; queries * F32_ROWS];
    let (mut coded, mut plain) = (Vec::new(), Vec::new());
    let begin = Instant::now();
    while coded.len() < 5 || begin.elapsed() < BUDGET {
        coded.push(seconds(|| scan(&bounds, &mut found)));
        plain.push(seconds(|| {
            for rows in vectors.values.chunks(F32_ROWS * DIM) {
                let products = &mut products[..queries * (rows.len() / DIM)];
                inner_products(isa, values, rows, DIM, products);
                std::hint::black_box(products);
            }
        }));
    }
    let pairs = (rows * queries) as f64;
    let [coded, plain] = [coded, plain].map(|times| best(times) / pairs * 1e9);
    let bandwidth = DIM as f64 / (coded * queries as f64);
    println!(
        "{:10} {rows:6}  {queries:7}  {coded:9.3}  {bandwidth:5.1}  {plain:9.3}  {:6.1}",
        isa.name(),
        plain / coded
    );
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

fn best(seconds: Vec<f64>) -> f64 {
    seconds.into_iter().fold(f64::INFINITY, f64::min)
}

/// Numbers in [-1, 1) without a pattern that matters (splitmix64).
fn numbers(count: usize) -> Vec<f32> {
    let mix = |i: u64| {
        let z = (i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z ^ (z >> 27)
    };
    (0..count as u64)
        .map(|i| (mix(i) >> 40) as f32 / (1_u64 << 23) as f32 - 1.0)
        .collect()
}
