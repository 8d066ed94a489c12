//! Files are read back with an independent decoder.

use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};
use proptest::prelude::*;

use super::{encode, g4};
use crate::drawing::Page;
use crate::random::Rng;

struct Rows {
    page: Page,
    y: usize,
}

impl Decoder for Rows {
    fn push_row(&mut self, changes: &[u32]) {
        for run in changes.chunks(2) {
            let end = run.get(1).map_or(self.page.width, |&end| end as usize);
            for x in run[0] as usize..end {
                let index = self.y * self.page.words_per_row + x / 64;
                self.page.words[index] |= 1 << (63 - x % 64);
            }
        }
        self.y += 1;
    }
}

/// The page that Group 4 data holds, by a strict decoder.
fn decompress(data: &[u8], width: usize, height: usize) -> Page {
    let mut rows = Rows {
        page: Page::new(width, height),
        y: 0,
    };
    let mut context = DecoderContext::new(DecodeSettings {
        columns: width as u32,
        rows: height as u32,
        end_of_block: true,
        end_of_line: false,
        rows_are_byte_aligned: false,
        encoding: EncodingMode::Group4,
        strict: true,
    });
    hayro_ccitt::decode(data, &mut rows, &mut context).unwrap();
    assert_eq!(rows.y, height);
    rows.page
}

fn assert_round_trip(page: &Page) {
    let data = g4::compress(page);
    assert!(
        decompress(&data, page.width, page.height) == *page,
        "{} x {}",
        page.width,
        page.height
    );
}

/// A page whose row `y` is inked in the runs that `runs` gives in turn, white first.
fn page_of_runs(width: usize, height: usize, mut run: impl FnMut() -> usize) -> Page {
    let mut page = Page::new(width, height);
    for y in 0..height {
        let (mut x, mut black) = (0, false);
        while x < width {
            let end = (x + run()).min(width);
            if black {
                for x in x..end {
                    page.words[y * page.words_per_row + x / 64] |= 1 << (63 - x % 64);
                }
            }
            x = end;
            black = !black;
        }
    }
    page
}

#[test]
fn white_and_black_pages_of_any_width() {
    for width in [1, 2, 7, 8, 63, 64, 65, 127, 128, 129, 2560, 2561, 6000] {
        assert_round_trip(&Page::new(width, 3));
        let mut white = false;
        assert_round_trip(&page_of_runs(width, 3, || {
            white = !white;
            if white { 0 } else { width }
        }));
    }
}

#[test]
fn every_run_length_of_both_colours() {
    for length in 1..=2700 {
        let mut turn = 0;
        let page = page_of_runs(2 * length + 9, 1, || {
            turn += 1;
            if turn <= 2 { length } else { 5 }
        });
        assert_round_trip(&page);
    }
}

proptest! {
    #[test]
    fn pages_of_random_runs(width in 1_usize..700, height in 1_usize..12, longest in 1_usize..90, seed: u64) {
        let mut rng = Rng::new(seed);
        assert_round_trip(&page_of_runs(width, height, || rng.below(longest) + 1));
    }

    #[test]
    fn pages_whose_rows_resemble_each_other(width in 1_usize..700, seed: u64) {
        let mut rng = Rng::new(seed);
        let mut page = page_of_runs(width, 1, || rng.below(40) + 1);
        let first = page.words.clone();
        page.height = 12;
        for _ in 1..12 {
            let mut row = first.clone();
            for _ in 0..rng.below(6) {
                let x = rng.below(width);
                row[x / 64] ^= 1 << (63 - x % 64);
            }
            page.words.extend(row);
        }
        assert_round_trip(&page);
    }
}

#[test]
fn the_header_says_what_real_files_say() {
    let file = encode(&Page::new(2560, 3300), 4, true);
    assert_eq!(&file[..4], b"II*\0");
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    let entry = |tag: u16| {
        let count = u16::from_le_bytes([file[8], file[9]]) as usize;
        (0..count)
            .map(|i| 10 + 12 * i)
            .find(|&at| file[at..at + 2] == tag.to_le_bytes())
            .map(|at| word(at + 8))
            .unwrap()
    };
    assert_eq!((entry(256), entry(257)), (2560, 3300));
    assert_eq!(
        (entry(258), entry(259), entry(262), entry(296)),
        (1, 4, 0, 2)
    );
    assert_eq!(entry(273) + entry(279), file.len() as u32);
    for tag in [282, 283] {
        let at = entry(tag) as usize;
        assert_eq!((word(at), word(at + 4)), (300, 1));
    }
}
