//! Pictures as JPEG files.

use lookalike_imaging::{RgbImage, encode_jpeg};

use crate::{EngineError, ErrorKind};

/// Quality of pictures that are looked at one by one, of 100.
pub(super) const VIEW_QUALITY: u8 = 95;

pub(super) fn jpeg(image: &RgbImage, quality: u8) -> Result<Vec<u8>, EngineError> {
    encode_jpeg(image, quality).map_err(|error| {
        EngineError::new(ErrorKind::Unprocessable, error.to_string()).because(error)
    })
}
