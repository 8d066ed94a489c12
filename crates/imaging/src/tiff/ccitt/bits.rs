//! Bits of coded data, the highest of a byte first.

/// A place in the data. Beyond its end there are zeros, which are not a code word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bits<'a> {
    data: &'a [u8],
    /// In bits.
    at: usize,
}

impl<'a> Bits<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0 }
    }

    /// The next `count` bits, at most 16, right-aligned.
    pub(super) fn peek(&self, count: u32) -> u32 {
        let byte = |index: usize| {
            let byte = self.data.get(self.at / 8 + index);
            u32::from(byte.copied().unwrap_or(0))
        };
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        word << 8 << (self.at % 8) >> (32 - count)
    }

    pub(super) fn skip(&mut self, count: u32) {
        self.at += count as usize;
    }

    /// Goes on at the next whole byte.
    pub(super) fn align(&mut self) {
        self.at = self.at.next_multiple_of(8);
    }

    /// Bits to the end of the data.
    pub(super) fn left(&self) -> usize {
        (8 * self.data.len()).saturating_sub(self.at)
    }

    /// Whether nothing is left but bits that fill the last byte.
    pub(super) fn are_over(&self) -> bool {
        self.left() == 0 || self.left() < 8 && self.peek(8) == 0
    }

    /// Goes behind an end-of-line mark and the zeros before it, if there is one here: eleven zeros
    /// or more and a one.
    pub(super) fn take_mark(&mut self) -> bool {
        if self.peek(11) != 0 {
            return false;
        }
        let mut mark = *self;
        mark.skip(11);
        while mark.left() > 0 {
            if mark.peek(8) == 0 {
                mark.skip(8);
            } else if mark.peek(1) == 0 {
                mark.skip(1);
            } else {
                mark.skip(1);
                *self = mark;
                return true;
            }
        }
        false
    }

    /// Goes behind the next mark, wherever it is.
    pub(super) fn find_mark(&mut self) -> bool {
        while self.left() > 0 {
            if self.take_mark() {
                return true;
            }
            self.skip(1);
        }
        false
    }
}
