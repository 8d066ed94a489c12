//! Files that released versions wrote: they open and answer as they did.

use std::path::PathBuf;

use super::*;

fn sample(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
    folder.join(name)
}

/// 40 vectors of small integers, no two alike.
fn vectors() -> Vec<f32> {
    let numbers = (0..40_u32).flat_map(|id| [id % 7, id % 5, id % 4]);
    numbers.map(|number| number as f32 - 2.0).collect()
}

fn graph() -> Index {
    let options = IndexOptions {
        m: Some(4),
        ef_construction: Some(40),
        ..IndexOptions::of(IndexKind::Hnsw)
    };
    let index = Index::new(3, Metric::L2, options).unwrap();
    index.rebuild_as(Plan::Graph).unwrap();
    index.add(&(0..40).collect::<Vec<_>>(), &vectors()).unwrap();
    index.remove(&[0, 7, 14]);
    index
        .add(&[3, 1 << 40], &[9.0, 9.0, 9.0, -9.0, 0.0, 0.5])
        .unwrap();
    index
}

fn lists() -> Index {
    let options = IndexOptions {
        nlist: Some(4),
        ..IndexOptions::of(IndexKind::IvfSq8)
    };
    let index = Index::new(3, Metric::Cosine, options).unwrap();
    let first: Vec<u64> = (0..30).collect();
    index.add(&first, &vectors()[..90]).unwrap();
    index.rebuild_as(Plan::Lists(4)).unwrap();
    index
        .add(&(30..40).collect::<Vec<_>>(), &vectors()[90..])
        .unwrap();
    index.remove(&[11, 31]);
    index
}

/// After a change of the format, with a new version and under new names.
#[test]
#[ignore = "writes the samples"]
fn write_samples() {
    graph()
        .save(&sample("v1-graph.index"), &[1, 2, 3, 4])
        .unwrap();
    lists()
        .save(&sample("v1-lists.index"), &[5, 6, 7, 8])
        .unwrap();
}

fn check(name: &str, written: &Index, tag: [u64; 4], query: [f32; 3], expected: &[(u64, f32)]) {
    let (index, found) = Index::open(&sample(name)).unwrap();
    assert_eq!(found, tag);
    assert_eq!(index.verify(|| false), Ok(()));
    assert_eq!(index.options(), written.options());
    let (stats, of_written) = (index.stats(), written.stats());
    assert_eq!(
        (stats.len, stats.removed),
        (of_written.len, of_written.removed)
    );
    assert_eq!(stats.params, of_written.params);
    for effort in [Effort::EXACT, Effort::default()] {
        let params = SearchParams {
            effort,
            ..SearchParams::top(expected.len())
        };
        let hits = index.search(&query, &params).unwrap();
        let ids: Vec<u64> = hits.iter().map(|hit| hit.id).collect();
        assert_eq!(
            ids,
            expected.iter().map(|hit| hit.0).collect::<Vec<_>>(),
            "{hits:?}"
        );
        // Digits written down, and a rounding for each term.
        for (hit, (_, score)) in hits.iter().zip(expected) {
            let error = (f64::from(hit.score) - f64::from(*score)).abs();
            assert!(error <= 2e-6, "{hit:?}, {score} expected");
        }
    }
    for id in (0..40).chain([1 << 40]) {
        assert_eq!(index.vector(id), written.vector(id));
    }
    index.add(&[500], &query).unwrap();
    let best = index.search(&query, &SearchParams::top(1)).unwrap();
    assert_eq!(best[0].id, 500);
}

#[test]
fn a_graph_of_version_1() {
    let query = [-5.5, 0.25, 0.5];
    let expected = [
        (1 << 40, 3.508_917),
        (21, 4.007_805),
        (35, 4.190_764),
        (28, 4.366_062),
        (22, 4.534_589),
    ];
    check("v1-graph.index", &graph(), [1, 2, 3, 4], query, &expected);
    let (index, _) = Index::open(&sample("v1-graph.index")).unwrap();
    let mut walked = walk(&index, &query, 8);
    walked.retain(|&id| index.contains(id));
    assert_eq!(walked[..3], [1 << 40, 21, 35]);
}

#[test]
fn lists_of_version_1() {
    let query = [-1.0, 0.75, -0.25];
    let expected = [
        (14, 0.970_725_3),
        (29, 0.880_704_8),
        (28, 0.849_836_6),
        (22, 0.784_464_5),
        (8, 0.720_576_7),
    ];
    check("v1-lists.index", &lists(), [5, 6, 7, 8], query, &expected);
    let (index, _) = Index::open(&sample("v1-lists.index")).unwrap();
    let effort = Effort {
        nprobe: Some(3),
        ..Effort::default()
    };
    let params = SearchParams {
        effort,
        ..SearchParams::top(1)
    };
    assert_eq!(index.search(&query, &params).unwrap()[0].id, 14);
}
