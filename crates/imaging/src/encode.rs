//! Thumbnails and the files that browsers get.

use image::ImageEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;

use crate::RgbImage;
use crate::resize::{Filter, Reference, resize};

/// Longest side of a thumbnail in pixels.
const THUMBNAIL_SIDE: u32 = 300;

/// A picture that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{format}: a picture of {width} x {height} px cannot be written")]
pub struct EncodeError {
    format: crate::Format,
    width: u32,
    height: u32,
    source: image::ImageError,
}

/// `image` within 300 x 300 pixels: aspect kept, Lanczos, never enlarged.
///
/// The sides are those of Pillow's `Image.thumbnail`.
pub fn thumbnail(image: &RgbImage) -> RgbImage {
    fit_within(image, THUMBNAIL_SIDE)
}

/// Times of shrinking from which on lines are darkened no further: they would run together.
const MOST_SHRUNK: f64 = 8.0;

/// A drawing within 300 x 300 pixels whose lines stay dark: a pixel of which a part `p` is ink is
/// shown as if `1 - (1 - p)^k` of it were, where k is half of how many times smaller the drawing
/// becomes, and from 1 to 4.
pub fn drawing_thumbnail(drawing: &RgbImage) -> RgbImage {
    let small = thumbnail(drawing);
    let side = |image: &RgbImage| f64::from(image.width().max(image.height()).max(1));
    let times = side(drawing) / side(&small);
    let power = (times.min(MOST_SHRUNK) / 2.0).max(1.0);
    let darker: Vec<u8> = (0..=u8::MAX)
        .map(|level| (255.0 * (f64::from(level) / 255.0).powf(power)).round() as u8)
        .collect();
    let (samples, channels) = small.samples();
    let samples = samples.iter().map(|sample| darker[usize::from(*sample)]);
    RgbImage::from_samples(small.width(), small.height(), channels, samples.collect())
        .expect("as many samples as before")
}

/// `image` within `side * side` pixels: as [`thumbnail`], for other sizes. Sides of zero count
/// as one.
pub fn fit_within(image: &RgbImage, side: u32) -> RgbImage {
    match sides_within(image.width(), image.height(), side.max(1)) {
        Some((width, height)) => resize(image, width, height, Filter::Lanczos, Reference::Pillow),
        None => image.clone(),
    }
}

/// JPEG of a quality from 1 to 100; other values count as the nearest of these.
/// Pictures without colour become grey JPEGs, at a third of the work.
///
/// # Errors
/// A side above 65,535 pixels, which JPEG cannot express.
pub fn encode_jpeg(image: &RgbImage, quality: u8) -> Result<Vec<u8>, EncodeError> {
    let mut file = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut file, quality.clamp(1, 100));
    write(encoder, image, crate::Format::Jpeg)?;
    Ok(file)
}

/// PNG, lossless.
///
/// # Errors
/// None that is known for pictures within the limits of this crate.
pub fn encode_png(image: &RgbImage) -> Result<Vec<u8>, EncodeError> {
    let mut file = Vec::new();
    write(PngEncoder::new(&mut file), image, crate::Format::Png)?;
    Ok(file)
}

fn write(
    encoder: impl ImageEncoder,
    image: &RgbImage,
    format: crate::Format,
) -> Result<(), EncodeError> {
    let (samples, channels) = image.samples();
    let colour = match channels {
        1 => image::ExtendedColorType::L8,
        _ => image::ExtendedColorType::Rgb8,
    };
    let (width, height) = (image.width(), image.height());
    encoder
        .write_image(samples, width, height, colour)
        .map_err(|source| EncodeError {
            format,
            width,
            height,
            source,
        })
}

/// Sides of the picture within a square; none when the picture is small enough already.
///
/// The side that follows from the other is rounded to whichever neighbour keeps
/// the aspect ratio better (Pillow, `Image.thumbnail`).
fn sides_within(width: u32, height: u32, longest: u32) -> Option<(u32, u32)> {
    if width <= longest && height <= longest {
        return None;
    }
    let side = f64::from(longest);
    let aspect = f64::from(width) / f64::from(height);
    if aspect <= 1.0 {
        let short = closer(side * aspect, |n| (aspect - n / side).abs());
        Some((short, longest))
    } else {
        let error = |n: f64| {
            if n == 0.0 {
                0.0
            } else {
                (aspect - side / n).abs()
            }
        };
        Some((longest, closer(side / aspect, error)))
    }
}

/// The whole number beside `number` with the smaller error, at least one.
fn closer(number: f64, error: impl Fn(f64) -> f64) -> u32 {
    let (below, above) = (number.floor(), number.ceil());
    let best = if error(above) < error(below) {
        above
    } else {
        below
    };
    (best as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_pillows() {
        // Taken from Pillow 13: Image.new("L", (w, h)).thumbnail((300, 300)).
        for (width, height, expected) in [
            (2560, 3300, (233, 300)),
            (3300, 2560, (300, 233)),
            (301, 300, (300, 299)),
            (1000, 1, (300, 1)),
            (1, 5000, (1, 300)),
            (777, 333, (300, 129)),
            (640, 427, (300, 200)),
        ] {
            let picture = RgbImage::filled(width, height, [7, 8, 9]);
            let small = thumbnail(&picture);
            assert_eq!(
                (small.width(), small.height()),
                expected,
                "{width} x {height}"
            );
        }
    }

    #[test]
    fn lines_stay_dark_when_a_drawing_is_shrunk() {
        // White, with a black line of three pixels across.
        let drawing = |side: u32| {
            let level = |y: u32| if y.abs_diff(side / 2) < 2 { 0 } else { 255 };
            let samples = (0..side).flat_map(|y| vec![level(y); side as usize]);
            RgbImage::from_grey(side, side, samples.collect()).expect("a level for each pixel")
        };
        let darkest = |image: &RgbImage| image.to_grey().iter().copied().min();
        let large = drawing(2400);
        assert!(darkest(&thumbnail(&large)) > Some(150));
        assert!(darkest(&drawing_thumbnail(&large)) < Some(100));
        assert_eq!(drawing_thumbnail(&large).to_grey()[0], 255);
        // What is not shrunk stays as it is.
        assert_eq!(drawing_thumbnail(&drawing(200)), drawing(200));
    }

    #[test]
    fn small_pictures_stay_as_they_are() {
        let picture = RgbImage::filled(300, 20, [1, 2, 3]);
        assert_eq!(thumbnail(&picture), picture);
    }

    #[test]
    fn encoded_files_decode_again() {
        let levels = (0..60u32 * 40).map(|i| (i / 20 % 256) as u8).collect();
        let grey = RgbImage::from_grey(60, 40, levels).unwrap();
        let colour = RgbImage::filled(33, 21, [200, 60, 20]);
        for picture in [grey, colour] {
            let png = encode_png(&picture).unwrap();
            let decoded = crate::decode(&png, &crate::DecodeOptions::default()).unwrap();
            assert_eq!(decoded.image, picture);
            let jpeg = encode_jpeg(&picture, 85).unwrap();
            let decoded = crate::decode(&jpeg, &crate::DecodeOptions::default()).unwrap();
            let largest = decoded.image.data().iter().zip(picture.data());
            let largest = largest.map(|(a, b)| a.abs_diff(*b)).max();
            // Measured: 3 on the gradient, 2 on the plain colour.
            assert!(largest <= Some(6), "{largest:?}");
        }
    }

    #[test]
    fn a_side_beyond_jpeg_is_an_error() {
        let picture = RgbImage::filled(65_536, 1, [0; 3]);
        assert!(encode_jpeg(&picture, 85).is_err());
        assert!(encode_png(&picture).is_ok());
    }
}
