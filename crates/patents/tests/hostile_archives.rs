//! Archives that are damaged, cut off, or made to do harm.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod building;

use std::collections::HashSet;
use std::fs;

use building::{
    MOST, RawEntry, contents, crc32, files, folder_with, raw_zip, read_all, scanned, stored_zip,
    tar, tar_entry, zip,
};
use lookalike_patents::{SourceError, SourceErrorKind, scan};
use proptest::prelude::*;
use tar::EntryType;

/// The names of the files that a scan of this archive yields, and its problems.
fn outcome(name: &str, bytes: &[u8]) -> (Vec<String>, Vec<SourceError>) {
    let root = folder_with(name, bytes);
    let (folders, problems) = scanned(root.path());
    let names = files(&folders)
        .into_iter()
        .map(|file| file.name().to_owned())
        .collect();
    (names, problems)
}

/// The one problem of an archive that yields nothing.
fn refusal(name: &str, bytes: &[u8]) -> SourceError {
    let (names, mut problems) = outcome(name, bytes);
    assert_eq!(
        (names.len(), problems.len()),
        (0, 1),
        "{names:?} {problems:?}"
    );
    problems.remove(0)
}

/// Why the one file of an archive cannot be read.
fn read_error(bytes: &[u8]) -> SourceError {
    let root = folder_with("x.zip", bytes);
    let (folders, problems) = scanned(root.path());
    assert!(problems.is_empty(), "{problems:?}");
    files(&folders)[0].read(1 << 40).unwrap_err()
}

fn sound_zip(entries: &[RawEntry]) -> Vec<u8> {
    raw_zip(entries, |_, offset| offset)
}

#[test]
fn names_that_lead_out_are_left_out() {
    let names: [&[u8]; 7] = [
        b"../up.tif",
        b"a/../../up.tif",
        b"..\\up.tif",
        b"/absolute.tif",
        b"C:\\drive.tif",
        b"\\\\host\\share.tif",
        b"zero\0.tif",
    ];
    let mut entries: Vec<_> = names.map(|name| RawEntry::stored(name, b"bad")).into();
    entries.push(RawEntry::stored(b"good.tif", b"good"));
    let (found, problems) = outcome("x.zip", &sound_zip(&entries));
    assert_eq!(found, ["good.tif"]);
    assert_eq!(problems.len(), names.len());
    for (problem, name) in problems.iter().zip(names) {
        assert_eq!(problem.kind, SourceErrorKind::UnsafeName, "{problem}");
        let name = String::from_utf8_lossy(name);
        assert!(
            problem.path.ends_with(&format!("x.zip!/{name}")),
            "{problem}"
        );
    }
    // In a TAR a name ends at a zero byte.
    let mut bytes: Vec<u8> = names[..6]
        .iter()
        .flat_map(|name| tar_entry(name, EntryType::Regular, b"bad"))
        .collect();
    bytes.extend(tar([("good.tif", b"good".to_vec())]));
    let (found, problems) = outcome("x.tar", &bytes);
    assert_eq!((found.len(), problems.len()), (1, 6), "{problems:?}");
}

#[test]
fn reports_of_one_archive_are_bounded() {
    let names: Vec<_> = (0..300).map(|index| format!("../{index}.tif")).collect();
    let entries: Vec<_> = names
        .iter()
        .map(|name| RawEntry::stored(name.as_bytes(), b""))
        .collect();
    let (_, problems) = outcome("x.zip", &sound_zip(&entries));
    assert_eq!(problems.len(), 101);
    assert!(
        problems[100].reason.starts_with("200 more"),
        "{}",
        problems[100]
    );
}

#[test]
fn of_entries_with_one_name_the_last_is_taken() {
    let twice = [("a/x.tif", b"first".to_vec()), ("y.tif", Vec::new())];
    let bytes = [
        tar_entry(b"./a/x.tif", EntryType::Regular, b"first"),
        tar(twice.map(|(name, _)| (name, b"last".to_vec()))),
    ]
    .concat();
    let root = folder_with("x.tar", &bytes);
    let (folders, problems) = scanned(root.path());
    let read = read_all(root.path(), &folders);
    assert_eq!(read.len(), 2);
    assert_eq!(read["x.tar!/a/x.tif"], Ok(b"last".to_vec()));
    assert_eq!(problems.len(), 1);
    assert!(problems[0].path.ends_with("x.tar!/a/x.tif"));
    assert!(
        problems[0].reason.contains("more than once"),
        "{}",
        problems[0]
    );
}

#[test]
fn encrypted_entries_and_other_methods_are_reported_when_read() {
    let mut encrypted = RawEntry::stored(b"a.tif", b"??????");
    encrypted.flags = 1;
    let error = read_error(&sound_zip(&[encrypted]));
    assert_eq!(error.kind, SourceErrorKind::Unsupported);
    assert!(error.reason.contains("is encrypted; unpack"), "{error}");
    for (method, name) in [(9, "Deflate64"), (14, "LZMA"), (77, "method 77")] {
        let mut packed = RawEntry::stored(b"a.tif", b"??????");
        packed.method = method;
        let error = read_error(&sound_zip(&[packed]));
        assert_eq!(error.kind, SourceErrorKind::Unsupported);
        assert!(error.reason.contains(name), "{error}");
    }
}

#[test]
fn archives_within_that_cannot_be_read_are_reported() {
    let mut encrypted = RawEntry::stored(b"inner.zip", b"??????");
    encrypted.flags = 1;
    let problem = refusal("x.zip", &sound_zip(&[encrypted]));
    assert!(problem.path.ends_with("x.zip!/inner.zip"), "{problem}");
    assert!(problem.reason.contains("is encrypted"), "{problem}");
    let mut large = RawEntry::stored(b"inner.zip", &vec![0; 2 << 20]);
    (large.method, large.size_bytes) = (8, (256 << 20) + 1);
    let problem = refusal("x.zip", &sound_zip(&[large]));
    assert_eq!(problem.kind, SourceErrorKind::TooLarge);
    assert!(
        problem.reason.contains("unpack the outer one first"),
        "{problem}"
    );
}

#[test]
fn links_and_devices_are_passed_over() {
    let mut bytes = tar_entry(b"folder", EntryType::Symlink, b"");
    bytes.extend(tar_entry(b"a.tif", EntryType::Symlink, b""));
    bytes.extend(tar_entry(b"b.tif", EntryType::Link, b""));
    bytes.extend(tar_entry(b"c.tif", EntryType::Char, b""));
    bytes.extend(tar_entry(b"d.tif", EntryType::GNUSparse, b"map"));
    bytes.extend(tar([("e.tif", b"good".to_vec())]));
    let (found, problems) = outcome("x.tar", &bytes);
    assert_eq!(found, ["e.tif"]);
    let reported: Vec<_> = problems
        .iter()
        .map(|problem| {
            assert_eq!(problem.kind, SourceErrorKind::Unsupported);
            &problem.path[problem.path.len() - 5..]
        })
        .collect();
    assert_eq!(reported, ["a.tif", "b.tif", "c.tif", "d.tif"]);
    let mut link = RawEntry::stored(b"a.tif", b"../../etc/passwd");
    (link.made_by, link.attributes) = (3 << 8 | 20, 0o120_777 << 16);
    let problem = refusal("x.zip", &sound_zip(&[link]));
    assert!(problem.reason.contains("is a link"), "{problem}");
}

#[test]
fn an_entry_that_expands_beyond_measure_is_refused() {
    let bomb = zip([("a.tif", vec![0; 40 << 20])]);
    assert!(bomb.len() < 100_000);
    let error = read_error(&bomb);
    assert_eq!(error.kind, SourceErrorKind::TooLarge);
    assert!(error.reason.contains("bomb"), "{error}");
    // An archive within is refused alike.
    let problem = refusal("x.zip", &zip([("inner.zip", vec![0; 40 << 20])]));
    assert!(problem.path.ends_with("x.zip!/inner.zip"), "{problem}");
    assert!(problem.reason.contains("bomb"), "{problem}");
}

#[test]
fn an_entry_that_holds_more_or_less_than_it_claims_is_refused() {
    let honest = zip([("a.tif", contents("a.tif"))]);
    let size = contents("a.tif").len() as u32;
    let directory = honest
        .windows(4)
        .position(|four| four == b"PK\x01\x02")
        .unwrap();
    let claiming = |size: u32| {
        let mut bytes = honest.clone();
        bytes[directory + 24..directory + 28].copy_from_slice(&size.to_le_bytes());
        bytes
    };
    for claimed in [0, 1, size - 1, size + 1, 30 << 20] {
        let error = read_error(&claiming(claimed));
        assert_eq!(error.kind, SourceErrorKind::Malformed, "{claimed}: {error}");
    }
    let mut stored = RawEntry::stored(b"a.tif", b"12345");
    stored.size_bytes = 6;
    assert_eq!(
        read_error(&sound_zip(&[stored])).kind,
        SourceErrorKind::Malformed
    );
}

#[test]
fn a_wrong_checksum_is_reported() {
    let mut entry = RawEntry::stored(b"a.tif", b"12345");
    entry.crc32 = crc32(b"12346");
    let error = read_error(&sound_zip(&[entry]));
    assert_eq!(error.kind, SourceErrorKind::Malformed);
    assert!(error.reason.contains("checksum"), "{error}");
}

#[test]
fn overlapping_entries_are_refused() {
    let entries = [b"a.tif", b"b.tif", b"c.tif"].map(|name| RawEntry::stored(name, &[7; 100]));
    for moved in [
        raw_zip(&entries, |_, _| 0),
        raw_zip(&entries, |index, offset| {
            offset - 40 * u32::from(index == 1)
        }),
        raw_zip(&entries, |index, offset| {
            offset + 10 * u32::from(index == 2)
        }),
        raw_zip(
            &entries,
            |index, offset| if index == 1 { 3_000_000_000 } else { offset },
        ),
    ] {
        let problem = refusal("x.zip", &moved);
        assert_eq!(problem.kind, SourceErrorKind::TooLarge);
        assert!(problem.reason.contains("overlap"), "{problem}");
    }
}

#[test]
fn more_entries_than_any_import_has_are_refused() {
    // 2,000,001 entries that share one header: refused by number, before anything else.
    let one = raw_zip(&[RawEntry::stored(b"a", b"")], |_, offset| offset);
    let start = one
        .windows(4)
        .position(|four| four == b"PK\x01\x02")
        .unwrap();
    let end = one.len() - 22;
    let mut bytes = one[..start].to_vec();
    for _ in 0..=2_000_000 {
        bytes.extend(&one[start..end]);
    }
    let directory_bytes = (bytes.len() - start) as u32;
    bytes.extend(&one[end..]);
    let at = bytes.len() - 10;
    bytes[at..at + 4].copy_from_slice(&directory_bytes.to_le_bytes());
    let problem = refusal("x.zip", &bytes);
    assert_eq!(problem.kind, SourceErrorKind::TooLarge);
    assert!(problem.reason.contains("2000000 entries"), "{problem}");
}

#[test]
fn archives_nested_too_deep_are_reported() {
    let mut bytes = zip([("1.tif", Vec::new())]);
    for level in 0..4 {
        bytes = stored_zip([("next.zip", bytes), ("level.tif", vec![level])]);
    }
    let root = folder_with("x.zip", &bytes);
    let (folders, problems) = scanned(root.path());
    assert_eq!(files(&folders).len(), 3);
    assert_eq!(problems.len(), 1);
    let deepest = "x.zip!/next.zip!/next.zip!/next.zip";
    assert!(problems[0].path.ends_with(deepest), "{}", problems[0]);
    assert!(
        problems[0].reason.contains("3 archives deep"),
        "{}",
        problems[0]
    );
}

#[test]
fn what_is_no_archive_is_named() {
    for (bytes, words) in [
        (&b"\x1f\x8b\x08\0rest"[..], "the gzip file ends early"),
        (b"BZh91AY", "bzip2"),
        (b"\xfd7zXZ\0\0", "xz"),
        (b"7z\xbc\xaf\x27\x1c\0", "7z"),
        (b"Rar!\x1a\x07\x01\0", "rar"),
        (b"", "is empty"),
        (&[0; 10240], "zeros"),
        (b"<html>404</html>", "neither a ZIP nor a TAR"),
    ] {
        for name in ["x.zip", "x.tar"] {
            let problem = refusal(name, bytes);
            assert!(problem.path.ends_with(name));
            assert!(problem.reason.contains(words), "{problem}");
        }
    }
    for name in ["x.7z", "x.rar", "x.tbz2", "x.tar.zst", "x.TAR.XZ"] {
        assert!(
            refusal(name, b"").reason.contains("unpack it first"),
            "{name}"
        );
    }
    assert_eq!(outcome("notes.gz", b"").1.len(), 0);
}

#[test]
fn a_tar_that_ends_early_yields_what_came_before() {
    let inner = zip([("c.tif", contents("c.tif"))]);
    let inner_bytes = inner.len();
    let whole = tar([("a.tif", contents("a.tif")), ("b.zip", inner)]);
    let end = whole.len() - 1024;
    let second = end - inner_bytes.next_multiple_of(512) - 512;
    for (length, words) in [
        (end, "without an end mark"),
        (second + 512 + inner_bytes - 1, "in the middle of b.zip"),
        (second + 512, "in the middle of b.zip"),
        (second + 100, "without an end mark"),
        (1024, "in the middle of a.tif"),
    ] {
        let (found, problems) = outcome("x.tar", &whole[..length]);
        assert_eq!(
            found.contains(&"a.tif".to_owned()),
            length > 1024,
            "{length}"
        );
        assert_eq!(problems.len(), 1, "{length}: {problems:?}");
        assert!(problems[0].path.ends_with("x.tar"));
        assert!(problems[0].reason.contains("ends early"), "{}", problems[0]);
        assert!(
            problems[0].reason.contains(words),
            "{length}: {}",
            problems[0]
        );
    }
    // One block of zeros is enough.
    let (found, problems) = outcome("x.tar", &whole[..whole.len() - 512]);
    assert_eq!((found.len(), problems.len()), (2, 0), "{problems:?}");
}

#[test]
fn a_tar_with_a_damaged_header_yields_what_came_before() {
    let first = tar_entry(b"a.tif", EntryType::Regular, b"1");
    let mut bytes = [first.clone(), tar([("b.tif", b"2".to_vec())])].concat();
    bytes[first.len() + 3] ^= 1;
    let (found, problems) = outcome("x.tar", &bytes);
    assert_eq!(found, ["a.tif"]);
    assert!(
        problems[0].reason.contains("damaged at byte 1024"),
        "{}",
        problems[0]
    );
}

#[test]
fn a_tar_may_not_claim_endless_headers_or_contents() {
    for (kind, size) in [
        (EntryType::GNULongName, 1 << 40),
        (EntryType::XHeader, u64::MAX),
        (EntryType::Regular, u64::MAX - 511),
        (EntryType::Regular, 1 << 60),
    ] {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..5].copy_from_slice(b"a.tif");
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_cksum();
        let bytes = [&header.as_bytes()[..], &[b'x'; 4096]].concat();
        let problem = refusal("x.tar", &bytes);
        assert_eq!(problem.kind, SourceErrorKind::Malformed, "{problem}");
    }
    let long = tar_entry(b"long", EntryType::GNULongName, &vec![b'x'; 2 << 20]);
    let problem = refusal("x.tar", &long);
    assert_eq!(problem.kind, SourceErrorKind::TooLarge, "{problem}");
}

#[test]
fn a_zip_that_ends_early_is_refused() {
    let whole = zip([("a.tif", contents("a.tif")), ("b.tif", contents("b.tif"))]);
    for length in 4..whole.len() {
        let problem = refusal("x.zip", &whole[..length]);
        assert_eq!(problem.kind, SourceErrorKind::Malformed);
        assert!(problem.reason.contains("ends early"), "{length}: {problem}");
    }
}

#[test]
fn a_zip_cut_off_after_one_within_it_is_not_taken_for_that() {
    let inner = stored_zip([("a.tif", contents("a.tif"))]);
    let whole = stored_zip([("inner.zip", inner.clone()), ("b.tif", Vec::new())]);
    let end = whole
        .windows(inner.len())
        .position(|part| part == inner)
        .unwrap()
        + inner.len();
    let problem = refusal("x.zip", &whole[..end]);
    assert!(problem.reason.contains("cut off"), "{problem}");
}

#[test]
fn a_damaged_directory_yields_what_came_before() {
    let names = [&b"a.tif"[..], b"b.tif"];
    let mut bytes = sound_zip(&names.map(|name| RawEntry::stored(name, name)));
    let second = bytes
        .windows(4)
        .rposition(|four| four == b"PK\x01\x02")
        .unwrap();
    bytes[second] = 0;
    let (found, problems) = outcome("x.zip", &bytes);
    assert_eq!((found.len(), problems.len()), (1, 1), "{problems:?}");
    assert!(
        problems[0].reason.contains("directory is damaged"),
        "{}",
        problems[0]
    );
}

#[test]
fn a_part_of_a_split_zip_is_refused() {
    let mut bytes = zip([("a.tif", Vec::new())]);
    let end = bytes.len() - 22;
    bytes[end + 4] = 2;
    let problem = refusal("x.zip", &bytes);
    assert!(problem.reason.contains("split archive"), "{problem}");
}

/// Archives of every kind, and all that may ever be read of them.
fn samples() -> (Vec<Vec<u8>>, HashSet<Vec<u8>>) {
    let names = ["a.tif", "folder/b.tif", "c.tif"];
    let entries = || names.map(|name| (name, contents(name)));
    let nested = || {
        let inner = [("inner.zip", zip(entries())), ("inner.tar", tar(entries()))];
        entries().into_iter().chain(inner)
    };
    let samples = vec![
        tar(nested()),
        zip(nested()),
        stored_zip(nested()),
        tar(entries()),
    ];
    (samples, names.map(contents).into())
}

/// Whether everything that can be read of this archive is what was put into one.
fn yields_only(known: &HashSet<Vec<u8>>, bytes: &[u8]) -> bool {
    let root = folder_with("x.zip", bytes);
    let folders: Vec<_> = scan(root.path()).filter_map(Result::ok).collect();
    let yields = files(&folders)
        .into_iter()
        .filter_map(|file| file.read(MOST).ok())
        .all(|bytes| known.contains(&bytes));
    fs::remove_file(root.path().join("x.zip")).unwrap();
    yields
}

proptest! {
    #[test]
    fn truncations_never_yield_wrong_bytes(sample in 0usize..4, length in 0usize..1 << 16) {
        let (samples, known) = samples();
        let bytes = &samples[sample];
        prop_assert!(yields_only(&known, &bytes[..length % bytes.len()]));
    }

    #[test]
    fn damage_to_a_zip_never_yields_wrong_bytes(
        flips in prop::collection::vec((0usize..1 << 16, 1u8..=255), 1..4),
    ) {
        let (_, known) = samples();
        // Contents in a TAR have no checksum, so this is a ZIP alone.
        let mut bytes = zip(["a.tif", "folder/b.tif"].map(|name| (name, contents(name))));
        for (at, mask) in flips {
            let at = at % bytes.len();
            bytes[at] ^= mask;
        }
        prop_assert!(yields_only(&known, &bytes));
    }

    #[test]
    fn any_bytes_end_in_a_result(
        start in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"PK\x05\x06"]),
        bytes in prop::collection::vec(any::<u8>(), 0..1500),
    ) {
        let root = folder_with("x.tar", &[start, &bytes].concat());
        for folder in scan(root.path()).flatten() {
            for file in files(&[folder]) {
                let _ = file.read(MOST);
            }
        }
    }
}
