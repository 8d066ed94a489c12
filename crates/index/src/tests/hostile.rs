//! Well-formed files, every checksum right, with contents that no index writes: an error, or an
//! index that answers, takes items and is rebuilt. Never a panic.

use std::fs;
use std::io::Write;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::OnceLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::files::{bytes_of, small};
use super::*;

/// Bytes before the numbers of a header, and how many of these there are.
const START: usize = 16;
const NUMBERS: usize = 15;

fn number(bytes: &[u8], place: usize) -> usize {
    let number = bytes[START + 8 * place..].first_chunk().unwrap();
    usize::try_from(u64::from_le_bytes(*number)).unwrap()
}

/// Where the blocks of a small file lie, each part in one: small parts, ids, lengths, inverse
/// lengths, margins, codes, vectors, links. Written here independently.
fn blocks(bytes: &[u8]) -> Vec<Range<usize>> {
    let [dim, metric, _, m, _, _, structure, rows, small_len, _] =
        std::array::from_fn(|place| number(bytes, 5 + place));
    let inverse = if metric == 0 { rows * 4 } else { 0 };
    let links = match structure {
        2 => rows * (2 * m).div_ceil(16) * 64,
        _ => 0,
    };
    let codes = rows * dim.div_ceil(64) * 64;
    let lens = [
        small_len,
        rows * 8,
        rows * 4,
        inverse,
        rows * 4,
        codes,
        rows * dim * 4,
        links,
    ];
    let header = u32::from_le_bytes(*bytes[12..].first_chunk().unwrap()) as usize;
    let mut offset = header.next_multiple_of(64);
    let mut blocks = Vec::new();
    for len in lens.into_iter().filter(|&len| len > 0) {
        let end = offset + len.next_multiple_of(64);
        blocks.push(offset..end);
        offset = end;
    }
    assert_eq!(offset, bytes.len());
    blocks
}

/// Makes the checksums of blocks and header right.
fn seal(bytes: &mut [u8], blocks: &[Range<usize>]) {
    for (number, block) in blocks.iter().enumerate() {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&(number as u64).to_le_bytes());
        hasher.update(&(block.len() as u64).to_le_bytes());
        hasher.update(&bytes[block.clone()]);
        let place = START + 8 * NUMBERS + 4 * number;
        bytes[place..][..4].copy_from_slice(&hasher.finalize().to_le_bytes());
    }
    let header = START + 8 * NUMBERS + 4 * blocks.len();
    let checksum = crc32fast::hash(&bytes[..header]);
    bytes[header..][..4].copy_from_slice(&checksum.to_le_bytes());
}

/// Everything that can be done with an index; what comes of it is of no interest.
fn live(path: &Path, plan: Plan, again: bool) {
    let Ok((index, _)) = Index::open(path) else {
        return;
    };
    let dim = index.dim();
    let query = &values(9, dim)[..];
    let some = Filter::from_ids(0..9);
    let little = Effort {
        nprobe: Some(1),
        ef_search: Some(1),
        exact: false,
    };
    let look = |index: &Index| {
        for (k, filter, effort) in [
            (1, None, little),
            (3, None, Effort::default()),
            (2, Some(&some), Effort::default()),
            (2, Some(&some), Effort::EXACT),
            (usize::MAX, None, Effort::EXACT),
        ] {
            let params = SearchParams {
                filter,
                effort,
                ..SearchParams::top(k)
            };
            let _ = index.search(query, &params);
        }
        let _ = scores_of(index, query, &[0, 19, 1 << 40]);
        let _ = index.vector(19);
        let _ = (index.stats(), index.rebuild_pays());
    };
    look(&index);
    let _ = index.verify(|| false);
    index.add(&[1000, 2, 1001], &values(4, 3 * dim)).unwrap();
    look(&index);
    index.remove(&[0, 1000, 1]);
    let _ = index.rebuild_as(plan);
    index.add(&[1, 1002], &values(5, 2 * dim)).unwrap();
    look(&index);
    let other = path.with_extension("again");
    if again && index.save(&other, &[0; 4]).is_ok() {
        live(&other, plan, false);
    }
}

/// Fails with what was changed, should anything panic.
fn check(path: &Path, bytes: &[u8], plan: Plan, again: bool, what: &str) {
    // Written over what is there, which has the same length: a file system may take its time for
    // one that is cut off first.
    let file = fs::File::options().write(true).open(path);
    file.and_then(|mut file| file.write_all(bytes)).unwrap();
    let outcome = catch_unwind(AssertUnwindSafe(|| live(path, plan, again)));
    assert!(outcome.is_ok(), "{plan:?}: {what}");
}

fn words(count: u32) -> [u32; 12] {
    [
        0,
        1,
        count - 1,
        count,
        count + 1,
        1 << 16,
        i32::MAX as u32,
        1 << 31,
        u32::MAX,
        f32::NAN.to_bits(),
        f32::INFINITY.to_bits(),
        (-1e38_f32).to_bits(),
    ]
}

#[test]
fn any_word_may_be_any_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let metrics = [Metric::L2, Metric::InnerProduct, Metric::L2, Metric::Cosine];
    for ((kind, plan), metric) in kinds().into_iter().zip(metrics) {
        if kind == IndexKind::IvfFlat {
            // As those with codes.
            continue;
        }
        let count = if kind == IndexKind::Hnsw { 60 } else { 20 };
        let sound = bytes_of(&small(metric, kind, plan, count), &path);
        let blocks = blocks(&sound);
        for (block, range) in blocks.iter().enumerate() {
            // All for the small parts; for a hundred of the others, one for each.
            let step = if block == 0 {
                4
            } else {
                4 * range.len().div_ceil(512)
            };
            for (index, position) in range.clone().step_by(step).enumerate() {
                let words = words(count as u32 + 2);
                let few = &words[index % words.len()..][..1];
                for &word in if block == 0 { &words[..] } else { few } {
                    let mut bytes = sound.clone();
                    bytes[position..][..4].copy_from_slice(&word.to_le_bytes());
                    seal(&mut bytes, &blocks);
                    let what = format!("{word:#x} at {position}, block {block}");
                    check(&path, &bytes, plan, index % 64 == 0 && word == 1, &what);
                }
            }
        }
        for place in 0..NUMBERS {
            for value in [0, 1, 2, 3, 7, 65, 65_536, 1 << 31, 1 << 62, u64::MAX] {
                let mut bytes = sound.clone();
                bytes[START + 8 * place..][..8].copy_from_slice(&value.to_le_bytes());
                seal(&mut bytes, &blocks);
                let what = format!("{value} as number {place}");
                check(&path, &bytes, plan, true, &what);
            }
        }
    }
}

/// All floats of one part at once.
#[test]
fn any_part_may_hold_no_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    for metric in METRICS {
        for (kind, plan) in kinds() {
            let sound = bytes_of(&small(metric, kind, plan, 60), &path);
            let blocks = blocks(&sound);
            for (block, range) in blocks.iter().enumerate().skip(2) {
                for word in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, -1.0] {
                    let mut bytes = sound.clone();
                    for bytes in bytes[range.clone()].chunks_exact_mut(4) {
                        bytes.copy_from_slice(&word.to_le_bytes());
                    }
                    seal(&mut bytes, &blocks);
                    let what = format!("{metric} {kind}, {word} all over block {block}");
                    check(&path, &bytes, plan, false, &what);
                }
            }
        }
    }
}

#[test]
fn an_item_that_comes_twice_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let mut bytes = bytes_of(&small(Metric::L2, IndexKind::Flat, Plan::Plain, 20), &path);
    let blocks = blocks(&bytes);
    let ids = blocks[1].start;
    bytes.copy_within(ids..ids + 8, ids + 8);
    seal(&mut bytes, &blocks);
    fs::write(&path, &bytes).unwrap();
    let error = Index::open(&path).unwrap_err().to_string();
    assert!(error.contains("an item comes twice"), "{error}");
}

/// Sound files of each kind and metric.
fn sound_files() -> &'static [(Plan, Vec<u8>)] {
    static FILES: OnceLock<Vec<(Plan, Vec<u8>)>> = OnceLock::new();
    FILES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index");
        let file = |metric, (kind, plan)| (plan, bytes_of(&small(metric, kind, plan, 60), &path));
        let of_metric = |metric| kinds().map(|kind| file(metric, kind));
        METRICS.into_iter().flat_map(of_metric).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn many_words_may_be_any_numbers(
        (plan, sound) in select(sound_files()),
        changes in vec(
            (any::<prop::sample::Index>(), prop_oneof![any::<u32>(), select(words(62).to_vec())]),
            1..12,
        ),
        in_small_parts in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index");
        let mut bytes = sound;
        let blocks = blocks(&bytes);
        let end = if in_small_parts { blocks[0].end } else { bytes.len() };
        for (place, word) in changes {
            let position = blocks[0].start + place.index((end - blocks[0].start) / 4) * 4;
            bytes[position..][..4].copy_from_slice(&word.to_le_bytes());
        }
        seal(&mut bytes, &blocks);
        fs::write(&path, &bytes).unwrap();
        live(&path, plan, false);
    }
}
