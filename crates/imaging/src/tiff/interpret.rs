//! What the tags of a page say about its samples, absent ones filled in.
//!
//! Scanners and converters leave out tags that the specification requires.
//! Where they do, the answer is libtiff's, because that is what the writers of
//! such files tested with.

use super::colour::{Alpha, Colour, YCbCr};
use super::directory::{Directory, malformed, unsupported};
use super::samples::Kind;
use super::tag;
use super::unpack::ByteCoding;
use crate::error::DecodeError;

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
    pub(super) fn is_jpeg(self) -> bool {
        matches!(self, Self::Jpeg { .. })
    }

    fn is_ccitt(self) -> bool {
        matches!(self, Self::CcittRle | Self::CcittG3 { .. } | Self::CcittG4)
    }
}

/// Most samples of a pixel: CMYK and 28 more.
const MAX_SAMPLES: u64 = 32;

pub(super) fn coding(
    directory: &Directory,
    photometric: Option<u64>,
) -> Result<Coding, DecodeError> {
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
        50000 => Coding::Bytes(ByteCoding::Zstandard),
        other => {
            let name = match other {
                6 => "old-style JPEG",
                32771 => "CCITT on word boundaries",
                34712 | 33003 | 33005 => "JPEG 2000",
                34925 => "LZMA",
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

pub(super) fn samples(
    directory: &Directory,
    photometric: Option<u64>,
) -> Result<usize, DecodeError> {
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

pub(super) fn bits(directory: &Directory, coding: Coding) -> Result<(u32, Kind), DecodeError> {
    let fallback = if coding.is_jpeg() { 8 } else { 1 };
    let depths = directory
        .numbers(tag::BITS, MAX_SAMPLES)
        .unwrap_or(vec![fallback]);
    let format = directory.number(tag::SAMPLE_FORMAT).unwrap_or(1);
    let kind = match format {
        1 | 4 => Kind::Unsigned,
        2 => Kind::Signed,
        3 => Kind::Float,
        _ => {
            return Err(unsupported(
                "complex samples are not read; save them as 8-bit",
            ));
        }
    };
    if depths.iter().any(|&bits| bits != depths[0]) {
        return Err(unsupported(format!(
            "samples of different depths {depths:?} are not read"
        )));
    }
    let fits = match coding {
        Coding::Bytes(_) => match kind {
            Kind::Unsigned => matches!(depths[0], 1 | 2 | 4 | 8 | 12 | 16 | 32),
            Kind::Signed => matches!(depths[0], 8 | 16 | 32),
            Kind::Float => depths[0] == 32,
        },
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
    Ok((depths[0] as u32, kind))
}

pub(super) fn colour(
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
        Some(8) if bits == 8 => Colour::Lab { has_offset: false },
        Some(9) if bits == 8 => Colour::Lab { has_offset: true },
        Some(other) => {
            let name = match other {
                4 => "transparency mask",
                8..=10 => "CIE L*a*b* of this depth",
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

pub(super) fn alpha(
    directory: &Directory,
    colour: &Colour,
    samples: usize,
) -> Option<(usize, Alpha)> {
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

pub(super) fn predictor(directory: &Directory, coding: Coding) -> Result<bool, DecodeError> {
    // The tag means nothing to the other compressions, and some writers leave it in.
    let applies = matches!(
        coding,
        Coding::Bytes(ByteCoding::Lzw | ByteCoding::Deflate | ByteCoding::Zstandard)
    );
    match directory.number(tag::PREDICTOR).unwrap_or(1) {
        1 => Ok(false),
        3 if applies => Err(unsupported(
            "differences of fractions (predictor 3) are not read; save them without",
        )),
        _ if !applies => Ok(false),
        2 => Ok(true),
        other => Err(unsupported(format!("predictor {other} is not read"))),
    }
}
