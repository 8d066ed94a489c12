//! Samples of a TIFF pixel to grey or RGB.

use super::directory::Directory;
use crate::alpha::{over_white, premultiplied_over_white, rounded_div_255};

/// What the samples of a pixel mean (tag PhotometricInterpretation).
#[derive(Clone, Debug)]
pub(super) enum Colour {
    Grey {
        white_is_zero: bool,
    },
    Rgb,
    /// Indices into 256 colours; those that the file does not define are black.
    Palette(Box<[[u8; 3]; 256]>),
    Cmyk,
    YCbCr(YCbCr),
}

/// What to do with the sample after the colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alpha {
    Straight,
    Premultiplied,
}

impl Colour {
    /// Samples that a colour takes.
    pub(super) fn samples(&self) -> usize {
        match self {
            Self::Grey { .. } | Self::Palette(_) => 1,
            Self::Rgb | Self::YCbCr(_) => 3,
            Self::Cmyk => 4,
        }
    }

    /// Bytes a pixel of the result: 1 for grey, 3 for RGB.
    pub(super) fn channels(&self) -> usize {
        if matches!(self, Self::Grey { .. }) {
            1
        } else {
            3
        }
    }

    /// Converts a row of 8-bit samples, `stride` of them a pixel; the alpha is
    /// the sample at the given place. Stops at the shorter of the two rows.
    pub(super) fn convert(
        &self,
        samples: &[u8],
        stride: usize,
        alpha: Option<(usize, Alpha)>,
        out: &mut [u8],
    ) {
        let pixels = samples.chunks_exact(stride);
        match self {
            Self::Grey { white_is_zero } => {
                let flip = if *white_is_zero { 255 } else { 0 };
                for (out, pixel) in out.iter_mut().zip(pixels) {
                    *out = pixel[0] ^ flip;
                }
            }
            Self::Rgb => each(pixels, out, |pixel| [pixel[0], pixel[1], pixel[2]]),
            Self::Palette(colours) => each(pixels, out, |pixel| colours[usize::from(pixel[0])]),
            Self::Cmyk => each(pixels, out, |pixel| {
                cmyk_to_rgb([pixel[0], pixel[1], pixel[2], pixel[3]])
            }),
            Self::YCbCr(conversion) => each(pixels, out, |pixel| {
                conversion.to_rgb([pixel[0], pixel[1], pixel[2]])
            }),
        }
        let Some((place, kind)) = alpha else { return };
        let over = match kind {
            Alpha::Straight => over_white,
            Alpha::Premultiplied => premultiplied_over_white,
        };
        let pixels = samples.chunks_exact(stride);
        for (out, pixel) in out.chunks_exact_mut(self.channels()).zip(pixels) {
            out.iter_mut()
                .for_each(|level| *level = over(*level, pixel[place]));
        }
    }
}

fn each<'a>(
    pixels: impl Iterator<Item = &'a [u8]>,
    out: &mut [u8],
    convert: impl Fn(&[u8]) -> [u8; 3],
) {
    for (out, pixel) in out.as_chunks_mut::<3>().0.iter_mut().zip(pixels) {
        *out = convert(pixel);
    }
}

/// Inks (0 is none) to RGB, without profiles, as Pillow converts.
pub(crate) fn cmyk_to_rgb([c, m, y, k]: [u8; 4]) -> [u8; 3] {
    let paper = 255 - k;
    [c, m, y].map(|ink| paper.saturating_sub(rounded_div_255(u32::from(ink) * u32::from(paper))))
}

/// Luma and chroma to RGB (TIFF 6.0, section 21).
#[derive(Clone, Copy, Debug)]
pub(super) struct YCbCr {
    /// Shares of red, green and blue in the luma.
    luma: [f32; 3],
    /// Levels that mean black and white for each of Y, Cb and Cr.
    reference: [f32; 6],
    /// Pixels to a chroma sample, across and down.
    pub(super) subsampling: (usize, usize),
}

const COEFFICIENTS_TAG: u16 = 529;
const SUBSAMPLING_TAG: u16 = 530;
const REFERENCE_TAG: u16 = 532;

impl YCbCr {
    /// The directory's values, with those of BT.601 and full range for absent
    /// ones; none if the chroma subsampling is none of 1, 2 and 4.
    pub(super) fn from_directory(directory: &Directory) -> Option<Self> {
        let luma = directory
            .fractions(COEFFICIENTS_TAG)
            .filter(|luma| luma[1] > 0.0);
        let reference = directory
            .fractions(REFERENCE_TAG)
            .filter(|levels: &[f32; 6]| {
                levels[1] > levels[0] && levels[3] > levels[2] && levels[5] > levels[4]
            });
        let subsampling = directory.numbers(SUBSAMPLING_TAG, 2).unwrap_or(vec![2, 2]);
        let subsampling = match subsampling[..] {
            [across @ (1 | 2 | 4), down @ (1 | 2 | 4)] => (across as usize, down as usize),
            _ => return None,
        };
        Some(Self {
            luma: luma.unwrap_or([0.299, 0.587, 0.114]),
            reference: reference.unwrap_or([0.0, 255.0, 128.0, 255.0, 128.0, 255.0]),
            subsampling,
        })
    }

    fn to_rgb(self, [y, cb, cr]: [u8; 3]) -> [u8; 3] {
        let level = |code: u8, place: usize, range: f32| {
            let (black, white) = (self.reference[place], self.reference[place + 1]);
            (f32::from(code) - black) * range / (white - black)
        };
        let (y, cb, cr) = (level(y, 0, 255.0), level(cb, 2, 127.0), level(cr, 4, 127.0));
        let red = cr * (2.0 - 2.0 * self.luma[0]) + y;
        let blue = cb * (2.0 - 2.0 * self.luma[2]) + y;
        let green = (y - self.luma[2] * blue - self.luma[0] * red) / self.luma[1];
        // The cast saturates at 0 and 255.
        [red, green, blue].map(|level| level.round() as u8)
    }
}
