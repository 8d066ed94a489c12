//! One page as its directory describes it, checked and with absent tags filled in.
//!
//! Scanners and converters leave out tags that the specification requires.
//! Where they do, the answer is libtiff's, because that is what the writers of
//! such files tested with.

use super::colour::{Alpha, Colour, YCbCr};
use super::directory::{Directory, Source, broken};
use super::unpack::ByteCoding;
use crate::Limits;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::orientation::{ORIENTATION_TAG, Orientation};

/// A page that can be decoded, as far as its directory tells.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    pub(super) source: Source<'a>,
    /// Sides as stored, before orientation.
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) orientation: Orientation,
    pub(super) coding: Coding,
    /// 1, 2, 4, 8 or 16.
    pub(super) bits: u32,
    pub(super) samples: usize,
    /// Samples lie in separate strips, one plane after the other.
    pub(super) planar: bool,
    pub(super) predictor: bool,
    /// The low bit of a byte is the leftmost.
    pub(super) bits_reversed: bool,
    pub(super) colour: Colour,
    /// Which sample is the alpha, and of which kind.
    pub(super) alpha: Option<(usize, Alpha)>,
    pub(super) chunks: Chunks,
    pub(super) jpeg_tables: Option<&'a [u8]>,
}

/// How strips and tiles are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Bytes(ByteCoding),
    /// Modified Huffman, every row on a byte boundary.
    CcittRle,
    CcittG3 {
        two_dimensional: bool,
    },
    CcittG4,
    Jpeg {
        is_ycbcr: bool,
    },
}

impl Coding {
    fn is_jpeg(self) -> bool {
        matches!(self, Self::Jpeg { .. })
    }

    fn is_ccitt(self) -> bool {
        matches!(self, Self::CcittRle | Self::CcittG3 { .. } | Self::CcittG4)
    }
}

/// Strips or tiles: strips are tiles as wide as the page.
#[derive(Debug)]
pub(super) struct Chunks {
    pub(super) tiled: bool,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) across: u32,
    pub(super) down: u32,
    /// How many there are, over all planes.
    pub(super) count: u64,
    /// Where each starts in the file and how many bytes it has; as many as the
    /// file tells, which can be fewer than there should be.
    pub(super) ranges: Vec<(u64, u64)>,
}

/// Most strips and tiles of a page. Tiles of 16 x 16 cover 200 megapixels with
/// 0.8 million; a hostile file has one for every row of a million.
const MAX_CHUNKS: u64 = 1 << 20;

/// Most samples of a pixel: CMYK and 28 more.
const MAX_SAMPLES: u64 = 32;

/// Compressed bytes that all strips together may claim, as a multiple of the
/// file and at least: a million strips that all point at the same 100 MB would
/// take days. Files that store equal tiles once stay far below.
const MAX_OVERLAP: u64 = 8;
const MAX_OVERLAP_BYTES: u64 = 1 << 28;

mod tag {
    pub(super) const WIDTH: u16 = 256;
    pub(super) const HEIGHT: u16 = 257;
    pub(super) const BITS: u16 = 258;
    pub(super) const COMPRESSION: u16 = 259;
    pub(super) const PHOTOMETRIC: u16 = 262;
    pub(super) const FILL_ORDER: u16 = 266;
    pub(super) const STRIP_OFFSETS: u16 = 273;
    pub(super) const SAMPLES: u16 = 277;
    pub(super) const ROWS_PER_STRIP: u16 = 278;
    pub(super) const STRIP_BYTES: u16 = 279;
    pub(super) const PLANAR: u16 = 284;
    pub(super) const T4_OPTIONS: u16 = 292;
    pub(super) const T6_OPTIONS: u16 = 293;
    pub(super) const PREDICTOR: u16 = 317;
    pub(super) const COLOUR_MAP: u16 = 320;
    pub(super) const TILE_WIDTH: u16 = 322;
    pub(super) const TILE_HEIGHT: u16 = 323;
    pub(super) const TILE_OFFSETS: u16 = 324;
    pub(super) const TILE_BYTES: u16 = 325;
    pub(super) const EXTRA_SAMPLES: u16 = 338;
    pub(super) const SAMPLE_FORMAT: u16 = 339;
    pub(super) const JPEG_TABLES: u16 = 347;
}

fn malformed(reason: impl Into<String>) -> DecodeError {
    broken(DecodeErrorKind::Malformed, reason)
}

fn unsupported(reason: impl Into<String>) -> DecodeError {
    broken(DecodeErrorKind::Unsupported, reason)
}

impl<'a> Page<'a> {
    /// Reads the directory of a page, counted from zero.
    pub(crate) fn open(bytes: &'a [u8], page: u32, limits: &Limits) -> Result<Self, DecodeError> {
        let (source, first) = Source::open(bytes)?;
        let directory = source.page(first, page)?;
        let side = |tag, name| {
            let missing = || malformed(format!("the {name} tag ({tag}) is missing"));
            directory.number(tag).ok_or_else(missing)
        };
        let (width, height) = (side(tag::WIDTH, "width")?, side(tag::HEIGHT, "height")?);
        let (width, height) = limits.check_sides(crate::Format::Tiff, width, height)?;

        let photometric = directory.number(tag::PHOTOMETRIC);
        let coding = coding(&directory, photometric)?;
        let samples = samples(&directory, photometric)?;
        let planar = match directory.number(tag::PLANAR).unwrap_or(1) {
            2 => samples > 1,
            _ => false,
        };
        let bits = bits(&directory, coding)?;
        let colour = colour(&directory, photometric, coding, bits, (samples, planar))?;
        let alpha = alpha(&directory, &colour, samples);
        let chunks = Chunks::open(&directory, source, (width, height), {
            let planes = if planar { samples } else { 1 };
            let raw_row = u64::from(width) * u64::from(bits) * (samples / planes) as u64;
            let raw_row = (coding == Coding::Bytes(ByteCoding::None)).then(|| raw_row.div_ceil(8));
            (planes, raw_row)
        })?;
        Ok(Self {
            source,
            width,
            height,
            orientation: Orientation::from_tag(directory.number(ORIENTATION_TAG).unwrap_or(1)),
            predictor: predictor(&directory, coding)?,
            // JPEG streams have an order of their own.
            bits_reversed: directory.number(tag::FILL_ORDER) == Some(2) && !coding.is_jpeg(),
            jpeg_tables: directory.bytes(tag::JPEG_TABLES),
            coding,
            bits,
            samples,
            planar,
            colour,
            alpha,
            chunks,
        })
    }

    /// Sides in pixels, orientation applied.
    pub(crate) fn sides(&self) -> (u32, u32) {
        self.orientation.sides(self.width, self.height)
    }

    /// Whether rows that are there are worth something without the rest.
    pub(super) fn is_bilevel(&self) -> bool {
        self.bits == 1 && self.samples == 1 && matches!(self.colour, Colour::Grey { .. })
    }

    /// Bytes of memory that decoding takes at its peak, the result included.
    pub(crate) fn peak_bytes(&self) -> u64 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        let result = pixels * self.colour.channels() as u64;
        let turned = if self.orientation.is_upright() {
            0
        } else {
            result
        };
        let planes = if self.planar {
            pixels * self.samples as u64
        } else {
            0
        };
        // A JPEG chunk is decoded whole: samples, and coefficients of two bytes
        // each if it is progressive.
        let chunk = match self.coding {
            Coding::Jpeg { .. } => {
                3 * self.samples as u64
                    * u64::from(self.chunks.width)
                    * u64::from(self.chunks.height.min(self.height))
            }
            _ => 0,
        };
        let largest = self
            .chunks
            .ranges
            .iter()
            .map(|&(_, length)| length)
            .max()
            .unwrap_or(0);
        let reordered = if self.bits_reversed { largest } else { 0 };
        let rows = 8 * u64::from(self.chunks.width) * self.samples as u64;
        result + turned.max(planes + chunk + reordered + rows)
    }
}

fn coding(directory: &Directory, photometric: Option<u64>) -> Result<Coding, DecodeError> {
    let fax_options = |tag| directory.number(tag).unwrap_or(0);
    let coding = match directory.number(tag::COMPRESSION).unwrap_or(1) {
        1 => Coding::Bytes(ByteCoding::None),
        2 => Coding::CcittRle,
        3 => Coding::CcittG3 {
            two_dimensional: fax_options(tag::T4_OPTIONS) & 1 != 0,
        },
        4 => Coding::CcittG4,
        5 => Coding::Bytes(ByteCoding::Lzw),
        7 => Coding::Jpeg {
            is_ycbcr: photometric == Some(6),
        },
        8 | 32946 => Coding::Bytes(ByteCoding::Deflate),
        32773 => Coding::Bytes(ByteCoding::PackBits),
        other => {
            let name = match other {
                6 => "old-style JPEG",
                32771 => "CCITT on word boundaries",
                34712 | 33003 | 33005 => "JPEG 2000",
                34925 => "LZMA",
                50000 => "Zstandard",
                50001 => "WebP",
                _ => "unknown",
            };
            let reason = format!(
                "compression {other} ({name}) is not read; save it with LZW, Deflate or CCITT G4"
            );
            return Err(unsupported(reason));
        }
    };
    // Bit 1 allows stretches without compression, which no known writer uses.
    let uncompressed_mode = match coding {
        Coding::CcittG3 { .. } => fax_options(tag::T4_OPTIONS) & 2 != 0,
        Coding::CcittG4 => fax_options(tag::T6_OPTIONS) & 2 != 0,
        _ => false,
    };
    if uncompressed_mode {
        return Err(unsupported("CCITT data in uncompressed mode is not read"));
    }
    Ok(coding)
}

fn samples(directory: &Directory, photometric: Option<u64>) -> Result<usize, DecodeError> {
    let declared = directory.number(tag::SAMPLES).unwrap_or_else(|| {
        // Without the tag, the number of bit depths tells.
        let depths = directory
            .numbers(tag::BITS, MAX_SAMPLES)
            .map_or(1, |bits| bits.len());
        if photometric.is_some_and(|photometric| photometric >= 2) {
            depths as u64
        } else {
            1
        }
    });
    match declared {
        1..=MAX_SAMPLES => Ok(declared as usize),
        0 => Err(malformed("0 samples a pixel")),
        _ => Err(unsupported(format!(
            "{declared} samples a pixel are not read"
        ))),
    }
}

fn bits(directory: &Directory, coding: Coding) -> Result<u32, DecodeError> {
    let fallback = if coding.is_jpeg() { 8 } else { 1 };
    let depths = directory
        .numbers(tag::BITS, MAX_SAMPLES)
        .unwrap_or(vec![fallback]);
    let format = directory.number(tag::SAMPLE_FORMAT).unwrap_or(1);
    if !matches!(format, 1 | 4) {
        let name = match format {
            2 => "signed",
            3 => "floating-point",
            _ => "complex",
        };
        return Err(unsupported(format!(
            "{name} samples are not read; save them as 8-bit"
        )));
    }
    if depths.iter().any(|&bits| bits != depths[0]) {
        return Err(unsupported(format!(
            "samples of different depths {depths:?} are not read"
        )));
    }
    let fits = match coding {
        Coding::Bytes(_) => matches!(depths[0], 1 | 2 | 4 | 8 | 16),
        Coding::CcittRle | Coding::CcittG3 { .. } | Coding::CcittG4 => depths[0] == 1,
        Coding::Jpeg { .. } => depths[0] == 8,
    };
    if !fits {
        let reason = format!(
            "samples of {} bits in this compression are not read",
            depths[0]
        );
        return Err(unsupported(reason));
    }
    Ok(depths[0] as u32)
}

fn colour(
    directory: &Directory,
    photometric: Option<u64>,
    coding: Coding,
    bits: u32,
    (samples, planar): (usize, bool),
) -> Result<Colour, DecodeError> {
    let ccitt = coding.is_ccitt();
    let colour = match photometric {
        None if samples >= 3 => Colour::Rgb,
        None => Colour::Grey {
            white_is_zero: ccitt,
        },
        Some(0) => Colour::Grey {
            white_is_zero: true,
        },
        Some(1) => Colour::Grey {
            white_is_zero: false,
        },
        Some(2) => Colour::Rgb,
        Some(3) => Colour::Palette(palette(directory, bits)?),
        Some(5) => Colour::Cmyk,
        // The JPEG decoder converts to RGB itself.
        Some(6) if coding.is_jpeg() => Colour::Rgb,
        Some(6) => {
            let conversion = YCbCr::from_directory(directory)
                .ok_or_else(|| malformed("chroma subsampling is none of 1, 2 and 4"))?;
            Colour::YCbCr(conversion)
        }
        Some(other) => {
            let name = match other {
                4 => "transparency mask",
                8..=10 => "CIE L*a*b*",
                32803 => "colour filter array",
                32844 | 32845 => "LogLuv",
                _ => "unknown",
            };
            let reason = format!("photometric interpretation {other} ({name}) is not read");
            return Err(unsupported(reason));
        }
    };
    if samples < colour.samples() {
        let reason = format!(
            "{samples} samples a pixel where its colours take {}",
            colour.samples()
        );
        return Err(malformed(reason));
    }
    if ccitt && !(samples == 1 && matches!(colour, Colour::Grey { .. })) {
        return Err(malformed(
            "CCITT compression of something else than black and white",
        ));
    }
    if let Colour::YCbCr(conversion) = &colour
        && conversion.subsampling != (1, 1)
        && (bits != 8 || samples != 3 || planar)
    {
        let reason = "subsampled chroma of other than three interleaved 8-bit samples is not read";
        return Err(unsupported(reason));
    }
    Ok(colour)
}

fn palette(directory: &Directory, bits: u32) -> Result<Box<[[u8; 3]; 256]>, DecodeError> {
    if bits > 8 {
        return Err(unsupported(format!(
            "palette indices of {bits} bits are not read"
        )));
    }
    let size = 1 << bits;
    let values = directory
        .numbers(tag::COLOUR_MAP, 3 * size as u64)
        .unwrap_or_default();
    if values.len() != 3 * size {
        let reason = format!(
            "the palette has {} values instead of {}",
            values.len(),
            3 * size
        );
        return Err(malformed(reason));
    }
    // Values have 16 bits; some writers put 8-bit ones (as libtiff knows).
    let shift = if values.iter().any(|&value| value > 255) {
        8
    } else {
        0
    };
    let mut colours = Box::new([[0; 3]; 256]);
    for (index, colour) in colours.iter_mut().take(size).enumerate() {
        *colour = [0, 1, 2].map(|channel| (values[channel * size + index] >> shift) as u8);
    }
    Ok(colours)
}

fn alpha(directory: &Directory, colour: &Colour, samples: usize) -> Option<(usize, Alpha)> {
    let extra = samples - colour.samples();
    let Some(kinds) = directory.numbers(tag::EXTRA_SAMPLES, extra as u64) else {
        // A fourth sample of RGB that nothing is said about is alpha to Pillow.
        let likely = matches!(colour, Colour::Rgb) && extra == 1;
        return likely.then_some((3, Alpha::Straight));
    };
    kinds
        .into_iter()
        .zip(colour.samples()..samples)
        .find_map(|(kind, place)| match kind {
            1 => Some((place, Alpha::Premultiplied)),
            2 => Some((place, Alpha::Straight)),
            _ => None,
        })
}

fn predictor(directory: &Directory, coding: Coding) -> Result<bool, DecodeError> {
    // The tag means nothing to the other compressions, and some writers leave it in.
    let applies = matches!(
        coding,
        Coding::Bytes(ByteCoding::Lzw) | Coding::Bytes(ByteCoding::Deflate)
    );
    match directory.number(tag::PREDICTOR).unwrap_or(1) {
        1 => Ok(false),
        _ if !applies => Ok(false),
        2 => Ok(true),
        other => Err(unsupported(format!("predictor {other} is not read"))),
    }
}

impl Chunks {
    /// `planes` and, without compression, the bytes of a row of a plane.
    fn open(
        directory: &Directory,
        source: Source,
        (width, height): (u32, u32),
        (planes, raw_row): (usize, Option<u64>),
    ) -> Result<Self, DecodeError> {
        let tile = (
            directory.number(tag::TILE_WIDTH),
            directory.number(tag::TILE_HEIGHT),
        );
        let (tiled, chunk_width, chunk_height) = match tile {
            (Some(tile_width), Some(tile_height)) => {
                let side = |length: u64| {
                    let within = 1..=crate::limits::MAX_SIDE;
                    let length = Some(length).filter(|length| within.contains(length));
                    length.and_then(|length| u32::try_from(length).ok())
                };
                let sides = side(tile_width).zip(side(tile_height));
                let (tile_width, tile_height) = sides.ok_or_else(|| {
                    malformed(format!("tiles of {tile_width} x {tile_height} pixels"))
                })?;
                (true, tile_width, tile_height)
            }
            _ => {
                // Often 2^32 - 1, meaning a single strip.
                let rows = directory.number(tag::ROWS_PER_STRIP).unwrap_or(u64::MAX);
                let rows = if rows == 0 { u64::MAX } else { rows };
                (false, width, rows.min(height.into()) as u32)
            }
        };
        let (across, down) = (width.div_ceil(chunk_width), height.div_ceil(chunk_height));
        let count = u64::from(across) * u64::from(down) * planes as u64;
        if count > MAX_CHUNKS {
            let reason = format!("{count} strips or tiles are above the limit of {MAX_CHUNKS}");
            return Err(broken(DecodeErrorKind::TooLarge, reason));
        }
        let either = |first, second| {
            directory
                .numbers(first, count)
                .or_else(|| directory.numbers(second, count))
        };
        let offsets = if tiled {
            either(tag::TILE_OFFSETS, tag::STRIP_OFFSETS)
        } else {
            either(tag::STRIP_OFFSETS, tag::TILE_OFFSETS)
        };
        let offsets = offsets
            .ok_or_else(|| malformed("the tag that tells where the strips are is missing"))?;
        let lengths = if tiled {
            either(tag::TILE_BYTES, tag::STRIP_BYTES)
        } else {
            either(tag::STRIP_BYTES, tag::TILE_BYTES)
        };
        let lengths = lengths.unwrap_or_default();
        let file_size = source.bytes.len() as u64;
        let mut sorted = Vec::new();
        let ranges: Vec<(u64, u64)> = (offsets.iter().zip(0..))
            .map(|(&offset, index)| match (lengths.get(index), raw_row) {
                (Some(&length), _) if length > 0 => (offset, length),
                (_, Some(row)) => (offset, row * u64::from(chunk_height)),
                _ => {
                    // No length: up to whatever starts next.
                    if sorted.is_empty() {
                        sorted.clone_from(&offsets);
                        sorted.sort_unstable();
                    }
                    let next = sorted.partition_point(|&other| other <= offset);
                    let end = sorted.get(next).copied().unwrap_or(file_size);
                    (offset, end.saturating_sub(offset))
                }
            })
            .collect();
        let claimed: u64 = ranges
            .iter()
            .map(|&(_, length)| length.min(file_size))
            .sum();
        if claimed > (file_size * MAX_OVERLAP).max(MAX_OVERLAP_BYTES) {
            let reason = format!("its strips claim {claimed} bytes of a file of {file_size}");
            return Err(malformed(reason));
        }
        Ok(Self {
            tiled,
            width: chunk_width,
            height: chunk_height,
            across,
            down,
            count,
            ranges,
        })
    }

    /// What a message calls one of them.
    pub(super) fn name(&self) -> &'static str {
        if self.tiled { "tile" } else { "strip" }
    }
}
