//! The code words of ITU-T T.4 (tables 2 to 4) and T.6, and their look-up.

use std::sync::LazyLock;

/// Bits that are looked up at once: those of the longest code word of a run.
pub(super) const RUN_BITS: u32 = 13;

/// Bits of the longest code word of a mode.
pub(super) const MODE_BITS: u32 = 7;

/// How the next runs of a row are coded by the row before (T.4, 4.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Pass,
    Horizontal,
    /// The change lies this many pixels right of the one above.
    Vertical(i8),
}

/// What a code word of a run stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RunCode {
    /// Pixels. From 64 on more of the same run follows.
    pub(super) pixels: u16,
    /// Bits of the word; 0 where there is none.
    pub(super) length: u8,
}

/// The code of the modes at the front of [`MODE_BITS`] bits, and its length.
pub(super) fn mode(bits: u32) -> Option<(Mode, u32)> {
    Some(match bits {
        0b100_0000.. => (Mode::Vertical(0), 1),
        0b011_0000.. => (Mode::Vertical(1), 3),
        0b010_0000.. => (Mode::Vertical(-1), 3),
        0b001_0000.. => (Mode::Horizontal, 3),
        0b000_1000.. => (Mode::Pass, 4),
        0b000_0110.. => (Mode::Vertical(2), 6),
        0b000_0100.. => (Mode::Vertical(-2), 6),
        0b000_0011 => (Mode::Vertical(3), 7),
        0b000_0010 => (Mode::Vertical(-3), 7),
        _ => return None,
    })
}

/// The codes of white runs, by [`RUN_BITS`] bits.
pub(super) static WHITE: LazyLock<Vec<RunCode>> =
    LazyLock::new(|| table(&WHITE_SHORT, &WHITE_LONG));

/// The codes of black runs.
pub(super) static BLACK: LazyLock<Vec<RunCode>> =
    LazyLock::new(|| table(&BLACK_SHORT, &BLACK_LONG));

fn table(short: &[Word; 64], long: &[Word; 27]) -> Vec<RunCode> {
    let mut table = vec![
        RunCode {
            pixels: 0,
            length: 0
        };
        1 << RUN_BITS
    ];
    let all = (0..64)
        .zip(short)
        .chain((64..).step_by(64).zip(long.iter().chain(&LONGEST)));
    for (pixels, &(bits, length)) in all {
        let free = RUN_BITS - u32::from(length);
        let first = usize::from(bits) << free;
        table[first..first + (1 << free)].fill(RunCode { pixels, length });
    }
    table
}

/// A code word: its bits, right-aligned, and how many there are.
type Word = (u16, u8);

/// Runs of 0 to 63 white pixels.
#[rustfmt::skip]
const WHITE_SHORT: [Word; 64] = [
    (0b00110101, 8), (0b000111, 6), (0b0111, 4), (0b1000, 4), (0b1011, 4), (0b1100, 4), (0b1110, 4),
    (0b1111, 4), (0b10011, 5), (0b10100, 5), (0b00111, 5), (0b01000, 5), (0b001000, 6),
    (0b000011, 6), (0b110100, 6), (0b110101, 6), (0b101010, 6), (0b101011, 6), (0b0100111, 7),
    (0b0001100, 7), (0b0001000, 7), (0b0010111, 7), (0b0000011, 7), (0b0000100, 7), (0b0101000, 7),
    (0b0101011, 7), (0b0010011, 7), (0b0100100, 7), (0b0011000, 7), (0b00000010, 8),
    (0b00000011, 8), (0b00011010, 8), (0b00011011, 8), (0b00010010, 8), (0b00010011, 8),
    (0b00010100, 8), (0b00010101, 8), (0b00010110, 8), (0b00010111, 8), (0b00101000, 8),
    (0b00101001, 8), (0b00101010, 8), (0b00101011, 8), (0b00101100, 8), (0b00101101, 8),
    (0b00000100, 8), (0b00000101, 8), (0b00001010, 8), (0b00001011, 8), (0b01010010, 8),
    (0b01010011, 8), (0b01010100, 8), (0b01010101, 8), (0b00100100, 8), (0b00100101, 8),
    (0b01011000, 8), (0b01011001, 8), (0b01011010, 8), (0b01011011, 8), (0b01001010, 8),
    (0b01001011, 8), (0b00110010, 8), (0b00110011, 8), (0b00110100, 8),
];

/// Runs of 0 to 63 black pixels.
#[rustfmt::skip]
const BLACK_SHORT: [Word; 64] = [
    (0b0000110111, 10), (0b010, 3), (0b11, 2), (0b10, 2), (0b011, 3), (0b0011, 4), (0b0010, 4),
    (0b00011, 5), (0b000101, 6), (0b000100, 6), (0b0000100, 7), (0b0000101, 7), (0b0000111, 7),
    (0b00000100, 8), (0b00000111, 8), (0b000011000, 9), (0b0000010111, 10), (0b0000011000, 10),
    (0b0000001000, 10), (0b00001100111, 11), (0b00001101000, 11), (0b00001101100, 11),
    (0b00000110111, 11), (0b00000101000, 11), (0b00000010111, 11), (0b00000011000, 11),
    (0b000011001010, 12), (0b000011001011, 12), (0b000011001100, 12), (0b000011001101, 12),
    (0b000001101000, 12), (0b000001101001, 12), (0b000001101010, 12), (0b000001101011, 12),
    (0b000011010010, 12), (0b000011010011, 12), (0b000011010100, 12), (0b000011010101, 12),
    (0b000011010110, 12), (0b000011010111, 12), (0b000001101100, 12), (0b000001101101, 12),
    (0b000011011010, 12), (0b000011011011, 12), (0b000001010100, 12), (0b000001010101, 12),
    (0b000001010110, 12), (0b000001010111, 12), (0b000001100100, 12), (0b000001100101, 12),
    (0b000001010010, 12), (0b000001010011, 12), (0b000000100100, 12), (0b000000110111, 12),
    (0b000000111000, 12), (0b000000100111, 12), (0b000000101000, 12), (0b000001011000, 12),
    (0b000001011001, 12), (0b000000101011, 12), (0b000000101100, 12), (0b000001011010, 12),
    (0b000001100110, 12), (0b000001100111, 12),
];

/// Runs of 64, 128, .. 1728 white pixels.
#[rustfmt::skip]
const WHITE_LONG: [Word; 27] = [
    (0b11011, 5), (0b10010, 5), (0b010111, 6), (0b0110111, 7), (0b00110110, 8), (0b00110111, 8),
    (0b01100100, 8), (0b01100101, 8), (0b01101000, 8), (0b01100111, 8), (0b011001100, 9),
    (0b011001101, 9), (0b011010010, 9), (0b011010011, 9), (0b011010100, 9), (0b011010101, 9),
    (0b011010110, 9), (0b011010111, 9), (0b011011000, 9), (0b011011001, 9), (0b011011010, 9),
    (0b011011011, 9), (0b010011000, 9), (0b010011001, 9), (0b010011010, 9), (0b011000, 6),
    (0b010011011, 9),
];

/// Runs of 64, 128, .. 1728 black pixels.
#[rustfmt::skip]
const BLACK_LONG: [Word; 27] = [
    (0b0000001111, 10), (0b000011001000, 12), (0b000011001001, 12), (0b000001011011, 12),
    (0b000000110011, 12), (0b000000110100, 12), (0b000000110101, 12), (0b0000001101100, 13),
    (0b0000001101101, 13), (0b0000001001010, 13), (0b0000001001011, 13), (0b0000001001100, 13),
    (0b0000001001101, 13), (0b0000001110010, 13), (0b0000001110011, 13), (0b0000001110100, 13),
    (0b0000001110101, 13), (0b0000001110110, 13), (0b0000001110111, 13), (0b0000001010010, 13),
    (0b0000001010011, 13), (0b0000001010100, 13), (0b0000001010101, 13), (0b0000001011010, 13),
    (0b0000001011011, 13), (0b0000001100100, 13), (0b0000001100101, 13),
];

/// Runs of 1792, 1856, .. 2560 pixels of either colour.
#[rustfmt::skip]
const LONGEST: [Word; 13] = [
    (0b00000001000, 11), (0b00000001100, 11), (0b00000001101, 11), (0b000000010010, 12),
    (0b000000010011, 12), (0b000000010100, 12), (0b000000010101, 12), (0b000000010110, 12),
    (0b000000010111, 12), (0b000000011100, 12), (0b000000011101, 12), (0b000000011110, 12),
    (0b000000011111, 12),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_word_begins_like_another() {
        for table in [&*WHITE, &*BLACK] {
            let mut words = table.clone();
            words.dedup();
            let codes = words.iter().filter(|code| code.length > 0);
            assert_eq!(codes.count(), 64 + 27 + 13);
            // An end-of-line mark begins with eleven zeros.
            assert_eq!(table[0b11].length, 0);
        }
        assert_eq!(
            WHITE[0b0_0110_1010_0000],
            RunCode {
                pixels: 0,
                length: 8
            }
        );
        assert_eq!(
            BLACK[0b0_0001_1011_1000],
            RunCode {
                pixels: 0,
                length: 10
            }
        );
    }
}
