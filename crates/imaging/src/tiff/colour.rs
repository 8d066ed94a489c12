//! Samples of a TIFF pixel to grey or RGB.

use super::directory::Directory;
use crate::alpha::{Ground, rounded_div_255};

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
    /// CIE L*a*b*, D50, of 8 bits; a* and b* are signed, or have 128 added.
    Lab {
        has_offset: bool,
    },
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
            Self::Rgb | Self::YCbCr(_) | Self::Lab { .. } => 3,
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
        alpha: Option<(usize, Alpha, Ground)>,
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
            Self::Lab { has_offset } => {
                let flip = if *has_offset { 0x80 } else { 0 };
                each(pixels, out, |pixel| {
                    lab_to_rgb(
                        pixel[0],
                        [1, 2].map(|place| (pixel[place] ^ flip).cast_signed()),
                    )
                });
            }
            Self::YCbCr(conversion) => each(pixels, out, |pixel| {
                conversion.to_rgb([pixel[0], pixel[1], pixel[2]])
            }),
        }
        let Some((place, kind, ground)) = alpha else {
            return;
        };
        let over = |level, alpha| match kind {
            Alpha::Straight => ground.under(level, alpha),
            Alpha::Premultiplied => ground.under_premultiplied(level, alpha),
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

/// L* of 0 to 255 for 0 to 100, and a* and b*, to sRGB (IEC 61966-2-1, adapted from D50 by Bradford).
fn lab_to_rgb(lightness: u8, [a, b]: [i8; 2]) -> [u8; 3] {
    const WHITE: [f32; 3] = [0.964_22, 1.0, 0.825_21];
    const TO_SRGB: [[f32; 3]; 3] = [
        [3.133_856, -1.616_867, -0.490_615],
        [-0.978_768, 1.916_142, 0.033_454],
        [0.071_945, -0.228_991, 1.405_243],
    ];
    let y = (f32::from(lightness) * 100.0 / 255.0 + 16.0) / 116.0;
    let coordinates = [y + f32::from(a) / 500.0, y, y - f32::from(b) / 200.0];
    let linear = |part: f32| {
        if part > 6.0 / 29.0 {
            part.powi(3)
        } else {
            (part - 4.0 / 29.0) * 3.0 * (6.0_f32 / 29.0).powi(2)
        }
    };
    let mut xyz = [0.0; 3];
    for (place, part) in coordinates.into_iter().enumerate() {
        xyz[place] = linear(part) * WHITE[place];
    }
    TO_SRGB.map(|row| {
        let sum: f32 = row
            .iter()
            .zip(xyz)
            .map(|(factor, part)| factor * part)
            .sum();
        let level = if sum <= 0.003_130_8 {
            12.92 * sum
        } else {
            1.055 * sum.powf(1.0 / 2.4) - 0.055
        };
        // The cast saturates at 0 and 255.
        (level * 255.0).round() as u8
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Against values of Bruce Lindbloom's calculator (D50, Bradford, sRGB).
    #[test]
    fn lab_goes_to_srgb() {
        assert_eq!(lab_to_rgb(0, [0, 0]), [0, 0, 0]);
        assert_eq!(lab_to_rgb(255, [0, 0]), [255, 255, 255]);
        // L* 50.2: the middle grey of sRGB is L* 53.6 at 128.
        let grey = lab_to_rgb(128, [0, 0]);
        assert!(
            grey.iter().all(|level| level.abs_diff(120) <= 1),
            "{grey:?}"
        );
        let red = lab_to_rgb(138, [81, 70]);
        assert!(red[0] >= 250 && red[1] < 12 && red[2] < 12, "{red:?}");
    }
}
