//! JPEG, alone or in the strips of a TIFF.
//!
//! The decoder fills what a truncated file does not hold with grey and calls it
//! a success. So the markers are walked here first: they tell sides,
//! orientation and whether the end is there, before any pixel is decoded. What
//! the walk cannot see, damage within the code, the decoder's strict mode does
//! (see [`unendable`] for the one case that both miss).

use std::borrow::Cow;

use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::RgbImage;
use crate::error::Trouble;
use crate::limits::MAX_SIDE;
use crate::orientation::Orientation;
use crate::tiff::cmyk_to_rgb;

/// What the markers before the first scan say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header {
    /// Sides as stored, before orientation.
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) orientation: Orientation,
    components: u64,
    is_progressive: bool,
    /// Coefficients of the whole picture are kept until its last scan.
    keeps_coefficients: bool,
    /// Where the first scan's header starts.
    scan_at: usize,
    file_size: usize,
}

impl Header {
    /// Walks the markers up to the first scan.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Trouble> {
        let mut markers = Markers { bytes, at: 2 };
        let mut frame = None;
        let mut orientation = Orientation::default();
        loop {
            let at = markers.at;
            let (marker, body) = markers.next()?;
            match marker {
                0xc0..=0xc2 => frame = Some((marker == 0xc2, read_frame(body)?)),
                0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                    let reason = "lossless, hierarchical and arithmetic coding are not read";
                    return Err(Trouble::unsupported(reason));
                }
                0xe1 if body.starts_with(b"Exif\0\0") => orientation = Orientation::from_exif(body),
                0xda => {
                    let (is_progressive, (width, height, components)) = frame
                        .ok_or_else(|| Trouble::malformed("picture data before its header"))?;
                    let in_scan = body.first().copied().unwrap_or(0);
                    return Ok(Self {
                        width,
                        height,
                        orientation,
                        components: components.into(),
                        is_progressive,
                        keeps_coefficients: is_progressive || in_scan < components,
                        scan_at: at,
                        file_size: bytes.len(),
                    });
                }
                0xd9 => return Err(Trouble::malformed("the file holds no picture data")),
                _ => {}
            }
        }
    }

    /// Bytes of memory that decoding takes at its peak, the result included.
    pub(crate) fn peak_bytes(&self) -> u64 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        let coefficients = if self.keeps_coefficients {
            2 * self.components
        } else {
            0
        };
        // CMYK is decoded as it is and converted then; turning takes a copy.
        let copy = if self.components == 4 || !self.orientation.is_upright() {
            4
        } else {
            0
        };
        // See `unendable`.
        let stream = if self.is_progressive {
            0
        } else {
            self.file_size as u64
        };
        stream + pixels * (self.components.max(1) + u64::max(coefficients, copy))
    }
}

/// Width, height and number of components.
fn read_frame(body: &[u8]) -> Result<(u32, u32, u8), Trouble> {
    match *body {
        [8, h1, h0, w1, w0, components, ..] => Ok((
            u16::from_be_bytes([w1, w0]).into(),
            u16::from_be_bytes([h1, h0]).into(),
            components,
        )),
        [bits, _, _, _, _, _, ..] => Err(Trouble::unsupported(format!(
            "{bits}-bit samples are not read"
        ))),
        _ => Err(Trouble::malformed("its frame header is too short")),
    }
}

/// The segments of a JPEG stream, one after the other.
struct Markers<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Markers<'a> {
    /// The next marker and what belongs to it. Stray bytes before it are
    /// passed over, as all decoders do.
    fn next(&mut self) -> Result<(u8, &'a [u8]), Trouble> {
        let cut = || Trouble::truncated("the file ends before the picture does");
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let start = rest.iter().position(|&byte| byte == 0xff).ok_or_else(cut)?;
            self.at += start + 1;
            let marker = *self.bytes.get(self.at).ok_or_else(cut)?;
            match marker {
                // Stuffing, fill bytes and restart marks lie within scans.
                0x00 | 0x01 | 0xd0..=0xd8 => self.at += 1,
                0xff => {}
                0xd9 => {
                    self.at += 1;
                    return Ok((marker, &[]));
                }
                _ => {
                    let length = self.bytes.get(self.at + 1..self.at + 3).ok_or_else(cut)?;
                    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
                    let end = self.at + 1 + length.max(2);
                    let body = self.bytes.get(self.at + 3..end).ok_or_else(cut)?;
                    self.at = end;
                    return Ok((marker, body));
                }
            }
        }
    }

    /// Where the mark at the end of the picture starts.
    fn find_end(mut self) -> Result<usize, Trouble> {
        while self.next()?.0 != 0xd9 {}
        Ok(self.at - 2)
    }
}

/// The stream up to `end`, followed by code that no table can decode.
///
/// At the mark of the end, the decoder makes up zeros for whatever is missing,
/// so a file that lost its second half but not its last two bytes would pass.
/// No Huffman code is all ones (ITU-T T.81, annex C), so ones before the mark
/// are an error to a decoder that still needs code, and unseen by one that is
/// done.
fn unendable(bytes: &[u8], end: usize) -> Vec<u8> {
    let mut stream = bytes[..end].to_vec();
    stream.extend([0xff, 0x00].repeat(16));
    stream.extend([0xff, 0xd9]);
    stream
}

/// Decodes a file whose header has been read and found within limits.
pub(crate) fn decode(bytes: &[u8], header: &Header) -> Result<RgbImage, Trouble> {
    let (space, samples) = decode_samples(bytes, header, |stored| match stored {
        ColorSpace::YCbCr | ColorSpace::YCCK => ColorSpace::RGB,
        other => other,
    })?;
    let (channels, samples) = match space {
        ColorSpace::Luma => (1, samples),
        ColorSpace::RGB => (3, samples),
        // Adobe's convention, which all decoders take for granted: inks inverted.
        ColorSpace::CMYK => {
            let inks = samples.as_chunks::<4>().0.iter();
            let colours = inks.flat_map(|inks| cmyk_to_rgb(inks.map(|ink| 255 - ink)));
            (3, colours.collect())
        }
        _ => {
            return Err(Trouble::unsupported(
                "its colour components are of an unknown kind",
            ));
        }
    };
    RgbImage::from_samples(header.width, header.height, channels, samples)
        .map(|image| header.orientation.apply(image))
        .ok_or_else(|| Trouble::malformed("its parts differ about its size"))
}

/// What a strip or tile of a TIFF has to hold.
pub(crate) struct Strip {
    pub(crate) width: u32,
    /// Rows needed, and most rows allowed.
    pub(crate) rows: u32,
    pub(crate) max_rows: u32,
    pub(crate) components: usize,
    /// Three components are luma and chroma rather than what they come out as.
    pub(crate) is_ycbcr: bool,
}

/// Decodes the stream of a strip or tile, with the tables that it shares with
/// others, to interleaved samples. YCbCr comes out as RGB.
pub(crate) fn decode_strip(
    tables: Option<&[u8]>,
    stream: &[u8],
    expected: &Strip,
) -> Result<Vec<u8>, Trouble> {
    if !stream.starts_with(&[0xff, 0xd8]) {
        return Err(Trouble::malformed("its data is no JPEG stream"));
    }
    let header = Header::read(stream)?;
    let fits = header.width == expected.width
        && (expected.rows..=expected.max_rows).contains(&header.height)
        && header.components == expected.components as u64;
    if !fits {
        return Err(Trouble::malformed(format!(
            "its JPEG stream has {} x {} pixels of {} components instead of {} x {} of {}",
            header.width,
            header.height,
            header.components,
            expected.width,
            expected.max_rows,
            expected.components,
        )));
    }

    let tables = tables
        .and_then(|tables| tables.strip_prefix(&[0xff, 0xd8]))
        .unwrap_or_default();
    let tables = tables.strip_suffix(&[0xff, 0xd9]).unwrap_or(tables);
    // TIFF's own tag says what the components are; a lone stream says it with
    // Adobe's marker, so one is put in front.
    let transform = u8::from(expected.is_ycbcr);
    let adobe: &[u8] = &[
        0xff, 0xee, 0, 14, b'A', b'd', b'o', b'b', b'e', 0, 100, 0, 0, 0, 0, transform,
    ];
    let adobe = if expected.components >= 3 { adobe } else { &[] };
    let merged = [&stream[..2], tables, adobe, &stream[2..]].concat();
    let scan_at = header.scan_at + tables.len() + adobe.len();
    let header = Header { scan_at, ..header };
    let (space, samples) = decode_samples(&merged, &header, |stored| match stored {
        ColorSpace::YCbCr if expected.is_ycbcr => ColorSpace::RGB,
        other => other,
    })?;
    if space.num_components() != expected.components {
        return Err(Trouble::malformed(
            "its colour components are of another kind than expected",
        ));
    }
    Ok(samples)
}

/// Decodes strictly, into the colour space that `wanted` makes of the stored one.
fn decode_samples(
    bytes: &[u8],
    header: &Header,
    wanted: impl Fn(ColorSpace) -> ColorSpace,
) -> Result<(ColorSpace, Vec<u8>), Trouble> {
    let end = Markers {
        bytes,
        at: header.scan_at,
    }
    .find_end()?;
    let stream = if header.is_progressive {
        // Fewer scans than there were are a blurred picture, but a whole one.
        Cow::Borrowed(bytes)
    } else {
        Cow::Owned(unendable(bytes, end))
    };
    // Headers may be sloppy, which strict mode would refuse; picture data not.
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(MAX_SIDE as usize)
        .set_max_height(MAX_SIDE as usize);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&*stream), options);
    decoder.decode_headers().map_err(|error| trouble(&error))?;
    let stored = decoder
        .input_colorspace()
        .ok_or_else(|| Trouble::malformed("no picture"))?;
    let space = wanted(stored);
    decoder.set_options(options.set_strict_mode(true).jpeg_set_out_colorspace(space));
    let samples = decoder.decode().map_err(|error| trouble(&error))?;
    Ok((space, samples))
}

fn trouble(error: &DecodeErrors) -> Trouble {
    let reason = format!("its picture data is damaged ({error:?})");
    match error {
        DecodeErrors::Unsupported(_) => Trouble::unsupported(reason),
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => {
            Trouble::truncated("the file ends before the picture does")
        }
        _ => Trouble::malformed(reason),
    }
}
