use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;

use super::layout::ENTRIES;
use super::*;
use crate::testing::evidence;

fn path(folder: &TempDir) -> PathBuf {
    folder.path().join("1.evidence")
}

fn key(number: usize) -> Key {
    let mut md5 = [0; 16];
    md5[..8].copy_from_slice(&(number as u64 / 3).to_le_bytes());
    Key {
        md5,
        figure: (number % 3) as u8,
    }
}

/// Over more than two pages of keys.
const COUNT: usize = 2 * ENTRIES + 5;

fn filled(folder: &TempDir) -> (EvidenceFile, Vec<Evidence>) {
    let all: Vec<Evidence> = (0..COUNT)
        .map(|number| evidence(number as u64, number % 46, 8))
        .collect();
    let file = EvidenceFile::open_for_writing(&path(folder)).unwrap();
    file.append((0..COUNT).map(|number| (key(number), &all[number])))
        .unwrap();
    (file, all)
}

#[test]
fn what_was_appended_is_there_when_it_is_opened_again() {
    let folder = TempDir::new().unwrap();
    assert!(EvidenceFile::open(&path(&folder)).unwrap().is_none());
    let (file, all) = filled(&folder);
    assert_eq!(file.len(), COUNT);
    drop(file);
    let file = EvidenceFile::open(&path(&folder)).unwrap().unwrap();
    for (number, evidence) in all.iter().enumerate() {
        assert_eq!(
            file.get(&key(number)).unwrap().as_ref(),
            Some(evidence),
            "{number}"
        );
    }
    assert_eq!(file.get(&key(COUNT)).unwrap(), None);
    assert!(file.contains(&key(0)) && !file.contains(&key(COUNT)) && !file.is_empty());
}

#[test]
fn the_same_bytes_have_their_evidence_once() {
    let folder = TempDir::new().unwrap();
    let (file, all) = filled(&folder);
    let bytes = fs::metadata(path(&folder)).unwrap().len();
    file.append([(key(1), &all[7]), (key(2), &all[8])]).unwrap();
    assert_eq!(file.get(&key(1)).unwrap().as_ref(), Some(&all[1]));
    assert_eq!(fs::metadata(path(&folder)).unwrap().len(), bytes);
}

#[test]
fn a_reader_follows_what_is_written_beside_it() {
    let folder = TempDir::new().unwrap();
    let (writer, all) = filled(&folder);
    let reader = EvidenceFile::open(&path(&folder)).unwrap().unwrap();
    writer.append([(key(COUNT), &all[9])]).unwrap();
    assert_eq!(reader.get(&key(COUNT)).unwrap(), None);
    reader.refresh().unwrap();
    assert_eq!(reader.get(&key(COUNT)).unwrap().as_ref(), Some(&all[9]));
}

#[test]
fn damaged_slots_are_not_given_out() {
    let folder = TempDir::new().unwrap();
    let (file, all) = filled(&folder);
    let mut bytes = fs::read(path(&folder)).unwrap();
    let of = |slot: u32| layout::slot(slot) as usize;
    bytes[of(4) + 9] ^= 1;
    bytes[of(200) + 2] ^= 1;
    fs::write(path(&folder), &bytes).unwrap();
    for number in [3, 4, 5, 199, 200] {
        let found = file.get(&key(number)).unwrap();
        let expected = (![4, 200].contains(&number)).then(|| all[number].clone());
        assert_eq!(found, expected, "{number}");
    }
}

#[test]
fn files_of_others_are_refused() {
    let folder = TempDir::new().unwrap();
    for content in [&b"LOOKINDX"[..], &[7; 5000]] {
        fs::write(path(&folder), content).unwrap();
        let error = EvidenceFile::open(&path(&folder)).unwrap_err();
        assert!(matches!(error, FileError::Foreign { .. }), "{error}");
    }
    assert!(EvidenceFile::open_for_writing(&path(&folder)).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// Whatever a kill leaves: what is found is what was written, and more can be appended.
    #[test]
    fn a_file_that_was_cut_off_goes_on(length in 0_usize..40_000) {
        let folder = TempDir::new().unwrap();
        let all: Vec<Evidence> = (0..9).map(|number| evidence(number, 9, 8)).collect();
        let write = |numbers: std::ops::Range<usize>| {
            let file = EvidenceFile::open_for_writing(&path(&folder)).unwrap();
            file.append(numbers.map(|number| (key(number), &all[number]))).unwrap();
            file
        };
        drop(write(0..8));
        let mut bytes = fs::read(path(&folder)).unwrap();
        bytes.truncate(length);
        fs::write(path(&folder), &bytes).unwrap();
        let file = write(8..9);
        let last = file.get(&key(8)).unwrap();
        prop_assert_eq!(last.as_ref(), Some(&all[8]));
        for (number, whole) in all.iter().enumerate().take(8) {
            let found = file.get(&key(number)).unwrap();
            prop_assert!(found.is_none_or(|found| found == *whole));
        }
    }
}
