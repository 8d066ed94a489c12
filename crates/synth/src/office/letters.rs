//! Printed letters, as bits: `data/letters.bin`, which `tools/print_letters.py` makes.

use crate::drawing::Page;

const DATA: &[u8] = include_bytes!("../../data/letters.bin");

/// Bytes of a record before its bits.
const HEAD: usize = 8;

/// A kind of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// 10 points.
    Regular,
    /// 13 points, bold.
    Bold,
}

struct Letter {
    advance: usize,
    /// Ink right of the pen, and above the base line.
    left: i64,
    above: i64,
    width: usize,
    height: usize,
    bits: &'static [u8],
}

impl Type {
    /// Pixels from one base line to the next; the size of the letters.
    pub(super) fn size(self) -> usize {
        match self {
            Type::Regular => 42,
            Type::Bold => 54,
        }
    }

    /// Pixels that a text takes in a line.
    pub(super) fn width(self, text: &str) -> usize {
        let letters = text.chars().filter_map(|character| self.letter(character));
        letters.map(|letter| letter.advance).sum()
    }

    /// Prints a text from `x` rightwards on the base line `base`. What there are no letters for is
    /// left out.
    pub(super) fn print(self, page: &mut Page, text: &str, x: usize, base: usize) {
        let mut pen = x;
        for letter in text.chars().filter_map(|character| self.letter(character)) {
            letter.stamp(page, pen as i64 + letter.left, base as i64 - letter.above);
            pen += letter.advance;
        }
    }

    fn letter(self, character: char) -> Option<Letter> {
        let mut rest = DATA;
        while let Some((head, after)) = rest.split_first_chunk::<HEAD>() {
            let [low, high, style, advance, left, above, width, height] = *head;
            let (width, height) = (usize::from(width), usize::from(height));
            let (bits, after) = after.split_at_checked(width.div_ceil(8) * height)?;
            rest = after;
            let code = u32::from(u16::from_le_bytes([low, high]));
            if code == u32::from(character) && style == self as u8 {
                return Some(Letter {
                    advance: usize::from(advance),
                    left: i64::from(left.cast_signed()),
                    above: i64::from(above.cast_signed()),
                    width,
                    height,
                    bits,
                });
            }
        }
        None
    }
}

impl Letter {
    fn stamp(&self, page: &mut Page, left: i64, top: i64) {
        let bytes = self.width.div_ceil(8).max(1);
        for (y, row) in self.bits.chunks_exact(bytes).take(self.height).enumerate() {
            for x in 0..self.width {
                if row[x / 8] >> (7 - x % 8) & 1 == 1 {
                    page.set(left + x as i64, top + y as i64);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_said_can_be_printed() {
        for kind in [Type::Regular, Type::Bold] {
            for character in ('!'..='~').chain("ÅÉÜàâçèéêëìîïòôöùüäåß“”".chars())
            {
                let mut page = Page::new(100, 100);
                kind.print(&mut page, &character.to_string(), 20, 70);
                assert!(page.ink_ratio() > 0.0005, "{character} {kind:?}");
            }
            assert!(kind.width("WIDE") > kind.width("idle"));
            assert_eq!(kind.width("漢"), 0);
        }
    }
}
