//! Against upstream's decoder where it is right, and by hand where it is not.

use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};

use super::*;

/// Code words in writing.
fn pack(words: &str) -> Vec<u8> {
    let bits: Vec<u8> = words
        .bytes()
        .filter(|byte| matches!(byte, b'0' | b'1'))
        .map(|byte| byte - b'0')
        .collect();
    bits.chunks(8)
        .map(|bits| {
            let value = bits.iter().fold(0, |value, bit| value << 1 | bit);
            value << (8 - bits.len())
        })
        .collect()
}

fn rows(scheme: Scheme, data: &[u8], columns: u32, count: u32) -> (Vec<Vec<u32>>, Decoded) {
    let mut rows = Vec::new();
    let decoded = decode(scheme, data, columns, count, |changes| {
        rows.push(changes.to_vec());
    });
    (rows, decoded)
}

/// The same rows without empty runs.
fn merged(rows: &[Vec<u32>], columns: u32) -> Vec<Vec<u32>> {
    let merged = |row: &Vec<u32>| {
        let mut merged: Vec<u32> = Vec::new();
        for &change in row.iter().filter(|&&change| change < columns) {
            if merged.last() == Some(&change) {
                merged.pop();
            } else {
                merged.push(change);
            }
        }
        merged
    };
    rows.iter().map(merged).collect()
}

struct Upstream(Vec<Vec<u32>>);

impl Decoder for Upstream {
    fn push_row(&mut self, changes: &[u32]) {
        self.0.push(changes.to_vec());
    }
}

fn upstream(encoding: EncodingMode, data: &[u8], columns: u32, rows: u32) -> Vec<Vec<u32>> {
    let settings = DecodeSettings {
        columns,
        rows,
        end_of_block: true,
        end_of_line: false,
        rows_are_byte_aligned: false,
        encoding,
        strict: true,
    };
    let mut found = Upstream(Vec::new());
    hayro_ccitt::decode(data, &mut found, &mut DecoderContext::new(settings)).unwrap();
    found.0
}

const MARK: &str = "000000000001";

#[test]
fn rows_of_group_4_agree_with_upstream() {
    // Horizontal 2 white 3 black, then to the end; one right, straight down, two left; a pass.
    let data = pack(&format!(
        "001 0111 10  1   011 010 1   1 1 1  0001 1  {MARK}{MARK}"
    ));
    let (found, decoded) = rows(Scheme::Group4, &data, 12, 4);
    assert_eq!(decoded.end, End::Whole);
    assert_eq!(
        merged(&found, 12),
        upstream(EncodingMode::Group4, &data, 12, 4)
    );
    assert_eq!(found[0], [2, 5, 12]);
    let (found, decoded) = rows(Scheme::Group4, &data, 12, 9);
    assert_eq!((found.len(), decoded.end), (4, End::Early));
}

#[test]
fn empty_runs_are_changes_that_the_next_row_counts() {
    // 4 white, 0 black, 0 white, 3 black, rest white: nothing but 3 black at 4, with two changes
    // more. The row below follows each of them.
    let first = "001 1011 0000110111  001 00110101 10  1";
    let below = "1 1 1 1 1";
    let data = pack(&format!("{first} {below}"));
    let (found, decoded) = rows(Scheme::Group4, &data, 10, 2);
    assert_eq!(decoded.end, End::Whole);
    assert_eq!(found[0], [4, 4, 4, 7, 10]);
    assert_eq!(merged(&found, 10), [[4, 7], [4, 7]]);
}

#[test]
fn rows_of_group_3_go_on_at_the_next_mark_wherever_marks_stand() {
    let row = "0111 10 1110"; // 2 white, 3 black, 6 white
    let damaged = "0111 0000000001";
    for (before, after) in [("", MARK), (MARK, "")] {
        let row = format!("{before}{row}{after}");
        let damaged = format!("{before}{damaged}{after}");
        let data = pack(&format!("{damaged}{row}{row}{}", MARK.repeat(6)));
        let (found, decoded) = rows(Scheme::Group3, &data, 11, 3);
        assert_eq!((decoded.end, decoded.damaged_rows), (End::Whole, 1));
        assert_eq!(merged(&found[1..], 11), [[2, 5], [2, 5]]);
        assert_eq!(merged(&found[..1], 11), [Vec::<u32>::new()], "white");
    }
}

#[test]
fn rows_by_the_row_above_begin_with_a_tag() {
    let first = format!("{MARK}1 0111 10 1110");
    let second = format!("{MARK}0 1 1 1");
    let end = format!("{MARK}1").repeat(6);
    let data = pack(&format!("{first}{second}{end}"));
    let (found, decoded) = rows(Scheme::Group3TwoDimensional, &data, 11, 2);
    assert_eq!(decoded.end, End::Whole);
    assert_eq!(
        merged(&found, 11),
        upstream(EncodingMode::Group3_2D, &data, 11, 2)
    );
    let (found, decoded) = rows(Scheme::Group3TwoDimensional, &data, 11, 5);
    assert_eq!((found.len(), decoded.end), (2, End::Early));
}

#[test]
fn no_data_takes_more_memory_than_its_row() {
    // Empty runs without end.
    let data = pack(&"001 00110101 0000110111".repeat(5_000));
    let (found, decoded) = rows(Scheme::Group4, &data, 10, 1);
    assert_eq!((found.len(), decoded.end), (0, End::Damaged));
    let (_, decoded) = rows(Scheme::Group4, &[0xff; 4], 1_000, u32::MAX);
    assert_eq!((decoded.rows, decoded.end), (32, End::Early));
    for scheme in [
        Scheme::Rle,
        Scheme::Group3,
        Scheme::Group3TwoDimensional,
        Scheme::Group4,
    ] {
        let (found, decoded) = rows(scheme, &[], 10, 3);
        assert_eq!((found.len(), decoded.end), (0, End::Early));
    }
}
