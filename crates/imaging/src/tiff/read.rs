//! Strips and tiles of a page, put together to a picture.

use std::io::{Cursor, Read};

use super::bilevel::{self, Inks};
use super::colour::{Alpha, Colour, YCbCr};
use super::directory::broken;
use super::interpret::Coding;
use super::page::Page;
use super::samples::{Kind, Packing, Scale};
use super::unpack::{check_end, fill_row, in_bit_order, unpack};
use crate::alpha::Ground;
use crate::error::{DecodeError, DecodeErrorKind, Trouble};
use crate::resize::{Filter, Reference, resize};
use crate::rgb_image::byte_len;
use crate::{Format, RgbImage, jpeg};

/// How one strip or tile went.
pub(super) struct Outcome {
    /// Rows decoded, from its top.
    pub(super) rows: u32,
    /// Why there are not all of them, or why they are not to be trusted.
    pub(super) trouble: Option<Trouble>,
    /// Rows within were damaged and have been passed over.
    pub(super) skipped: bool,
}

/// The part of the picture that one strip or tile covers.
pub(super) struct Target<'p> {
    canvas: &'p mut [u8],
    /// Bytes of a pixel, and of a row, of the canvas.
    pixel: usize,
    stride: usize,
    x: usize,
    y: usize,
    width: usize,
    rows: u32,
}

impl Target<'_> {
    pub(super) fn rows(&self) -> u32 {
        self.rows
    }

    /// Row `index` of the part, cut to the picture.
    pub(super) fn row(&mut self, index: u32) -> Option<&mut [u8]> {
        if index >= self.rows {
            return None;
        }
        let start = (self.y + index as usize) * self.stride + self.x * self.pixel;
        self.canvas.get_mut(start..start + self.width * self.pixel)
    }
}

impl Page<'_> {
    /// The picture, and what is wrong with it.
    pub(crate) fn decode(&self) -> Result<(RgbImage, Vec<String>), DecodeError> {
        let scale = match self.kind {
            Kind::Float => self.scale(),
            Kind::Unsigned | Kind::Signed => Scale::of(0.0, 1.0),
        };
        let (mut image, mut warnings) = self.decode_on(Ground::White, scale)?;
        if self.alpha.is_some() && Ground::is_blank(image.samples().0) {
            drop(image);
            (image, warnings) = self.decode_on(Ground::Black, scale)?;
            if image.samples().0.iter().all(|&level| level == 0) {
                // Nothing to be seen on any ground.
                drop(image);
                (image, warnings) = self.decode_on(Ground::White, scale)?;
            }
        }
        if self.square != (self.width, self.height) {
            let (width, height) = self.square;
            image = resize(&image, width, height, Filter::Bilinear, Reference::Pillow);
        }
        Ok((self.orientation.apply(image), warnings))
    }

    /// The scale that the values of a page of fractions have.
    fn scale(&self) -> Scale {
        let samples = if self.planar { 1 } else { self.samples };
        let packing = self.packing(Scale::of(0.0, 1.0));
        let mut row = vec![0; packing.row_bytes(self.chunks.width as usize * samples)];
        let mut range = None;
        for number in 0..self.chunks.count {
            let (Coding::Bytes(coding), Some(packed)) = (self.coding, self.packed(number)) else {
                continue;
            };
            let mut reader = unpack(coding, packed);
            for _ in 0..self.chunks.height {
                if fill_row(&mut *reader, &mut row).is_err() {
                    break;
                }
                if self.predictor {
                    packing.undo_differences(&mut row, samples);
                }
                packing.extend_range(&row, &mut range);
            }
        }
        let (least, most) = range.unwrap_or((0.0, 1.0));
        Scale::of(least, most)
    }

    fn packing(&self, scale: Scale) -> Packing {
        Packing {
            bits: self.bits,
            kind: self.kind,
            scale,
            big_endian: self.source.big_endian,
            are_indices: matches!(self.colour, Colour::Palette(_)),
        }
    }

    fn decode_on(
        &self,
        ground: Ground,
        scale: Scale,
    ) -> Result<(RgbImage, Vec<String>), DecodeError> {
        let look = Look { ground, scale };
        let pixel = if self.planar {
            self.samples
        } else {
            self.colour.channels()
        };
        let size = byte_len(self.width, self.height, pixel).ok_or_else(|| {
            broken(
                DecodeErrorKind::TooLarge,
                "the picture exceeds this machine's memory",
            )
        })?;
        // What a damaged page does not hold is paper.
        let mut canvas = vec![255; size];
        let planes = if self.planar { self.samples } else { 1 };
        let mut tally = Tally::default();
        for plane in 0..planes {
            for row in 0..self.chunks.down {
                for column in 0..self.chunks.across {
                    let target = self.target(&mut canvas, pixel, column, row);
                    self.chunk((plane, column, row), target, look, &mut tally)?;
                }
            }
        }
        if let Some(trouble) = tally.trouble.take_if(|_| tally.rows_done == 0) {
            return Err(trouble.of(Format::Tiff));
        }
        let warnings = tally.warnings();
        let channels = self.colour.channels();
        if self.planar {
            let mut merged = vec![0; canvas.len() / pixel * channels];
            let alpha = self.alpha_on(ground);
            self.colour.convert(&canvas, pixel, alpha, &mut merged);
            canvas = merged;
        }
        let image = RgbImage::from_samples(self.width, self.height, channels, canvas)
            .expect("the canvas has been sized for the picture");
        Ok((image, warnings))
    }

    fn alpha_on(&self, ground: Ground) -> Option<(usize, Alpha, Ground)> {
        self.alpha.map(|(place, kind)| (place, kind, ground))
    }

    fn target<'p>(&self, canvas: &'p mut [u8], pixel: usize, column: u32, row: u32) -> Target<'p> {
        let (x, y) = (column * self.chunks.width, row * self.chunks.height);
        Target {
            canvas,
            pixel,
            stride: self.width as usize * pixel,
            x: x as usize,
            y: y as usize,
            width: self.chunks.width.min(self.width - x) as usize,
            rows: self.chunks.height.min(self.height - y),
        }
    }

    /// Decodes one strip or tile; trouble is an error unless the page is
    /// black and white, where it goes into the tally.
    fn chunk(
        &self,
        (plane, column, row): (usize, u32, u32),
        mut target: Target,
        look: Look,
        tally: &mut Tally,
    ) -> Result<(), DecodeError> {
        let number = (plane as u64 * u64::from(self.chunks.down) + u64::from(row))
            * u64::from(self.chunks.across)
            + u64::from(column);
        let wanted = target.rows();
        let outcome = match self.packed(number) {
            Some(packed) if !packed.is_empty() => {
                let packed = in_bit_order(packed, self.bits_reversed);
                self.unpacked(&packed, plane, look, &mut target)
            }
            _ => Err(Trouble::truncated("it lies beyond the end of the file")),
        };
        let outcome = outcome.unwrap_or_else(|trouble| Outcome {
            rows: 0,
            trouble: Some(trouble),
            skipped: false,
        });
        tally.rows_done += u64::from(outcome.rows);
        tally.rows_wanted += u64::from(wanted);
        tally.skipped |= outcome.skipped;
        if let Some(trouble) = outcome.trouble.filter(|_| tally.trouble.is_none()) {
            let reason = format!(
                "{} {} of {} has {} of {wanted} rows: {}",
                self.chunks.name(),
                number + 1,
                self.chunks.count,
                outcome.rows,
                trouble.reason,
            );
            let trouble = Trouble { reason, ..trouble };
            if !self.is_bilevel() {
                return Err(trouble.of(Format::Tiff));
            }
            tally.trouble = Some(trouble);
        }
        Ok(())
    }

    /// Bytes of a strip or tile, as far as the file holds them.
    pub(super) fn packed(&self, number: u64) -> Option<&[u8]> {
        let &(start, length) = self.chunks.ranges.get(usize::try_from(number).ok()?)?;
        let bytes = self.source.bytes.get(usize::try_from(start).ok()?..)?;
        let length = usize::try_from(length)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        Some(&bytes[..length])
    }

    fn unpacked(
        &self,
        packed: &[u8],
        plane: usize,
        look: Look,
        target: &mut Target,
    ) -> Result<Outcome, Trouble> {
        let samples = if self.planar { 1 } else { self.samples };
        match (self.coding, &self.colour) {
            (Coding::Bytes(coding), colour) => {
                let mut reader = unpack(coding, packed);
                let mut outcome = match colour {
                    Colour::YCbCr(conversion) if conversion.subsampling != (1, 1) => {
                        self.subsampled_rows(&mut *reader, *conversion, target)
                    }
                    _ => self.rows(&mut *reader, (samples, plane), look, target),
                };
                if outcome.trouble.is_none() {
                    outcome.trouble = check_end(coding, &mut *reader).err();
                }
                Ok(outcome)
            }
            (Coding::Jpeg { is_ycbcr }, _) => {
                let expected = jpeg::Strip {
                    width: self.chunks.width,
                    rows: target.rows(),
                    max_rows: self.chunks.height,
                    components: samples,
                    is_ycbcr,
                };
                let unpacked = jpeg::decode_strip(self.jpeg_tables, packed, &expected)?;
                Ok(self.rows(&mut Cursor::new(unpacked), (samples, plane), look, target))
            }
            (coding, colour) => {
                let inks = match colour {
                    Colour::Grey {
                        white_is_zero: false,
                    } => Inks {
                        white: 0,
                        black: 255,
                    },
                    _ => Inks {
                        white: 255,
                        black: 0,
                    },
                };
                Ok(bilevel::decode(
                    coding,
                    packed,
                    self.chunks.width,
                    inks,
                    target,
                ))
            }
        }
    }

    fn rows(
        &self,
        reader: &mut dyn Read,
        (samples, plane): (usize, usize),
        look: Look,
        target: &mut Target,
    ) -> Outcome {
        let packing = self.packing(look.scale);
        let alpha = self.alpha_on(look.ground);
        let across = self.chunks.width as usize * samples;
        let mut packed = vec![0; packing.row_bytes(across)];
        let mut levels = vec![0; across];
        for index in 0..target.rows() {
            if let Err(trouble) = fill_row(reader, &mut packed) {
                return Outcome {
                    rows: index,
                    trouble: Some(trouble),
                    skipped: false,
                };
            }
            if self.predictor {
                packing.undo_differences(&mut packed, samples);
            }
            packing.unpack(&packed, &mut levels);
            let Some(row) = target.row(index) else { break };
            if self.planar {
                for (pixel, &level) in row.chunks_exact_mut(self.samples).zip(&levels) {
                    pixel[plane] = level;
                }
            } else {
                self.colour.convert(&levels, samples, alpha, row);
            }
        }
        Outcome {
            rows: target.rows(),
            trouble: None,
            skipped: false,
        }
    }

    /// Rows of data units: the luma of a block of pixels, then its two chroma
    /// samples (TIFF 6.0, section 21). Chroma is repeated, as in libtiff.
    fn subsampled_rows(
        &self,
        reader: &mut dyn Read,
        conversion: YCbCr,
        target: &mut Target,
    ) -> Outcome {
        let (across, down) = conversion.subsampling;
        let unit = across * down + 2;
        let units = (self.chunks.width as usize).div_ceil(across);
        let mut packed = vec![0; units * unit];
        let mut pixels = vec![0; units * across * 3];
        let rows = target.rows();
        let mut index = 0;
        while index < rows {
            if let Err(trouble) = fill_row(reader, &mut packed) {
                return Outcome {
                    rows: index,
                    trouble: Some(trouble),
                    skipped: false,
                };
            }
            for line in 0..down {
                for (unit, block) in packed
                    .chunks_exact(unit)
                    .zip(pixels.chunks_exact_mut(across * 3))
                {
                    for (column, pixel) in block.chunks_exact_mut(3).enumerate() {
                        let luma = unit[line * across + column];
                        pixel.copy_from_slice(&[luma, unit[unit.len() - 2], unit[unit.len() - 1]]);
                    }
                }
                // The last block may reach below the picture.
                if let Some(row) = target.row(index) {
                    self.colour.convert(&pixels, 3, None, row);
                    index += 1;
                }
            }
        }
        Outcome {
            rows,
            trouble: None,
            skipped: false,
        }
    }
}

/// What samples are shown by.
#[derive(Clone, Copy, Debug)]
struct Look {
    ground: Ground,
    scale: Scale,
}

/// What strips and tiles came to over a page.
#[derive(Default)]
struct Tally {
    rows_done: u64,
    rows_wanted: u64,
    skipped: bool,
    /// The first trouble there was.
    trouble: Option<Trouble>,
}

impl Tally {
    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if let Some(trouble) = &self.trouble {
            warnings.push(format!(
                "tiff: damaged; {} of {} rows were recovered, the rest is white ({})",
                self.rows_done, self.rows_wanted, trouble.reason
            ));
        }
        if self.skipped {
            warnings.push("tiff: some rows are damaged and were passed over".to_owned());
        }
        warnings
    }
}
