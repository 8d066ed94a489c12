//! Fax data (ITU-T T.4, T.6 and what TIFF makes of them) to the places where rows change colour.
//!
//! Some writers code empty runs where none are needed. They are not pixels, but they are changes: the
//! row below is coded against them, so they stay in the list, as in libtiff. (A decoder that drops
//! them, as upstream's does, makes garbage of the rest of the page without noticing.)
//!
//! Of damaged data of Group 3, rows go on at the next mark, wherever marks stand; Group 4 has none.

mod bits;
mod codes;

use bits::Bits;
use codes::{BLACK, MODE_BITS, Mode, RUN_BITS, RunCode, WHITE, mode};

/// Marks in a row that end the data (T.4, 4.1.4).
const MARKS_AT_END: u32 = 6;

/// How rows are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// Each by itself, on a byte boundary, without marks (TIFF's compression 2).
    Rle,
    /// Each by itself, with or without marks.
    Group3,
    /// Some by the row before; marks say which.
    Group3TwoDimensional,
    /// All by the row before.
    Group4,
}

/// How the decoding went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// All rows are there.
    Whole,
    /// The data ends before the rows do.
    Early,
    /// A code word is none, or leads out of the row.
    Damaged,
}

/// What was decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    /// Rows handed on.
    pub(super) rows: u32,
    pub(super) end: End,
    /// Rows among them that were damaged and are white from there on.
    pub(super) damaged_rows: u32,
}

/// A code word is none, or leads backwards.
#[derive(Debug)]
struct Damage;

/// Decodes at most `rows` rows of `columns` pixels. `each` gets the columns at which a row changes
/// colour, to black first, in ascending order; equal ones are empty runs.
pub(super) fn decode(
    scheme: Scheme,
    data: &[u8],
    columns: u32,
    rows: u32,
    mut each: impl FnMut(&[u32]),
) -> Decoded {
    let mut bits = Bits::new(data);
    let mut above: Vec<u32> = Vec::new();
    let mut row = Row::new(columns);
    let mut marks = 0;
    let mut decoded = Decoded {
        rows: 0,
        end: End::Early,
        damaged_rows: 0,
    };
    while decoded.rows < rows {
        let Some(coding) = begin_row(scheme, &mut bits, std::mem::take(&mut marks)) else {
            return decoded;
        };
        if bits.are_over() {
            return decoded;
        }
        row.clear();
        let start = bits;
        let result = match coding {
            Coding::ByItself => row.by_itself(&mut bits),
            Coding::ByRowAbove => row.by_row_above(&mut bits, &above),
        };
        if result.is_err() || row.is_too_long {
            // No sound row holds a mark: the first one after its start is its end.
            let mut next = start;
            if scheme.has_marks() && next.find_mark() {
                bits = next;
                marks = 1;
            } else if result.is_err() {
                decoded.end = if bits.left() < RUN_BITS as usize {
                    End::Early
                } else {
                    End::Damaged
                };
                return decoded;
            }
            decoded.damaged_rows += 1;
        }
        each(row.finish());
        std::mem::swap(&mut above, &mut row.changes);
        decoded.rows += 1;
    }
    decoded.end = End::Whole;
    decoded
}

/// How a row is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    ByItself,
    ByRowAbove,
}

/// Goes over what stands before a row, `marks` of which were passed already; none at the end of the
/// data.
fn begin_row(scheme: Scheme, bits: &mut Bits<'_>, mut marks: u32) -> Option<Coding> {
    match scheme {
        Scheme::Rle => {
            bits.align();
            Some(Coding::ByItself)
        }
        Scheme::Group3 => {
            while bits.take_mark() {
                marks += 1;
            }
            (marks < MARKS_AT_END).then_some(Coding::ByItself)
        }
        Scheme::Group3TwoDimensional => {
            if marks == 0 && bits.take_mark() {
                marks = 1;
            }
            // Each mark has a bit behind it, and so has a row without one.
            let mut coding = tag(bits);
            while bits.take_mark() {
                marks += 1;
                coding = tag(bits);
            }
            (marks < MARKS_AT_END).then_some(coding)
        }
        Scheme::Group4 => {
            let ends = bits.take_mark() && bits.take_mark();
            (!ends).then_some(Coding::ByRowAbove)
        }
    }
}

fn tag(bits: &mut Bits<'_>) -> Coding {
    let tag = bits.peek(1);
    bits.skip(1);
    if tag == 1 {
        Coding::ByItself
    } else {
        Coding::ByRowAbove
    }
}

impl Scheme {
    fn has_marks(self) -> bool {
        matches!(self, Self::Group3 | Self::Group3TwoDimensional)
    }
}

/// The row that is being decoded.
struct Row {
    columns: u32,
    changes: Vec<u32>,
    /// Pixels decoded.
    at: u32,
    is_black: bool,
    /// Whether a run reached beyond the row.
    is_too_long: bool,
}

impl Row {
    fn new(columns: u32) -> Self {
        Self {
            columns,
            changes: Vec::new(),
            at: 0,
            is_black: false,
            is_too_long: false,
        }
    }

    fn clear(&mut self) {
        self.changes.clear();
        self.at = 0;
        self.is_black = false;
        self.is_too_long = false;
    }

    /// The changes; of a damaged row the rest is white.
    fn finish(&mut self) -> &[u32] {
        if self.is_black && self.at < self.columns {
            self.changes.push(self.at);
        }
        &self.changes
    }

    /// A run of the current colour, and a change to the other.
    fn run(&mut self, pixels: u32) -> Result<(), Damage> {
        let left = self.columns - self.at;
        self.is_too_long |= pixels > left;
        self.at += pixels.min(left);
        self.changes.push(self.at);
        self.is_black = !self.is_black;
        // Every pixel may have an empty run beside it; more are made to fill the memory.
        if self.changes.len() > 4 * self.columns as usize + 16 {
            return Err(Damage);
        }
        Ok(())
    }

    fn coded_run(&mut self, bits: &mut Bits<'_>) -> Result<(), Damage> {
        let table = if self.is_black { &BLACK } else { &WHITE };
        let mut pixels = 0_u32;
        loop {
            let RunCode {
                pixels: more,
                length,
            } = table[bits.peek(RUN_BITS) as usize];
            if length == 0 {
                return Err(Damage);
            }
            bits.skip(length.into());
            pixels = pixels.saturating_add(more.into());
            if more < 64 {
                return self.run(pixels);
            }
        }
    }

    fn by_itself(&mut self, bits: &mut Bits<'_>) -> Result<(), Damage> {
        while self.at < self.columns {
            self.coded_run(bits)?;
        }
        Ok(())
    }

    fn by_row_above(&mut self, bits: &mut Bits<'_>, above: &[u32]) -> Result<(), Damage> {
        let columns = self.columns;
        let change = |place: isize| match usize::try_from(place) {
            Ok(place) => above.get(place).copied().unwrap_or(columns),
            Err(_) => 0,
        };
        // Place of b1 among the changes above: the first right of here, to the other colour. Even
        // places are changes to black.
        let mut next: isize = 0;
        while self.at < columns {
            if !self.changes.is_empty() {
                while change(next) <= self.at && change(next) < columns {
                    next += 2;
                }
            }
            let (mode, length) = mode(bits.peek(MODE_BITS)).ok_or(Damage)?;
            bits.skip(length);
            match mode {
                Mode::Pass => {
                    self.at = self.at.max(change(next + 1));
                    next += 2;
                }
                Mode::Horizontal => {
                    self.coded_run(bits)?;
                    self.coded_run(bits)?;
                }
                Mode::Vertical(right) => {
                    let to = change(next).checked_add_signed(right.into());
                    let pixels = to.and_then(|to| to.checked_sub(self.at));
                    self.run(pixels.ok_or(Damage)?)?;
                    next += if right < 0 { -1 } else { 1 };
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
