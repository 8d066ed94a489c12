//! Compressed bytes of a strip or tile to rows of samples, one row at a time.
//!
//! Rows are pulled through [`Read`], so that a strip of a whole page never
//! lies in memory unpacked beside the picture made from it.

use std::borrow::Cow;
use std::io::{self, Read};

use flate2::bufread::ZlibDecoder;
use ruzstd::decoding::StreamingDecoder;
use weezl::{BitOrder, LzwStatus};

use crate::error::Trouble;

/// Compressions whose output is bytes of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByteCoding {
    None,
    PackBits,
    Lzw,
    Deflate,
    Zstandard,
}

/// Bytes that a Zstandard decoder may look back, and so keeps. A strip of a whole page may say that
/// it needs all of them.
pub(super) const MAX_ZSTANDARD_WINDOW: u64 = 128 << 20;

/// A reader of the unpacked bytes.
pub(super) fn unpack<'a>(coding: ByteCoding, packed: &'a [u8]) -> Box<dyn Read + 'a> {
    match coding {
        ByteCoding::None => Box::new(packed),
        ByteCoding::PackBits => Box::new(PackBits {
            packed,
            literal: 0,
            repeat: 0,
            value: 0,
        }),
        ByteCoding::Lzw => Box::new(Lzw {
            decoder: if is_old_lzw(packed) {
                weezl::decode::Decoder::new(BitOrder::Lsb, 8)
            } else {
                weezl::decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8)
            },
            packed,
        }),
        ByteCoding::Deflate => Box::new(ZlibDecoder::new(packed)),
        ByteCoding::Zstandard => {
            match StreamingDecoder::new_with_max_window_size(packed, MAX_ZSTANDARD_WINDOW) {
                Ok(decoder) => Box::new(decoder),
                Err(error) => Box::new(Unreadable(error.to_string())),
            }
        }
    }
}

/// A stream whose beginning is wrong already.
struct Unreadable(String);

impl Read for Unreadable {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::new(io::ErrorKind::InvalidData, self.0.clone()))
    }
}

/// Bytes that a decoder keeps of what it has unpacked, by the head of the stream.
pub(super) fn window_bytes(coding: ByteCoding, packed: &[u8]) -> u64 {
    if coding != ByteCoding::Zstandard {
        return 0;
    }
    // Of those above it, nothing is unpacked.
    zstandard_window(packed).map_or(0, |window| window.min(MAX_ZSTANDARD_WINDOW))
}

/// RFC 8878, 3.1.1.1: the window, or all of the content where that is in one segment.
fn zstandard_window(packed: &[u8]) -> Option<u64> {
    let flags = *packed.get(4)?;
    if flags & 0x20 == 0 {
        let descriptor = *packed.get(5)?;
        let base = 1_u64 << (10 + (descriptor >> 3));
        return Some(base + base / 8 * u64::from(descriptor & 7));
    }
    let at = 5 + [0, 1, 2, 4][usize::from(flags & 3)];
    let length = [1, 2, 4, 8][usize::from(flags >> 6)];
    let size = packed.get(at..at + length)?;
    let size = size
        .iter()
        .rev()
        .fold(0, |size, &byte| size << 8 | u64::from(byte));
    Some(if length == 2 { size + 256 } else { size })
}

/// Whether LZW data is of before TIFF 6.0: low bits first, and codes grow one later. Data begins with
/// the code that clears the table, 256 in 9 bits, by which libtiff tells too.
fn is_old_lzw(packed: &[u8]) -> bool {
    matches!(packed, [0, second, ..] if second & 1 == 1)
}

/// Fills `row`, or says why that is not possible.
pub(super) fn fill_row(reader: &mut dyn Read, row: &mut [u8]) -> Result<(), Trouble> {
    reader.read_exact(row).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => Trouble::truncated("its data ends"),
        _ => Trouble::malformed(format!("its data is damaged ({error})")),
    })
}

/// Reads on to the end of a Deflate stream after its last row, where its checksum is: damage
/// in the middle may unpack to as many bytes as sound data does. Gives up after a megabyte
/// that nobody asked for.
pub(super) fn check_end(coding: ByteCoding, reader: &mut dyn Read) -> Result<(), Trouble> {
    if coding != ByteCoding::Deflate {
        return Ok(());
    }
    match io::copy(&mut reader.take(1 << 20), &mut io::sink()) {
        // Some writers leave the checksum away.
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
            Err(Trouble::malformed(format!("its data is damaged ({error})")))
        }
        _ => Ok(()),
    }
}

/// `bytes` with the bits of each in the order that decoders expect.
pub(super) fn in_bit_order(bytes: &[u8], reversed: bool) -> Cow<'_, [u8]> {
    if reversed {
        Cow::Owned(bytes.iter().map(|byte| byte.reverse_bits()).collect())
    } else {
        Cow::Borrowed(bytes)
    }
}

/// Runs and literals (TIFF 6.0, section 9).
struct PackBits<'a> {
    packed: &'a [u8],
    /// Bytes still to copy.
    literal: usize,
    /// Copies of `value` still to write.
    repeat: usize,
    value: u8,
}

impl Read for PackBits<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut written = 0;
        while written < out.len() {
            let room = out.len() - written;
            if self.repeat > 0 {
                let count = self.repeat.min(room);
                out[written..written + count].fill(self.value);
                self.repeat -= count;
                written += count;
            } else if self.literal > 0 {
                let count = self.literal.min(room).min(self.packed.len());
                let Some((bytes, rest)) = self.packed.split_at_checked(count).filter(|_| count > 0)
                else {
                    break;
                };
                out[written..written + count].copy_from_slice(bytes);
                self.packed = rest;
                self.literal -= count;
                written += count;
            } else {
                match *self.packed {
                    [length @ 0..=127, ref rest @ ..] => {
                        self.literal = usize::from(length) + 1;
                        self.packed = rest;
                    }
                    [128, ref rest @ ..] => self.packed = rest,
                    [length, value, ref rest @ ..] => {
                        (self.repeat, self.value) = (257 - usize::from(length), value);
                        self.packed = rest;
                    }
                    [] | [_] => break,
                }
            }
        }
        Ok(written)
    }
}

struct Lzw<'a> {
    decoder: weezl::decode::Decoder,
    packed: &'a [u8],
}

impl Read for Lzw<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let progress = self.decoder.decode_bytes(self.packed, out);
            self.packed = &self.packed[progress.consumed_in..];
            if progress.consumed_out > 0 || out.is_empty() {
                return Ok(progress.consumed_out);
            }
            match progress.status {
                Ok(LzwStatus::Ok) if progress.consumed_in > 0 => {}
                Ok(_) => return Ok(0),
                Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(coding: ByteCoding, packed: &[u8]) -> Vec<u8> {
        let mut unpacked = Vec::new();
        unpack(coding, packed).read_to_end(&mut unpacked).unwrap();
        unpacked
    }

    #[test]
    fn packbits_of_the_specification() {
        let packed = [
            0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x80, 0x03, 0x80, 0x00, 0x2a, 0x22,
            0xf7, 0xaa,
        ];
        let mut expected = vec![0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa];
        expected.extend([0x80, 0x00, 0x2a, 0x22]);
        expected.extend([0xaa; 10]);
        assert_eq!(all(ByteCoding::PackBits, &packed), expected);
        // Byte by byte, runs carry over.
        let mut reader = unpack(ByteCoding::PackBits, &packed);
        for byte in expected {
            let mut one = [0];
            fill_row(&mut *reader, &mut one).unwrap();
            assert_eq!(one, [byte]);
        }
        assert!(fill_row(&mut *reader, &mut [0]).is_err());
    }

    #[test]
    fn windows_of_zstandard_streams_are_told_by_their_heads() {
        let window = |head: &[u8]| {
            let stream = [&[0x28, 0xb5, 0x2f, 0xfd], head].concat();
            window_bytes(ByteCoding::Zstandard, &stream)
        };
        assert_eq!(window(&[0, 0x60]), 4 << 20, "2^(10 + 12)");
        assert_eq!(window(&[0, 0x01]), 1024 + 128);
        assert_eq!(window(&[0x20, 77]), 77, "one segment");
        assert_eq!(window(&[0x60, 1, 2]), 256 + 0x201);
        assert_eq!(window(&[0xa1, 9, 0, 0, 1, 0]), 0x1_0000, "a dictionary");
        assert_eq!(
            window(&[0xe0, 0, 0, 0, 0, 1, 0, 0, 0]),
            MAX_ZSTANDARD_WINDOW
        );
        assert_eq!(window(&[0x20]), 0, "cut");
        let mut reader = unpack(ByteCoding::Zstandard, b"no such stream");
        assert!(fill_row(&mut *reader, &mut [0]).is_err());
    }

    #[test]
    fn cut_packbits_yield_what_is_there() {
        assert_eq!(all(ByteCoding::PackBits, &[5, 1, 2]), [1, 2]);
        assert!(all(ByteCoding::PackBits, &[0xfe]).is_empty());
        assert!(all(ByteCoding::PackBits, &[]).is_empty());
    }
}
