//! `lookalike bench search` and `lookalike compare-metrics`.

use std::fs::File;
use std::path::Path;

use lookalike_npy as npy;
use serde_json::Value;

use crate::support::Scratch;

/// Vectors of 4 numbers, no two alike; enough that a graph is built over them.
fn vectors(scratch: &Scratch) {
    let values: Vec<f32> = (0..8400_u32)
        .map(|value| ((value * value) as f32).sin())
        .collect();
    let mut file = File::create(scratch.path("vectors.npy")).unwrap();
    npy::write(&mut file, &[2100, 4], &values).unwrap();
}

const BENCH: [&str; 12] = [
    "bench",
    "search",
    "--vectors",
    "vectors.npy",
    "--index",
    "flat,hnsw",
    "--sample",
    "8",
    "--keep",
    "1,0.5",
    "--seconds",
    "0",
];

#[test]
fn a_bench_of_searches_prints_a_row_for_each_case() {
    let scratch = Scratch::new();
    vectors(&scratch);
    let rows = scratch.json(&[&BENCH[..], &["--threads", "1", "--format", "json"]].concat());
    let rows = rows.as_array().unwrap();
    // Two batches and two filters: flat once, hnsw with three settings.
    assert_eq!(rows.len(), 4 + 12);
    let keys = [
        "index",
        "metric",
        "vectors",
        "dim",
        "queries",
        "params",
        "setting",
        "keep",
        "batch",
        "threads",
        "top_k",
        "recall_at_k",
        "hits_missing",
        "p50_ms",
        "p90_ms",
        "p99_ms",
        "mean_ms",
        "qps",
        "rounds",
        "build_seconds",
        "open_seconds",
        "file_bytes",
        "memory_bytes",
        "anonymous_bytes",
        "version",
        "isa",
    ];
    for row in rows {
        let row = row.as_object().unwrap();
        assert!(keys.iter().all(|key| row.contains_key(*key)), "{row:?}");
        assert_eq!(row.len(), keys.len(), "{row:?}");
        assert_eq!(
            (&row["vectors"], &row["dim"], &row["threads"]),
            (&2100.into(), &4.into(), &1.into())
        );
        assert_eq!(row["hits_missing"], 0);
        let recall = row["recall_at_k"].as_f64().unwrap();
        assert!(
            recall == 1.0 || row["index"] == "hnsw" && recall > 0.9,
            "{row:?}"
        );
    }
    assert_eq!(rows[0]["setting"], serde_json::json!({}));
    assert_eq!(rows[4]["setting"], serde_json::json!({"ef_search": 64}));
    assert_eq!(
        rows[4]["params"],
        serde_json::json!({"m": 16, "ef_construction": 200})
    );

    let output = scratch.run(&[&BENCH[..], &["--format", "jsonl"]].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    assert_eq!(lines.count(), 16);
    let output = scratch.run(&BENCH);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("ef_search 64") && text.contains("2100 vectors of 4 numbers"),
        "{text}"
    );
}

#[test]
fn a_bench_of_searches_refuses_what_it_cannot_measure() {
    let scratch = Scratch::new();
    vectors(&scratch);
    for wrong in [
        ["--keep", "0"],
        ["--keep", "1.5"],
        ["--index", "tree"],
        ["--nprobe", "0"],
        ["--ef-search", "16385"],
        ["--seconds", "-1"],
        ["--batch", "0"],
        ["--collection", "default"],
    ] {
        let bench = ["bench", "search", "--vectors", "vectors.npy"];
        scratch.fails(&[&bench[..], &wrong].concat(), 2);
    }
    let message = scratch.fails(&["bench", "search", "--vectors", "none.npy"], 1);
    assert!(message.contains("none.npy"), "{message}");
}

/// The bank has no encoder, its vectors are not normalised, and six of its rows have categories.
#[test]
fn metrics_are_compared_on_a_collection_and_on_a_bank_alike() {
    let scratch = Scratch::new();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/features");
    let bank = fixtures.join("f32.npz").to_str().unwrap().to_owned();
    scratch.json(&[
        "features",
        "import",
        &bank,
        "--collection",
        "bank",
        "--format",
        "json",
    ]);
    let compare = |of: &[&str]| {
        let what = [
            "--by", "category", "--top-k", "3", "--show", "2", "--format", "json",
        ];
        scratch.json(&[&["compare-metrics"][..], of, &what].concat())
    };
    let of_collection = compare(&["--collection", "bank"]);
    let of_bank = compare(&["--vectors", &bank]);
    for report in [&of_collection, &of_bank] {
        assert_eq!(
            (&report["vectors"], &report["queries"]),
            (&7.into(), &7.into())
        );
        assert_eq!(report["index"], "flat");
        let metrics = report["metrics"].as_array().unwrap();
        let names: Vec<&str> = metrics
            .iter()
            .filter_map(|metric| metric["metric"].as_str())
            .collect();
        assert_eq!(names, ["cosine", "l2", "ip"]);
        assert!(
            metrics
                .iter()
                .all(|metric| metric["hit_rate"]["queries"] == 6)
        );
        assert_eq!(metrics[1]["scores"]["is_root"], true);
        assert_eq!(report["shown"].as_array().unwrap().len(), 2);
    }
    assert_eq!(of_collection["overlaps"], of_bank["overlaps"]);
    let rates = |report: &Value| {
        let metrics = report["metrics"].as_array().unwrap().iter();
        metrics
            .map(|metric| metric["hit_rate"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(rates(&of_collection), rates(&of_bank));

    let output = scratch.run(&["compare-metrics", "--vectors", &bank, "--by", "category"]);
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "cosine and l2 share",
        "same label",
        "the root of the square",
        "query ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let message = scratch.fails(
        &["compare-metrics", "--vectors", &bank, "--by", "colour"],
        1,
    );
    assert!(message.contains("`colour`; they have:"), "{message}");
    let message = scratch.fails(&["compare-metrics", "--collection", "none"], 1);
    assert!(message.contains("none"), "{message}");
    scratch.fails(&["compare-metrics", "--metrics", "angle"], 2);
}
