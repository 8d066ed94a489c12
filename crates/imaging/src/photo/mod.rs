//! Photos of products, prepared to find drawings: the subject cut out on white, and as lines.
//!
//! A photo and a drawing of one thing have little in common but its shape. What an encoder sees of
//! a photo is also its ground, its light and its colours; without them, photos meet drawings
//! (`docs/evaluation.md` has the figures). All is computed on a copy of at most [`SIDE`] pixels a
//! side, in plain arithmetic: time and memory are bounded whatever the photo, and the result is the
//! same on every machine.

mod diffuse;
mod distance;
mod form;
mod lines;
mod plane;
mod regions;
mod subject;

pub use form::Form;

use crate::RgbImage;
use crate::resize::{Filter, Reference, resize};
use plane::{Colours, Plane};

/// Longest side of what is made, in pixels: twice what encoders look at.
pub const SIDE: u32 = 640;

/// White around the subject, as a part of its longer side: as around a figure of a drawing.
const MARGIN: f64 = 0.05;

/// From which part on a pixel belongs to the subject.
const HALF: f32 = 0.5;

/// A photo made ready to find drawings by.
#[derive(Clone, Debug)]
pub struct PreparedPhoto {
    /// Whether the subject was told from its ground; where not, the whole photo stands for it.
    pub is_cut: bool,
    /// The subject on white, with a twentieth of white around; where it was not found, the photo.
    pub cut_out: RgbImage,
    /// The subject as thin black lines on white, of the same size.
    pub drawing: RgbImage,
}

impl PreparedPhoto {
    /// Finds the subject of `photo`, cuts it out and draws it. Takes some tenths of a second
    /// and some twenty megabytes at most.
    #[must_use]
    pub fn new(photo: &RgbImage) -> Self {
        let scaled = within(photo, SIDE);
        let colours = Colours::of(&scaled);
        let subject = subject::find(&scaled, &colours);
        let is_cut = subject.is_some();
        let mask = subject.unwrap_or_else(|| Plane::filled(colours.width(), colours.height(), 1.0));
        let drawing = lines::draw(&colours, &mask, is_cut);
        let Some(frame) = is_cut.then(|| Frame::around(&mask)).flatten() else {
            return Self {
                is_cut: false,
                cut_out: scaled,
                drawing: grey(&drawing),
            };
        };
        Self {
            is_cut,
            cut_out: frame.cut(&on_white(&scaled, &mask)),
            drawing: frame.cut(&grey(&drawing)),
        }
    }
}

/// `photo` with its ground made white, as large as it is: what is seen of it then is its subject,
/// and where that is. `None` where the subject can't be told from its ground.
#[must_use]
pub fn without_ground(photo: &RgbImage) -> Option<RgbImage> {
    let scaled = within(photo, SIDE);
    let mask = subject::find(&scaled, &Colours::of(&scaled))?;
    let (width, height) = (photo.width() as usize, photo.height() as usize);
    let (columns, rows) = (mask.width(), mask.height());
    let mut data = photo.data().to_vec();
    for (y, line) in data.chunks_exact_mut(3 * width.max(1)).enumerate() {
        let parts = &mask.values()[y * rows / height * columns..][..columns];
        for (x, pixel) in line.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            if parts[x * columns / width] < HALF {
                *pixel = [255; 3];
            }
        }
    }
    RgbImage::new(photo.width(), photo.height(), data)
}

/// `image` at most `side` pixels wide and high.
fn within(image: &RgbImage, side: u32) -> RgbImage {
    let long = image.width().max(image.height());
    if long <= side {
        return image.clone();
    }
    let scaled = |length: u32| {
        let length = u64::from(length) * u64::from(side) / u64::from(long);
        length.max(1) as u32
    };
    resize(
        image,
        scaled(image.width()),
        scaled(image.height()),
        Filter::Bicubic,
        Reference::Pillow,
    )
}

fn on_white(image: &RgbImage, mask: &Plane) -> RgbImage {
    let pixels = image.data().as_chunks::<3>().0.iter().zip(mask.values());
    let data = pixels.flat_map(|(pixel, &part)| {
        pixel.map(|level| (f32::from(level) * part + 255.0 * (1.0 - part) + 0.5) as u8)
    });
    let data: Vec<u8> = data.collect();
    // As many pixels as the image has.
    RgbImage::new(image.width(), image.height(), data).unwrap_or_else(|| image.clone())
}

fn grey(plane: &Plane) -> RgbImage {
    let levels = plane
        .values()
        .iter()
        .map(|level| (level * 255.0 + 0.5) as u8);
    let (width, height) = (plane.width() as u32, plane.height() as u32);
    RgbImage::from_grey(width, height, levels.collect())
        .unwrap_or_else(|| RgbImage::filled(width, height, [255; 3]))
}

/// The subject's box with its margin, which may reach beyond the picture.
struct Frame {
    left: i64,
    top: i64,
    width: u32,
    height: u32,
}

impl Frame {
    fn around(mask: &Plane) -> Option<Self> {
        let (mut left, mut top, mut right, mut bottom) = (usize::MAX, usize::MAX, 0, 0);
        for (index, &part) in mask.values().iter().enumerate() {
            if part >= HALF {
                let (x, y) = (index % mask.width(), index / mask.width());
                (left, top) = (left.min(x), top.min(y));
                (right, bottom) = (right.max(x + 1), bottom.max(y + 1));
            }
        }
        if right <= left || bottom <= top {
            return None;
        }
        let margin = ((right - left).max(bottom - top) as f64 * MARGIN).ceil() as usize;
        Some(Self {
            left: left as i64 - margin as i64,
            top: top as i64 - margin as i64,
            width: (right - left + 2 * margin) as u32,
            height: (bottom - top + 2 * margin) as u32,
        })
    }

    /// That part of a picture, white where it has none.
    fn cut(&self, image: &RgbImage) -> RgbImage {
        let (samples, channels) = image.samples();
        let (width, height) = (self.width as usize, self.height as usize);
        let mut data = vec![255; width * height * channels];
        for y in 0..height {
            let from_y = self.top + y as i64;
            for x in 0..width {
                let from_x = self.left + x as i64;
                let inside = (0..i64::from(image.width())).contains(&from_x)
                    && (0..i64::from(image.height())).contains(&from_y);
                if inside {
                    let from = from_y as usize * image.width() as usize + from_x as usize;
                    let to = y * width + x;
                    data[to * channels..][..channels]
                        .copy_from_slice(&samples[from * channels..][..channels]);
                }
            }
        }
        RgbImage::from_samples(self.width, self.height, channels, data)
            .unwrap_or_else(|| image.clone())
    }
}

#[cfg(test)]
mod tests;
