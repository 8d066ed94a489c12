//! The picture that everything here produces and consumes.
//!
//! Drawings are black and white, and three equal bytes a pixel would cost
//! three times the memory and resize time. So a picture without colour is held
//! as one byte a pixel inside; callers see RGB, expanded when they ask.
//!
//! A picture that was decoded under a memory budget holds its permit: what is
//! decoded stays in memory for longer than the decoding takes, and a bound on
//! the latter alone would bound nothing.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use crate::Permit;

use lookalike_terms::Turn;

use crate::orientation::Orientation;

/// An 8-bit sRGB picture, rows top-down, three bytes a pixel.
#[derive(Clone)]
pub struct RgbImage {
    width: u32,
    height: u32,
    pixels: Pixels,
    /// Shared with its clones and with the parts cut from it.
    permit: Option<Arc<Permit>>,
}

/// How the pixels are held.
#[derive(Clone)]
pub(crate) enum Pixels {
    /// One byte a pixel, with its RGB form once somebody has asked for it.
    Grey {
        grey: Vec<u8>,
        rgb: OnceLock<Vec<u8>>,
    },
    /// Three bytes a pixel.
    Rgb(Vec<u8>),
}

impl RgbImage {
    /// A picture over `data`, interleaved RGB of `width * height * 3` bytes;
    /// none when the length is another or a side is zero.
    pub fn new(width: u32, height: u32, data: Vec<u8>) -> Option<Self> {
        let fits = width > 0 && height > 0 && Some(data.len()) == byte_len(width, height, 3);
        fits.then_some(Self {
            width,
            height,
            pixels: Pixels::Rgb(data),
            permit: None,
        })
    }

    /// A picture over one byte a pixel; none when the length is wrong or a side is zero.
    pub fn from_grey(width: u32, height: u32, grey: Vec<u8>) -> Option<Self> {
        let fits = width > 0 && height > 0 && Some(grey.len()) == byte_len(width, height, 1);
        fits.then(|| Self {
            width,
            height,
            pixels: Pixels::Grey {
                grey,
                rgb: OnceLock::new(),
            },
            permit: None,
        })
    }

    /// A picture of one colour. A side of zero counts as one.
    pub fn filled(width: u32, height: u32, colour: [u8; 3]) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let data = colour.repeat(width as usize * height as usize);
        Self {
            width,
            height,
            pixels: Pixels::Rgb(data),
            permit: None,
        }
    }

    /// The picture with its share of a memory budget, given back when the last clone of it and
    /// the last part cut from it are gone.
    pub(crate) fn holding(self, mut permit: Permit) -> Self {
        // What the decoder needed beside the picture is free again.
        permit.shrink_to(self.samples().0.len() as u64);
        Self {
            permit: Some(Arc::new(permit)),
            ..self
        }
    }

    /// One byte a pixel: the levels of a picture without colour as they are,
    /// else its luma (ITU-R BT.601).
    pub fn to_grey(&self) -> Cow<'_, [u8]> {
        match &self.pixels {
            Pixels::Grey { grey, .. } => Cow::Borrowed(grey),
            Pixels::Rgb(rgb) => rgb.chunks_exact(3).map(luma).collect(),
        }
    }

    /// The picture, turned.
    #[must_use]
    pub fn turned(self, turn: Turn) -> Self {
        let permit = self.permit.clone();
        Self {
            permit,
            ..Orientation::before(turn).apply(self)
        }
    }

    /// The picture, left for right.
    #[must_use]
    pub fn mirrored(self) -> Self {
        let permit = self.permit.clone();
        Self {
            permit,
            ..Orientation::MIRRORED.apply(self)
        }
    }

    /// Width in pixels, at least one.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, at least one.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Interleaved RGB, `width * height * 3` bytes.
    ///
    /// The first call on a picture without colour expands it and keeps the
    /// result, which takes three more bytes a pixel.
    pub fn data(&self) -> &[u8] {
        match &self.pixels {
            Pixels::Grey { grey, rgb } => rgb.get_or_init(|| expand(grey)),
            Pixels::Rgb(rgb) => rgb,
        }
    }

    /// Interleaved RGB, owned.
    pub fn into_data(self) -> Vec<u8> {
        match self.pixels {
            Pixels::Grey { grey, rgb } => rgb.into_inner().unwrap_or_else(|| expand(&grey)),
            Pixels::Rgb(rgb) => rgb,
        }
    }

    /// The part of `w * h` pixels whose upper left corner is at `x`, `y`; none
    /// when it is empty or reaches beyond the picture.
    pub fn crop(&self, x: u32, y: u32, w: u32, h: u32) -> Option<RgbImage> {
        let inside =
            w > 0 && h > 0 && x.checked_add(w)? <= self.width && y.checked_add(h)? <= self.height;
        if !inside {
            return None;
        }
        let (samples, channels) = self.samples();
        let stride = self.width as usize * channels;
        let mut cut = Vec::with_capacity(w as usize * h as usize * channels);
        for row in samples
            .chunks_exact(stride)
            .skip(y as usize)
            .take(h as usize)
        {
            cut.extend_from_slice(&row[x as usize * channels..(x + w) as usize * channels]);
        }
        Some(Self {
            permit: self.permit.clone(),
            ..Self::from_samples(w, h, channels, cut)?
        })
    }

    /// The bytes as they are held, and how many there are to a pixel (1 or 3).
    pub(crate) fn samples(&self) -> (&[u8], usize) {
        match &self.pixels {
            Pixels::Grey { grey, .. } => (grey, 1),
            Pixels::Rgb(rgb) => (rgb, 3),
        }
    }

    /// The inverse of [`samples`](Self::samples).
    pub(crate) fn from_samples(
        width: u32,
        height: u32,
        channels: usize,
        samples: Vec<u8>,
    ) -> Option<Self> {
        match channels {
            1 => Self::from_grey(width, height, samples),
            _ => Self::new(width, height, samples),
        }
    }
}

/// Pictures are equal when they look equal, however they are held.
impl PartialEq for RgbImage {
    fn eq(&self, other: &Self) -> bool {
        if (self.width, self.height) != (other.width, other.height) {
            return false;
        }
        match (self.samples(), other.samples()) {
            ((a, 1), (b, 1)) => a == b,
            _ => self.data() == other.data(),
        }
    }
}

impl Eq for RgbImage {}

impl std::fmt::Debug for RgbImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RgbImage({} x {})", self.width, self.height)
    }
}

/// Bytes of a picture, or none if that is not a number of this machine.
pub(crate) fn byte_len(width: u32, height: u32, channels: usize) -> Option<usize> {
    (width as usize)
        .checked_mul(height as usize)?
        .checked_mul(channels)
}

fn luma(pixel: &[u8]) -> u8 {
    let weighted = [299, 587, 114].iter().zip(pixel);
    let sum: u32 = weighted
        .map(|(weight, &level)| weight * u32::from(level))
        .sum();
    ((sum + 500) / 1000) as u8
}

fn expand(grey: &[u8]) -> Vec<u8> {
    grey.iter().flat_map(|&level| [level; 3]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_checked() {
        assert!(RgbImage::new(2, 2, vec![0; 12]).is_some());
        assert!(RgbImage::new(2, 2, vec![0; 11]).is_none());
        assert!(RgbImage::new(0, 2, vec![]).is_none());
        assert!(RgbImage::new(u32::MAX, u32::MAX, vec![0; 12]).is_none());
    }

    #[test]
    fn grey_and_rgb_forms_are_equal() {
        let grey = RgbImage::from_grey(2, 1, vec![0, 200]).unwrap();
        let rgb = RgbImage::new(2, 1, vec![0, 0, 0, 200, 200, 200]).unwrap();
        assert_eq!(grey, rgb);
        assert_eq!(grey.data(), rgb.data());
        assert_eq!(grey.into_data(), rgb.into_data());
    }

    #[test]
    fn grey_levels_are_kept_and_colours_weighted() {
        let grey = RgbImage::from_grey(2, 1, vec![3, 200]).unwrap();
        assert_eq!(&*grey.to_grey(), &[3, 200]);
        let rgb = RgbImage::new(3, 1, vec![7, 7, 7, 255, 0, 0, 0, 0, 255]).unwrap();
        assert_eq!(&*rgb.to_grey(), &[7, 76, 29]);
    }

    #[test]
    fn crop_takes_the_part_asked_for_or_nothing() {
        let picture = RgbImage::new(3, 2, (0..18).collect()).unwrap();
        let part = picture.crop(1, 1, 2, 1).unwrap();
        assert_eq!(part.data(), &[12, 13, 14, 15, 16, 17]);
        assert!(picture.crop(2, 0, 2, 1).is_none());
        assert!(picture.crop(0, 0, 0, 1).is_none());
        assert!(picture.crop(u32::MAX, 0, 1, 1).is_none());
    }
}
