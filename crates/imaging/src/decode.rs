//! The way in: bytes of a file to a picture, whatever the format.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{DecodeError, DecodeErrorKind};
use crate::figures::PageOrientation;
use crate::jp2::Jp2;
use crate::pnm::Pnm;
use crate::psd::Psd;
use crate::raster::Raster;
use crate::raw::Raw;
use crate::tiff::{Page, is_raw};
use crate::{DecodeOptions, Format, Limits, Reading, RgbImage, jpeg};

/// What a header says, without any pixel decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The file's format.
    pub format: Format,
    /// Width in pixels, orientation applied.
    pub width: u32,
    /// Height in pixels, orientation applied.
    pub height: u32,
    peak_bytes: u64,
}

/// A picture and how the reading of it went.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The picture.
    pub image: RgbImage,
    /// The file's format.
    pub format: Format,
    /// What was wrong with the file although the picture could be used, for
    /// the user; empty for sound files.
    pub warnings: Vec<String>,
    /// How a patent office says that it stored the sheet, in the description of its TIFFs. The
    /// picture is as it is stored: [`figures::upright`](crate::figures::upright) turns it.
    pub page_orientation: Option<PageOrientation>,
}

/// Reads the header of a file; of the first page if it has several.
///
/// # Errors
/// A file that [`decode`] would refuse by its header.
pub fn probe(bytes: &[u8], limits: &Limits) -> Result<Probe, DecodeError> {
    probe_page(bytes, 0, limits)
}

/// As [`probe`], of a page counted from zero.
///
/// # Errors
/// A file, or a page of it, that [`decode`] would refuse by its header.
pub fn probe_page(bytes: &[u8], page: u32, limits: &Limits) -> Result<Probe, DecodeError> {
    guarded(bytes, || {
        Opened::open(bytes, limits, page).map(|opened| opened.probe())
    })
}

/// Bytes of memory that decoding the probed file takes at its peak, the
/// picture included.
///
/// [`decode`] draws them from the budget in its options; what the picture
/// itself takes of them is given back when the picture goes. A caller who takes
/// the permit before decoding leaves that budget out, and holds the permit for
/// as long as the picture lives.
pub fn decode_cost(probe: &Probe) -> u64 {
    probe.peak_bytes
}

/// Reads a picture: 8-bit sRGB, upright, transparent pixels on white.
///
/// Of a damaged black-and-white TIFF, what could be recovered is the picture,
/// and a warning says how much that is; any other damaged file is an error.
/// Blocks while the budget in the options is used up by others, and for ever if
/// by pictures that the caller itself holds.
///
/// # Errors
/// A file that is empty, of an unknown format, damaged, truncated, above the
/// limits, or in a variant that is not read.
pub fn decode(bytes: &[u8], options: &DecodeOptions) -> Result<Decoded, DecodeError> {
    guarded(bytes, || {
        let opened = Opened::open(bytes, &options.limits, options.page)?;
        let probe = opened.probe();
        let permit = options
            .budget
            .map(|budget| budget.acquire(decode_cost(&probe)));
        let page_orientation = opened.page_orientation();
        let (image, warnings) = opened.decode()?;
        let image = match permit {
            Some(permit) => image.holding(permit),
            None => image,
        };
        Ok(Decoded {
            image,
            format: probe.format,
            warnings,
            page_orientation,
        })
    })
}

/// A file whose header has been read and found within limits.
enum Opened<'a> {
    Tiff(Page<'a>),
    Jpeg(&'a [u8], jpeg::Header),
    Jp2(Box<Jp2<'a>>),
    Pnm(Pnm<'a>),
    Psd(Psd<'a>),
    Raw(Raw<'a>),
    Raster(Format, Raster<'a>),
}

impl<'a> Opened<'a> {
    fn open(bytes: &'a [u8], limits: &Limits, page: u32) -> Result<Self, DecodeError> {
        if bytes.is_empty() {
            return Err(DecodeError::new(
                DecodeErrorKind::Empty,
                None,
                "the file is empty",
            ));
        }
        limits.check_file(bytes)?;
        let format = Format::sniff(bytes).ok_or_else(|| unknown(bytes))?;
        if page > 0 && format != Format::Tiff {
            let reason = format!("page {} was asked for, but the file has 1", page + 1);
            return Err(DecodeError::new(
                DecodeErrorKind::NoSuchPage,
                format,
                reason,
            ));
        }
        let refusal = match format.reading() {
            Reading::Picture => None,
            Reading::Pages => Some(format!(
                "the content is a {} document, whose pages are pictures, and no picture itself",
                format.title()
            )),
            Reading::Refused(advice) => Some(format!("{} is not read: {advice}", format.title())),
        };
        if let Some(reason) = refusal {
            let kind = DecodeErrorKind::UnknownFormat;
            return Err(DecodeError::new(kind, format, reason));
        }
        match format {
            Format::Tiff if page == 0 && is_raw(bytes) => Raw::open(bytes, limits).map(Self::Raw),
            Format::Tiff => Page::open(bytes, page, limits).map(Self::Tiff),
            Format::Raw => Raw::open(bytes, limits).map(Self::Raw),
            Format::Jpeg => {
                let header = jpeg::Header::read(bytes).map_err(|trouble| trouble.of(format))?;
                limits.check_sides(format, header.width.into(), header.height.into())?;
                Ok(Self::Jpeg(bytes, header))
            }
            Format::Jpeg2000 => Jp2::open(bytes, limits).map(|jp2| Self::Jp2(Box::new(jp2))),
            Format::Pnm => Pnm::open(bytes, limits).map(Self::Pnm),
            Format::Psd => Psd::open(bytes, limits).map(Self::Psd),
            _ => Raster::open(bytes, format, limits).map(|raster| Self::Raster(format, raster)),
        }
    }

    fn probe(&self) -> Probe {
        let (format, (width, height), peak_bytes) = match self {
            Self::Tiff(page) => (Format::Tiff, page.sides(), page.peak_bytes()),
            Self::Jpeg(_, header) => {
                let sides = header.orientation.sides(header.width, header.height);
                (Format::Jpeg, sides, header.peak_bytes())
            }
            Self::Jp2(jp2) => (Format::Jpeg2000, jp2.sides(), jp2.peak_bytes()),
            Self::Pnm(pnm) => (Format::Pnm, (pnm.width, pnm.height), pnm.peak_bytes()),
            Self::Psd(psd) => (Format::Psd, (psd.width, psd.height), psd.peak_bytes()),
            Self::Raw(raw) => {
                let header = &raw.header;
                let sides = header.orientation.sides(header.width, header.height);
                (Format::Raw, sides, header.peak_bytes())
            }
            Self::Raster(format, raster) => (*format, raster.sides(), raster.peak_bytes()),
        };
        Probe {
            format,
            width,
            height,
            peak_bytes,
        }
    }

    fn page_orientation(&self) -> Option<PageOrientation> {
        match self {
            Self::Tiff(page) => page.page_orientation,
            _ => None,
        }
    }

    fn decode(self) -> Result<(RgbImage, Vec<String>), DecodeError> {
        let sound = |image| (image, Vec::new());
        match self {
            Self::Tiff(page) => page.decode(),
            Self::Jpeg(bytes, header) => jpeg::decode(bytes, &header)
                .map(sound)
                .map_err(|trouble| trouble.of(Format::Jpeg)),
            Self::Jp2(jp2) => jp2
                .decode()
                .map(sound)
                .map_err(|trouble| trouble.of(Format::Jpeg2000)),
            Self::Pnm(pnm) => pnm
                .decode()
                .map(sound)
                .map_err(|trouble| trouble.of(Format::Pnm)),
            Self::Psd(psd) => psd
                .decode()
                .map(sound)
                .map_err(|trouble| trouble.of(Format::Psd)),
            Self::Raw(raw) => raw.decode().map_err(|trouble| trouble.of(Format::Raw)),
            Self::Raster(_, raster) => raster.decode().map(sound),
        }
    }
}

/// Turns a panic into an error. None is known, but the decoders that others
/// write read what strangers upload, and one file must not end an import.
fn guarded<T>(
    bytes: &[u8],
    read: impl FnOnce() -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    // Nothing that is shared is changed within, so nothing can be left half-done.
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        let reason = "the decoder failed on it; please report the file as a bug";
        let format = Format::sniff(bytes);
        Err(DecodeError::new(DecodeErrorKind::Malformed, format, reason))
    })
}

/// Says what the bytes look like instead.
fn unknown(bytes: &[u8]) -> DecodeError {
    let start = bytes.trim_ascii_start();
    let starts_with = |prefix: &[u8]| {
        start
            .get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    let looks_like = if starts_with(b"<!doctype html") || starts_with(b"<html") {
        "a web page"
    } else if starts_with(b"<?xml") {
        "an XML document"
    } else if starts_with(b"PK\x03\x04") {
        "a ZIP archive"
    } else if bytes.get(4..8) == Some(b"ftyp") {
        "a video file"
    } else {
        "no image format that is read"
    };
    let read = Format::all().filter(|format| format.reading() == Reading::Picture);
    let titles: Vec<&str> = read.map(Format::title).collect();
    let (last, others) = titles.split_last().unwrap_or((&"", &[]));
    let reason = format!(
        "the content is {looks_like}; expected {} or {last}",
        others.join(", ")
    );
    DecodeError::new(DecodeErrorKind::UnknownFormat, None, reason)
}
