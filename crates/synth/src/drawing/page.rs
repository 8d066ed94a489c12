//! A bilevel page and the pens that draw on it.

use crate::math::{Vec2, v2};

/// A bilevel page: rows of 64-bit words, the first pixel in the highest bit, 1 for ink. Bits
/// beyond the width stay 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) words_per_row: usize,
    pub(crate) words: Vec<u64>,
}

impl Page {
    /// A white page.
    pub(crate) fn new(width: usize, height: usize) -> Page {
        let words_per_row = width.div_ceil(64);
        Page {
            width,
            height,
            words_per_row,
            words: vec![0; words_per_row * height],
        }
    }

    pub(crate) fn row(&self, y: usize) -> &[u64] {
        &self.words[y * self.words_per_row..(y + 1) * self.words_per_row]
    }

    /// Inks a pixel; nothing off the page.
    pub(crate) fn set(&mut self, x: i64, y: i64) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else {
            return;
        };
        if x < self.width && y < self.height {
            self.words[y * self.words_per_row + x / 64] |= 1 << (63 - x % 64);
        }
    }

    /// Whether a pixel is inked.
    pub(crate) fn is_inked(&self, x: usize, y: usize) -> bool {
        self.row(y)[x / 64] >> (63 - x % 64) & 1 == 1
    }

    /// The part of the page that holds ink, with `border` white pixels around it; all of an empty
    /// page.
    pub(crate) fn cut(&self, border: usize) -> Page {
        let inked: Vec<usize> = (0..self.height)
            .filter(|&y| self.row(y).iter().any(|&word| word != 0))
            .collect();
        let (Some(&top), Some(&bottom)) = (inked.first(), inked.last()) else {
            return self.clone();
        };
        let (mut left, mut right) = (self.width, 0);
        for &y in &inked {
            let row = self.row(y);
            if let Some(word) = row.iter().position(|&word| word != 0) {
                left = left.min(word * 64 + row[word].leading_zeros() as usize);
            }
            if let Some(word) = row.iter().rposition(|&word| word != 0) {
                right = right.max(word * 64 + 63 - row[word].trailing_zeros() as usize);
            }
        }
        let mut cut = Page::new(right - left + 1 + 2 * border, bottom - top + 1 + 2 * border);
        let into = cut.words_per_row;
        for y in top..=bottom {
            let row = &mut cut.words[(y - top + border) * into..][..into];
            for x in left..=right {
                if self.words[y * self.words_per_row + x / 64] >> (63 - x % 64) & 1 == 1 {
                    let to = x - left + border;
                    row[to / 64] |= 1 << (63 - to % 64);
                }
            }
        }
        cut
    }

    /// Inks the pixels of row `y` whose centres lie in [from, to); parts off the page are dropped.
    fn ink_span(&mut self, y: i64, from: f64, to: f64) {
        if y < 0 || y >= self.height as i64 || to <= from {
            return;
        }
        let first = (from - 0.5).ceil().max(0.0) as usize;
        let end = ((to - 0.5).ceil().max(0.0) as usize).min(self.width);
        if first >= end {
            return;
        }
        let row = &mut self.words[y as usize * self.words_per_row..][..self.words_per_row];
        let (head, tail) = (first / 64, (end - 1) / 64);
        let head_mask = u64::MAX >> (first % 64);
        let tail_mask = u64::MAX << (63 - (end - 1) % 64);
        if head == tail {
            row[head] |= head_mask & tail_mask;
        } else {
            row[head] |= head_mask;
            row[head + 1..tail].fill(u64::MAX);
            row[tail] |= tail_mask;
        }
    }

    /// Draws a line with round ends, `radius` half its thickness.
    pub(crate) fn stroke(&mut self, from: Vec2, to: Vec2, radius: f64) {
        let low = (from.y.min(to.y) - radius - 0.5).ceil().max(-1.0) as i64;
        let high = (from.y.max(to.y) + radius - 0.5)
            .floor()
            .min(self.height as f64) as i64;
        let along = to - from;
        let length = along.length();
        let offset = if length > 1e-9 {
            v2(-along.y, along.x) * (radius / length)
        } else {
            v2(0.0, 0.0)
        };
        let quad = [from + offset, to + offset, to - offset, from - offset];
        for y in low..=high {
            let centre = y as f64 + 0.5;
            let (mut left, mut right) = (f64::INFINITY, f64::NEG_INFINITY);
            for end in [from, to] {
                let half = radius * radius - (centre - end.y) * (centre - end.y);
                if half > 0.0 {
                    left = left.min(end.x - half.sqrt());
                    right = right.max(end.x + half.sqrt());
                }
            }
            for i in 0..4 {
                let (a, b) = (quad[i], quad[(i + 1) % 4]);
                if (a.y <= centre) != (b.y <= centre) {
                    let x = a.x + (centre - a.y) / (b.y - a.y) * (b.x - a.x);
                    left = left.min(x);
                    right = right.max(x);
                }
            }
            self.ink_span(y, left, right);
        }
    }

    /// Draws a polyline with round joints.
    pub(crate) fn polyline(&mut self, points: &[Vec2], radius: f64) {
        for pair in points.windows(2) {
            self.stroke(pair[0], pair[1], radius);
        }
    }

    /// Ink pixels over all pixels.
    #[cfg(test)]
    pub(crate) fn ink_ratio(&self) -> f64 {
        let ink: u64 = self.words.iter().map(|w| u64::from(w.count_ones())).sum();
        ink as f64 / (self.width * self.height) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stroke_is_as_thick_and_long_as_asked() {
        let mut page = Page::new(200, 100);
        page.stroke(v2(50.0, 50.0), v2(150.0, 50.0), 3.0);
        assert_eq!((0..100).filter(|&y| page.is_inked(100, y)).count(), 6);
        assert_eq!((0..200).filter(|&x| page.is_inked(x, 50)).count(), 106);
        assert!(!page.is_inked(46, 50) && !page.is_inked(153, 50));
    }

    #[test]
    fn a_page_is_cut_to_its_ink() {
        let mut page = Page::new(300, 200);
        page.stroke(v2(70.0, 50.0), v2(170.0, 50.0), 3.0);
        page.stroke(v2(100.0, 20.0), v2(100.0, 120.0), 3.0);
        let cut = page.cut(5);
        assert_eq!((cut.width, cut.height), (106 + 10, 106 + 10));
        for y in 0..106 {
            for x in 0..106 {
                assert_eq!(
                    cut.is_inked(x + 5, y + 5),
                    page.is_inked(x + 67, y + 17),
                    "{x} {y}"
                );
            }
        }
        assert_eq!(Page::new(30, 20).cut(5), Page::new(30, 20));
    }

    #[test]
    fn strokes_off_the_page_are_cut() {
        let mut page = Page::new(70, 40);
        page.stroke(v2(-50.0, -50.0), v2(500.0, 300.0), 4.0);
        page.stroke(v2(-50.0, 20.0), v2(500.0, 20.0), 4.0);
        let beyond = page.words[1] & (u64::MAX >> 6);
        assert_eq!(beyond, 0, "bits beyond the width stay clear");
        assert!(page.is_inked(69, 20));
    }
}
