//! Files of which a byte is not what was written: they are refused, or a search says so, or the
//! byte does not matter to it; no answer is wrong.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use super::files::{bytes_of, small};
use super::*;
use crate::IndexError;

#[derive(Debug, PartialEq)]
enum Answer {
    Hits(Vec<Vec<Hit>>),
    Scores(Vec<Option<f32>>),
    Vector(Option<Vec<f32>>),
}

/// Ways to look at an index.
const QUESTIONS: usize = 7;

fn ask(index: &Index, question: usize) -> Result<Answer, IndexError> {
    let queries = values(9, 6);
    let query = &queries[..3];
    let little = Effort {
        nprobe: Some(1),
        ef_search: Some(1),
        exact: false,
    };
    let of = |k, effort| SearchParams {
        effort,
        ..SearchParams::top(k)
    };
    let some = Filter::from_ids((0..60).step_by(4));
    Ok(match question {
        0 => Answer::Hits(vec![index.search(query, &of(1, little))?]),
        1 => Answer::Hits(vec![index.search(query, &of(3, Effort::default()))?]),
        2 => Answer::Hits(vec![index.search(query, &of(3, Effort::EXACT))?]),
        3 => Answer::Hits(index.search_batch(&queries, &of(2, Effort::EXACT))?),
        4 => Answer::Scores(scores_of(index, query, &[0, 5, 19, 1 << 40])?),
        5 => Answer::Vector(index.vector(19)?),
        _ => {
            let filter = Some(&some);
            let params = of(2, Effort::default());
            Answer::Hits(vec![
                index.search(query, &SearchParams { filter, ..params })?,
            ])
        }
    })
}

/// Changes the bits `flip` of a byte of a file, where it lies.
fn flip_at(path: &Path, bytes: &[u8], position: usize, flip: u8) {
    let mut file = File::options().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(position as u64)).unwrap();
    file.write_all(&[bytes[position] ^ flip]).unwrap();
}

#[test]
fn no_flipped_byte_leads_to_a_wrong_answer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let metrics = [Metric::L2, Metric::Cosine, Metric::InnerProduct, Metric::L2];
    for ((kind, plan), metric) in kinds().into_iter().zip(metrics) {
        // A graph is walked from 49 rows on, whatever the effort.
        let count = if kind == IndexKind::Hnsw { 60 } else { 20 };
        let index = small(metric, kind, plan, count);
        let expected: Vec<Answer> = (0..QUESTIONS).map(|n| ask(&index, n).unwrap()).collect();
        let bytes = bytes_of(&index, &path);
        for position in 0..bytes.len() {
            if let Some(before) = position.checked_sub(1) {
                flip_at(&path, &bytes, before, 0);
            }
            flip_at(&path, &bytes, position, [1, 0x80, 0xff][position % 3]);
            let Ok((index, _)) = Index::open(&path) else {
                continue;
            };
            for question in (0..QUESTIONS).map(|n| (n + position) % QUESTIONS) {
                match ask(&index, question) {
                    Ok(answer) => assert_eq!(answer, expected[question], "byte {position}"),
                    Err(error) => assert!(matches!(error, IndexError::Damaged { .. })),
                }
            }
            let error = index.verify(|| false).unwrap_err();
            assert!(matches!(error, IndexError::Damaged { .. }), "{error}");
            let answer = ask(&index, position % QUESTIONS);
            assert_eq!(answer, Err(error), "byte {position}");
        }
    }
}

/// What was written before the damage is found is written to a damaged index: it stays one.
#[test]
fn writes_do_not_hide_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    for (kind, plan) in kinds() {
        let bytes = bytes_of(&small(Metric::L2, kind, plan, 60), &path);
        let first = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
        for position in (first.next_multiple_of(64)..bytes.len()).step_by(61) {
            flip_at(&path, &bytes, position, 0x10);
            let opened = Index::open(&path);
            let Ok((index, _)) = opened else {
                flip_at(&path, &bytes, position, 0);
                continue;
            };
            index.add(&[900, 7], &values(5, 6)).unwrap();
            index.remove(&[1, 900]);
            let found = index.search(&[0.0; 3], &SearchParams::top(4));
            let fork = index.fork();
            let verified = index.verify(|| false);
            assert!(verified.is_err(), "{kind}, byte {position}: {found:?}");
            for index in [&index, &fork] {
                assert!(index.rebuild_as(plan).is_err(), "{kind}, byte {position}");
                assert!(index.search(&[0.0; 3], &SearchParams::top(4)).is_err());
                assert!(index.save(&folder.path().join("other"), &[0; 4]).is_err());
            }
            flip_at(&path, &bytes, position, 0);
        }
    }
}
