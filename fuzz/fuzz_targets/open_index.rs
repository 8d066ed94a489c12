//! Index files of arbitrary bytes, as they are and with their checksums put right: opened, looked
//! at, checked, written to and built anew.
#![no_main]

use std::fs;
use std::ops::Range;
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use lookalike_index::{Effort, Filter, Index, SearchParams};

/// Bytes before the numbers of a header, and how many of these there are.
const START: usize = 16;
const NUMBERS: usize = 15;

/// The most bytes of one block of small parts, and of rows of a kind.
const BLOCK: usize = 128 << 10;

fuzz_target!(|data: &[u8]| {
    let Ok(folder) = tempfile::tempdir() else {
        return;
    };
    let path = folder.path().join("index");
    use_file(&path, data);
    let mut sealed = data.to_vec();
    if seal(&mut sealed).is_some() {
        use_file(&path, &sealed);
    }
});

fn use_file(path: &Path, bytes: &[u8]) {
    if fs::write(path, bytes).is_err() {
        return;
    }
    let Ok((index, _)) = Index::open(path) else {
        return;
    };
    // Others take the memory and the time of a run.
    if index.dim() > 512 || index.stats().len > 4096 {
        return;
    }
    look(&index);
    let _ = index.verify(|| false);
    let vectors: Vec<f32> = (0..index.dim() * 3)
        .map(|place| (place % 7) as f32 - 3.0)
        .collect();
    let _ = index.add(&[1 << 40, 1, 2], &vectors);
    look(&index);
    index.remove(&[0, 1 << 40]);
    let _ = index.rebuild();
    look(&index);
}

fn look(index: &Index) {
    let query = vec![0.5; index.dim()];
    let some = Filter::from_ids(0..7);
    let little = Effort {
        nprobe: Some(1),
        ef_search: Some(1),
        exact: false,
    };
    for (k, filter, effort) in [
        (1, None, little),
        (3, None, Effort::default()),
        (2, Some(&some), little),
        (usize::MAX, None, Effort::EXACT),
    ] {
        let params = SearchParams {
            filter,
            effort,
            ..SearchParams::top(k)
        };
        let _ = index.search(&query, &params);
    }
    let _ = (index.scores(&query, &[0, 1, 19]), index.vector(19));
    let _ = (index.stats(), index.rebuild_pays());
}

/// Puts magic, version, lengths and checksums right where the counts allow it: what is left is
/// what an index has to make sense of.
fn seal(bytes: &mut [u8]) -> Option<()> {
    bytes.get_mut(..12)?.copy_from_slice(b"LOOKINDX\x01\0\0\0");
    let len = bytes.len() as u64;
    bytes
        .get_mut(START..START + 8)?
        .copy_from_slice(&len.to_le_bytes());
    let blocks = blocks(bytes)?;
    let header = START + 8 * NUMBERS + 4 * blocks.len();
    bytes[12..16].copy_from_slice(&(header as u32 + 4).to_le_bytes());
    for (number, block) in blocks.into_iter().enumerate() {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&(number as u64).to_le_bytes());
        hasher.update(&(block.len() as u64).to_le_bytes());
        hasher.update(&bytes[block]);
        let place = START + 8 * NUMBERS + 4 * number;
        bytes[place..][..4].copy_from_slice(&hasher.finalize().to_le_bytes());
    }
    let checksum = crc32fast::hash(&bytes[..header]);
    bytes[header..][..4].copy_from_slice(&checksum.to_le_bytes());
    Some(())
}

/// Where blocks lie, each part in one: small parts, ids, lengths, inverse lengths, margins, codes,
/// vectors, links. `None` where that is not the whole file.
fn blocks(bytes: &[u8]) -> Option<Vec<Range<usize>>> {
    let number = |place: usize| {
        let number = bytes.get(START + 8 * place..)?.first_chunk()?;
        usize::try_from(u64::from_le_bytes(*number))
            .ok()
            .filter(|&number| number < 1 << 20)
    };
    let (dim, metric, m, structure) = (number(5)?, number(6)?, number(8)?, number(11)?);
    let (rows, small_len) = (number(12)?, number(13)?);
    let m = if m == 0 { 16 } else { m };
    let lens = [
        small_len,
        rows * 8,
        rows * 4,
        if metric == 0 { rows * 4 } else { 0 },
        rows * 4,
        rows * dim.div_ceil(64) * 64,
        rows.checked_mul(dim)?.checked_mul(4)?,
        if structure == 2 {
            rows * (2 * m).div_ceil(16) * 64
        } else {
            0
        },
    ];
    let lens: Vec<usize> = lens.into_iter().filter(|&len| len > 0).collect();
    let header = START + 8 * NUMBERS + 4 * lens.len() + 4;
    let mut offset = header.next_multiple_of(64);
    let mut blocks = Vec::new();
    for len in lens {
        let end = offset.checked_add(len)?.next_multiple_of(64);
        blocks.push(offset..end);
        offset = end;
        if len > BLOCK {
            return None;
        }
    }
    (offset == bytes.len()).then_some(blocks)
}
