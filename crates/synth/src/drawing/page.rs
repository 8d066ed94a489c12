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

    /// Whether a pixel is inked.
    #[cfg(test)]
    pub(crate) fn ink(&self, x: usize, y: usize) -> bool {
        self.row(y)[x / 64] >> (63 - x % 64) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stroke_is_as_thick_and_long_as_asked() {
        let mut page = Page::new(200, 100);
        page.stroke(v2(50.0, 50.0), v2(150.0, 50.0), 3.0);
        assert_eq!((0..100).filter(|&y| page.ink(100, y)).count(), 6);
        assert_eq!((0..200).filter(|&x| page.ink(x, 50)).count(), 106);
        assert!(!page.ink(46, 50) && !page.ink(153, 50));
    }

    #[test]
    fn strokes_off_the_page_are_cut() {
        let mut page = Page::new(70, 40);
        page.stroke(v2(-50.0, -50.0), v2(500.0, 300.0), 4.0);
        page.stroke(v2(-50.0, 20.0), v2(500.0, 20.0), 4.0);
        let beyond = page.words[1] & (u64::MAX >> 6);
        assert_eq!(beyond, 0, "bits beyond the width stay clear");
        assert!(page.ink(69, 20));
    }
}
