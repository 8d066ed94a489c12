//! The line that the patent office prints above a drawing ("U.S. Patent", the day, "Sheet 1 of 7",
//! the number). It is on every sheet, and would be the best match of any two of them.
//!
//! Known by its look, so that a query's sheet is known too: a low band of ink at the top of the
//! page, in words far apart over most of its width, with blank paper below.

use lookalike_imaging::RgbImage;

use super::ink::luminance;

/// Parts of the page's height: where the line begins at the lowest, how high it is at most, and how
/// much paper is below it at least. USPTO sheets have some 0.06, 0.015 and 0.02.
const LOWEST: f64 = 0.12;
const HIGHEST: f64 = 0.03;
const GAP_BELOW: f64 = 0.008;

/// Parts of the page's width: what the line spans, and what lies between two of its words at least.
const SPAN: f64 = 0.5;
const GAP_BETWEEN: f64 = 0.02;

/// Such gaps: between four parts.
const GAPS: usize = 3;

/// Darker is ink.
const INK: f32 = 128.0;

/// Part of a row that is ink if it is more than dirt.
const DIRT: f64 = 0.01;

/// Where the line ends, in pixels from the top; 0 where there is none.
pub(super) fn bottom(picture: &RgbImage) -> u32 {
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let inked = |row: u32| inked_columns(picture, row).count() as f64 > width * DIRT;
    let lowest = (height * LOWEST) as u32;
    let gap = (height * GAP_BELOW).ceil() as u32;
    let highest = (height * HIGHEST).ceil() as u32;
    let mut from = 0;
    while let Some(top) = (from..lowest).find(|&row| inked(row)) {
        let mut end = top + 1;
        let blank = (top..picture.height()).find(|&row| {
            if inked(row) {
                end = row + 1;
            }
            row >= end + gap || end - top > highest
        });
        let is_low = blank.is_some() && end - top <= highest;
        if is_low && is_line(picture, top..end, width) {
            return end;
        }
        from = end + 1;
    }
    0
}

fn is_line(picture: &RgbImage, rows: std::ops::Range<u32>, width: f64) -> bool {
    let mut columns = vec![false; picture.width() as usize];
    for row in rows {
        for column in inked_columns(picture, row) {
            columns[column] = true;
        }
    }
    let inked: Vec<usize> = (0..columns.len())
        .filter(|&column| columns[column])
        .collect();
    let (Some(first), Some(last)) = (inked.first(), inked.last()) else {
        return false;
    };
    let is_gap = |pair: &&[usize]| (pair[1] - pair[0]) as f64 > width * GAP_BETWEEN;
    (last - first) as f64 >= width * SPAN && inked.windows(2).filter(is_gap).count() >= GAPS
}

fn inked_columns(picture: &RgbImage, row: u32) -> impl Iterator<Item = usize> {
    let width = picture.width() as usize;
    let pixels = &picture.data()[row as usize * width * 3..][..width * 3];
    let is_ink = |pixel: &[u8]| luminance(pixel) < INK;
    pixels
        .chunks_exact(3)
        .enumerate()
        .filter(move |(_, pixel)| is_ink(pixel))
        .map(|(column, _)| column)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: usize = 400;
    const HEIGHT: usize = 520;

    /// White, with black rectangles: left, top, width, height.
    fn page(marks: &[[usize; 4]]) -> RgbImage {
        let mut data = vec![255; WIDTH * HEIGHT * 3];
        for [left, top, width, height] in marks {
            for row in *top..top + height {
                data[(row * WIDTH + left) * 3..][..width * 3].fill(0);
            }
        }
        RgbImage::new(WIDTH as u32, HEIGHT as u32, data).unwrap()
    }

    const FIGURE: [usize; 4] = [100, 60, 200, 300];

    /// Four words.
    fn line(top: usize) -> Vec<[usize; 4]> {
        [40, 140, 220, 310].map(|left| [left, top, 40, 8]).to_vec()
    }

    #[test]
    fn a_printed_line_above_a_figure_is_known() {
        let sheet = [line(16), vec![FIGURE]].concat();
        assert_eq!(bottom(&page(&sheet)), 24);
    }

    #[test]
    fn what_is_no_line_at_the_top_is_none() {
        for marks in [
            vec![],
            vec![FIGURE],
            // A bar, words in the middle of the page, words that stand on the figure.
            vec![[40, 16, 320, 8], FIGURE],
            line(260),
            [line(16), vec![[100, 26, 200, 300]]].concat(),
            // Two words.
            vec![[40, 16, 40, 8], [300, 16, 60, 8], FIGURE],
        ] {
            assert_eq!(bottom(&page(&marks)), 0, "{marks:?}");
        }
        assert_eq!(bottom(&RgbImage::filled(40, 40, [0; 3])), 0);
        assert_eq!(bottom(&RgbImage::filled(1, 1, [0; 3])), 0);
    }
}
