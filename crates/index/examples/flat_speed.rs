//! Times exact search on 1 and 2 threads: `cargo run --release -p lookalike-index --example flat_speed`.

#![expect(clippy::print_stdout, reason = "a report")]

use std::hint::black_box;
use std::time::Instant;

use lookalike_index::{Filter, FlatIndex, IndexError, Metric, SearchParams};

const DIM: usize = 384;
const BATCH: usize = 16;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pools = [1, 2].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().map(|pool| (threads, pool))
    });
    let pools = pools.into_iter().collect::<Result<Vec<_>, _>>()?;
    println!("median milliseconds a query, dim {DIM}");
    for (count, repeats) in [(1_000, 2_000), (6_387, 500), (200_000, 30)] {
        for metric in [Metric::Cosine, Metric::L2] {
            let index = FlatIndex::new(DIM, metric);
            let started = Instant::now();
            for first in (0..count).step_by(1_000) {
                let ids: Vec<u64> = (first..count.min(first + 1_000)).collect();
                index.add(&ids, &values(first + 1, ids.len() * DIM))?;
            }
            let segments = index.stats().segments;
            println!(
                "{count} x {DIM} {metric}: added in {:.0?}, {segments} segments",
                started.elapsed()
            );
            let tenth = Filter::from_ids((0..count).step_by(10));
            let few = Filter::from_ids((0..8).map(|item| item * count / 8));
            let cases = [
                ("k 10", SearchParams::top(10), 1),
                ("k 1000", SearchParams::top(1_000), 1),
                (
                    "k 10, every 10th",
                    SearchParams {
                        filter: Some(&tenth),
                        ..SearchParams::top(10)
                    },
                    1,
                ),
                (
                    "k 10, 8 items",
                    SearchParams {
                        filter: Some(&few),
                        ..SearchParams::top(10)
                    },
                    1,
                ),
                ("k 10, batch of 16", SearchParams::top(10), BATCH),
            ];
            for (name, params, batch) in cases {
                for (threads, pool) in &pools {
                    let median =
                        pool.install(|| median_ms(&index, &params, repeats / batch, batch))?;
                    println!("  {name:18} {threads} threads {median:8.3}");
                }
            }
        }
    }
    Ok(())
}

fn median_ms(
    index: &FlatIndex,
    params: &SearchParams<'_>,
    repeats: usize,
    batch: usize,
) -> Result<f64, IndexError> {
    let mut times = Vec::new();
    for repeat in 0..repeats.max(9) {
        let queries = values(1 << 40 | repeat as u64, batch * DIM);
        let started = Instant::now();
        black_box(index.search_batch(&queries, params)?);
        times.push(started.elapsed().as_secs_f64() * 1e3 / batch as f64);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

/// Seeded values in [-1, 1): xorshift64*.
fn values(seed: u64, count: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let next = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    std::iter::repeat_with(next).take(count).collect()
}
