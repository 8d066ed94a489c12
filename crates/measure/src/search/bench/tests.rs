use std::fs;
use std::path::Path;

use lookalike_engine::EngineError;
use lookalike_index::{IndexKind, Metric};

use super::super::fixture::{Banks, vectors};
use super::super::{QuerySource, VectorSource};
use super::{BenchRow, SearchBench, bench_search};

const DIM: usize = 12;

fn request(bank: &Path) -> SearchBench<'_> {
    SearchBench {
        vectors: VectorSource::Bank(bank),
        queries: QuerySource::Sample { count: 20, seed: 1 },
        metric: None,
        kinds: vec![IndexKind::Flat],
        top_k: 10,
        nprobe: vec![8],
        ef_search: vec![64],
        nlist: None,
        m: None,
        ef_construction: None,
        batches: vec![1],
        keep: vec![1.0],
        seconds: 0.0,
        cache: None,
        threads: 1,
    }
}

fn rows(request: &SearchBench<'_>) -> Vec<BenchRow> {
    let mut each = Vec::new();
    let rows = bench_search(request, |row| each.push(row.clone())).unwrap();
    assert_eq!(rows, each);
    rows
}

fn refusal(request: &SearchBench<'_>) -> EngineError {
    bench_search(request, |_| {}).unwrap_err()
}

#[test]
fn there_is_a_row_for_every_kind_setting_batch_and_filter() {
    let banks = Banks::new();
    let bank = banks.npy("bank.npy", DIM, &vectors(2400, DIM));
    let rows = rows(&SearchBench {
        metric: Some(Metric::L2),
        kinds: vec![IndexKind::Flat, IndexKind::Hnsw],
        ef_search: vec![40, 80],
        m: Some(8),
        batches: vec![1, 7],
        keep: vec![1.0, 0.2],
        ..request(&bank)
    });
    assert_eq!(rows.len(), 4 + 8);
    for row in &rows {
        assert_eq!((row.vectors, row.dim, row.queries), (2400, DIM, 20));
        assert_eq!((row.metric.as_str(), row.top_k, row.threads), ("l2", 10, 1));
        assert_eq!((row.hits_missing, row.rounds), (0, 1));
        assert!(row.p50_ms <= row.p90_ms && row.p90_ms <= row.p99_ms && row.p50_ms > 0.0);
        assert!((row.qps * row.mean_ms / (row.batch as f64 * 1e3) - 1.0).abs() < 1e-9);
        assert!(row.build_seconds.is_some() && row.open_seconds.is_none());
        assert!(row.memory_bytes >= 2400 * DIM * 4);
    }
    let flat = &rows[..4];
    assert!(
        flat.iter()
            .all(|row| row.recall_at_k == 1.0 && row.setting.is_empty())
    );
    let of = |row: &BenchRow| (row.batch, row.keep);
    let expected = [(1, 1.0), (1, 0.2), (7, 1.0), (7, 0.2)];
    assert_eq!(flat.iter().map(of).collect::<Vec<_>>(), expected);
    for (row, ef_search) in rows[4..].iter().zip([40, 40, 40, 40, 80, 80, 80, 80]) {
        assert_eq!(row.setting.get("ef_search"), Some(&ef_search));
        assert_eq!(row.params.get("m"), Some(&8));
        assert!(!row.params.contains_key("ef_search"));
        assert!(row.recall_at_k > 0.9, "{row:?}");
    }
}

#[test]
fn a_filter_that_keeps_nothing_misses_nothing() {
    let banks = Banks::new();
    let bank = banks.npy("bank.npy", DIM, &vectors(50, DIM));
    let rows = rows(&SearchBench {
        keep: vec![1e-12],
        ..request(&bank)
    });
    assert_eq!((rows[0].recall_at_k, rows[0].hits_missing), (1.0, 0));
}

#[test]
fn queries_may_come_from_a_file_of_vectors_of_the_same_length() {
    let banks = Banks::new();
    let bank = banks.npy("bank.npy", DIM, &vectors(60, DIM));
    let queries = banks.npy("queries.npy", DIM, &vectors(3, DIM));
    let with = |path| SearchBench {
        queries: QuerySource::Bank(path),
        batches: vec![64],
        ..request(&bank)
    };
    let row = rows(&with(&queries)).remove(0);
    assert_eq!((row.queries, row.batch, row.recall_at_k), (3, 64, 1.0));
    let longer = banks.npy("longer.npy", 4, &[0.0; 8]);
    let message = refusal(&with(&longer)).to_string();
    assert!(
        message.contains("vectors of 4 numbers; those searched have 12"),
        "{message}"
    );
}

#[test]
fn what_cannot_be_measured_is_refused_with_its_reason() {
    let banks = Banks::new();
    let message = refusal(&request(&banks.path("none.npy"))).to_string();
    assert!(message.contains("none.npy"), "{message}");
    let damaged = banks.npy("damaged.npy", 2, &[0.0, 1.0, f32::NAN, 1.0]);
    let message = refusal(&request(&damaged)).to_string();
    assert!(
        message.contains("row 1: number 0 of its vector is NaN"),
        "{message}"
    );
    let bank = banks.npy("bank.npy", DIM, &vectors(50, DIM));
    let message = refusal(&SearchBench {
        kinds: vec![IndexKind::Hnsw],
        m: Some(1000),
        ..request(&bank)
    })
    .to_string();
    assert!(message.contains("m is 1000: expected 4 to 64"), "{message}");
}

#[test]
fn exact_answers_are_kept_for_the_same_vectors_and_queries() {
    let banks = Banks::new();
    let bank = banks.npy("bank.npy", DIM, &vectors(200, DIM));
    let cached = SearchBench {
        cache: Some(banks.path("new/cache")),
        keep: vec![1.0, 0.5],
        ..request(&bank)
    };
    rows(&cached);
    let kept = || {
        let entries = fs::read_dir(banks.path("new/cache")).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let mut paths: Vec<_> = paths
            .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
            .collect();
        paths.sort();
        paths
    };
    let first = kept();
    assert_eq!(first.len(), 2, "{first:?}");
    // What is kept is believed, as its name says what it is of.
    let whole = first
        .iter()
        .find(|path| path.to_string_lossy().contains("keep1-"));
    let whole = whole.unwrap();
    let right = fs::read(whole).unwrap();
    fs::write(
        whole,
        serde_json::to_vec(&vec![vec![u64::MAX; 10]; 20]).unwrap(),
    )
    .unwrap();
    let again = rows(&cached);
    assert_eq!((again[0].recall_at_k, again[1].recall_at_k), (0.0, 1.0));
    // What can't be read is made again.
    fs::write(whole, &right[..right.len() / 2]).unwrap();
    assert_eq!(rows(&cached)[0].recall_at_k, 1.0);
    assert_eq!(fs::read(whole).unwrap(), right);
    let other_queries = SearchBench {
        queries: QuerySource::Sample { count: 20, seed: 2 },
        ..cached.clone()
    };
    assert_eq!(rows(&other_queries)[0].recall_at_k, 1.0);
    assert_eq!(kept().len(), 4);
}

#[test]
fn an_index_that_was_kept_is_opened_and_a_damaged_one_built_anew() {
    let banks = Banks::new();
    let bank = banks.npy("bank.npy", DIM, &vectors(2400, DIM));
    let cache = banks.path("cache");
    let cached = SearchBench {
        kinds: vec![IndexKind::IvfFlat, IndexKind::Hnsw],
        m: Some(8),
        nlist: Some(16),
        cache: Some(cache.clone()),
        ..request(&bank)
    };
    let built = rows(&cached);
    let opened = rows(&cached);
    for (built, opened) in built.iter().zip(&opened) {
        assert!(built.build_seconds.is_some() && built.open_seconds.is_none());
        assert!(opened.build_seconds.is_none() && opened.open_seconds.is_some());
        assert_eq!(built.file_bytes, opened.file_bytes);
        assert_eq!(built.recall_at_k, opened.recall_at_k);
        assert_eq!(built.params, opened.params);
    }
    assert_eq!(opened[0].params.get("nlist"), Some(&16));
    assert!(opened[0].params.len() == 1 && opened[0].setting.get("nprobe") == Some(&8));
    let other_options = SearchBench {
        nlist: Some(20),
        ..cached.clone()
    };
    let other = rows(&other_options);
    assert_eq!(other[0].params.get("nlist"), Some(&20));
    assert!(other[0].build_seconds.is_some() && other[1].build_seconds.is_none());
    for entry in fs::read_dir(&cache).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().ends_with(".index") {
            fs::write(path, "torn").unwrap();
        }
    }
    let again = rows(&cached);
    assert!(again.iter().all(|row| row.build_seconds.is_some()));
    assert!(rows(&cached).iter().all(|row| row.open_seconds.is_some()));
}
