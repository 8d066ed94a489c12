//! JPEG 2000, in its container or bare, through `hayro-jpeg2000`.
//!
//! What the codestream says about its size is read here first: the decoder allocates by it.

use hayro_jpeg2000::{ColorSpace, DecodeSettings, DecoderContext, Image};

use crate::alpha::Ground;
use crate::error::{DecodeError, Trouble};
use crate::tiff::cmyk_to_rgb;
use crate::{Format, Limits, RgbImage};

/// Bytes of memory that a sample of a component takes at the peak: its coefficients, what the
/// wavelets make of them, and the sample. Measured on 12 megapixels of three components.
const BYTES_A_SAMPLE: u64 = 12;

/// Tiles of a picture. Encoders make some hundred; each takes memory of its own.
const MOST_TILES: u64 = 1 << 14;

/// A picture whose header has been read.
pub(crate) struct Jp2<'a> {
    image: Image<'a>,
    size: Size,
}

/// What a codestream says about itself (ISO/IEC 15444-1, A.5.1).
struct Size {
    width: u32,
    height: u32,
    components: u16,
}

impl<'a> Jp2<'a> {
    pub(crate) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, DecodeError> {
        let of = |trouble: Trouble| trouble.of(Format::Jpeg2000);
        let (codestream, is_lab) = codestream(bytes).map_err(of)?;
        if is_lab {
            return Err(of(Trouble::unsupported(
                "CIE L*a*b* is not read; save it as RGB",
            )));
        }
        let size = size(codestream, limits)?;
        let settings = DecodeSettings {
            // Else what is cut off is made up.
            strict: true,
            ..DecodeSettings::default()
        };
        let image = Image::new(bytes, &settings).map_err(|error| of(damaged(error)))?;
        if (image.width(), image.height()) != (size.width, size.height) {
            return Err(of(differing()));
        }
        Ok(Self { image, size })
    }

    /// Sides in pixels.
    pub(crate) fn sides(&self) -> (u32, u32) {
        (self.size.width, self.size.height)
    }

    /// Bytes of memory that decoding takes at its peak, the result included.
    pub(crate) fn peak_bytes(&self) -> u64 {
        let pixels = u64::from(self.size.width) * u64::from(self.size.height);
        pixels * (u64::from(self.size.components) * BYTES_A_SAMPLE + 3)
    }

    /// The picture.
    pub(crate) fn decode(&self) -> Result<RgbImage, Trouble> {
        let mut context = DecoderContext::default();
        let decoded = self.image.decode(&mut context).map_err(damaged)?;
        let pixels = self.size.width as usize * self.size.height as usize;
        let components = decoded.components();
        if components
            .iter()
            .any(|component| component.samples().len() != pixels)
        {
            return Err(differing());
        }
        let count = components.len();
        let has_alpha = self.image.has_alpha();
        let samples = decoded.data_u8();
        drop(context);
        let colours = count - usize::from(has_alpha);
        let is_grey = match (self.image.color_space(), colours) {
            (ColorSpace::Gray, 1) | (ColorSpace::Icc { .. }, 1) => true,
            (ColorSpace::RGB, 3) | (ColorSpace::Icc { .. }, 3) => false,
            (ColorSpace::CMYK, 4) | (ColorSpace::Icc { .. }, 4) => false,
            _ => {
                let reason = format!("{count} components of an unknown kind are not read");
                return Err(Trouble::unsupported(reason));
            }
        };
        let ground = if has_alpha {
            Ground::for_samples(&samples, count)
        } else {
            Ground::White
        };
        let mut levels = Vec::with_capacity(pixels * if is_grey { 1 } else { 3 });
        for pixel in samples.chunks_exact(count) {
            let alpha = if has_alpha { pixel[colours] } else { 255 };
            if colours == 4 {
                let colour = cmyk_to_rgb([pixel[0], pixel[1], pixel[2], pixel[3]]);
                levels.extend(colour.map(|level| ground.under(level, alpha)));
            } else {
                levels.extend(
                    pixel[..colours]
                        .iter()
                        .map(|&level| ground.under(level, alpha)),
                );
            }
        }
        let channels = if is_grey { 1 } else { 3 };
        RgbImage::from_samples(self.size.width, self.size.height, channels, levels)
            .ok_or_else(differing)
    }
}

/// The codestream of a file, and whether its colours are CIE L*a*b* (ISO/IEC 15444-1, I.5).
fn codestream(bytes: &[u8]) -> Result<(&[u8], bool), Trouble> {
    if bytes.starts_with(b"\xff\x4f") {
        return Ok((bytes, false));
    }
    let mut is_lab = false;
    let mut rest = bytes;
    while let Some((name, body, behind)) = split_box(rest) {
        match name {
            b"jp2c" => return Ok((body, is_lab)),
            b"jp2h" => {
                let mut rest = body;
                while let Some((name, body, behind)) = split_box(rest) {
                    // By number, and the number 14.
                    is_lab |= name == b"colr" && matches!(body, [1, _, _, 0, 0, 0, 14, ..]);
                    rest = behind;
                }
            }
            _ => {}
        }
        rest = behind;
    }
    Err(Trouble::truncated("the file ends before the picture does"))
}

/// Name and content of the first box, and what is behind it.
fn split_box(bytes: &[u8]) -> Option<(&[u8; 4], &[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (name, rest) = rest.split_first_chunk::<4>()?;
    let (size, head, rest) = match u32::from_be_bytes(*length) {
        // Up to the end of the file.
        0 => return Some((name, rest, &[])),
        1 => {
            let (long, rest) = rest.split_first_chunk::<8>()?;
            (u64::from_be_bytes(*long), 16, rest)
        }
        size => (u64::from(size), 8, rest),
    };
    let (body, behind) = rest.split_at_checked(usize::try_from(size.checked_sub(head)?).ok()?)?;
    Some((name, body, behind))
}

fn size(codestream: &[u8], limits: &Limits) -> Result<Size, DecodeError> {
    let of = |trouble: Trouble| trouble.of(Format::Jpeg2000);
    let cut = || of(Trouble::truncated("the file ends within its header"));
    // Behind the start, the marker, its length and the capabilities.
    let fields = codestream.get(8..).ok_or_else(cut)?;
    let (numbers, rest) = fields.split_at_checked(32).ok_or_else(cut)?;
    let number = |index: usize| {
        let bytes = &numbers[4 * index..4 * index + 4];
        u64::from(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    };
    let (x1, y1, x0, y0) = (number(0), number(1), number(2), number(3));
    let (width, height) = (x1.saturating_sub(x0), y1.saturating_sub(y0));
    let (width, height) = limits.check_sides(Format::Jpeg2000, width, height)?;
    let (tile_width, tile_height) = (number(4), number(5));
    if tile_width == 0 || tile_height == 0 {
        return Err(of(Trouble::malformed("its tiles have no size")));
    }
    let tiles = u64::from(width).div_ceil(tile_width) * u64::from(height).div_ceil(tile_height);
    if tiles > MOST_TILES {
        let reason = format!("{tiles} tiles are above the limit of {MOST_TILES}");
        return Err(of(Trouble::unsupported(reason)));
    }
    let components = match *rest {
        [high, low, ..] => u16::from_be_bytes([high, low]),
        _ => return Err(cut()),
    };
    if !(1..=5).contains(&components) {
        let reason = format!("{components} components are not read");
        return Err(of(Trouble::unsupported(reason)));
    }
    Ok(Size {
        width,
        height,
        components,
    })
}

fn damaged(error: impl std::fmt::Display) -> Trouble {
    Trouble::malformed(format!("its picture data is damaged or cut ({error})"))
}

fn differing() -> Trouble {
    Trouble::malformed("its parts differ about its size")
}
