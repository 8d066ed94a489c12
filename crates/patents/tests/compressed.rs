//! TARs in gzip: read like plain ones, in order or not, damaged or made to do harm.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[expect(dead_code, reason = "what other tests of archives are built with too")]
mod building;

use std::fs;
use std::io::Write;
use std::thread;

use building::{MOST, contents, files, folder_with, scanned, tar, zip};
use flate2::Compression;
use flate2::write::GzEncoder;
use lookalike_patents::{SourceErrorKind, SourceFile};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Bytes that look random, so that they hardly compress: SplitMix64.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let mut word = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB)
    };
    let words = std::iter::repeat_with(|| word().to_le_bytes());
    words.flatten().take(length).collect()
}

#[test]
fn a_compressed_tar_is_read_like_a_plain_one() {
    let inner = zip([("in/c.png", contents("c.png"))]);
    let whole = tar([
        ("a/1.png", contents("1.png")),
        ("a/2.tif", contents("2.tif")),
        ("b.zip", inner.clone()),
        ("c.tgz", gzip(&tar([("d.png", contents("d.png"))]))),
    ]);
    // One member, and several as programs write them that compress on several cores.
    let mut parts: Vec<u8> = whole.chunks(700).flat_map(gzip).collect();
    parts.extend([0; 40]);
    for bytes in [gzip(&whole), parts] {
        for name in ["x.tar.gz", "x.TGZ", "x.tgz"] {
            let root = folder_with(name, &bytes);
            let (folders, problems) = scanned(root.path());
            assert!(problems.is_empty(), "{name}: {problems:?}");
            let mut found: Vec<_> = files(&folders)
                .iter()
                .map(|file| {
                    let path = file.path();
                    let within = path.split_once("!/").unwrap().1.to_owned();
                    (within, file.read(MOST).unwrap())
                })
                .collect();
            found.sort();
            assert_eq!(
                found,
                [
                    ("a/1.png".to_owned(), contents("1.png")),
                    ("a/2.tif".to_owned(), contents("2.tif")),
                    ("b.zip!/in/c.png".to_owned(), contents("c.png")),
                    ("c.tgz!/d.png".to_owned(), contents("d.png")),
                ]
            );
            let path = files(&folders)[0].path();
            let again = SourceFile::reopen(&path).unwrap();
            assert_eq!(
                again.read(MOST).unwrap(),
                files(&folders)[0].read(MOST).unwrap()
            );
        }
    }
}

/// Longer than the distance of the states that are kept.
#[test]
fn entries_are_read_in_any_order_and_by_several_threads() {
    let sizes = [9 << 20, 3, 40 << 20, 70_000, 30 << 20, 1 << 20];
    let entries = sizes.iter().enumerate().map(|(number, size)| {
        let mut bytes = noise(number as u64, 4096);
        bytes.resize(*size, number as u8);
        (format!("{number}.png"), bytes)
    });
    let entries: Vec<(String, Vec<u8>)> = entries.collect();
    let whole = tar(entries
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.clone())));
    let root = folder_with("x.tar.gz", &gzip(&whole));
    let (folders, problems) = scanned(root.path());
    assert!(problems.is_empty(), "{problems:?}");
    let found = files(&folders);
    assert_eq!(found.len(), entries.len());
    let check = |index: usize| {
        let (name, bytes) = &entries[index];
        let file = found.iter().find(|file| file.name() == name).unwrap();
        assert!(file.read(1 << 30).unwrap() == *bytes, "{name}");
    };
    for index in [5, 0, 4, 1, 2, 3, 5, 5, 0] {
        check(index);
    }
    thread::scope(|scope| {
        for start in 0..4 {
            scope.spawn(move || (0..6).for_each(|step| check((start + step) % 6)));
        }
    });
}

#[test]
fn what_is_cut_off_or_damaged_yields_what_came_before() {
    let first = noise(1, 200_000);
    let whole = gzip(&tar([
        ("a.png", first.clone()),
        ("b.png", noise(2, 200_000)),
    ]));
    for length in [whole.len() - 4, whole.len() - 100, 250_000] {
        let root = folder_with("x.tar.gz", &whole[..length]);
        let (folders, problems) = scanned(root.path());
        assert_eq!(problems.len(), 1, "{length}");
        let file = &files(&folders)[0];
        assert_eq!(file.name(), "a.png");
        assert!(file.read(MOST).unwrap() == first);
    }
    let mut wrong = whole.clone();
    let at = wrong.len() - 8;
    wrong[at] ^= 1;
    let (_, problems) = scanned(folder_with("x.tgz", &wrong).path());
    assert!(problems[0].reason.contains("checksum"), "{problems:?}");
    for (bytes, words) in [
        (gzip(b"a,b\n1,2\n"), "holds no TAR"),
        (b"\x1f\x8b\x08".to_vec(), "ends early"),
        (b"\x1f\x8b\x07\0\0\0\0\0\0\0\0".to_vec(), "no gzip file"),
    ] {
        let (folders, problems) = scanned(folder_with("x.tar.gz", &bytes).path());
        assert_eq!((folders.len(), problems.len()), (0, 1));
        assert!(problems[0].reason.contains(words), "{problems:?}");
    }
}

#[test]
fn an_archive_that_expands_beyond_measure_is_refused() {
    // A header that claims 8 GiB of zeros, which is what follows: 8 MB in the file.
    let mut header = tar([("bomb.png", Vec::new())]);
    header.truncate(512);
    header[124..136].copy_from_slice(b"100000000000");
    header[148..156].copy_from_slice(b"        ");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&header).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..1300 {
        encoder.write_all(&zeros).unwrap();
    }
    let root = folder_with("x.tar.gz", &encoder.finish().unwrap());
    assert!(fs::metadata(root.path().join("x.tar.gz")).unwrap().len() < 3 << 20);
    let (folders, problems) = scanned(root.path());
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].reason.contains("times its size"),
        "{problems:?}"
    );
    let error = files(&folders)[0].read(MOST).unwrap_err();
    assert_eq!(error.kind, SourceErrorKind::TooLarge);
}
