//! The image of a page, as it lies on the page.

use std::borrow::Cow;

use hayro_syntax::Filter;
use hayro_syntax::object::{Array, Dict, Name, Number, Object, Stream, String as PdfString};
use hayro_syntax::page::Rotation;
use lookalike_imaging::{DecodeOptions, Limits, RgbImage, decode};

use crate::content::{Matrix, Placed};
use crate::error::PdfError;
use crate::filters::{Packed, but_the_last, predictor, undo, unpack};
use crate::limits::check_sides;
use crate::placement::Placement;
use crate::tiff::{Image, Meaning, Packing};
use crate::{PageImage, jbig2};

/// Decodes the image, blends it with its mask, and turns it as the page shows
/// it.
///
/// # Errors
/// It is damaged, too large, of a kind that is not read, or lies askew.
pub(crate) fn read(
    placed: &Placed<'_>,
    rotation: Rotation,
    limits: &Limits,
) -> Result<PageImage, PdfError> {
    let placement = placement(placed.place, rotation)?;
    let (mut image, warnings) = pixels(&placed.stream, limits)?;
    if let Some(mask) = mask(&placed.stream) {
        image = blend(&image, &mask, limits)?;
    }
    Ok(PageImage {
        image: placement.apply(image),
        warnings,
    })
}

/// How the unit square lies on the page, as it is shown.
fn placement(place: Matrix, rotation: Rotation) -> Result<Placement, PdfError> {
    let [a, b, c, d, ..] = place.0;
    let turned = |(x, y): (f64, f64)| match rotation {
        Rotation::None => (x, y),
        Rotation::Horizontal => (y, -x),
        Rotation::Flipped => (-x, -y),
        Rotation::FlippedHorizontal => (-y, x),
    };
    Placement::of_axes(turned((a, b)), turned((c, d))).ok_or_else(|| {
        PdfError::new(
            crate::PdfErrorKind::NeedsRendering,
            "its image lies askew on the page; pages are not rendered here",
        )
    })
}

fn mask<'a>(image: &Stream<'a>) -> Option<Stream<'a>> {
    let mut names = [b"SMask".as_slice(), b"Mask"].into_iter();
    names.find_map(|name| image.dict().get::<Stream<'a>>(name))
}

/// Pixels of the image and its mask, as their dictionaries state them, each within the limits.
pub(crate) fn stated_pixels(image: &Stream<'_>, limits: &Limits) -> Result<u64, PdfError> {
    let mut pixels = 0;
    for stream in [Some(image), mask(image).as_ref()].into_iter().flatten() {
        let (width, height) = sides(stream, limits)?;
        pixels += u64::from(width) * u64::from(height);
    }
    Ok(pixels)
}

/// Width and height that the image's dictionary states, within the limits.
fn sides(stream: &Stream<'_>, limits: &Limits) -> Result<(u32, u32), PdfError> {
    let dict = stream.dict();
    let side = |long: &str, short: &str| {
        let side = dict.get::<u32>(long).or_else(|| dict.get::<u32>(short));
        side.unwrap_or(0)
    };
    let (width, height) = (side("Width", "W"), side("Height", "H"));
    check_sides(limits, width.into(), height.into())?;
    Ok((width, height))
}

fn pixels(stream: &Stream<'_>, limits: &Limits) -> Result<(RgbImage, Vec<String>), PdfError> {
    let dict = stream.dict();
    let (width, height) = sides(stream, limits)?;
    // JBIG2 and JPEG state sizes of their own. Whoever makes room for a picture goes by those of
    // the dictionary, which they must not exceed.
    let stated = Limits {
        max_pixels: u64::from(width) * u64::from(height),
        ..limits.clone()
    };
    let most = usize::try_from(limits.max_file_bytes).unwrap_or(usize::MAX);
    let packed = but_the_last(stream, most)?;
    if packed.filter == Some(Filter::Jbig2Decode) {
        let shared = packed.parameters.get::<Stream<'_>>(b"JBIG2Globals");
        let shared = shared.map(|shared| unpack(&shared, most)).transpose()?;
        let image = jbig2::decode(&packed.bytes, shared.as_deref(), limits, &stated)?;
        return Ok((as_decoded(image, dict), Vec::new()));
    }
    let options = DecodeOptions {
        limits: stated,
        ..DecodeOptions::default()
    };
    let bytes = match packed.filter {
        Some(Filter::DctDecode) => packed.bytes.into_owned(),
        _ => samples(packed, dict, width, height, limits)?.to_bytes(),
    };
    let decoded = decode(&bytes, &options).map_err(|error| PdfError::of_image(&error))?;
    Ok((decoded.image, decoded.warnings))
}

/// A `/Decode` that runs from 1 to 0 turns levels about.
fn is_inverted(dict: &Dict<'_>) -> bool {
    let decode = dict
        .get::<Array<'_>>(b"Decode")
        .or_else(|| dict.get::<Array<'_>>(b"D"));
    let first = decode.and_then(|array| array.iter::<Number>().next());
    first.is_some_and(|first| first.as_f64() > 0.5)
}

fn as_decoded(image: RgbImage, dict: &Dict<'_>) -> RgbImage {
    if !is_inverted(dict) {
        return image;
    }
    let levels = image.to_grey().iter().map(|level| 255 - level).collect();
    RgbImage::from_grey(image.width(), image.height(), levels).unwrap_or(image)
}

/// Samples in the dress of a TIFF.
fn samples<'a>(
    packed: Packed<'a>,
    dict: &Dict<'a>,
    width: u32,
    height: u32,
    limits: &Limits,
) -> Result<Image<'a>, PdfError> {
    let bits = dict
        .get::<u16>(b"BitsPerComponent")
        .or_else(|| dict.get::<u16>(b"BPC"));
    // Stencils and fax images have one bit, whatever they say.
    let is_fax = packed.filter == Some(Filter::CcittFaxDecode);
    let is_stencil = dict
        .get::<bool>(b"ImageMask")
        .or_else(|| dict.get::<bool>(b"IM"));
    let bits_per_sample = match bits {
        _ if is_fax || is_stencil == Some(true) => 1,
        Some(bits @ (1 | 2 | 4 | 8 | 16)) => bits,
        other => {
            let bits = other.map_or("unknown".to_owned(), |bits| bits.to_string());
            return Err(PdfError::unsupported(format!(
                "its page image has {bits} bits a sample"
            )));
        }
    };
    let mut meaning = if is_stencil == Some(true) {
        Meaning::BlackIsZero
    } else {
        colours(dict, bits_per_sample)?
    };
    if is_inverted(dict) {
        meaning = match meaning {
            Meaning::BlackIsZero => Meaning::WhiteIsZero,
            Meaning::Rgb | Meaning::Cmyk => {
                return Err(PdfError::unsupported("its page image has inverted colours"));
            }
            other => other,
        };
    }
    let mut image = Image {
        width,
        height,
        bits_per_sample,
        packing: Packing::None,
        meaning,
        is_differenced: false,
        data: packed.bytes,
    };
    let parameters = &packed.parameters;
    match packed.filter {
        None => {}
        Some(Filter::CcittFaxDecode) => fax(&mut image, parameters)?,
        Some(Filter::RunLengthDecode) => image.packing = Packing::PackBits,
        Some(filter @ (Filter::FlateDecode | Filter::LzwDecode)) => {
            let is_lzw = filter == Filter::LzwDecode;
            if is_lzw && parameters.get::<i32>(b"EarlyChange") == Some(0) {
                return Err(PdfError::unsupported("its page image is packed by old LZW"));
            }
            match predictor(parameters) {
                ..=2 => {
                    image.packing = if is_lzw {
                        Packing::Lzw
                    } else {
                        Packing::Deflate
                    };
                    image.is_differenced = predictor(parameters) == 2;
                }
                _ if is_lzw => {
                    return Err(PdfError::unsupported(
                        "its page image is packed by LZW with a predictor of PNG",
                    ));
                }
                _ => {
                    // A row has a byte more than its samples.
                    let samples = u64::from(width) * u64::from(height) * 8 + u64::from(height);
                    let most = samples.min(8 * limits.max_pixels);
                    image.data = Cow::Owned(undo(filter, &image.data, parameters, most as usize)?);
                }
            }
        }
        Some(Filter::JpxDecode) => {
            return Err(PdfError::unsupported("its page image is JPEG 2000"));
        }
        Some(other) => {
            return Err(PdfError::unsupported(format!(
                "its page image is packed by {other:?}"
            )));
        }
    }
    Ok(image)
}

/// CCITT fax (ISO 32000-1, table 11).
fn fax(image: &mut Image<'_>, parameters: &Dict<'_>) -> Result<(), PdfError> {
    let columns = parameters.get::<u32>(b"Columns").unwrap_or(1728);
    if columns != image.width {
        return Err(PdfError::malformed(format!(
            "its page image is {} pixels wide, but its fax data has {columns} columns",
            image.width
        )));
    }
    let on_whole_bytes = parameters.get::<bool>(b"EncodedByteAlign").unwrap_or(false);
    let has_marks = parameters.get::<bool>(b"EndOfLine").unwrap_or(false);
    image.packing = match parameters.get::<i32>(b"K").unwrap_or(0) {
        ..0 if !on_whole_bytes => Packing::FaxGroup4,
        0 if on_whole_bytes && !has_marks => Packing::FaxRows,
        kind @ 0.. => Packing::FaxGroup3 {
            two_dimensional: kind > 0,
        },
        _ => {
            return Err(PdfError::unsupported(
                "its page image is fax data on whole bytes",
            ));
        }
    };
    // Fax data is written white for 0; `BlackIs1` says that samples are so too.
    let black_is_one = parameters.get::<bool>(b"BlackIs1").unwrap_or(false);
    image.meaning = match (&image.meaning, black_is_one) {
        (Meaning::BlackIsZero, false) | (Meaning::WhiteIsZero, true) => Meaning::WhiteIsZero,
        (Meaning::WhiteIsZero, false) | (Meaning::BlackIsZero, true) => Meaning::BlackIsZero,
        _ => {
            return Err(PdfError::unsupported(
                "its page image is fax data in colours",
            ));
        }
    };
    Ok(())
}

/// What an image's samples mean, by its colour space.
fn colours(dict: &Dict<'_>, bits_per_sample: u16) -> Result<Meaning, PdfError> {
    let space = dict
        .get::<Object<'_>>(b"ColorSpace")
        .or_else(|| dict.get::<Object<'_>>(b"CS"));
    match space {
        // Fax images often leave it out.
        None => Ok(Meaning::BlackIsZero),
        Some(space) => space_meaning(&space, bits_per_sample),
    }
}

fn space_meaning(space: &Object<'_>, bits_per_sample: u16) -> Result<Meaning, PdfError> {
    let unknown = |name: &str| {
        let name: String = name.chars().take(40).collect();
        PdfError::unsupported(format!("its page image is in the colour space {name}"))
    };
    let array = match space {
        Object::Name(name) => {
            return device(name).ok_or_else(|| unknown(name.as_str()));
        }
        Object::Array(array) => array,
        _ => return Err(unknown("of no name")),
    };
    let mut parts = array.flex_iter();
    let name = parts
        .next::<Name<'_>>()
        .ok_or_else(|| unknown("of no name"))?;
    match &*name {
        b"ICCBased" => {
            let profile = parts
                .next::<Stream<'_>>()
                .ok_or_else(|| unknown("ICCBased"))?;
            match profile.dict().get::<u32>(b"N") {
                Some(1) => Ok(Meaning::BlackIsZero),
                Some(3) => Ok(Meaning::Rgb),
                Some(4) => Ok(Meaning::Cmyk),
                _ => Err(unknown("ICCBased")),
            }
        }
        b"Indexed" | b"I" if bits_per_sample <= 8 => {
            let base = parts
                .next::<Object<'_>>()
                .ok_or_else(|| unknown("Indexed"))?;
            let base = match &base {
                Object::Array(inner) if is_indexed(inner) => return Err(unknown("Indexed")),
                base => space_meaning(base, 8)?,
            };
            let _largest = parts.next::<i32>();
            let table = match parts.next::<Object<'_>>() {
                Some(Object::String(table)) => bytes_of(&table),
                Some(Object::Stream(table)) => unpack(&table, 4096)?.into_owned(),
                _ => return Err(unknown("Indexed")),
            };
            let colours = match base {
                Meaning::Rgb => table.chunks_exact(3).map(|c| [c[0], c[1], c[2]]).collect(),
                Meaning::BlackIsZero => table.iter().map(|&level| [level; 3]).collect(),
                _ => return Err(unknown("Indexed over inks")),
            };
            Ok(Meaning::Palette(colours))
        }
        _ => device(&name).ok_or_else(|| unknown(name.as_str())),
    }
}

fn bytes_of(text: &PdfString<'_>) -> Vec<u8> {
    text.as_bytes().to_vec()
}

fn is_indexed(array: &Array<'_>) -> bool {
    let name = array.flex_iter().next::<Name<'_>>();
    name.is_some_and(|name| matches!(&*name, b"Indexed" | b"I"))
}

fn device(name: &[u8]) -> Option<Meaning> {
    match name {
        b"DeviceGray" | b"CalGray" | b"G" => Some(Meaning::BlackIsZero),
        b"DeviceRGB" | b"CalRGB" | b"RGB" => Some(Meaning::Rgb),
        b"DeviceCMYK" | b"CMYK" => Some(Meaning::Cmyk),
        _ => None,
    }
}

/// The image over white paper. A stencil hides where its samples are 1, a soft
/// mask shows by its levels.
fn blend(image: &RgbImage, mask: &Stream<'_>, limits: &Limits) -> Result<RgbImage, PdfError> {
    let is_stencil = mask.dict().get::<bool>(b"ImageMask") == Some(true);
    let (mask, _) = pixels(mask, limits)?;
    let mask_levels = mask.to_grey();
    let (width, height) = (image.width() as usize, image.height() as usize);
    let (mask_width, mask_height) = (mask.width() as usize, mask.height() as usize);
    let mut data = image.data().to_vec();
    for y in 0..height {
        let row = &mask_levels[y * mask_height / height * mask_width..][..mask_width];
        for (x, pixel) in data[y * width * 3..][..width * 3]
            .chunks_exact_mut(3)
            .enumerate()
        {
            let level = u32::from(row[x * mask_width / width]);
            let opacity = if is_stencil { 255 - level } else { level };
            for value in pixel {
                *value = ((u32::from(*value) * opacity + 255 * (255 - opacity) + 127) / 255) as u8;
            }
        }
    }
    RgbImage::new(image.width(), image.height(), data)
        .ok_or_else(|| PdfError::malformed("its page image is empty"))
}
