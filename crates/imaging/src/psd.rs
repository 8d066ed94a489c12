//! Photoshop documents: the composite, which stands behind the layers, on white as Photoshop wrote
//! it. Documents saved without "maximize compatibility" have a blank one.
//!
//! Own code, because what there is either panics or takes a cut file for a whole one
//! (Adobe Photoshop File Formats Specification, November 2019).

use crate::error::{DecodeError, Trouble};
use crate::tiff::cmyk_to_rgb;
use crate::{Format, Limits, RgbImage};

/// A document whose header has been read.
pub(crate) struct Psd<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    mode: Mode<'a>,
    /// 1, 8 or 16.
    bits: u32,
    is_packed: bool,
    /// Row lengths of packed rows have four bytes.
    is_large: bool,
    channels: usize,
    /// Behind the compression.
    data: &'a [u8],
}

#[derive(Clone, Copy)]
enum Mode<'a> {
    /// One channel, black 0, or of a bitmap 1.
    Grey {
        is_bitmap: bool,
    },
    /// 256 reds, greens and blues.
    Indexed(&'a [u8]),
    Rgb,
    Cmyk,
}

impl Mode<'_> {
    fn channels(self) -> usize {
        match self {
            Self::Grey { .. } | Self::Indexed(_) => 1,
            Self::Rgb => 3,
            Self::Cmyk => 4,
        }
    }
}

impl<'a> Psd<'a> {
    pub(crate) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, DecodeError> {
        let of = |trouble: Trouble| trouble.of(Format::Psd);
        let mut reader = Reader { rest: bytes };
        let head = reader.take(26).map_err(of)?;
        let number = |at: usize| u16::from_be_bytes([head[at], head[at + 1]]);
        let side = |at: usize| {
            u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]).into()
        };
        let (is_large, channels) = (number(4) == 2, usize::from(number(12)));
        let (width, height) = limits.check_sides(Format::Psd, side(18), side(14))?;
        let (bits, mode) = (u32::from(number(22)), number(24));
        let palette = reader.section(false).map_err(of)?;
        let mode = match (mode, bits) {
            (0, 1) => Mode::Grey { is_bitmap: true },
            // Duotones are grey to whoever does not know their inks, says the specification.
            (1 | 8, 8 | 16) => Mode::Grey { is_bitmap: false },
            (2, 8) if palette.len() == 768 => Mode::Indexed(palette),
            (3, 8 | 16) => Mode::Rgb,
            (4, 8 | 16) => Mode::Cmyk,
            _ => {
                let reason = format!(
                    "colour mode {mode} of {bits} bits is not read; save it as RGB of 8 bits"
                );
                return Err(of(Trouble::unsupported(reason)));
            }
        };
        if !(mode.channels()..=56).contains(&channels) {
            let reason = format!(
                "it has {channels} channels where its colours take {}",
                mode.channels()
            );
            return Err(of(Trouble::malformed(reason)));
        }
        // Resources, then layers.
        reader.section(false).map_err(of)?;
        reader.section(is_large).map_err(of)?;
        let compression = reader.take(2).map_err(of)?;
        let is_packed = match compression {
            [0, 0] => false,
            [0, 1] => true,
            _ => {
                let reason = "its composite is compressed in an unknown way";
                return Err(of(Trouble::unsupported(reason)));
            }
        };
        Ok(Self {
            width,
            height,
            mode,
            bits,
            is_packed,
            is_large,
            channels,
            data: reader.rest,
        })
    }

    fn channels_out(&self) -> usize {
        match self.mode {
            Mode::Grey { .. } => 1,
            _ => 3,
        }
    }

    /// Bytes of memory that decoding takes at its peak, the result included.
    pub(crate) fn peak_bytes(&self) -> u64 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        pixels * (self.mode.channels() + self.channels_out()) as u64
    }

    /// The picture. What stands beside the colours is transparency, which the composite has been
    /// laid on white by, and masks.
    pub(crate) fn decode(&self) -> Result<RgbImage, Trouble> {
        let (width, height) = (self.width as usize, self.height as usize);
        let row_bytes = (width * self.bits as usize).div_ceil(8);
        let mut rows = self.rows(row_bytes, height)?;
        let pixels = width * height;
        let mut planes = vec![0; pixels * self.mode.channels()];
        let mut row = vec![0; row_bytes];
        for levels in planes.chunks_exact_mut(width) {
            rows.next(&mut row)?;
            match self.bits {
                1 => {
                    for (x, level) in levels.iter_mut().enumerate() {
                        *level = row[x / 8] >> (7 - x % 8) & 1;
                    }
                }
                8 => levels.copy_from_slice(&row),
                // The high byte is the level, as for TIFF.
                _ => {
                    for (level, pair) in levels.iter_mut().zip(row.as_chunks::<2>().0) {
                        *level = pair[0];
                    }
                }
            }
        }
        let plane = |channel: usize| &planes[channel * pixels..(channel + 1) * pixels];
        let samples: Vec<u8> = match self.mode {
            Mode::Grey { is_bitmap: true } => planes.iter().map(|&bit| 255 * (1 - bit)).collect(),
            Mode::Grey { is_bitmap: false } => planes,
            Mode::Indexed(palette) => planes
                .iter()
                .flat_map(|&index| [0, 256, 512].map(|part| palette[part + usize::from(index)]))
                .collect(),
            Mode::Rgb => (0..pixels)
                .flat_map(|pixel| [0, 1, 2].map(|channel| plane(channel)[pixel]))
                .collect(),
            // Ink is 0 where there is all of it.
            Mode::Cmyk => (0..pixels)
                .flat_map(|pixel| {
                    cmyk_to_rgb([0, 1, 2, 3].map(|channel| 255 - plane(channel)[pixel]))
                })
                .collect(),
        };
        RgbImage::from_samples(self.width, self.height, self.channels_out(), samples)
            .ok_or_else(|| Trouble::malformed("its parts differ about its size"))
    }

    /// The rows of all channels, those of the colours first.
    fn rows(&self, row_bytes: usize, height: usize) -> Result<Rows<'a>, Trouble> {
        let mut reader = Reader { rest: self.data };
        if !self.is_packed {
            return Ok(Rows {
                lengths: &[],
                size: row_bytes,
                rest: reader.rest,
            });
        }
        let size = if self.is_large { 4 } else { 2 };
        Ok(Rows {
            lengths: reader.take(self.channels * height * size)?,
            size,
            rest: reader.rest,
        })
    }
}

/// Rows one after the other, all of `size` bytes, or packed with lengths of `size` bytes.
struct Rows<'a> {
    lengths: &'a [u8],
    size: usize,
    rest: &'a [u8],
}

impl Rows<'_> {
    fn next(&mut self, row: &mut [u8]) -> Result<(), Trouble> {
        let mut reader = Reader { rest: self.rest };
        if self.lengths.is_empty() {
            row.copy_from_slice(reader.take(self.size)?);
            self.rest = reader.rest;
            return Ok(());
        }
        let (length, lengths) = self.lengths.split_at(self.size);
        let length = length
            .iter()
            .fold(0, |length, &byte| length << 8 | usize::from(byte));
        let packed = reader.take(length)?;
        (self.lengths, self.rest) = (lengths, reader.rest);
        unpack(packed, row).ok_or_else(|| Trouble::malformed("a row of its composite is damaged"))
    }
}

/// Runs and literals (PackBits), which must fill the row.
fn unpack(mut packed: &[u8], row: &mut [u8]) -> Option<()> {
    let mut at = 0;
    while at < row.len() {
        let (&code, rest) = packed.split_first()?;
        match code {
            0..=127 => {
                let (literal, rest) = rest.split_at_checked(usize::from(code) + 1)?;
                row.get_mut(at..at + literal.len())?
                    .copy_from_slice(literal);
                at += literal.len();
                packed = rest;
            }
            128 => packed = rest,
            _ => {
                let (&value, rest) = rest.split_first()?;
                let count = 257 - usize::from(code);
                row.get_mut(at..at + count)?.fill(value);
                at += count;
                packed = rest;
            }
        }
    }
    Some(())
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Trouble> {
        let cut = || Trouble::truncated("the file ends before the picture does");
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(cut)?;
        self.rest = rest;
        Ok(taken)
    }

    /// A section behind its length, of eight bytes if it `is_large`, else four.
    fn section(&mut self, is_large: bool) -> Result<&'a [u8], Trouble> {
        let length = self.take(if is_large { 8 } else { 4 })?;
        let length = length
            .iter()
            .fold(0_u64, |length, &byte| length << 8 | u64::from(byte));
        self.take(usize::try_from(length).unwrap_or(usize::MAX))
    }
}
