//! Rows of packed samples to one byte a sample.

/// How the samples of a row are stored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packing {
    /// Bits of a sample: 1, 2, 4, 8 or 16.
    pub(super) bits: u32,
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

    /// Unpacks a row into one byte a sample, as many as `out` takes.
    ///
    /// 16-bit levels lose their low byte: there is no reference to agree with,
    /// as Pillow clips where it should scale.
    pub(super) fn unpack(self, row: &[u8], out: &mut [u8]) {
        match self.bits {
            16 => {
                let high = if self.big_endian { 0 } else { 1 };
                for (out, pair) in out.iter_mut().zip(row.as_chunks::<2>().0) {
                    *out = pair[high];
                }
            }
            8 => {
                let length = out.len().min(row.len());
                out[..length].copy_from_slice(&row[..length]);
            }
            bits => {
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
    fn differences_of_every_depth() {
        for bits in [1, 2, 4, 8, 16] {
            for stride in [1, 3] {
                let packing = packing(bits);
                let mask = (1u32 << bits) - 1;
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
