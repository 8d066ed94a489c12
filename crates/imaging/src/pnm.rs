//! PBM, PGM, PPM and PAM (netpbm's manual pages of these names), as text and as bytes.
//!
//! Own code: the `image` crate takes levels for those of 255 whatever the file says is white.

use crate::alpha::Ground;
use crate::error::{DecodeError, Trouble};
use crate::{Format, Limits, RgbImage};

/// A file whose header has been read.
pub(crate) struct Pnm<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Samples of a pixel: 1 to 4, the last of 2 and 4 alpha.
    samples: usize,
    /// Level of white.
    white: u32,
    coding: Coding,
    data: &'a [u8],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Coding {
    /// Digits 0 and 1, 1 black.
    DigitBits,
    /// Eight pixels a byte, 1 black.
    PackedBits,
    Numbers,
    Bytes,
}

impl<'a> Pnm<'a> {
    pub(crate) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, DecodeError> {
        let of = |trouble: Trouble| trouble.of(Format::Pnm);
        let mut words = Words { bytes, at: 2 };
        let (samples, coding) = match bytes.get(1) {
            Some(b'1') => (1, Coding::DigitBits),
            Some(b'2') => (1, Coding::Numbers),
            Some(b'3') => (3, Coding::Numbers),
            Some(b'4') => (1, Coding::PackedBits),
            Some(b'5') => (1, Coding::Bytes),
            Some(b'6') => (3, Coding::Bytes),
            _ => return Self::open_pam(words, limits),
        };
        let width = words.number().map_err(of)?;
        let height = words.number().map_err(of)?;
        let (width, height) = limits.check_sides(Format::Pnm, width.into(), height.into())?;
        let white = match coding {
            Coding::DigitBits | Coding::PackedBits => 1,
            _ => words.number().map_err(of)?,
        };
        // A single blank, and then the data.
        words.at += usize::from(coding != Coding::DigitBits);
        let data = bytes.get(words.at..).unwrap_or_default();
        Self {
            width,
            height,
            samples,
            white,
            coding,
            data,
        }
        .checked()
    }

    fn open_pam(mut words: Words<'a>, limits: &Limits) -> Result<Self, DecodeError> {
        let of = |trouble: Trouble| trouble.of(Format::Pnm);
        let (mut width, mut height, mut depth, mut white) = (0, 0, 0, 0);
        loop {
            match words.next().map_err(of)? {
                b"WIDTH" => width = words.number().map_err(of)?,
                b"HEIGHT" => height = words.number().map_err(of)?,
                b"DEPTH" => depth = words.number().map_err(of)?,
                b"MAXVAL" => white = words.number().map_err(of)?,
                b"ENDHDR" => break,
                // What the samples are called follows from their number.
                _ => words.skip_line(),
            }
        }
        words.at += 1;
        let (width, height) = limits.check_sides(Format::Pnm, width.into(), height.into())?;
        if !(1..=4).contains(&depth) {
            let reason = format!("{depth} samples a pixel are not read");
            return Err(of(Trouble::unsupported(reason)));
        }
        let data = words.bytes.get(words.at..).unwrap_or_default();
        Self {
            width,
            height,
            samples: depth as usize,
            white,
            coding: Coding::Bytes,
            data,
        }
        .checked()
    }

    fn checked(self) -> Result<Self, DecodeError> {
        if (1..=65535).contains(&self.white) {
            return Ok(self);
        }
        let reason = format!("white is {} instead of 1 to 65535", self.white);
        Err(Trouble::malformed(reason).of(Format::Pnm))
    }

    /// Bytes of memory that decoding takes at its peak, the result included.
    pub(crate) fn peak_bytes(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height) * self.samples as u64
    }

    /// The picture.
    pub(crate) fn decode(&self) -> Result<RgbImage, Trouble> {
        let mut levels = self.levels()?;
        let channels = match self.samples {
            2 | 4 => {
                let ground = Ground::for_samples(&levels, self.samples);
                let (samples, opaque) = (self.samples, self.samples - 1);
                for pixel in 0..levels.len() / samples {
                    let alpha = levels[pixel * samples + opaque];
                    for channel in 0..opaque {
                        levels[pixel * opaque + channel] =
                            ground.under(levels[pixel * samples + channel], alpha);
                    }
                }
                levels.truncate(levels.len() / samples * opaque);
                opaque
            }
            samples => samples,
        };
        RgbImage::from_samples(self.width, self.height, channels, levels)
            .ok_or_else(|| Trouble::malformed("its parts differ about its size"))
    }

    fn levels(&self) -> Result<Vec<u8>, Trouble> {
        let cut = || Trouble::truncated("the file ends before the picture does");
        let width = self.width as usize;
        let count = width * self.height as usize * self.samples;
        match self.coding {
            Coding::Bytes if self.white < 256 => {
                let data = self.data.get(..count).ok_or_else(cut)?;
                Ok(data.iter().map(|&value| self.level(value.into())).collect())
            }
            Coding::Bytes => {
                let data = self.data.get(..2 * count).ok_or_else(cut)?;
                let pairs = data.as_chunks::<2>().0.iter();
                Ok(pairs
                    .map(|&pair| self.level(u16::from_be_bytes(pair).into()))
                    .collect())
            }
            Coding::PackedBits => {
                let row = width.div_ceil(8);
                let data = self.data.get(..row * self.height as usize);
                let rows = data.ok_or_else(cut)?.chunks_exact(row);
                let bit = |row: &[u8], x: usize| row[x / 8] >> (7 - x % 8) & 1;
                Ok(rows
                    .flat_map(|row| (0..width).map(move |x| 255 * (1 - bit(row, x))))
                    .collect())
            }
            Coding::DigitBits => {
                // Without anything between them, mostly.
                let digits = self.data.iter().filter_map(|byte| match byte {
                    b'0' => Some(255),
                    b'1' => Some(0),
                    _ => None,
                });
                let levels: Vec<u8> = digits.take(count).collect();
                Some(levels)
                    .filter(|levels| levels.len() == count)
                    .ok_or_else(cut)
            }
            Coding::Numbers => {
                // A digit and a blank are the least that a number takes.
                if self.data.len() < (2 * count).saturating_sub(1) {
                    return Err(cut());
                }
                let mut words = Words {
                    bytes: self.data,
                    at: 0,
                };
                (0..count)
                    .map(|_| words.number().map(|value| self.level(value)))
                    .collect()
            }
        }
    }

    fn level(&self, value: u32) -> u8 {
        ((value.min(self.white) * 255 + self.white / 2) / self.white) as u8
    }
}

/// Words between blanks; what stands behind `#` up to the end of the line is none.
struct Words<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Words<'a> {
    fn next(&mut self) -> Result<&'a [u8], Trouble> {
        loop {
            match self.bytes.get(self.at) {
                Some(b'#') => self.skip_line(),
                Some(byte) if byte.is_ascii_whitespace() => self.at += 1,
                Some(_) => break,
                None => {
                    return Err(Trouble::truncated("the file ends before the picture does"));
                }
            }
        }
        let rest = &self.bytes[self.at..];
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'#';
        let length = rest.iter().position(is_end).unwrap_or(rest.len());
        self.at += length;
        Ok(&rest[..length])
    }

    fn skip_line(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|&byte| byte == b'\n');
        self.at += length.unwrap_or(rest.len());
    }

    fn number(&mut self) -> Result<u32, Trouble> {
        let word = self.next()?;
        let number = std::str::from_utf8(word).ok();
        number.and_then(|word| word.parse().ok()).ok_or_else(|| {
            let word = String::from_utf8_lossy(&word[..word.len().min(20)]);
            Trouble::malformed(format!("`{word}` stands where a number should"))
        })
    }
}
