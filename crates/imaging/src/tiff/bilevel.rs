//! CCITT fax data to grey rows, with as much of damaged data as can be recovered.
//!
//! The decoder reports rows as the places where the colour changes, so white
//! paper costs one fill and a stroke two writes: no bit is ever unpacked.

use super::ccitt::{self, End, Scheme};
use super::interpret::Coding;
use super::read::{Outcome, Target};
use crate::error::Trouble;

/// Levels of the two colours of the code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inks {
    pub(super) white: u8,
    pub(super) black: u8,
}

/// Decodes one strip or tile of `columns` into its place in the picture.
pub(super) fn decode(
    coding: Coding,
    packed: &[u8],
    columns: u32,
    inks: Inks,
    target: &mut Target,
) -> Outcome {
    let scheme = match coding {
        Coding::CcittG4 => Scheme::Group4,
        Coding::CcittG3 {
            two_dimensional: true,
        } => Scheme::Group3TwoDimensional,
        Coding::CcittG3 {
            two_dimensional: false,
        } => Scheme::Group3,
        _ => Scheme::Rle,
    };
    let mut index = 0;
    let decoded = ccitt::decode(scheme, packed, columns, target.rows(), |changes| {
        if let Some(row) = target.row(index) {
            paint(row, changes, inks);
        }
        index += 1;
    });
    let trouble = match decoded.end {
        End::Whole => None,
        End::Early => Some(Trouble::truncated("its data ends")),
        End::Damaged => Some(Trouble::malformed(
            "its data is damaged (a code word that there is none of)",
        )),
    };
    Outcome {
        rows: decoded.rows,
        // One word about damage is enough.
        skipped: trouble.is_none() && decoded.damaged_rows > 0,
        trouble,
    }
}

fn paint(row: &mut [u8], changes: &[u32], inks: Inks) {
    row.fill(inks.white);
    let width = row.len();
    for stroke in changes.chunks(2) {
        let start = (stroke[0] as usize).min(width);
        let end = stroke
            .get(1)
            .map_or(width, |&end| (end as usize).clamp(start, width));
        row[start..end].fill(inks.black);
    }
}
