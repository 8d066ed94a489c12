//! Rows of packed samples to one byte a sample.

/// What the bits of a sample stand for (tag SampleFormat).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Parts of the whole scale of their depth.
    Unsigned,
    /// Levels as they are: what is below 0 is black, above 255 white, as Pillow reads them.
    Signed,
    /// Numbers of 32 bits, whose scale the picture tells.
    Float,
}

/// The scale of a picture of fractions, from black to white.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    pub(super) black: f32,
    pub(super) white: f32,
}

impl Scale {
    /// The one that a picture of values from `least` to `most` has: writers know fractions, levels
    /// of 8 and of 16 bits, and what they measured.
    pub(super) fn of(least: f32, most: f32) -> Self {
        let white = [1.0, 255.0, 65535.0]
            .into_iter()
            .find(|&white| most <= white);
        match white {
            Some(white) if least >= 0.0 => Self { black: 0.0, white },
            _ => Self {
                black: least,
                white: most,
            },
        }
    }

    fn level(self, value: f32) -> u8 {
        let range = self.white - self.black;
        let part = if range > 0.0 {
            (value - self.black) / range
        } else {
            0.0
        };
        // The cast saturates, and takes what is not a number for 0.
        (part * 255.0).round() as u8
    }
}

/// How the samples of a row are stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packing {
    /// Bits of a sample: 1, 2, 4, 8, 12, 16 or 32.
    pub(super) bits: u32,
    pub(super) kind: Kind,
    /// Of fractions.
    pub(super) scale: Scale,
    pub(super) big_endian: bool,
    /// Palette indices keep their value; levels are scaled to 0..=255.
    pub(super) are_indices: bool,
}

impl Packing {
    /// Bytes that a row of this many samples takes.
    pub(super) fn row_bytes(self, samples: usize) -> usize {
        (samples * self.bits as usize).div_ceil(8)
    }

    /// Undoes horizontal differencing in place; `stride` samples a pixel.
    ///
    /// 16-bit samples keep their byte order. Depths below 8 are differenced bit
    /// field by bit field (TIFF 6.0, section 14), which hardly any writer does.
    pub(super) fn undo_differences(self, row: &mut [u8], stride: usize) {
        match self.bits {
            16 => {
                let (pairs, _) = row.as_chunks_mut::<2>();
                for index in stride..pairs.len() {
                    let (sample, before) = (pairs[index], pairs[index - stride]);
                    pairs[index] = if self.big_endian {
                        let sum =
                            u16::from_be_bytes(sample).wrapping_add(u16::from_be_bytes(before));
                        sum.to_be_bytes()
                    } else {
                        let sum =
                            u16::from_le_bytes(sample).wrapping_add(u16::from_le_bytes(before));
                        sum.to_le_bytes()
                    };
                }
            }
            32 => {
                let (words, _) = row.as_chunks_mut::<4>();
                for index in stride..words.len() {
                    let sum = self
                        .word(words[index])
                        .wrapping_add(self.word(words[index - stride]));
                    words[index] = if self.big_endian {
                        sum.to_be_bytes()
                    } else {
                        sum.to_le_bytes()
                    };
                }
            }
            // Nobody writes them so.
            12 => {}
            8 => {
                for index in stride..row.len() {
                    row[index] = row[index].wrapping_add(row[index - stride]);
                }
            }
            bits => {
                let mask = (1u8 << bits) - 1;
                let per_byte = 8 / bits as usize;
                let shift = |index: usize| 8 - bits as usize * (index % per_byte + 1);
                for index in stride..row.len() * per_byte {
                    let earlier = index - stride;
                    let before = row[earlier / per_byte] >> shift(earlier) & mask;
                    let byte = &mut row[index / per_byte];
                    let sum = (*byte >> shift(index)).wrapping_add(before) & mask;
                    *byte = *byte & !(mask << shift(index)) | sum << shift(index);
                }
            }
        }
    }

    fn word(self, bytes: [u8; 4]) -> u32 {
        if self.big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        }
    }

    /// The least and the most of a row of fractions, and of those so far; what is not a number counts for
    /// nothing.
    pub(super) fn extend_range(self, row: &[u8], range: &mut Option<(f32, f32)>) {
        for word in row.as_chunks::<4>().0 {
            let value = f32::from_bits(self.word(*word));
            if value.is_finite() {
                let (least, most) = range.unwrap_or((value, value));
                *range = Some((least.min(value), most.max(value)));
            }
        }
    }

    /// Unpacks a row into one byte a sample, as many as `out` takes.
    ///
    /// 16-bit levels lose their low byte: there is no reference to agree with,
    /// as Pillow clips where it should scale.
    pub(super) fn unpack(self, row: &[u8], out: &mut [u8]) {
        match (self.bits, self.kind) {
            (32, Kind::Float) => {
                for (out, word) in out.iter_mut().zip(row.as_chunks::<4>().0) {
                    *out = self.scale.level(f32::from_bits(self.word(*word)));
                }
            }
            (32, Kind::Signed) => {
                for (out, word) in out.iter_mut().zip(row.as_chunks::<4>().0) {
                    *out = self.word(*word).cast_signed().clamp(0, 255) as u8;
                }
            }
            (32, Kind::Unsigned) => {
                for (out, word) in out.iter_mut().zip(row.as_chunks::<4>().0) {
                    *out = (self.word(*word) >> 24) as u8;
                }
            }
            (12, _) => {
                // Two samples in three bytes.
                let nibble = |index: usize| {
                    row.get(index / 2).copied().unwrap_or(0) >> (4 - 4 * (index % 2)) & 15
                };
                for (index, out) in out.iter_mut().enumerate() {
                    *out = nibble(3 * index) << 4 | nibble(3 * index + 1);
                }
            }
            (16, Kind::Signed) => {
                for (out, &pair) in out.iter_mut().zip(row.as_chunks::<2>().0) {
                    let value = if self.big_endian {
                        i16::from_be_bytes(pair)
                    } else {
                        i16::from_le_bytes(pair)
                    };
                    *out = value.clamp(0, 255) as u8;
                }
            }
            (8, Kind::Signed) => {
                for (out, &byte) in out.iter_mut().zip(row) {
                    *out = byte.cast_signed().max(0).cast_unsigned();
                }
            }
            (16, _) => {
                let high = if self.big_endian { 0 } else { 1 };
                for (out, pair) in out.iter_mut().zip(row.as_chunks::<2>().0) {
                    *out = pair[high];
                }
            }
            (8, _) => {
                let length = out.len().min(row.len());
                out[..length].copy_from_slice(&row[..length]);
            }
            (bits, _) => {
                let mask = (1u8 << bits) - 1;
                let scale = if self.are_indices { 1 } else { 255 / mask };
                let per_byte = 8 / bits as usize;
                for (out, &byte) in out.chunks_mut(per_byte).zip(row) {
                    for (out, place) in out.iter_mut().zip(1..) {
                        *out = (byte >> (8 - bits * place) & mask) * scale;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packing(bits: u32) -> Packing {
        Packing {
            bits,
            kind: Kind::Unsigned,
            scale: Scale::of(0.0, 1.0),
            big_endian: true,
            are_indices: false,
        }
    }

    fn unpacked(packing: Packing, row: &[u8], samples: usize) -> Vec<u8> {
        let mut out = vec![0; samples];
        packing.unpack(row, &mut out);
        out
    }

    #[test]
    fn levels_span_the_whole_scale() {
        assert_eq!(
            unpacked(packing(1), &[0b1010_0000, 0x80], 9),
            [255, 0, 255, 0, 0, 0, 0, 0, 255]
        );
        assert_eq!(unpacked(packing(2), &[0b0001_1011], 4), [0, 85, 170, 255]);
        assert_eq!(unpacked(packing(4), &[0x0f, 0x80], 3), [0, 255, 136]);
        assert_eq!(
            unpacked(packing(16), &[0x12, 0xff, 0xff, 0x00], 2),
            [0x12, 0xff]
        );
        let indices = Packing {
            are_indices: true,
            ..packing(4)
        };
        assert_eq!(unpacked(indices, &[0x0f], 2), [0, 15]);
        let little = Packing {
            big_endian: false,
            ..packing(16)
        };
        assert_eq!(unpacked(little, &[0xff, 0x12], 1), [0x12]);
    }

    #[test]
    fn deep_signed_and_fractional_samples() {
        let levels = |bits, kind, row: &[u8], samples| {
            let packing = Packing {
                kind,
                ..packing(bits)
            };
            unpacked(packing, row, samples)
        };
        assert_eq!(
            levels(12, Kind::Unsigned, &[0xab, 0xcd, 0xef, 0x12, 0x30], 3),
            [0xab, 0xde, 0x12]
        );
        assert_eq!(
            levels(32, Kind::Unsigned, &[0x12, 0xff, 0xff, 0xff], 1),
            [0x12]
        );
        let words = [-5_i32, 77, 300].map(i32::to_be_bytes);
        assert_eq!(
            levels(32, Kind::Signed, words.as_flattened(), 3),
            [0, 77, 255]
        );
        let words = [-5_i16, 77, 300].map(i16::to_be_bytes);
        assert_eq!(
            levels(16, Kind::Signed, words.as_flattened(), 3),
            [0, 77, 255]
        );
        assert_eq!(levels(8, Kind::Signed, &[0xff, 77], 2), [0, 77]);
        let words = [0.0_f32, 0.5, 1.0, f32::NAN, 9.0].map(f32::to_be_bytes);
        assert_eq!(
            levels(32, Kind::Float, words.as_flattened(), 5),
            [0, 128, 255, 0, 255]
        );
        let mut range = None;
        packing(32).extend_range(words.as_flattened(), &mut range);
        assert_eq!(range, Some((0.0, 9.0)));
        assert_eq!(Scale::of(0.0, 9.0).white, 255.0);
        assert_eq!(Scale::of(-1.0, 3.0).black, -1.0);
        assert_eq!(Scale::of(2.0, 2.0).level(2.0), 2);
    }

    #[test]
    fn differences_of_every_depth() {
        for bits in [1, 2, 4, 8, 16, 32] {
            for stride in [1, 3] {
                let packing = packing(bits);
                let mask = u32::MAX >> (32 - bits);
                let samples: Vec<u32> = (0..24)
                    .map(|i: u32| i.wrapping_mul(40_503) & mask)
                    .collect();
                let differences: Vec<u32> = (0..24)
                    .map(|i| {
                        samples[i].wrapping_sub(if i < stride { 0 } else { samples[i - stride] })
                            & mask
                    })
                    .collect();
                let mut row = pack(&differences, bits);
                packing.undo_differences(&mut row, stride);
                assert_eq!(
                    row,
                    pack(&samples, bits),
                    "{bits} bits, {stride} samples a pixel"
                );
            }
        }
    }

    fn pack(samples: &[u32], bits: u32) -> Vec<u8> {
        let mut bytes = vec![0u8; (samples.len() * bits as usize).div_ceil(8)];
        for (index, sample) in samples.iter().enumerate() {
            for bit in 0..bits {
                let at = index * bits as usize + bit as usize;
                let set = (sample >> (bits - 1 - bit) & 1) as u8;
                bytes[at / 8] |= set << (7 - at % 8);
            }
        }
        bytes
    }
}
