//! Indexes that were saved: the same when they are opened again, refused when they are not whole.

use std::fs;
use std::path::Path;

use super::*;
use crate::FileError;

/// A small index of three dimensions with a replaced and two removed items.
pub(super) fn small(metric: Metric, kind: IndexKind, plan: Plan, count: u64) -> Index {
    let options = IndexOptions {
        m: Some(4),
        ..IndexOptions::of(kind)
    };
    let index = Index::new(3, metric, options).unwrap();
    let ids: Vec<u64> = (0..count).collect();
    index.add(&ids, &values(1, 3 * ids.len())).unwrap();
    index.rebuild_as(plan).unwrap();
    index.add(&[3, 1 << 40], &values(2, 6)).unwrap();
    index.remove(&[5, 17]);
    index
}

/// The file of an index.
pub(super) fn bytes_of(index: &Index, path: &Path) -> Vec<u8> {
    index.save(path, &[1, 2, 3, u64::MAX]).unwrap();
    fs::read(path).unwrap()
}

/// Whether two indexes answer alike, to the bit.
fn assert_same(a: &Index, b: &Index) {
    let queries = values(9, 12 * a.dim());
    let filter = Filter::from_ids((0..4000).step_by(3));
    let little = Effort {
        nprobe: Some(1),
        ef_search: Some(4),
        exact: false,
    };
    for effort in [Effort::default(), Effort::EXACT, little] {
        for filter in [None, Some(&filter)] {
            let params = SearchParams {
                effort,
                filter,
                ..SearchParams::top(4)
            };
            let search = |index: &Index| index.search_batch(&queries, &params).unwrap();
            assert_eq!(search(a), search(b));
        }
    }
    assert_eq!((a.dim(), a.metric()), (b.dim(), b.metric()));
    assert_eq!(a.options(), b.options());
    let (a, b) = (a.stats(), b.stats());
    assert_eq!((a.kind, a.len, a.removed), (b.kind, b.len, b.removed));
    assert_eq!(a.params, b.params);
}

#[test]
fn a_reopened_index_is_the_same_and_lives_on() {
    const DIM: usize = 20;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    for metric in METRICS {
        for (kind, plan) in kinds() {
            let index = new(DIM, metric, kind);
            let ids: Vec<u64> = (0..700).collect();
            index.add(&ids, &values(1, 700 * DIM)).unwrap();
            index.rebuild_as(plan).unwrap();
            index.remove(&ids[..].iter().copied().step_by(7).collect::<Vec<_>>());
            let saved = bytes_of(&index, &path);
            let (opened, tag) = Index::open(&path).unwrap();
            assert_eq!(tag, [1, 2, 3, u64::MAX]);
            assert_same(&index, &opened);
            let other = folder.path().join("other");
            assert!(saved == bytes_of(&opened, &other));

            let more: Vec<u64> = (650..850).collect();
            for index in [&index, &opened] {
                index.add(&more, &values(2, 200 * DIM)).unwrap();
                assert_eq!(index.remove(&[1, 2, 700, 900]), 3);
            }
            assert_same(&index, &opened);
            assert!(bytes_of(&index, &path) == bytes_of(&opened, &other));

            index.rebuild_as(plan).unwrap();
            opened.rebuild_as(plan).unwrap();
            assert_same(&index, &opened);
            // What is open lies in the file that was there before.
            assert!(bytes_of(&index, &path) == bytes_of(&opened, &path));
            let (again, _) = Index::open(&path).unwrap();
            assert_same(&index, &again);
            assert_eq!(again.verify(|| false), Ok(()));
        }
    }
}

#[test]
fn an_empty_index_is_kept_like_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    for metric in METRICS {
        for (kind, plan) in kinds() {
            let index = new(3, metric, kind);
            index.rebuild_as(plan).unwrap();
            bytes_of(&index, &path);
            let (opened, _) = Index::open(&path).unwrap();
            assert!(opened.is_empty());
            for index in [&index, &opened] {
                index.add(&[4, 2], &values(1, 6)).unwrap();
            }
            assert_same(&index, &opened);
            opened.remove(&[4, 2]);
            bytes_of(&opened, &path);
            let (mut opened, _) = Index::open(&path).unwrap();
            assert_eq!((opened.len(), opened.stats().removed), (0, 2));
            for _ in 0..2 {
                opened.rebuild_as(plan).unwrap();
                assert_eq!(opened.stats().removed, 0);
                bytes_of(&opened, &path);
                opened = Index::open(&path).unwrap().0;
            }
        }
    }
}

/// An index stays in the file that it was opened from, whatever takes its name.
#[test]
fn an_open_index_outlives_the_name_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let first = small(Metric::L2, IndexKind::Hnsw, Plan::Graph, 60);
    bytes_of(&first, &path);
    let (opened, _) = Index::open(&path).unwrap();
    bytes_of(&new(5, Metric::Cosine, IndexKind::Flat), &path);
    assert_same(&first, &opened);
    fs::remove_file(&path).unwrap();
    assert_eq!(opened.verify(|| false), Ok(()));
    assert_same(&first, &opened);
}

#[test]
fn files_that_are_cut_off_or_go_on_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    for (kind, plan) in kinds() {
        let index = small(Metric::Cosine, kind, plan, 20);
        let mut bytes = bytes_of(&index, &path);
        let file = fs::File::options().write(true).open(&path).unwrap();
        for len in (0..bytes.len()).rev() {
            file.set_len(len as u64).unwrap();
            let error = Index::open(&path).unwrap_err();
            assert!(
                matches!(error, FileError::Damaged { .. }),
                "{len}: {error:?}"
            );
        }
        for more in [&[0][..], &[0; 64], &[7; 300]] {
            bytes.extend_from_slice(more);
            fs::write(&path, &bytes).unwrap();
            let error = Index::open(&path).unwrap_err().to_string();
            assert!(error.contains("cut off, or longer"), "{error}");
        }
    }
}

#[test]
fn other_files_and_versions_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let message = || Index::open(&path).unwrap_err().to_string();
    assert!(matches!(Index::open(&path), Err(FileError::Io { .. })));
    assert!(matches!(
        Index::open(folder.path()),
        Err(FileError::Io { .. })
    ));
    fs::write(&path, b"II*\0 is how pictures start, most of them").unwrap();
    assert!(message().contains("does not start as an index does"));
    let mut bytes = bytes_of(&small(Metric::L2, IndexKind::Flat, Plan::Plain, 20), &path);
    bytes[8] = 9;
    fs::write(&path, &bytes).unwrap();
    let expected = format!(
        "index file {} has version 9, this program reads 1: build it again from the stored embeddings",
        path.display()
    );
    assert_eq!(message(), expected);
    let nowhere = folder.path().join("none").join("index");
    let error = small(Metric::L2, IndexKind::Flat, Plan::Plain, 20).save(&nowhere, &[0; 4]);
    assert!(matches!(error, Err(FileError::Io { .. })));
}
