//! CCITT Group 4 (ITU-T T.6) compression.

use super::codes::{BLACK_LONG, BLACK_SHORT, Code, LONGEST, WHITE_LONG, WHITE_SHORT};
use crate::drawing::Page;

const PASS: Code = Code::new(0b0001, 4);
const HORIZONTAL: Code = Code::new(0b001, 3);
/// By how far the change lies right of the one above, from -3 to 3.
const VERTICAL: [Code; 7] = [
    Code::new(0b000_0010, 7),
    Code::new(0b00_0010, 6),
    Code::new(0b010, 3),
    Code::new(0b1, 1),
    Code::new(0b011, 3),
    Code::new(0b00_0011, 6),
    Code::new(0b000_0011, 7),
];
const END_OF_LINE: Code = Code::new(1, 12);

/// The page, compressed; closed by an end-of-block code.
pub(crate) fn compress(page: &Page) -> Vec<u8> {
    let mut bits = BitWriter::default();
    let mut above: Vec<usize> = Vec::new();
    let mut here: Vec<usize> = Vec::new();
    for y in 0..page.height {
        here.clear();
        find_changes(page.row(y), page.width, &mut here);
        if here.is_empty() && above.is_empty() {
            // A white row below a white row: the most frequent case by far.
            bits.put(VERTICAL[3]);
        } else {
            compress_row(&mut bits, &here, &above, page.width);
        }
        std::mem::swap(&mut above, &mut here);
    }
    bits.put(END_OF_LINE);
    bits.put(END_OF_LINE);
    bits.finish()
}

/// Appends the positions where the colour changes; a row starts white.
fn find_changes(row: &[u64], width: usize, changes: &mut Vec<usize>) {
    let mut last = 0;
    for (index, &word) in row.iter().enumerate() {
        // Bit i is set where pixel i differs from the pixel before it.
        let mut edges = word ^ ((word >> 1) | (last << 63));
        last = word & 1;
        while edges != 0 {
            let at = edges.leading_zeros() as usize;
            edges &= !(1 << (63 - at));
            let position = index * 64 + at;
            if position < width {
                changes.push(position);
            }
        }
    }
}

fn compress_row(bits: &mut BitWriter, here: &[usize], above: &[usize], width: usize) {
    let change = |list: &[usize], index: usize| list.get(index).copied().unwrap_or(width);
    // a0 of T.6, before the row at first; `next` is the number of a1, `black` the colour at a0.
    let mut start: Option<usize> = None;
    let mut next = 0;
    let mut first_above = 0;
    let mut black = false;
    loop {
        let from = start.unwrap_or(0);
        // b1: the first change above, right of a0, to the colour opposite to a0's.
        while first_above > 0 && change(above, first_above - 1) >= from {
            first_above -= 1;
        }
        while first_above < above.len()
            && (start.is_some_and(|a0| above[first_above] <= a0) || (first_above % 2 == 1) != black)
        {
            first_above += 1;
        }
        let (b1, b2) = (change(above, first_above), change(above, first_above + 1));
        let a1 = change(here, next);
        if b2 < a1 {
            bits.put(PASS);
            start = Some(b2);
            continue;
        }
        let offset = a1 as i64 - b1 as i64;
        if offset.abs() <= 3 {
            bits.put(VERTICAL[(offset + 3) as usize]);
            start = Some(a1);
            black = !black;
            next += 1;
        } else {
            let a2 = change(here, next + 1);
            bits.put(HORIZONTAL);
            put_run(bits, a1 - from, black);
            put_run(bits, a2 - a1, !black);
            start = Some(a2);
            next += 2;
        }
        if start.is_some_and(|a0| a0 >= width) {
            return;
        }
    }
}

fn put_run(bits: &mut BitWriter, length: usize, black: bool) {
    let mut left = length;
    while left >= 2560 {
        bits.put(LONGEST[12]);
        left -= 2560;
    }
    if left >= 1792 {
        bits.put(LONGEST[(left - 1792) / 64]);
    } else if left >= 64 {
        let long = if black { &BLACK_LONG } else { &WHITE_LONG };
        bits.put(long[left / 64 - 1]);
    }
    let short = if black { &BLACK_SHORT } else { &WHITE_SHORT };
    bits.put(short[left % 64]);
}

#[derive(Default)]
struct BitWriter {
    bytes: Vec<u8>,
    pending: u64,
    count: u32,
}

impl BitWriter {
    fn put(&mut self, code: Code) {
        self.pending = self.pending << code.length | u64::from(code.bits);
        self.count += code.length;
        while self.count >= 8 {
            self.count -= 8;
            self.bytes.push((self.pending >> self.count) as u8);
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push((self.pending << (8 - self.count)) as u8);
        }
        self.bytes
    }
}
