//! CCITT fax data to grey rows, with as much of damaged data as can be recovered.
//!
//! The decoder reports rows as the places where the colour changes, so white
//! paper costs one fill and a stroke two writes: no bit is ever unpacked.

use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};

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
    let settings = DecodeSettings {
        columns,
        rows: target.rows(),
        end_of_block: coding != Coding::CcittRle,
        end_of_line: false,
        rows_are_byte_aligned: coding == Coding::CcittRle,
        encoding: match coding {
            Coding::CcittG4 => EncodingMode::Group4,
            Coding::CcittG3 {
                two_dimensional: true,
            } => EncodingMode::Group3_2D,
            _ => EncodingMode::Group3_1D,
        },
        // Goes on at the next end-of-line mark where the code has them.
        strict: false,
    };
    let wanted = target.rows();
    let mut rows = Rows {
        target,
        inks,
        done: 0,
    };
    let result = hayro_ccitt::decode(packed, &mut rows, &mut DecoderContext::new(settings));
    let done = rows.done;
    let trouble = match result {
        Err(error) => Some(Trouble::malformed(format!("its data is damaged ({error})"))),
        Ok(_) if done < wanted => Some(Trouble::truncated("its data ends")),
        Ok(_) => None,
    };
    // Rows skipped by resuming at a mark are invisible above; a second, strict
    // pass tells. Only Group 3 resumes, and it is rare.
    let skipped = matches!(coding, Coding::CcittG3 { .. }) && trouble.is_none() && {
        let strict = DecodeSettings {
            strict: true,
            ..settings
        };
        hayro_ccitt::decode(packed, &mut Nowhere, &mut DecoderContext::new(strict)).is_err()
    };
    Outcome {
        rows: done,
        trouble,
        skipped,
    }
}

struct Rows<'t, 'p> {
    target: &'t mut Target<'p>,
    inks: Inks,
    done: u32,
}

impl Decoder for Rows<'_, '_> {
    fn push_row(&mut self, changes: &[u32]) {
        let Some(row) = self.target.row(self.done) else {
            return;
        };
        row.fill(self.inks.white);
        let width = row.len();
        for stroke in changes.chunks(2) {
            let start = (stroke[0] as usize).min(width);
            let end = stroke
                .get(1)
                .map_or(width, |&end| (end as usize).clamp(start, width));
            row[start..end].fill(self.inks.black);
        }
        self.done += 1;
    }
}

struct Nowhere;

impl Decoder for Nowhere {
    fn push_row(&mut self, _changes: &[u32]) {}
}
