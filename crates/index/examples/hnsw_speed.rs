//! Builds a graph on one thread, and times searches for rising numbers of candidates:
//! `cargo run --release -p lookalike-index --example hnsw_speed -- 200000 cosine`.

#![expect(clippy::print_stdout, reason = "a report")]

use std::collections::HashSet;
use std::time::Instant;

use lookalike_index::{Effort, Filter, FlatIndex, HnswIndex, HnswOptions, Metric, SearchParams};

const DIM: usize = 384;
const QUERIES: usize = 1000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let count = arguments
        .next()
        .map_or(Ok(200_000), |count| count.parse())?;
    let metric = arguments
        .next()
        .map_or(Ok(Metric::Cosine), |name| name.parse())?;
    let threads = arguments.next().map_or(Ok(1), |count| count.parse())?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    let report = || report(count, metric).map_err(|error| error.to_string());
    Ok(pool.build()?.install(report)?)
}

fn report(count: usize, metric: Metric) -> Result<(), Box<dyn std::error::Error>> {
    let mut law = Law::new();
    let mut vectors = law.vectors(count);
    let queries = law.vectors(QUERIES);
    if metric != Metric::Cosine {
        // Lengths that differ: the hard case for inner products.
        for vector in vectors.chunks_exact_mut(DIM) {
            let length = (0.5 * law.normal()).exp();
            vector.iter_mut().for_each(|value| *value *= length);
        }
    }
    let ids: Vec<u64> = (0..count as u64).collect();
    let index = HnswIndex::new(DIM, metric, HnswOptions::default())?;
    let started = Instant::now();
    index.add(&ids, &vectors)?;
    let built = started.elapsed();
    let stats = index.stats();
    println!(
        "{count} x {DIM} {metric}: built in {:.1} s; {} MB of codes and links, {} MB of vectors",
        built.as_secs_f64(),
        (stats.bytes - stats.vector_bytes) >> 20,
        stats.vector_bytes >> 20,
    );

    let started = Instant::now();
    for (id, vector) in (count as u64..).zip(queries.chunks_exact(DIM)).take(50) {
        index.add(&[id], vector)?;
    }
    println!(
        "one more item: {:.2} ms",
        started.elapsed().as_secs_f64() * 20.0
    );
    index.remove(&(count as u64..count as u64 + 50).collect::<Vec<_>>());

    let flat = FlatIndex::new(DIM, metric);
    for (ids, vectors) in ids.chunks(1000).zip(vectors.chunks(1000 * DIM)) {
        flat.add(ids, vectors)?;
    }
    drop(vectors);
    println!("filter  ef  recall@10  median ms  p99 ms  queries/s");
    for share in [1, 2, 10, 100, 10_000] {
        let filter = Filter::from_ids(ids.iter().copied().filter(|id| id * 7919 % share == 0));
        let params = SearchParams {
            filter: (share > 1).then_some(&filter),
            ..SearchParams::top(10)
        };
        let expected = flat.search_batch(&queries, &params)?;
        let candidates: &[usize] = if share == 1 {
            &[16, 32, 64, 96, 128, 192, 256, 512]
        } else {
            &[64, 128]
        };
        for &candidates in candidates {
            let effort = Effort::Candidates(candidates);
            let (mut times, mut found) = (Vec::new(), 0);
            for (query, expected) in queries.chunks_exact(DIM).zip(&expected) {
                let started = Instant::now();
                let hits = index.search(query, &params, effort)?;
                times.push(started.elapsed().as_secs_f64() * 1e3);
                let expected: HashSet<u64> = expected.iter().map(|hit| hit.id).collect();
                found += hits.iter().filter(|hit| expected.contains(&hit.id)).count();
            }
            times.sort_by(f64::total_cmp);
            let total = expected.iter().map(Vec::len).sum::<usize>();
            println!(
                "1/{share:<6} {candidates:4}  {:9.4}  {:9.4} {:7.3}  {:9.0}",
                found as f64 / total as f64,
                times[QUERIES / 2],
                times[QUERIES * 99 / 100],
                QUERIES as f64 * 1e3 / times.iter().sum::<f64>(),
            );
        }
    }
    Ok(())
}

/// Vectors in 200 overlapping clusters of 48 true dimensions, spread over 384 with noise: hard
/// enough to tell indexes apart.
struct Law {
    state: u64,
    centres: Vec<f32>,
    /// `[48][384]`.
    spread: Vec<f32>,
}

impl Law {
    const CLUSTERS: usize = 200;
    const TRUE_DIM: usize = 48;

    fn new() -> Self {
        let mut law = Self {
            state: 1,
            centres: Vec::new(),
            spread: Vec::new(),
        };
        law.centres = (0..Self::CLUSTERS * Self::TRUE_DIM)
            .map(|_| 0.8 * law.normal())
            .collect();
        law.spread = (0..Self::TRUE_DIM * DIM).map(|_| law.normal()).collect();
        law
    }

    fn vectors(&mut self, count: usize) -> Vec<f32> {
        let mut vectors = Vec::with_capacity(count * DIM);
        for _ in 0..count {
            let cluster = (self.uniform() * Self::CLUSTERS as f64) as usize;
            let mut vector: Vec<f32> = (0..DIM).map(|_| self.normal()).collect();
            for (axis, spread) in (0..).zip(self.spread.clone().chunks_exact(DIM)) {
                let value = self.centres[cluster * Self::TRUE_DIM + axis] + self.normal();
                for (sum, spread) in vector.iter_mut().zip(spread) {
                    *sum += value * spread;
                }
            }
            let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
            vectors.extend(vector.iter().map(|value| value / length));
        }
        vectors
    }

    /// Box and Muller 1958.
    fn normal(&mut self) -> f32 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        (radius * (std::f64::consts::TAU * self.uniform()).cos()) as f32
    }

    /// In [0, 1): xorshift64*.
    fn uniform(&mut self) -> f64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
