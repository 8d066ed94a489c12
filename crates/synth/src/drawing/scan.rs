//! What scanning does to a page: grey edges come out as dots.

use super::page::Page;

/// How much of a line's edge was grey before it became black and white.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scan {
    /// Nothing: the page was drawn in black and white.
    Crisp,
    /// Every second pixel along edges.
    Soft,
    /// The same, and dots beyond them.
    Blurred,
    /// Thin lines come out as rows of dots, with others beside them.
    Faint,
}

/// Every second pixel of a row, the first one in rows of even number.
fn checker(y: usize) -> u64 {
    if y.is_multiple_of(2) {
        0xAAAA_AAAA_AAAA_AAAA
    } else {
        0x5555_5555_5555_5555
    }
}

/// One pixel of four in every second row, shifted from pair to pair.
fn sparse(y: usize) -> u64 {
    match y % 4 {
        0 => 0x8888_8888_8888_8888,
        2 => 0x2222_2222_2222_2222,
        _ => 0,
    }
}

impl Page {
    /// The page as a scanner returns it. Lines must stay two pixels clear of the page's edges.
    pub(crate) fn scanned(&self, scan: Scan) -> Page {
        let grown = |page: &Page| page.around(|ink, beside| ink | beside);
        match scan {
            Scan::Crisp => self.clone(),
            Scan::Soft => {
                let wide = grown(self);
                self.combined(&wide, |y, ink, wide| ink | (wide & checker(y)))
            }
            Scan::Blurred => {
                let wide = grown(self);
                let soft = self.combined(&wide, |y, ink, wide| ink | (wide & checker(y)));
                let wider = grown(&wide);
                soft.combined(&wider, |y, ink, wider| ink | (wider & sparse(y)))
            }
            Scan::Faint => {
                // What has white on a side is the edge; a line of a pixel or two is nothing else.
                let inside = self.inside();
                let thin = self.combined(&inside, |y, ink, inside| inside | (ink & checker(y)));
                let wider = grown(&grown(self));
                thin.combined(&wider, |y, ink, wider| ink | (wider & sparse(y)))
            }
        }
    }

    /// Every word with the pixels beside its own: above, below, left, right, all in one.
    fn around(&self, merge: impl Fn(u64, u64) -> u64) -> Page {
        let mut out = self.clone();
        let words = self.words_per_row;
        let at = |y: usize, word: usize| self.words[y * words + word];
        let last = self.last_word();
        for y in 0..self.height {
            for word in 0..words {
                let ink = at(y, word);
                let left = if word > 0 { at(y, word - 1) << 63 } else { 0 };
                let right = if word + 1 < words {
                    at(y, word + 1) >> 63
                } else {
                    0
                };
                let mut beside = ink >> 1 | left | ink << 1 | right;
                if y > 0 {
                    beside |= at(y - 1, word);
                }
                if y + 1 < self.height {
                    beside |= at(y + 1, word);
                }
                let merged = merge(ink, beside);
                out.words[y * words + word] = if word + 1 == words {
                    merged & last
                } else {
                    merged
                };
            }
        }
        out
    }

    /// The ink that has ink on all four sides.
    fn inside(&self) -> Page {
        let white = self.combined(self, |_, ink, _| !ink);
        let reach = white.around(|_, beside| beside);
        self.combined(&reach, |_, ink, white_beside| ink & !white_beside)
    }

    /// This page and another of its size, word by word; the first argument is the row.
    fn combined(&self, other: &Page, merge: impl Fn(usize, u64, u64) -> u64) -> Page {
        let mut out = self.clone();
        let last = self.last_word();
        for (index, word) in out.words.iter_mut().enumerate() {
            let (y, column) = (index / self.words_per_row, index % self.words_per_row);
            *word = merge(y, *word, other.words[index]);
            if column + 1 == self.words_per_row {
                *word &= last;
            }
        }
        out
    }

    /// The bits of a row's last word that are pixels.
    fn last_word(&self) -> u64 {
        match self.width % 64 {
            0 => u64::MAX,
            used => !(u64::MAX >> used),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::v2;

    fn ink(page: &Page) -> u32 {
        page.words.iter().map(|word| word.count_ones()).sum()
    }

    #[test]
    fn edges_come_out_as_dots_and_the_middle_stays() {
        let mut page = Page::new(150, 100);
        page.stroke(v2(20.0, 50.0), v2(130.0, 50.0), 3.0);
        page.stroke(v2(75.0, 10.0), v2(75.0, 90.0), 3.0);
        let plain = ink(&page);
        assert_eq!(page.scanned(Scan::Crisp), page);
        let soft = page.scanned(Scan::Soft);
        let blurred = page.scanned(Scan::Blurred);
        let faint = page.scanned(Scan::Faint);
        assert!(ink(&soft) > plain && ink(&blurred) > ink(&soft) && ink(&faint) < ink(&soft));
        for y in 0..100 {
            for x in 0..150 {
                assert!(
                    !page.is_inked(x, y) || soft.is_inked(x, y),
                    "{x} {y} is lost"
                );
            }
        }
        // Every second pixel of a line's edge is lost.
        assert_eq!((30..70).filter(|&x| faint.is_inked(x, 47)).count(), 20);
        // The middle of a line six pixels thick.
        for x in 30..120 {
            assert!(faint.is_inked(x, 49) && faint.is_inked(x, 50));
        }
        // Above it lie dots with gaps.
        let row = (30..70).filter(|&x| soft.is_inked(x, 46)).count();
        assert_eq!(row, 20);
    }

    #[test]
    fn nothing_appears_beyond_the_width() {
        let mut page = Page::new(70, 20);
        page.stroke(v2(40.0, 10.0), v2(80.0, 10.0), 4.0);
        for scan in [Scan::Soft, Scan::Blurred, Scan::Faint] {
            let scanned = page.scanned(scan);
            let beyond = scanned.words.iter().skip(1).step_by(2);
            assert!(beyond.into_iter().all(|word| word & (u64::MAX >> 6) == 0));
        }
    }
}
