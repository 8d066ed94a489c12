//! What happens to pictures before somebody searches with them.

use std::fmt;

use lookalike_engine::EngineError;
use lookalike_imaging::{DecodeOptions, RgbImage, decode, encode_jpeg};

use super::method::letterbox;
use crate::random::next;

/// Side of the small copy that most damages are done to, in pixels: what gets mailed around.
const SMALL: u32 = 600;
/// Share of a sheet's height that the office's line on top takes.
const HEADER: f64 = 0.075;

/// A way in which a query got worse than the picture in the collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Damage {
    /// The line on top that all sheets of a patent share is gone: nothing to read, only the design.
    NoHeader,
    /// By 10 degrees.
    Rotated,
    /// By a quarter.
    Turned,
    /// Three quarters of either side of what is drawn, from the middle.
    Cropped,
    /// Grain and specks.
    Noisy,
    /// Lines lose a pixel of the scan on either side.
    Thin,
    /// Lines gain three pixels of the scan on either side.
    Thick,
    /// Printed through a screen of dots.
    HalfTone,
    /// Saved at quality 8.
    Jpeg,
}

impl Damage {
    /// All of them.
    pub const ALL: [Damage; 9] = [
        Damage::NoHeader,
        Damage::Rotated,
        Damage::Turned,
        Damage::Cropped,
        Damage::Noisy,
        Damage::Thin,
        Damage::Thick,
        Damage::HalfTone,
        Damage::Jpeg,
    ];

    /// The picture, damaged; the same for the same picture.
    pub(super) fn apply(self, image: &RgbImage) -> Result<RgbImage, EngineError> {
        match self {
            Damage::NoHeader => Ok(without_header(image)),
            Damage::Thin => Ok(spread(image, 1, u8::max)),
            Damage::Thick => Ok(spread(image, 3, u8::min)),
            Damage::Cropped => Ok(cropped(image)),
            Damage::Rotated => Ok(rotated(&letterbox(image, SMALL)?, 10.0)),
            Damage::Turned => Ok(rotated(&letterbox(image, SMALL)?, 90.0)),
            Damage::Noisy => Ok(noisy(&letterbox(image, SMALL)?)),
            Damage::HalfTone => Ok(half_tone(&letterbox(image, SMALL)?)),
            Damage::Jpeg => jpeg(&letterbox(image, SMALL)?),
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Damage::NoHeader => "no header",
            Damage::Rotated => "rotated 10°",
            Damage::Turned => "turned 90°",
            Damage::Cropped => "cropped",
            Damage::Noisy => "noisy",
            Damage::Thin => "thin lines",
            Damage::Thick => "thick lines",
            Damage::HalfTone => "half-tone",
            Damage::Jpeg => "JPEG, quality 8",
        })
    }
}

/// A picture of the same size from bytes; sizes are right by construction.
fn like(image: &RgbImage, data: Vec<u8>) -> RgbImage {
    RgbImage::new(image.width(), image.height(), data).unwrap_or_else(|| image.clone())
}

/// A picture of the same size with every pixel computed from its place.
fn each_pixel(image: &RgbImage, mut colour: impl FnMut(usize, usize) -> [u8; 3]) -> RgbImage {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let mut data = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            data.extend(colour(x, y));
        }
    }
    like(image, data)
}

/// Bytes of the header, which comes first.
fn header_bytes(image: &RgbImage) -> usize {
    (f64::from(image.height()) * HEADER) as usize * image.width() as usize * 3
}

fn without_header(image: &RgbImage) -> RgbImage {
    let mut data = image.data().to_vec();
    data[..header_bytes(image)].fill(255);
    like(image, data)
}

/// The lightest or darkest value within `reach` pixels along rows, then along columns. Over whole
/// rows at a time: sheets are large.
fn spread(image: &RgbImage, reach: usize, choose: impl Fn(u8, u8) -> u8) -> RgbImage {
    let stride = image.width() as usize * 3;
    let merge = |into: &mut [u8], from: &[u8]| {
        for (into, &from) in into.iter_mut().zip(from) {
            *into = choose(*into, from);
        }
    };
    let mut along = image.data().to_vec();
    for (row, source) in along
        .chunks_exact_mut(stride)
        .zip(image.data().chunks_exact(stride))
    {
        for bytes in (1..=reach).map(|pixels| (pixels * 3).min(stride)) {
            merge(&mut row[bytes..], source);
            merge(row, &source[bytes..]);
        }
    }
    let mut both = along.clone();
    for bytes in (1..=reach).map(|rows| (rows * stride).min(along.len())) {
        merge(&mut both[bytes..], &along);
        merge(&mut both, &along[bytes..]);
    }
    like(image, both)
}

/// The middle of what is not white, the header left aside.
fn cropped(image: &RgbImage) -> RgbImage {
    let stride = image.width() as usize * 3;
    let (mut left, mut top) = (stride, usize::MAX);
    let (mut right, mut bottom) = (0, 0);
    for (y, row) in image.data().chunks_exact(stride).enumerate() {
        if y * stride < header_bytes(image) {
            continue;
        }
        let Some(first) = row.iter().position(|&channel| channel < 200) else {
            continue;
        };
        let last = row.iter().rposition(|&channel| channel < 200);
        (left, right) = (left.min(first), right.max(last.unwrap_or(first) + 1));
        (top, bottom) = (top.min(y), y + 1);
    }
    if left >= right {
        return image.clone();
    }
    let (left, right) = (left / 3, right.div_ceil(3));
    let inner = |from: usize, to: usize| {
        let eighth = (to - from) / 8;
        (
            (from + eighth) as u32,
            ((to - from) - 2 * eighth).max(1) as u32,
        )
    };
    let ((x, width), (y, height)) = (inner(left, right), inner(top, bottom));
    image
        .crop(x, y, width, height)
        .unwrap_or_else(|| image.clone())
}

/// Turned clockwise about the middle, white where there was nothing.
fn rotated(image: &RgbImage, degrees: f64) -> RgbImage {
    let (sine, cosine) = degrees.to_radians().sin_cos();
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    each_pixel(image, |x, y| {
        let (dx, dy) = (x as f64 + 0.5 - width / 2.0, y as f64 + 0.5 - height / 2.0);
        let from_x = cosine * dx + sine * dy + width / 2.0 - 0.5;
        let from_y = -sine * dx + cosine * dy + height / 2.0 - 0.5;
        bilinear(image, from_x, from_y)
    })
}

fn pixel(image: &RgbImage, x: usize, y: usize) -> [u8; 3] {
    let at = (y * image.width() as usize + x) * 3;
    let data = image.data();
    [data[at], data[at + 1], data[at + 2]]
}

fn bilinear(image: &RgbImage, x: f64, y: f64) -> [u8; 3] {
    let at = |x: f64, y: f64| {
        let inside =
            x >= 0.0 && y >= 0.0 && x < f64::from(image.width()) && y < f64::from(image.height());
        if inside {
            pixel(image, x as usize, y as usize)
        } else {
            [255; 3]
        }
    };
    let (left, top) = (x.floor(), y.floor());
    let (right_share, low_share) = (x - left, y - top);
    let corners = [
        (at(left, top), (1.0 - right_share) * (1.0 - low_share)),
        (at(left + 1.0, top), right_share * (1.0 - low_share)),
        (at(left, top + 1.0), (1.0 - right_share) * low_share),
        (at(left + 1.0, top + 1.0), right_share * low_share),
    ];
    std::array::from_fn(|channel| {
        let sum: f64 = corners
            .iter()
            .map(|(colour, share)| f64::from(colour[channel]) * share)
            .sum();
        sum.round() as u8
    })
}

fn noisy(image: &RgbImage) -> RgbImage {
    let mut state = 1;
    each_pixel(image, |x, y| {
        let drawn = next(&mut state);
        match drawn % 100 {
            0 => [0; 3],
            1 => [255; 3],
            _ => {
                // Four bytes' sum is near enough to a normal law; its deviation is 148.
                let sum: i32 = drawn.to_le_bytes()[4..].iter().map(|&b| i32::from(b)).sum();
                let grain = (sum - 510) * 25 / 148;
                pixel(image, x, y).map(|channel| (i32::from(channel) + grain).clamp(0, 255) as u8)
            }
        }
    })
}

/// Ordered dither with Bayer's 4 x 4 screen over the slightly blurred picture.
fn half_tone(image: &RgbImage) -> RgbImage {
    const SCREEN: [[u32; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
    let (width, height) = (image.width() as usize, image.height() as usize);
    each_pixel(image, |x, y| {
        let (mut sum, mut count) = (0, 0);
        for y in y.saturating_sub(1)..(y + 2).min(height) {
            for x in x.saturating_sub(1)..(x + 2).min(width) {
                sum += pixel(image, x, y)
                    .iter()
                    .map(|&c| u32::from(c))
                    .sum::<u32>();
                count += 3;
            }
        }
        if sum * 32 > (2 * SCREEN[y % 4][x % 4] + 1) * 255 * count {
            [255; 3]
        } else {
            [0; 3]
        }
    })
}

fn jpeg(image: &RgbImage) -> Result<RgbImage, EngineError> {
    let bytes = encode_jpeg(image, 8)
        .map_err(|error| EngineError::invalid(error.to_string()).because(error))?;
    Ok(decode(&bytes, &DecodeOptions::default())?.image)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// White, with a black square of 20 px in the middle of 100 x 100 and a header line.
    fn sheet() -> RgbImage {
        each_pixel(&RgbImage::filled(100, 100, [255; 3]), |x, y| {
            let inside = (40..60).contains(&x) && (40..60).contains(&y);
            if inside || y == 3 { [0; 3] } else { [255; 3] }
        })
    }

    fn black(image: &RgbImage) -> usize {
        let pixels = image.data().chunks_exact(3);
        pixels.filter(|pixel| pixel[0] < 128).count()
    }

    #[test]
    fn each_damage_does_what_it_says() {
        let sheet = sheet();
        assert_eq!(black(&without_header(&sheet)), 400);
        assert_eq!(black(&spread(&sheet, 1, u8::max)), 18 * 18);
        assert_eq!(black(&spread(&sheet, 3, u8::min)), 26 * 26 + 700);
        let cropped = cropped(&sheet);
        assert_eq!(
            (cropped.width(), cropped.height(), black(&cropped)),
            (16, 16, 256)
        );
        assert_eq!(black(&rotated(&sheet, 90.0)), black(&sheet));
        for damage in Damage::ALL {
            let damaged = damage.apply(&sheet).unwrap();
            assert_ne!(damaged.data(), sheet.data(), "{damage}");
            assert_eq!(
                damaged.data(),
                damage.apply(&sheet).unwrap().data(),
                "{damage}"
            );
        }
    }

    #[test]
    fn a_blank_page_stays_whole() {
        let blank = RgbImage::filled(50, 80, [255; 3]);
        assert_eq!(cropped(&blank).height(), 80);
        assert_eq!(black(&half_tone(&blank)), 0);
    }
}
