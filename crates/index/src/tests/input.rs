//! What an index takes, what it refuses, and that nothing of it gets lost.

use super::*;
use crate::IndexError;

#[test]
fn wrong_vectors_are_named_and_add_nothing() {
    for (kind, plan) in kinds() {
        let index = new(2, Metric::Cosine, kind);
        index.add(&[1, 2, 3, 4], &values(1, 8)).unwrap();
        index.rebuild_as(plan).unwrap();
        let message = |ids: &[u64], vectors: &[f32]| index.add(ids, vectors).unwrap_err();
        assert_eq!(
            message(&[10, 11, 12], &[0.0; 5]).to_string(),
            "vector of item 12 is incomplete or too long: 5 values given for 3 items of dimension 2"
        );
        let error = message(&[10, 11, 12], &[0.0; 1]).to_string();
        assert!(error.contains("item 10 "), "{error}");
        let error = message(&[10, 11], &[0.0; 6]).to_string();
        assert!(error.contains("item 11 "), "{error}");
        assert_eq!(message(&[], &[1.0]), IndexError::NoIds { found: 1 });
        assert_eq!(
            message(&[10, 11], &[0.0, 1.0, 0.0, f32::NAN]).to_string(),
            "vector of item 11 holds NaN at position 1: every value must be finite"
        );
        let error = message(&[10], &[f32::NEG_INFINITY, 1.0]).to_string();
        assert!(error.contains("item 10 holds -inf"), "{error}");
        assert_eq!((index.len(), index.stats().removed), (4, 0));
        assert_eq!(index.add(&[], &[]), Ok(()));
        assert_eq!(index.remove(&[]), 0);
    }
}

#[test]
fn wrong_queries_are_named() {
    let index = new(2, Metric::L2, IndexKind::Flat);
    let top = SearchParams::top(1);
    let of_length = |found| IndexError::QueryLength { found, dim: 2 };
    assert_eq!(index.search(&[0.0; 3], &top), Err(of_length(3)));
    assert_eq!(index.search(&[0.0; 4], &top), Err(of_length(4)));
    assert_eq!(index.search(&[], &top), Err(of_length(0)));
    assert_eq!(index.search_batch(&[0.0; 3], &top), Err(of_length(3)));
    assert_eq!(scores_of(&index, &[0.0; 3], &[1]), Err(of_length(3)));
    let error = index.search_batch(&[0.0, 0.0, f32::INFINITY, 0.0], &top);
    assert_eq!(
        error.unwrap_err().to_string(),
        "query 1 holds inf at position 0: every value must be finite"
    );
    assert!(scores_of(&index, &[0.0, f32::NAN], &[1]).is_err());
    let threshold = Some(f32::NAN);
    let params = SearchParams { threshold, ..top };
    let error = index.search(&[0.0; 2], &params);
    assert_eq!(error, Err(IndexError::ThresholdNotANumber));
    let efforts = [
        (Some(0), None, "nprobe is 0: expected 1 to 65536"),
        (Some(65_537), None, "nprobe is 65537: expected 1 to 65536"),
        (None, Some(0), "ef_search is 0: expected 1 to 16384"),
        (
            None,
            Some(16_385),
            "ef_search is 16385: expected 1 to 16384",
        ),
    ];
    for (nprobe, ef_search, message) in efforts {
        let effort = Effort {
            nprobe,
            ef_search,
            exact: false,
        };
        let error = index.search(&[0.0; 2], &SearchParams { effort, ..top });
        assert_eq!(error.unwrap_err().to_string(), message);
    }
}

#[test]
fn options_out_of_range_are_refused() {
    let usual = IndexOptions::of(IndexKind::Hnsw);
    let with_m = |m| IndexOptions {
        m: Some(m),
        ..usual
    };
    let with_construction = |candidates| IndexOptions {
        ef_construction: Some(candidates),
        ..usual
    };
    let with_lists = |nlist| IndexOptions {
        nlist: Some(nlist),
        ..usual
    };
    assert_eq!(
        Index::new(0, Metric::L2, usual).unwrap_err(),
        IndexError::NoDimension
    );
    let wrong = [
        (65_537, usual, "dim is 65537: expected 1 to 65536"),
        (8, with_m(3), "m is 3: expected 4 to 64"),
        (8, with_m(65), "m is 65: expected 4 to 64"),
        (
            8,
            with_construction(7),
            "ef_construction is 7: expected 8 to 4096",
        ),
        (
            8,
            with_construction(4097),
            "ef_construction is 4097: expected 8 to 4096",
        ),
        (8, with_lists(0), "nlist is 0: expected 1 to 65536"),
        (8, with_lists(65_537), "nlist is 65537: expected 1 to 65536"),
    ];
    for (dim, options, message) in wrong {
        let error = Index::new(dim, Metric::L2, options).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
    for (dim, m) in [(1, 4), (65_536, 64)] {
        let index = Index::new(dim, Metric::Cosine, with_m(m)).unwrap();
        index.rebuild_as(Plan::Graph).unwrap();
        index.add(&[1, 2], &values(1, 2 * dim)).unwrap();
        assert_eq!(walk(&index, &values(2, dim), 2).len(), 2);
    }
}

/// More lists than items are as many as there are items; none are none.
#[test]
fn lists_of_few_items_and_of_none() {
    for metric in METRICS {
        for kind in [IndexKind::IvfFlat, IndexKind::IvfSq8] {
            let index = new(2, metric, kind);
            for ids in [0..0, 0..1, 0..3, 0..40_u64] {
                index.remove(&(0..40).collect::<Vec<_>>());
                let ids: Vec<u64> = ids.collect();
                index.add(&ids, &values(1, 2 * ids.len())).unwrap();
                index.rebuild_as(Plan::Lists(16)).unwrap();
                for effort in [Effort::EXACT, Effort::default()] {
                    let params = SearchParams {
                        effort,
                        ..SearchParams::top(50)
                    };
                    let found = index.search(&[0.5, 0.5], &params).unwrap();
                    assert_eq!(found.len(), ids.len());
                }
                index.add(&[90, 91], &[0.5, 0.25, -1.0, 0.0]).unwrap();
                assert_eq!(index.remove(&[90, 91]), 2);
            }
        }
    }
}

#[test]
fn asking_for_nothing_or_for_more_than_there_is() {
    const COUNT: usize = 1000;
    for metric in METRICS {
        for (kind, plan) in kinds() {
            let index = new(1, metric, kind);
            let search = |k, effort| {
                let params = SearchParams {
                    effort,
                    ..SearchParams::top(k)
                };
                index.search(&[0.5], &params).unwrap()
            };
            index.rebuild_as(plan).unwrap();
            assert_eq!(search(5, Effort::default()), []);
            assert_eq!(search(5, Effort::EXACT), []);
            let top = SearchParams::top(5);
            assert!(index.search_batch(&[], &top).unwrap().is_empty());
            let ids: Vec<u64> = (0..COUNT as u64).collect();
            index.add(&ids, &values(1, COUNT)).unwrap();
            index.rebuild_as(plan).unwrap();
            let nothing = Filter::default();
            let elsewhere = Filter::from_ids(5000..6000);
            for filter in [&nothing, &elsewhere] {
                let filter = Some(filter);
                let params = SearchParams { filter, ..top };
                assert_eq!(index.search(&[1.0], &params).unwrap(), []);
            }
            for k in [0, 1, COUNT - 1, COUNT, COUNT + 1, usize::MAX] {
                let expected = search(k, Effort::EXACT);
                let least = Effort {
                    nprobe: Some(1),
                    ef_search: Some(1),
                    exact: false,
                };
                for effort in [Effort::default(), least] {
                    let found = search(k, effort);
                    assert_eq!(found.len(), k.min(COUNT), "{metric} {kind} {k}");
                    if k >= COUNT {
                        assert_eq!(found, expected, "{metric} {kind} {k}");
                    }
                }
            }
        }
    }
}

#[test]
fn vectors_come_back_to_the_bit() {
    let vectors = [1.5, -0.0, 3e38, 1e-45, f32::MIN_POSITIVE, -7.25];
    let bits =
        |vector: &[f32]| -> Vec<u32> { vector.iter().map(|value| value.to_bits()).collect() };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    for metric in METRICS {
        for (kind, plan) in kinds() {
            let index = new(3, metric, kind);
            index.add(&[7, 3], &vectors).unwrap();
            index.rebuild_as(plan).unwrap();
            index.save(&path, &[0; 4]).unwrap();
            let (opened, _) = Index::open(&path).unwrap();
            for index in [&index, &opened] {
                let vector = |id| index.vector(id).unwrap().map(|vector| bits(&vector));
                assert_eq!(vector(7), Some(bits(&vectors[..3])), "{metric} {kind}");
                assert_eq!(vector(3), Some(bits(&vectors[3..])), "{metric} {kind}");
                assert_eq!(vector(4), None);
            }
        }
    }
}

#[test]
fn the_last_of_repeated_ids_counts() {
    for (kind, plan) in kinds() {
        let index = new(1, Metric::InnerProduct, kind);
        index
            .add(&[5, 9, 5, 1, 9], &[1.0, 2.0, 3.0, 4.0, 5.0])
            .unwrap();
        index.rebuild_as(plan).unwrap();
        assert_eq!(index.len(), 3);
        let scores = || scores_of(&index, &[1.0], &[5, 9, 1, 2]).unwrap();
        assert_eq!(scores(), [Some(3.0), Some(5.0), Some(4.0), None]);
        index.add(&[1, 1], &[8.0, 6.0]).unwrap();
        assert_eq!((index.len(), index.stats().removed), (3, 1));
        assert_eq!(scores(), [Some(3.0), Some(5.0), Some(6.0), None]);
        assert_eq!(index.remove(&[9, 9, 2, 5]), 2);
        assert_eq!(index.remove(&[9]), 0);
        let found = index.search(&[1.0], &SearchParams::top(5)).unwrap();
        assert_eq!(found, [Hit { id: 1, score: 6.0 }]);
        assert!(index.rebuild_pays());
        assert_eq!(index.remove(&[1]), 1);
        assert!(index.is_empty() && !index.contains(1));
        assert_eq!(index.vector(1), Ok(None));
    }
}
