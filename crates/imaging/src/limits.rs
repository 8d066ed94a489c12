//! What a file may cost, checked before memory is allocated for it.

use crate::error::{DecodeError, DecodeErrorKind};
use crate::{Format, PixelBudget};

/// Longest side of a picture in pixels.
///
/// Resize weights take about 100 bytes for every pixel of a side: a strip of
/// 200 million by 1 pixels, allowed by the pixel limit, would take 20 GB.
/// Scanners and cameras stay below 100,000.
pub(crate) const MAX_SIDE: u64 = 1 << 20;

/// Sizes above which a file is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Pixels of a picture.
    pub max_pixels: u64,
    /// Bytes of a file.
    pub max_file_bytes: u64,
}

impl Default for Limits {
    /// 200 megapixels and 100 MB.
    fn default() -> Self {
        Self {
            max_pixels: 200_000_000,
            max_file_bytes: 100_000_000,
        }
    }
}

/// How [`decode`](crate::decode) is to read a file.
#[derive(Clone, Debug, Default)]
pub struct DecodeOptions<'a> {
    /// Sizes above which the file is refused.
    pub limits: Limits,
    /// Which page of a multi-page TIFF, counted from zero. Other formats have
    /// a single page, and any other number is an error.
    pub page: u32,
    /// Shared memory budget to draw from while decoding.
    pub budget: Option<&'a PixelBudget>,
}

impl Limits {
    /// Refuses a file by its size in bytes.
    pub(crate) fn check_file(&self, bytes: &[u8]) -> Result<(), DecodeError> {
        let size = bytes.len() as u64;
        if size <= self.max_file_bytes {
            return Ok(());
        }
        let reason = format!(
            "the file has {} bytes, above the limit of {}; raise the limit or shrink the file",
            size, self.max_file_bytes
        );
        Err(DecodeError::new(
            DecodeErrorKind::TooLarge,
            Format::sniff(bytes),
            reason,
        ))
    }

    /// Turns sizes from a header into sides that are safe to work with.
    pub(crate) fn check_sides(
        &self,
        format: Format,
        width: u64,
        height: u64,
    ) -> Result<(u32, u32), DecodeError> {
        if width == 0 || height == 0 {
            let reason = format!("the header says {width} x {height} pixels");
            return Err(DecodeError::new(DecodeErrorKind::Malformed, format, reason));
        }
        let pixels = u128::from(width) * u128::from(height);
        if pixels > u128::from(self.max_pixels) {
            let reason = format!(
                "{width} x {height} = {} megapixels is above the limit of {}",
                pixels.div_ceil(1_000_000),
                megapixels(self.max_pixels),
            );
            return Err(DecodeError::new(DecodeErrorKind::TooLarge, format, reason));
        }
        if width > MAX_SIDE || height > MAX_SIDE {
            let reason =
                format!("{width} x {height} has a side above the limit of {MAX_SIDE} pixels");
            return Err(DecodeError::new(DecodeErrorKind::TooLarge, format, reason));
        }
        let side = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        Ok((side(width), side(height)))
    }
}

/// Megapixels with as many decimals as a small limit needs.
fn megapixels(pixels: u64) -> String {
    if pixels.is_multiple_of(1_000_000) {
        (pixels / 1_000_000).to_string()
    } else {
        format!("{}", pixels as f64 / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_too_large() {
        let refused = Limits::default()
            .check_sides(Format::Tiff, 60_000, 60_000)
            .unwrap_err();
        assert_eq!(refused.kind(), DecodeErrorKind::TooLarge);
        assert_eq!(
            refused.to_string(),
            "tiff: 60000 x 60000 = 3600 megapixels is above the limit of 200"
        );
        let refused = Limits::default().check_sides(Format::Png, u64::MAX, u64::MAX);
        assert_eq!(refused.unwrap_err().kind(), DecodeErrorKind::TooLarge);
    }

    #[test]
    fn thin_pictures_have_a_limit_of_their_own() {
        let limits = Limits::default();
        assert!(limits.check_sides(Format::Png, 1 << 20, 1).is_ok());
        assert!(limits.check_sides(Format::Png, (1 << 20) + 1, 1).is_err());
        assert_eq!(
            limits.check_sides(Format::Png, 0, 5).unwrap_err().kind(),
            DecodeErrorKind::Malformed
        );
    }
}
