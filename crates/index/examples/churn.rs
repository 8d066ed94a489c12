//! Searches while items come and go: latency percentiles while another thread writes, and a check
//! of every hit.
//!
//! ```text
//! cargo run --release -p lookalike-index --example churn -- VECTORS.npy QUERIES.npy hnsw 10000
//! ```
//!
//! All vectors but the last 10,000 are indexed. Then one thread adds those, 10 a call, and removes
//! as many of the first, while others search one query after another. A hit is wrong if its score
//! is not that of its vector, or if its item had been removed before the search began; an item
//! added before a search for its own vector began has to come first.

#![expect(clippy::print_stdout, reason = "a program whose output is a table")]
#![expect(
    clippy::unwrap_used,
    reason = "an example ends at the first thing that goes wrong"
)]

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use lookalike_index::{Index, IndexKind, IndexOptions, Metric, SearchParams};

/// Items of one write.
const WRITTEN: usize = 10;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [vectors, queries, kind, count] = &arguments[..] else {
        panic!("give VECTORS.npy QUERIES.npy KIND COUNT");
    };
    let ((dim, vectors), (_, queries)) = (read(vectors), read(queries));
    let (kind, count): (IndexKind, usize) = (kind.parse().unwrap(), count.parse().unwrap());
    let old = vectors.len() / dim - count;

    let index = Index::new(dim, Metric::Cosine, IndexOptions::of(kind)).unwrap();
    let ids: Vec<u64> = (0..old as u64).collect();
    index.add(&ids, &vectors[..old * dim]).unwrap();
    index.rebuild().unwrap();
    let alone = search(&index, &vectors, &queries, &Progress::still(old));
    report("alone", &alone);

    let progress = Progress::still(old);
    let searches = thread::scope(|scope| {
        let searcher = scope.spawn(|| {
            let mut all = Searches::default();
            while progress.removed.load(SeqCst) < count {
                all.append(search(&index, &vectors, &queries, &progress));
            }
            all
        });
        let start = Instant::now();
        for first in (0..count).step_by(WRITTEN) {
            let end = count.min(first + WRITTEN);
            let ids: Vec<u64> = (old + first..old + end).map(|row| row as u64).collect();
            let rows = (old + first) * dim..(old + end) * dim;
            index.add(&ids, &vectors[rows]).unwrap();
            progress.added.store(old + end, SeqCst);
            let gone: Vec<u64> = (first as u64..end as u64).collect();
            assert_eq!(index.remove(&gone), gone.len());
            progress.removed.store(end, SeqCst);
        }
        println!("{count} added, {count} removed in {:.2?}", start.elapsed());
        searcher.join().unwrap()
    });
    report("beside writes", &searches);
    assert_eq!(index.len(), old);
}

/// What was certainly done when a search began.
struct Progress {
    /// Items below this were added.
    added: AtomicUsize,
    /// Items below this were removed.
    removed: AtomicUsize,
}

impl Progress {
    fn still(old: usize) -> Self {
        Self {
            added: AtomicUsize::new(old),
            removed: AtomicUsize::new(0),
        }
    }
}

#[derive(Default)]
struct Searches {
    times: Vec<Duration>,
    wrong: usize,
    /// Items just added that did not come first in a search for their own vector.
    missed: usize,
}

impl Searches {
    fn append(&mut self, other: Self) {
        self.times.extend(other.times);
        self.wrong += other.wrong;
        self.missed += other.missed;
    }
}

/// One search for each query, and for the item added last.
fn search(index: &Index, vectors: &[f32], queries: &[f32], progress: &Progress) -> Searches {
    let dim = index.dim();
    let mut searches = Searches::default();
    for query in queries.chunks_exact(dim) {
        let removed = progress.removed.load(SeqCst) as u64;
        let start = Instant::now();
        let hits = index.search(query, &SearchParams::top(10)).unwrap();
        searches.times.push(start.elapsed());
        for hit in &hits {
            let direct = cosine(query, &vectors[hit.id as usize * dim..][..dim]);
            let is_right = (f64::from(hit.score) - direct).abs() < 1e-5 && hit.id >= removed;
            searches.wrong += usize::from(!is_right);
        }
        searches.wrong += usize::from(hits.len() != 10);

        let last = progress.added.load(SeqCst) - 1;
        let hits = index.search(&vectors[last * dim..][..dim], &SearchParams::top(1));
        let is_first = hits
            .unwrap()
            .first()
            .is_some_and(|hit| hit.id == last as u64);
        searches.missed += usize::from(!is_first);
    }
    searches
}

fn report(what: &str, searches: &Searches) {
    let mut times = searches.times.clone();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "{what}: {} searches, p50 {:.3?}, p90 {:.3?}, p99 {:.3?}, longest {:.3?}; {} wrong hits, {} new items not first",
        times.len(),
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0),
        searches.wrong,
        searches.missed,
    );
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        let pairs = a.iter().zip(b);
        pairs.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// Dimension and values of a matrix of f32 in C order.
fn read(path: &str) -> (usize, Vec<f32>) {
    let bytes = std::fs::read(path).unwrap();
    let header_len = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let (header, values) = bytes[10..].split_at(header_len);
    let header = String::from_utf8_lossy(header);
    let (_, shape) = header.split_once("'shape': (").unwrap();
    let mut shape = shape.split([',', ')']).map(str::trim);
    let dim = shape.nth(1).unwrap().parse().unwrap();
    let values = values.as_chunks().0.iter();
    (
        dim,
        values.map(|value| f32::from_le_bytes(*value)).collect(),
    )
}
