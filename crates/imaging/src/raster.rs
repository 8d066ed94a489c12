//! PNG, GIF, BMP, WebP, icons and TGA, through the decoders of the `image` crate.
//!
//! Their limits are partial: some check the sides only, some the memory only.
//! So the sides are checked here first, then the bytes they come to.

use std::borrow::Cow;
use std::error::Error;
use std::io::{self, Cursor};

use image::codecs::bmp::BmpDecoder;
use image::codecs::gif::GifDecoder;
use image::codecs::ico::IcoDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::tga::TgaDecoder;
use image::codecs::webp::WebPDecoder;
use image::{ColorType, ImageDecoder, ImageError};

use crate::alpha::Ground;
use crate::error::{DecodeError, DecodeErrorKind, Trouble};
use crate::orientation::Orientation;
use crate::{Format, Limits, RgbImage, gif, ico, webp};

/// A file whose header has been read.
pub(crate) struct Raster<'a> {
    decoder: Box<dyn ImageDecoder + 'a>,
    format: Format,
    /// Sides as stored, before orientation.
    width: u32,
    height: u32,
    orientation: Orientation,
}

/// Memory that a decoder may take for profiles, texts and its own tables.
const METADATA_BYTES: u64 = 64 << 20;

impl<'a> Raster<'a> {
    /// Reads the header of a file of one of this module's formats.
    pub(crate) fn open(
        bytes: &'a [u8],
        format: Format,
        limits: &Limits,
    ) -> Result<Self, DecodeError> {
        if format == Format::WebP {
            webp::check(bytes).map_err(|trouble| trouble.of(format))?;
        }
        let (coding, bytes) = match format {
            Format::Gif => (format, gif::with_room_for_the_frame(bytes)),
            Format::Ico => match ico::largest(bytes).map_err(|trouble| trouble.of(format))? {
                ico::Largest::Png(bytes) => (Format::Png, Cow::Borrowed(bytes)),
                ico::Largest::Bitmap(bytes) => (format, Cow::Owned(bytes)),
            },
            _ => (format, Cow::Borrowed(bytes)),
        };
        let reader = Cursor::new(bytes);
        let decoder: Result<Box<dyn ImageDecoder>, ImageError> = match coding {
            Format::Gif => GifDecoder::new(reader).map(|decoder| Box::new(decoder) as _),
            Format::Bmp => BmpDecoder::new(reader).map(|decoder| Box::new(decoder) as _),
            Format::WebP => WebPDecoder::new(reader).map(|decoder| Box::new(decoder) as _),
            Format::Ico => IcoDecoder::new(reader).map(|decoder| Box::new(decoder) as _),
            Format::Tga => TgaDecoder::new(reader).map(|decoder| Box::new(decoder) as _),
            _ => {
                let mut limits = image::Limits::no_limits();
                limits.max_alloc = Some(METADATA_BYTES);
                PngDecoder::with_limits(reader, limits).map(|decoder| Box::new(decoder) as _)
            }
        };
        let mut decoder = decoder.map_err(|error| trouble(&error).of(format))?;
        let (width, height) = decoder.dimensions();
        let (width, height) = limits.check_sides(format, width.into(), height.into())?;
        // Damaged metadata is no reason to refuse the picture.
        let exif = decoder.exif_metadata().ok().flatten();
        let orientation =
            exif.map_or_else(Orientation::default, |exif| Orientation::from_exif(&exif));
        let mut raster = Self {
            decoder,
            format,
            width,
            height,
            orientation,
        };
        let mut limits = image::Limits::no_limits();
        limits.max_alloc = Some(raster.peak_bytes() + METADATA_BYTES);
        raster
            .decoder
            .set_limits(limits)
            .map_err(|error| trouble(&error).of(format))?;
        Ok(raster)
    }

    /// Sides in pixels, orientation applied.
    pub(crate) fn sides(&self) -> (u32, u32) {
        self.orientation.sides(self.width, self.height)
    }

    /// Bytes of memory that decoding takes at its peak, the result included.
    pub(crate) fn peak_bytes(&self) -> u64 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        let bytes = self.decoder.total_bytes();
        // What the decoders hold beside the result: GIF a canvas, WebP its
        // planes and one more copy. Measured on 30 megapixels of each kind.
        let copy = match self.format {
            Format::Gif => 4 * pixels,
            Format::WebP => 7 * pixels,
            // Indices or samples as stored, beside what they come to.
            Format::Tga | Format::Ico => bytes,
            _ if !self.orientation.is_upright() => 3 * pixels,
            _ => 0,
        };
        bytes + copy
    }

    /// The picture.
    pub(crate) fn decode(self) -> Result<RgbImage, DecodeError> {
        let (format, colour) = (self.format, self.decoder.color_type());
        let too_large = || {
            let reason = "the picture exceeds this machine's memory";
            DecodeError::new(DecodeErrorKind::TooLarge, format, reason)
        };
        let size = usize::try_from(self.decoder.total_bytes()).map_err(|_| too_large())?;
        let mut samples = vec![0; size];
        self.decoder
            .read_image(&mut samples)
            .map_err(|error| trouble(&error).of(format))?;
        let channels = to_opaque(format, colour, &mut samples)
            .ok_or_else(|| Trouble::unsupported(format!("{colour:?} is not read")).of(format))?;
        RgbImage::from_samples(self.width, self.height, channels, samples)
            .map(|image| self.orientation.apply(image))
            .ok_or_else(|| Trouble::malformed("its parts differ about its size").of(format))
    }
}

/// Brings samples, in place, to 8 bits without alpha: 1 or 3 bytes a pixel.
fn to_opaque(format: Format, colour: ColorType, samples: &mut Vec<u8>) -> Option<usize> {
    let channels = usize::from(colour.channel_count());
    let depth = usize::from(colour.bytes_per_pixel()) / channels;
    match depth {
        1 => {}
        2 => {
            // In native order; the high byte is the level, as for TIFF.
            let length = samples.len() / 2;
            for index in 0..length {
                let level = u16::from_ne_bytes([samples[2 * index], samples[2 * index + 1]]);
                samples[index] = (level >> 8) as u8;
            }
            samples.truncate(length);
        }
        _ => return None,
    }
    if colour.has_alpha() {
        let opaque = channels - 1;
        let pixels = samples.len() / channels;
        let alphas = || samples.iter().skip(opaque).step_by(channels);
        // Many writers leave the fourth byte at zero: nobody saves an invisible picture.
        let is_careless = matches!(format, Format::Bmp | Format::Tga);
        if is_careless && alphas().all(|&alpha| alpha == 0) {
            samples
                .iter_mut()
                .skip(opaque)
                .step_by(channels)
                .for_each(|alpha| *alpha = 255);
        }
        let ground = Ground::for_samples(samples, channels);
        for pixel in 0..pixels {
            let alpha = samples[pixel * channels + opaque];
            for channel in 0..opaque {
                samples[pixel * opaque + channel] =
                    ground.under(samples[pixel * channels + channel], alpha);
            }
        }
        samples.truncate(pixels * opaque);
        samples.shrink_to_fit();
        Some(opaque)
    } else {
        Some(channels)
    }
}

fn trouble(error: &ImageError) -> Trouble {
    let kind = match error {
        _ if ends_early(error) => {
            return Trouble::truncated("the file ends before the picture does");
        }
        ImageError::Limits(_) => DecodeErrorKind::TooLarge,
        ImageError::Unsupported(_) => DecodeErrorKind::Unsupported,
        _ => DecodeErrorKind::Malformed,
    };
    Trouble::new(kind, error.to_string())
}

/// Whether the decoder wanted to read beyond the end of the file.
fn ends_early(error: &ImageError) -> bool {
    let is_eof = |error: &io::Error| error.kind() == io::ErrorKind::UnexpectedEof;
    if let ImageError::IoError(error) = error {
        return is_eof(error);
    }
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.downcast_ref().is_some_and(is_eof) {
            return true;
        }
        cause = error.source();
    }
    false
}
