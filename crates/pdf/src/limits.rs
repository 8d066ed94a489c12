//! What a PDF may cost, checked before memory is allocated for it.

use lookalike_imaging::Limits;

use crate::error::{PdfError, PdfErrorKind};

/// Pages that are looked at; the longest design patents have some 200.
pub const MAX_PAGES: usize = 300;

/// Bytes of a page's drawing instructions, unpacked: a page of scanned text has
/// 50 kB.
pub(crate) const MAX_CONTENT_BYTES: usize = 32 << 20;

/// Bytes of a stream in which other objects are kept, unpacked; real ones have
/// some 100 kB, and hundreds of objects.
pub(crate) const MAX_OBJECT_STREAM_BYTES: u64 = 32 << 20;

/// Drawing instructions that are followed on a page, forms included.
pub(crate) const MAX_INSTRUCTIONS: usize = 2_000_000;

/// How deep forms may lie in one another.
pub(crate) const MAX_FORM_DEPTH: usize = 8;

/// Refuses a picture by its sides.
pub(crate) fn check_sides(limits: &Limits, width: u64, height: u64) -> Result<(), PdfError> {
    if width == 0 || height == 0 {
        return Err(PdfError::malformed(format!(
            "its page image says {width} x {height} pixels"
        )));
    }
    let pixels = u128::from(width) * u128::from(height);
    if pixels > u128::from(limits.max_pixels) {
        return Err(PdfError::new(
            PdfErrorKind::TooLarge,
            format!(
                "its page image is {width} x {height} = {} megapixels, above the limit of {}",
                pixels.div_ceil(1_000_000),
                limits.max_pixels / 1_000_000
            ),
        ));
    }
    Ok(())
}
