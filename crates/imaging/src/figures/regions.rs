//! What stands apart on a plain ground: products in a photo or in a screenshot of several.
//!
//! The ground is the colour that most of the border has. What differs from it is foreground,
//! looked at on a small copy, because regions are proposals for people to choose from and need no
//! more than a hundredth of the picture in exactness. Where the border has no main colour the
//! picture stays whole.

use super::blobs;
use super::ink::Ink;
use super::rect::Rect;
use crate::RgbImage;
use crate::resize::{Filter, Reference, resize};

/// Long side of the small copy in pixels.
const SIDE: u32 = 512;
/// Channels of the foreground differ from the ground's by more than this, in levels.
const CONTRAST: u8 = 24;
/// The part of the border that must have the ground's colour.
const PLAIN: f64 = 0.7;
/// Regions lie this far apart and are this long, as parts of the long side.
const GAP: f64 = 0.02;
const LONG: f64 = 0.08;
/// Most regions: more are a texture.
const MOST: usize = 40;

/// The regions in reading order; the whole picture where none stand out.
pub(super) fn find(picture: &RgbImage) -> Vec<Rect> {
    let whole = vec![Rect::whole(picture.width(), picture.height())];
    let long = picture.width().max(picture.height());
    let scale = (f64::from(SIDE) / f64::from(long)).min(1.0);
    let side = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
    let small = resize(
        picture,
        side(picture.width()),
        side(picture.height()),
        Filter::Box,
        Reference::Pillow,
    );
    let Some(foreground) = foreground(&small) else {
        return whole;
    };
    let (width, height) = (small.width(), small.height());
    let components = Ink::dark(width, &foreground).components();
    let blobs = blobs::find(&components, |_| true, width, height);
    let side = f64::from(width.max(height));
    let boxes: Vec<Rect> = blobs
        .joined(|gap| f64::from(gap) < GAP * side)
        .into_iter()
        .filter(|bounds| f64::from(bounds.long_side()) >= LONG * side)
        .collect();
    // A box within another is a part of what the other shows.
    let mut regions: Vec<Rect> = boxes
        .iter()
        .filter(|inner| {
            !boxes
                .iter()
                .any(|outer| outer != *inner && outer.contains(inner))
        })
        .map(|bounds| scaled(*bounds, (width, height), picture))
        .collect();
    if regions.is_empty() || regions.len() > MOST {
        return whole;
    }
    regions.sort_unstable_by_key(|bounds| (bounds.y, bounds.x, bounds.width, bounds.height));
    regions.dedup();
    regions
}

/// Black where the small picture differs from its ground, one byte a pixel.
fn foreground(small: &RgbImage) -> Option<Vec<u8>> {
    let (width, height) = (small.width() as usize, small.height() as usize);
    let pixels = small.data().as_chunks::<3>().0;
    let border: Vec<[u8; 3]> = (0..width)
        .flat_map(|x| [pixels[x], pixels[(height - 1) * width + x]])
        .chain((0..height).flat_map(|y| [pixels[y * width], pixels[y * width + width - 1]]))
        .collect();
    // The median of each channel is the ground's, if the ground has most of the border.
    let mut ground = [0; 3];
    for (channel, level) in ground.iter_mut().enumerate() {
        let mut levels: Vec<u8> = border.iter().map(|pixel| pixel[channel]).collect();
        levels.sort_unstable();
        *level = levels[levels.len() / 2];
    }
    let differs = |pixel: &[u8; 3]| {
        pixel
            .iter()
            .zip(ground)
            .any(|(level, ground)| level.abs_diff(ground) > CONTRAST)
    };
    let plain = border.iter().filter(|pixel| !differs(pixel)).count();
    (plain as f64 >= PLAIN * border.len() as f64).then(|| {
        pixels
            .iter()
            .map(|pixel| if differs(pixel) { 0 } else { 255 })
            .collect()
    })
}

/// A box of the small copy in pixels of the picture, rounded outwards.
fn scaled(bounds: Rect, small: (u32, u32), picture: &RgbImage) -> Rect {
    let along = |start: u32, end: u32, small: u32, large: u32| {
        let (small, large) = (u64::from(small), u64::from(large));
        let low = u64::from(start) * large / small;
        let high = (u64::from(end) * large).div_ceil(small).min(large);
        (low as u32, (high - low) as u32)
    };
    let (x, width) = along(bounds.x, bounds.right(), small.0, picture.width());
    let (y, height) = along(bounds.y, bounds.bottom(), small.1, picture.height());
    Rect {
        x,
        y,
        width,
        height,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Boxes of a colour on a ground.
    fn picture(ground: [u8; 3], boxes: &[(Rect, [u8; 3])]) -> RgbImage {
        let mut data = ground.repeat(900 * 600);
        for (area, colour) in boxes {
            for y in area.y..area.bottom() {
                for x in area.x..area.right() {
                    let at = (y * 900 + x) as usize * 3;
                    data[at..at + 3].copy_from_slice(colour);
                }
            }
        }
        RgbImage::new(900, 600, data).unwrap()
    }

    fn rect(x: u32, y: u32, width: u32, height: u32) -> Rect {
        Rect {
            x,
            y,
            width,
            height,
        }
    }

    #[test]
    fn products_on_a_plain_ground_are_found() {
        let products = [
            (rect(100, 80, 200, 150), [200, 40, 40]),
            (rect(500, 90, 250, 160), [30, 90, 160]),
            (rect(120, 380, 300, 120), [90, 90, 90]),
        ];
        for ground in [[255; 3], [230, 235, 240], [20, 20, 30]] {
            let found = find(&picture(ground, &products));
            assert_eq!(found.len(), 3, "{found:?}");
            for (found, (product, _)) in found.iter().zip(&products) {
                let shared = found.intersection(product).unwrap().area();
                let both = found.area() + product.area() - shared;
                // Two pixels of the small copy at each edge.
                assert!(shared as f64 > 0.93 * both as f64, "{found:?} {product:?}");
            }
        }
    }

    #[test]
    fn a_picture_without_a_ground_stays_whole() {
        let mut data = Vec::new();
        for y in 0..300_u32 {
            for x in 0..400_u32 {
                data.extend([
                    (x * 7 % 256) as u8,
                    (y * 5 % 256) as u8,
                    (x * y % 256) as u8,
                ]);
            }
        }
        let picture = RgbImage::new(400, 300, data).unwrap();
        assert_eq!(find(&picture), [rect(0, 0, 400, 300)]);
        let plain = RgbImage::filled(40, 30, [9, 9, 9]);
        assert_eq!(find(&plain), [rect(0, 0, 40, 30)]);
    }
}
