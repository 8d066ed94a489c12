//! JPEG, alone or in the strips of a TIFF.
//!
//! The decoder fills what a truncated file does not hold with grey and calls it
//! a success. So the markers are walked here first: they tell sides,
//! orientation and whether the end is there, before any pixel is decoded. What
//! the walk cannot see, damage within the code, the decoder's strict mode does
//! (see [`unendable`] for the one case that both miss).
//!
//! What three components mean is decided here, as in libjpeg-turbo: the decoder
//! takes Adobe's "no transform" for inks whatever their number. And baseline
//! pictures whose components come one after the other go to a second decoder:
//! the first makes stripes of those with subsampled chroma.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use jpeg_decoder::ColorTransform;
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
#[derive(Clone, Debug)]
pub(crate) struct Header {
    /// Sides as stored, before orientation.
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) orientation: Orientation,
    components: u64,
    /// Three components are red, green and blue as they are.
    is_rgb: bool,
    /// Where markers of Adobe's lie that the decoder would take for ones of inks.
    misleading: Vec<Range<usize>>,
    is_progressive: bool,
    /// Coefficients of the whole picture are kept until its last scan.
    keeps_coefficients: bool,
    /// Where the first scan's header starts.
    scan_at: usize,
    pub(crate) file_size: usize,
}

impl Header {
    /// Walks the markers up to the first scan.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Trouble> {
        let mut markers = Markers { bytes, at: 2 };
        let mut frame = None;
        let mut orientation = Orientation::default();
        let (mut is_jfif, mut adobe) = (false, Vec::new());
        loop {
            let at = markers.at;
            let (marker, body) = markers.next()?;
            match marker {
                0xc0..=0xc2 => frame = Some((marker == 0xc2, read_frame(body)?)),
                0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                    let reason = "lossless, hierarchical and arithmetic coding are not read";
                    return Err(Trouble::unsupported(reason));
                }
                0xe0 if body.starts_with(b"JFIF\0") => is_jfif = true,
                0xe1 if body.starts_with(b"Exif\0\0") => orientation = Orientation::from_exif(body),
                0xee if body.starts_with(b"Adobe") && body.len() >= 12 => {
                    adobe.push((body[11], markers.at - body.len() - 4..markers.at));
                }
                0xda => {
                    let (is_progressive, frame) = frame
                        .ok_or_else(|| Trouble::malformed("picture data before its header"))?;
                    let Frame {
                        width,
                        height,
                        components,
                        names,
                    } = frame;
                    let in_scan = body.first().copied().unwrap_or(0);
                    let transform = adobe.last().map(|(transform, _)| *transform);
                    let is_rgb = match transform {
                        _ if components != 3 || is_jfif => false,
                        Some(transform) => transform == 0,
                        None => names == *b"RGB",
                    };
                    return Ok(Self {
                        width,
                        height,
                        orientation,
                        is_rgb,
                        misleading: adobe
                            .into_iter()
                            .filter(|(transform, _)| components == 3 && *transform == 0)
                            .map(|(_, place)| place)
                            .collect(),
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

    /// Whether the components of a picture that is not progressive come one after the other.
    fn is_in_parts(&self) -> bool {
        self.keeps_coefficients && !self.is_progressive
    }

    /// Bytes of a stream that has this header and ends somewhere within `bytes`; none if it does not.
    pub(crate) fn stream_length(&self, bytes: &[u8]) -> Option<usize> {
        let at = self.scan_at;
        Some(Markers { bytes, at }.find_end()? + 2)
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
        let stream = self.file_size as u64;
        // The second decoder has planes beside the result.
        let planes = if self.is_in_parts() {
            self.components
        } else {
            0
        };
        stream + pixels * (self.components.max(1) + planes + u64::max(coefficients, copy))
    }
}

/// What a frame's header says.
struct Frame {
    width: u32,
    height: u32,
    components: u8,
    /// Of the first three components.
    names: [u8; 3],
}

fn read_frame(body: &[u8]) -> Result<Frame, Trouble> {
    let name = |index: usize| body.get(6 + 3 * index).copied().unwrap_or(0);
    match *body {
        [8, h1, h0, w1, w0, components, ..] => Ok(Frame {
            width: u16::from_be_bytes([w1, w0]).into(),
            height: u16::from_be_bytes([h1, h0]).into(),
            components,
            names: [name(0), name(1), name(2)],
        }),
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

    /// Where the mark at the end of the picture starts; none if there is no such mark.
    fn find_end(mut self) -> Option<usize> {
        while self.next().ok()?.0 != 0xd9 {}
        Some(self.at - 2)
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

/// Whether the scans of a picture of several bring every bit of every coefficient (ITU-T T.81,
/// G.1.1.1).
fn holds_all_bits(bytes: &[u8], header: &Header) -> bool {
    let mut markers = Markers {
        bytes,
        at: header.scan_at,
    };
    // Bits still missing, by component and coefficient.
    let mut missing: BTreeMap<u8, [u8; 64]> = BTreeMap::new();
    while let Ok((marker, body)) = markers.next() {
        if marker != 0xda {
            continue;
        }
        let Some((&count, rest)) = body.split_first() else {
            return false;
        };
        let Some((names, [first, last, bits])) = rest
            .split_at_checked(2 * usize::from(count))
            .and_then(|(names, band)| Some((names, <[u8; 3]>::try_from(band.get(..3)?).ok()?)))
        else {
            return false;
        };
        for name in names.iter().step_by(2) {
            let component = missing.entry(*name).or_insert([u8::MAX; 64]);
            let band = usize::from(first)..=usize::from(last).min(63);
            if let Some(band) = component.get_mut(band) {
                band.fill(bits & 15);
            }
        }
    }
    missing.len() as u64 == header.components
        && missing.values().flatten().all(|&missing| missing == 0)
}

/// Ends of the code that a file without the mark of its end may have: all of it, but for the zeros
/// that a device or a download put behind. The code itself may end with one.
fn ends_without_mark(bytes: &[u8]) -> Vec<usize> {
    let zeros = bytes.iter().rev().take_while(|&&byte| byte == 0).count();
    let end = bytes.len() - zeros;
    if zeros > 0 {
        vec![end, end + 1]
    } else {
        vec![end]
    }
}

/// Decodes a file whose header has been read and found within limits.
pub(crate) fn decode(bytes: &[u8], header: &Header) -> Result<RgbImage, Trouble> {
    let (space, samples) = decode_samples(bytes, header, header.is_rgb)?;
    let (channels, samples) = match space {
        ColorSpace::Luma => (1, samples),
        _ if header.is_rgb => (3, samples),
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
    // TIFF's own tag says what the components are. That of four inks the decoder is told by
    // Adobe's marker, so one is put in front.
    let adobe: &[u8] = &[
        0xff, 0xee, 0, 14, b'A', b'd', b'o', b'b', b'e', 0, 100, 0, 0, 0, 0, 0,
    ];
    let adobe = if expected.components > 3 { adobe } else { &[] };
    let merged = [&stream[..2], tables, adobe, &stream[2..]].concat();
    let header = Header::read(&merged)?;
    let is_as_it_is = expected.components == 3 && !expected.is_ycbcr;
    let (space, samples) = decode_samples(&merged, &header, is_as_it_is)?;
    if space.num_components() != expected.components {
        return Err(Trouble::malformed(
            "its colour components are of another kind than expected",
        ));
    }
    Ok(samples)
}

/// Decodes strictly: three components to RGB, or as they are; others as they are, but for the
/// chroma of inks.
fn decode_samples(
    bytes: &[u8],
    header: &Header,
    is_as_it_is: bool,
) -> Result<(ColorSpace, Vec<u8>), Trouble> {
    let markers = Markers {
        bytes,
        at: header.scan_at,
    };
    if let Some(end) = markers.find_end() {
        // Fewer scans than there were are a blurred picture, but a whole one.
        let stream = if header.is_progressive {
            Cow::Borrowed(bytes)
        } else {
            Cow::Owned(unendable(bytes, end))
        };
        return decode_stream(stream, header, is_as_it_is);
    }
    let mut result = Err(Trouble::truncated("the file ends before the picture does"));
    // Nothing tells how many scans there were, but for the bits that they bring.
    if header.is_progressive && !holds_all_bits(bytes, header) {
        return result;
    }
    for end in ends_without_mark(bytes) {
        let stream = unendable(bytes, end);
        result = decode_stream(Cow::Owned(stream), header, is_as_it_is);
        if result.is_ok() {
            return result;
        }
    }
    result.map_err(|_| Trouble::truncated("the file ends before the picture does"))
}

fn decode_stream(
    stream: Cow<'_, [u8]>,
    header: &Header,
    is_as_it_is: bool,
) -> Result<(ColorSpace, Vec<u8>), Trouble> {
    if header.is_in_parts() && header.components <= 3 {
        // The decoder makes something up for a component that never came.
        if !holds_all_bits(&stream, header) {
            return Err(Trouble::truncated("the file ends before the picture does"));
        }
        return decode_in_parts(&stream, header, is_as_it_is);
    }
    let mut stream = stream;
    for place in header.misleading.iter().rev() {
        stream.to_mut().drain(place.clone());
    }
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
    let space = match stored {
        _ if is_as_it_is => stored,
        ColorSpace::YCbCr => ColorSpace::RGB,
        ColorSpace::YCCK => ColorSpace::RGB,
        other => other,
    };
    decoder.set_options(options.set_strict_mode(true).jpeg_set_out_colorspace(space));
    let samples = decoder.decode().map_err(|error| trouble(&error))?;
    Ok((space, samples))
}

/// Decodes a baseline picture whose components come one after the other.
fn decode_in_parts(
    stream: &[u8],
    header: &Header,
    is_as_it_is: bool,
) -> Result<(ColorSpace, Vec<u8>), Trouble> {
    let mut decoder = jpeg_decoder::Decoder::new(stream);
    let transform = match header.components {
        3 if is_as_it_is => ColorTransform::RGB,
        3 => ColorTransform::YCbCr,
        _ => ColorTransform::Grayscale,
    };
    decoder.set_color_transform(transform);
    let pixels = u64::from(header.width) * u64::from(header.height);
    let most = pixels.saturating_mul(header.components.max(1));
    decoder.set_max_decoding_buffer_size(usize::try_from(most).unwrap_or(usize::MAX));
    let samples = decoder
        .decode()
        .map_err(|error| Trouble::malformed(format!("its picture data is damaged ({error})")))?;
    let space = if header.components == 3 {
        ColorSpace::RGB
    } else {
        ColorSpace::Luma
    };
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
