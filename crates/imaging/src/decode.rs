//! The way in: bytes of a file to a picture, whatever the format.

use crate::error::{DecodeError, DecodeErrorKind};
use crate::{DecodeOptions, Format, Limits, RgbImage};

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
    /// What was wrong with the file although the picture could be used, for the user.
    pub warnings: Vec<String>,
}

/// Reads the header.
///
/// # Errors
/// A file that [`decode`] would refuse by its header.
pub fn probe(bytes: &[u8], limits: &Limits) -> Result<Probe, DecodeError> {
    limits.check_file(bytes)?;
    todo!()
}

/// Peak memory in bytes that decoding the probed file takes, its result included.
pub fn decode_cost(probe: &Probe) -> u64 {
    probe.peak_bytes
}

/// Reads a picture.
///
/// # Errors
/// A file that is empty, unknown, damaged, too large or in an unsupported variant.
pub fn decode(bytes: &[u8], options: &DecodeOptions) -> Result<Decoded, DecodeError> {
    let _ = (bytes, options, DecodeErrorKind::Empty);
    todo!()
}
