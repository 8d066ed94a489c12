//! Graphs that were saved: the same when they are sound, refused when they are not.

use super::*;

fn index() -> HnswIndex {
    let (index, _) = both(3, Metric::L2, &values(1, 3 * 60));
    index.remove(&[5, 17]);
    index
}

fn open(bytes: &[u8], values: &[f32]) -> Result<HnswIndex, IndexError> {
    let values = values.to_vec();
    HnswIndex::open(bytes, Arc::new(Matrix { dim: 3, values }))
}

#[test]
fn a_reopened_graph_is_the_same_and_lives_on() {
    for metric in METRICS {
        let dim = 20;
        let (index, _) = both(dim, metric, &values(1, 3000 * dim));
        index.remove(&(0..3000).step_by(7).collect::<Vec<_>>());
        let again = reopened(&index);
        assert!(save(&index) == save(&again));
        assert_eq!((again.metric(), again.options()), (metric, index.options()));
        assert_eq!(again.stats().vector_bytes, 0);

        let more: Vec<u64> = (2900..3100).collect();
        for index in [&index, &again] {
            index.add(&more, &values(2, 200 * dim)).unwrap();
            index.remove(&[3, 4, 3001]);
        }
        assert!(save(&index) == save(&again));
        for query in values(3, 20 * dim).chunks_exact(dim) {
            let params = SearchParams::top(10);
            let search =
                |index: &HnswIndex| index.search(query, &params, HnswEffort::Candidates(32));
            assert_eq!(search(&index), search(&again));
        }
        let empty = new(dim, metric);
        empty.add(&[], &[]).unwrap();
        assert!(reopened(&empty).is_empty());
    }
}

#[test]
fn any_flipped_byte_is_noticed() {
    let (bytes, values) = save(&index());
    assert!(open(&bytes, &values).is_ok());
    for position in 0..bytes.len() {
        for flip in [1, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[position] ^= flip;
            assert!(open(&bytes, &values).is_err(), "byte {position}");
        }
    }
}

#[test]
fn files_cut_off_or_with_something_after_are_refused() {
    let (mut bytes, values) = save(&index());
    for length in 0..bytes.len() {
        assert!(open(&bytes[..length], &values).is_err(), "{length} bytes");
    }
    bytes.push(0);
    let error = open(&bytes, &values).unwrap_err().to_string();
    assert!(error.contains("longer than it should be"), "{error}");
}

#[test]
fn other_versions_and_other_vectors_are_named() {
    let (mut bytes, values) = save(&index());
    let error = open(&bytes, &values[3..]).unwrap_err().to_string();
    assert_eq!(
        error,
        "the saved index has 60 rows of dimension 3: 59 vectors do not fit it"
    );
    bytes[8] = 9;
    let error = open(&bytes, &values).unwrap_err();
    assert!(matches!(error, IndexError::UnknownVersion { found: 9, .. }));
}

/// Well-formed files with links to anywhere: an error or an index that answers, never a panic.
#[test]
fn no_file_leads_a_search_astray() {
    let (bytes, values) = save(&index());
    // One block holds it all: behind magic, version and length, before checksum and last block.
    let content = 16..bytes.len() - 12;
    for position in content.clone() {
        for value in [0, 1, 59, 60, 0x7f, 0xff] {
            let mut bytes = bytes.clone();
            bytes[position] = value;
            let mut hasher = crc32fast::Hasher::new();
            hasher.update(&0_u32.to_le_bytes());
            hasher.update(&(content.len() as u32).to_le_bytes());
            hasher.update(&bytes[content.clone()]);
            bytes[content.end..][..4].copy_from_slice(&hasher.finalize().to_le_bytes());
            if let Ok(index) = open(&bytes, &values) {
                let query = [0.1, 0.2, 0.3];
                walk(&index, &query, &SearchParams::top(3), 10);
                index
                    .search(&query, &SearchParams::top(3), HnswEffort::Usual)
                    .unwrap();
                index.add(&[1000], &query).unwrap();
            }
        }
    }
}
