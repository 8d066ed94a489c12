//! When an index asks to be rebuilt, and that it stops asking.

use super::*;

/// An index that goes on asking would be rebuilt with every change of its collection.
#[test]
fn a_rebuild_leaves_nothing_to_gain() {
    const DIM: usize = 2;
    for metric in METRICS {
        for (kind, _) in kinds().into_iter().chain([(IndexKind::Auto, Plan::Plain)]) {
            for count in [0, 1, 1500, 2500] {
                let index = new(DIM, metric, kind);
                let vectors = values(1, count * DIM);
                // The first one alone, which the centre is of then.
                let (first, rest) = vectors.split_at(DIM.min(vectors.len()));
                let ids: Vec<u64> = (0..count as u64).collect();
                let (first_id, rest_ids) = ids.split_at(count.min(1));
                index.add(first_id, first).unwrap();
                index.add(rest_ids, rest).unwrap();
                index.rebuild().unwrap();
                assert!(!index.rebuild_pays(), "{kind} {metric}: {count} items");

                let more: Vec<u64> = (10_000..10_000 + count as u64 / 10).collect();
                index.add(&more, &values(2, more.len() * DIM)).unwrap();
                index.remove(&ids[..count / 10]);
                assert!(!index.rebuild_pays(), "{kind} {metric}: {count} changed");
            }
        }
    }
}

#[test]
fn what_has_grown_shrunk_or_scattered_is_worth_a_rebuild() {
    let built = |kind| {
        let index = new(2, Metric::L2, kind);
        let ids: Vec<u64> = (0..2500).collect();
        index.add(&ids, &values(1, 5000)).unwrap();
        index
    };
    for kind in [IndexKind::IvfFlat, IndexKind::IvfSq8, IndexKind::Hnsw] {
        assert!(built(kind).rebuild_pays(), "{kind} is not built yet");
    }
    for (kind, _) in kinds() {
        let index = built(kind);
        index.rebuild().unwrap();
        index.remove(&(0..1000).collect::<Vec<_>>());
        assert!(index.rebuild_pays(), "{kind}: two fifths are removed");
    }
    let index = built(IndexKind::IvfFlat);
    index.rebuild().unwrap();
    index
        .add(&(3000..6000).collect::<Vec<_>>(), &values(2, 6000))
        .unwrap();
    assert!(index.rebuild_pays(), "half lie beside their lists");
}
