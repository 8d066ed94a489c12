use std::path::Path;

use lookalike_index::{IndexKind, Metric};

use super::super::fixture::{Banks, normalised, vectors};
use super::super::{QuerySource, VectorSource};
use super::{HitRate, LabelKind, MetricComparison, MetricsReport, compare_metrics};

const DIM: usize = 16;

fn request(bank: &Path) -> MetricComparison<'_> {
    MetricComparison {
        vectors: VectorSource::Bank(bank),
        queries: QuerySource::Sample { count: 30, seed: 1 },
        metrics: vec![Metric::Cosine, Metric::L2, Metric::InnerProduct],
        kind: IndexKind::Flat,
        top_k: 10,
        by: None,
        show: 30,
        threads: 1,
    }
}

fn overlap(report: &MetricsReport, a: &str, b: &str) -> f64 {
    let found = report
        .overlaps
        .iter()
        .find(|overlap| overlap.metrics == [a, b]);
    found.unwrap_or_else(|| panic!("no pair {a}, {b}")).mean
}

#[test]
fn metrics_that_order_normalised_vectors_alike_agree_on_every_hit() {
    let banks = Banks::new();
    let bank = banks.npy("bank.npy", DIM, &normalised(DIM, vectors(400, DIM)));
    let report = compare_metrics(&request(&bank)).unwrap();
    assert_eq!((report.vectors, report.dim, report.queries), (400, DIM, 30));
    assert_eq!(report.overlaps.len(), 3);
    assert!(report.overlaps.iter().all(|overlap| overlap.mean == 1.0));
    for metric in &report.metrics {
        assert_eq!(metric.scores.compared, 300, "{}", metric.metric);
        // A few roundings of single precision of values up to 2.
        assert!(metric.scores.largest_difference < 1e-6, "{metric:?}");
        assert_eq!(
            metric.scores.is_root,
            (metric.metric == "l2").then_some(true)
        );
        assert!(metric.hit_rate.is_none());
        assert!(metric.p50_ms <= metric.p99_ms && metric.qps > 0.0);
    }
}

#[test]
fn lengths_make_metrics_disagree_and_no_query_finds_itself() {
    let banks = Banks::new();
    let bank = banks.npy("bank.npy", DIM, &vectors(400, DIM));
    let report = compare_metrics(&request(&bank)).unwrap();
    assert!(overlap(&report, "cosine", "l2") < 0.9);
    assert!(overlap(&report, "cosine", "ip") < 0.9);
    assert_eq!(report.shown.len(), 30);
    for query in &report.shown {
        assert_eq!(query.hits.len(), 3);
        for (metric, hits) in &query.hits {
            assert_eq!(hits.len(), 10, "{metric}");
            assert!(hits.iter().all(|hit| Some(hit.id) != query.id), "{metric}");
            let scores: Vec<f32> = hits.iter().map(|hit| hit.score).collect();
            let rising = metric == "l2";
            assert!(scores.is_sorted_by(|a, b| if rising { a <= b } else { a >= b }));
        }
    }
    let few = compare_metrics(&MetricComparison {
        show: 2,
        metrics: vec![Metric::L2, Metric::L2],
        ..request(&bank)
    });
    let few = few.unwrap();
    assert_eq!(
        (few.shown.len(), few.metrics.len(), few.overlaps.len()),
        (2, 1, 0)
    );
}

/// Two groups of six in opposite directions, so that a query's five best are its own group; an
/// item without a label is not asked about.
#[test]
fn hits_are_counted_by_attribute_and_by_patent() {
    let banks = Banks::new();
    let mut values = Vec::new();
    let mut about = Vec::new();
    for row in 0..12 {
        let side = if row % 2 == 0 { 1.0 } else { -1.0 };
        values.extend([side, 0.01 * row as f32]);
        let label = match row {
            11 => String::new(),
            row => format!(
                ", \"category\": \"{}\"",
                if row % 2 == 0 { "lamp" } else { "cup" }
            ),
        };
        about.push(format!(
            "{{\"path\": \"{row}.png\", \"patent_id\": \"USD{}\"{label}}}",
            900_000 + row / 2
        ));
    }
    let bank = banks.npy("bank.npy", 2, &values);
    banks.about("bank.npy", &about);
    let by = |by| MetricComparison {
        metrics: vec![Metric::Cosine],
        top_k: 5,
        by: Some(by),
        ..request(&bank)
    };
    let report = compare_metrics(&by(LabelKind::Attribute("category".into()))).unwrap();
    let rate = report.metrics[0].hit_rate.unwrap();
    // Each of the five cups has the item without a label among its five hits.
    assert_eq!(
        (rate.queries, rate.hits),
        (11, (6.0 * 5.0 + 5.0 * 4.0) / 55.0)
    );
    let lamp = report
        .shown
        .iter()
        .find(|query| query.name == "4.png")
        .unwrap();
    assert_eq!(lamp.label.as_deref(), Some("lamp"));
    assert!(
        lamp.hits["cosine"]
            .iter()
            .all(|hit| hit.label.as_deref() == Some("lamp"))
    );
    // The two items of a patent point in opposite directions.
    let report = compare_metrics(&by(LabelKind::Patent)).unwrap();
    let nothing = HitRate {
        queries: 12,
        hits: 0.0,
        first_hit: 0.0,
    };
    assert_eq!(report.metrics[0].hit_rate, Some(nothing));
    let error = compare_metrics(&by(LabelKind::Attribute("colour".into()))).unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("`colour`; they have: category"),
        "{message}"
    );
}

#[test]
fn queries_from_a_file_may_find_themselves() {
    let banks = Banks::new();
    let all = vectors(100, DIM);
    let bank = banks.npy("bank.npy", DIM, &all);
    let queries = banks.npy("queries.npy", DIM, &all[7 * DIM..9 * DIM]);
    let report = compare_metrics(&MetricComparison {
        queries: QuerySource::Bank(&queries),
        ..request(&bank)
    })
    .unwrap();
    assert_eq!(report.shown.len(), 2);
    for (query, item) in report.shown.iter().zip([7, 8]) {
        assert_eq!(query.id, None);
        assert_eq!(query.hits["cosine"][0].id, item);
        assert_eq!(query.hits["l2"][0].score, 0.0);
    }
}

#[test]
fn a_set_of_one_has_no_hits() {
    let banks = Banks::new();
    let bank = banks.npy("bank.npy", 2, &[1.0, 2.0]);
    let report = compare_metrics(&request(&bank)).unwrap();
    assert!(report.shown[0].hits.values().all(Vec::is_empty));
    assert_eq!(report.metrics[0].scores.compared, 0);
}
