//! Camera raw: the largest JPEG in the file is the picture.
//!
//! Cameras put one or several finished pictures beside what the sensor saw, a full one among them
//! nearly always. Where they lie differs from maker to maker and is often not told by any tag that
//! is documented, so the file is searched for them.

use crate::error::{DecodeError, DecodeErrorKind, Trouble};
use crate::orientation::Orientation;
use crate::tiff::{self, Source};
use crate::{Format, Limits, RgbImage, jpeg};

/// Starts of JPEGs that are looked at: cameras write up to five, and sensor data looks like one
/// once in 16 megabytes.
const MOST_STARTS: usize = 64;

/// Bytes up to the first scan of a JPEG: previews in its metadata are shorter.
const MOST_HEADER_BYTES: usize = 1 << 20;

/// Largest side of a picture that is told to be only a thumbnail.
const THUMBNAIL_SIDE: u32 = 640;

/// The picture in a raw file.
pub(crate) struct Raw<'a> {
    stream: &'a [u8],
    pub(crate) header: jpeg::Header,
}

impl<'a> Raw<'a> {
    pub(crate) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, DecodeError> {
        let mut found = previews(bytes);
        // The largest first; of equal ones the first in the file.
        found.sort_by_key(|(_, header)| {
            std::cmp::Reverse(u64::from(header.width) * u64::from(header.height))
        });
        let mut refused = None;
        for (start, mut header) in found {
            let sides = (header.width.into(), header.height.into());
            if let Err(error) = limits.check_sides(Format::Raw, sides.0, sides.1) {
                refused.get_or_insert(error);
                continue;
            }
            let Some(length) = header.stream_length(&bytes[start..]) else {
                continue;
            };
            if header.orientation.is_upright() {
                header.orientation = orientation(bytes);
            }
            let stream = &bytes[start..start + length];
            header.file_size = stream.len();
            return Ok(Self { stream, header });
        }
        Err(refused.unwrap_or_else(|| {
            let reason = "there is no whole JPEG in it, and what the sensor saw is not developed \
                          here; save it as JPEG or TIFF";
            DecodeError::new(DecodeErrorKind::Unsupported, Format::Raw, reason)
        }))
    }

    pub(crate) fn decode(&self) -> Result<(RgbImage, Vec<String>), Trouble> {
        let image = jpeg::decode(self.stream, &self.header)?;
        let (width, height) = (self.header.width, self.header.height);
        let mut warnings = Vec::new();
        if width.max(height) < THUMBNAIL_SIDE {
            warnings.push(format!(
                "raw: the largest picture in the file has {width} x {height} pixels; save it as \
                 JPEG for more"
            ));
        }
        Ok((image, warnings))
    }
}

/// Starts of JPEGs in the file, with what their headers say.
fn previews(bytes: &[u8]) -> Vec<(usize, jpeg::Header)> {
    let mut found = Vec::new();
    let mut at = 0;
    for _ in 0..MOST_STARTS {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(start) = rest.windows(3).position(|three| three == b"\xff\xd8\xff") else {
            break;
        };
        at += start;
        let end = bytes.len().min(at + MOST_HEADER_BYTES);
        // What the sensor saw is often a JPEG of a kind that is not read, and refused here.
        if let Ok(header) = jpeg::Header::read(&bytes[at..end]) {
            found.push((at, header));
        }
        at += 3;
    }
    found
}

/// How the camera was held, by the first directory: of the file itself, or of the one in Canon's
/// container.
fn orientation(bytes: &[u8]) -> Orientation {
    let start = match bytes.get(4..8) {
        Some(b"ftyp") => bytes
            .windows(4)
            .take(1 << 20)
            .position(|four| four == b"CMT1")
            .map_or(0, |place| place + 4),
        _ => 0,
    };
    let number = Source::open_raw(&bytes[start..])
        .and_then(|(source, first)| source.directory(first))
        .ok()
        .and_then(|directory| directory.number(tiff::ORIENTATION));
    Orientation::from_tag(number.unwrap_or(1))
}
