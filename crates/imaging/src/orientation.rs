//! Which way up a picture is: the orientation of EXIF and TIFF.

use lookalike_terms::Turn;

use crate::RgbImage;
use crate::tiff::{ORIENTATION, Source};

/// How stored rows and columns relate to the picture (TIFF 6.0, tag 274).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Orientation {
    transpose: bool,
    flip_x: bool,
    flip_y: bool,
}

impl Orientation {
    /// Left for right.
    pub(crate) const MIRRORED: Self = Self {
        transpose: false,
        flip_x: true,
        flip_y: false,
    };

    /// By the number in the tag; unknown numbers count as upright.
    pub(crate) fn from_tag(number: u64) -> Self {
        let (transpose, flip_x, flip_y) = match number {
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, true, false),
            7 => (true, true, true),
            8 => (true, false, true),
            _ => (false, false, false),
        };
        Self {
            transpose,
            flip_x,
            flip_y,
        }
    }

    /// By an EXIF block, with or without the prefix that it has in JPEG. A
    /// damaged block is no reason to refuse the picture: it counts as upright.
    pub(crate) fn from_exif(block: &[u8]) -> Self {
        let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        let directory = Source::open(block).and_then(|(source, first)| source.directory(first));
        let number = directory
            .ok()
            .and_then(|directory| directory.number(ORIENTATION));
        Self::from_tag(number.unwrap_or(1))
    }

    /// How a picture is stored that `turn` makes upright.
    pub(crate) fn before(turn: Turn) -> Self {
        Self::from_tag(match turn {
            Turn::None => 1,
            Turn::Clockwise => 6,
            Turn::Half => 3,
            Turn::CounterClockwise => 8,
        })
    }

    /// Sides of the upright picture.
    pub(crate) fn sides(self, width: u32, height: u32) -> (u32, u32) {
        if self.transpose {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// Whether turning a picture upright takes a second copy of it.
    pub(crate) fn is_upright(self) -> bool {
        self == Self::default()
    }

    /// `image` turned upright.
    pub(crate) fn apply(self, image: RgbImage) -> RgbImage {
        if self.is_upright() {
            return image;
        }
        let (samples, channels) = image.samples();
        let turned = match channels {
            1 => self.turned::<1>(samples, image.width(), image.height()),
            _ => self.turned::<3>(samples, image.width(), image.height()),
        };
        let (width, height) = self.sides(image.width(), image.height());
        RgbImage::from_samples(width, height, channels, turned)
            .expect("turning keeps the number of pixels")
    }

    fn turned<const N: usize>(self, samples: &[u8], width: u32, height: u32) -> Vec<u8> {
        let (pixels, _) = samples.as_chunks::<N>();
        let (source_width, source_height) = (width as usize, height as usize);
        let (width, height) = self.sides(width, height);
        let mut turned = Vec::with_capacity(samples.len());
        for y in 0..height as usize {
            for x in 0..width as usize {
                // Flips are those of the upright picture: undone first.
                let x = if self.flip_x {
                    width as usize - 1 - x
                } else {
                    x
                };
                let y = if self.flip_y {
                    height as usize - 1 - y
                } else {
                    y
                };
                let (x, y) = if self.transpose { (y, x) } else { (x, y) };
                debug_assert!(x < source_width && y < source_height);
                turned.extend_from_slice(&pixels[y * source_width + x]);
            }
        }
        turned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_eight_orientations() {
        // The upright picture is a b / c d / e f. What is stored follows from
        // the tag's definition: which side row 0 and column 0 are.
        for (tag, width, stored) in [
            (1, 2, "abcdef"),
            (2, 2, "badcfe"), // row 0 top, column 0 right
            (3, 2, "fedcba"), // bottom, right
            (4, 2, "efcdab"), // bottom, left
            (5, 3, "acebdf"), // left, top
            (6, 3, "bdface"), // right, top
            (7, 3, "fdbeca"), // right, bottom
            (8, 3, "ecafdb"), // left, bottom
        ] {
            let stored = stored.as_bytes().to_vec();
            let image = RgbImage::from_grey(width, 6 / width, stored).unwrap();
            let upright = Orientation::from_tag(tag).apply(image);
            assert_eq!(upright.width(), 2);
            assert_eq!(upright.samples().0, b"abcdef", "orientation {tag}");
        }
    }

    #[test]
    fn damaged_blocks_count_as_upright() {
        for block in [
            &b""[..],
            b"Exif\0\0",
            b"Exif\0\0II*\0\xff\xff\xff\xff",
            b"nonsense",
        ] {
            assert!(Orientation::from_exif(block).is_upright());
        }
        let block = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        assert_eq!(Orientation::from_exif(block), Orientation::from_tag(6));
    }
}
