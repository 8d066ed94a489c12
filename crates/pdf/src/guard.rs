//! What is looked at before the reader of PDF syntax sees the file.
//!
//! That reader unpacks streams of objects without a limit. So their size is
//! counted here first, without keeping anything, and files whose streams can't
//! be counted so are refused: encrypted ones, and those that pack such a stream
//! in an unusual way.

use std::io::Read;

use flate2::read::ZlibDecoder;
use lookalike_imaging::Limits;

use crate::error::{PdfError, PdfErrorKind};
use crate::limits::MAX_OBJECT_STREAM_BYTES;

/// The mark may stand behind some bytes of another program's making.
const MARK_WITHIN: usize = 1024;

/// Bytes before the word `stream` in which its dictionary is looked for.
const DICTIONARY_BYTES: usize = 4096;

/// Whether `bytes` begin like a PDF.
pub fn is_pdf(bytes: &[u8]) -> bool {
    find(&bytes[..bytes.len().min(MARK_WITHIN)], b"%PDF-").is_some()
}

/// Refuses what is no PDF, too long, encrypted, or unpacks to too much.
pub(crate) fn check(bytes: &[u8], limits: &Limits) -> Result<(), PdfError> {
    if bytes.len() as u64 > limits.max_file_bytes {
        return Err(PdfError::new(
            PdfErrorKind::TooLarge,
            format!(
                "the file has {} bytes, above the limit of {}; raise the limit or shrink the file",
                bytes.len(),
                limits.max_file_bytes
            ),
        ));
    }
    if !is_pdf(bytes) {
        return Err(PdfError::new(
            PdfErrorKind::NotAPdf,
            "the file does not begin with %PDF-",
        ));
    }
    if is_encrypted(bytes) {
        return Err(PdfError::new(
            PdfErrorKind::Encrypted,
            "the file is encrypted; save a copy without protection",
        ));
    }
    let mut total = 0;
    let mut position = 0;
    while let Some(offset) = find(&bytes[position..], b"stream") {
        let word = position + offset;
        position = word + b"stream".len();
        if bytes[..word].ends_with(b"end") {
            continue;
        }
        let dictionary = dictionary_before(&bytes[..word]);
        if holds_objects(dictionary) {
            total += unpacked_bytes(dictionary, &bytes[position..])?;
            if total > 4 * MAX_OBJECT_STREAM_BYTES {
                return Err(too_much());
            }
        }
    }
    Ok(())
}

/// A trailer's `/Encrypt`, which is never packed itself.
fn is_encrypted(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(offset) = find(rest, b"/Encrypt") {
        rest = &rest[offset + b"/Encrypt".len()..];
        // Not `/EncryptMetadata`; `12 0 R` or a dictionary follows.
        let next = rest.iter().find(|byte| !byte.is_ascii_whitespace());
        if next.is_some_and(|byte| byte.is_ascii_digit() || *byte == b'<') {
            return true;
        }
    }
    false
}

/// From the last `obj` to the word `stream`.
fn dictionary_before(bytes: &[u8]) -> &[u8] {
    let near = &bytes[bytes.len().saturating_sub(DICTIONARY_BYTES)..];
    let start = near.windows(3).rposition(|window| window == b"obj");
    &near[start.unwrap_or(0)..]
}

/// Whether the stream holds other objects. A name with escapes may mean
/// anything, and counts as such a one.
fn holds_objects(dictionary: &[u8]) -> bool {
    [b"ObjStm".as_slice(), b"XRef", b"#"]
        .iter()
        .any(|name| find(dictionary, name).is_some())
}

fn unpacked_bytes(dictionary: &[u8], after: &[u8]) -> Result<u64, PdfError> {
    let count = |name: &[u8]| {
        dictionary
            .windows(name.len())
            .filter(|w| w == &name)
            .count()
    };
    let filters = count(b"Decode") - count(b"DecodeParms");
    if count(b"LZW") > 0 || count(b"RunLength") > 0 || filters > 1 {
        return Err(PdfError::unsupported(
            "its objects are packed in a way that is not read; save it again with another program",
        ));
    }
    let data = match after {
        [b'\r', b'\n', data @ ..] | [b'\n' | b'\r', data @ ..] => data,
        data => data,
    };
    let mut counted = 0;
    let mut buffer = [0; 16 << 10];
    // What follows is not packed, or damaged, where it ends before that.
    let mut unpacked = ZlibDecoder::new(data);
    while let Ok(read @ 1..) = unpacked.read(&mut buffer) {
        counted += read as u64;
        if counted > MAX_OBJECT_STREAM_BYTES {
            return Err(too_much());
        }
    }
    Ok(counted)
}

fn too_much() -> PdfError {
    PdfError::new(
        PdfErrorKind::TooLarge,
        "its objects unpack to more than any honest file's",
    )
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes
        .windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> PdfErrorKind {
        check(bytes, &Limits::default()).unwrap_err().kind
    }

    #[test]
    fn what_is_no_pdf_is_told_apart() {
        assert!(is_pdf(b"%PDF-1.4\n"));
        assert!(is_pdf(b"\x00\x00junk%PDF-1.7"));
        assert!(!is_pdf(b"<html>"));
        assert_eq!(refused(b""), PdfErrorKind::NotAPdf);
        let limits = Limits {
            max_file_bytes: 4,
            ..Limits::default()
        };
        assert_eq!(
            check(b"%PDF-1.4", &limits).unwrap_err().kind,
            PdfErrorKind::TooLarge
        );
    }

    #[test]
    fn encryption_is_seen_in_the_trailer() {
        assert_eq!(
            refused(b"%PDF-1.4 trailer << /Encrypt 4 0 R >>"),
            PdfErrorKind::Encrypted
        );
        assert_eq!(
            refused(b"%PDF-1.4 trailer << /Encrypt<</V 4>> >>"),
            PdfErrorKind::Encrypted
        );
        assert!(check(b"%PDF-1.4 /EncryptMetadata true", &Limits::default()).is_ok());
    }

    #[test]
    fn objects_that_unpack_without_end_are_refused() {
        use std::io::Write;
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(&vec![b' '; 40 << 20]).unwrap();
        let packed = packed.finish().unwrap();
        let file = |dictionary: &str| {
            let head = format!("%PDF-1.5\n1 0 obj << {dictionary} >>\nstream\n");
            [head.as_bytes(), &packed, b"\nendstream"].concat()
        };
        assert_eq!(
            refused(&file("/Type /ObjStm /Filter /FlateDecode")),
            PdfErrorKind::TooLarge
        );
        assert_eq!(
            refused(&file("/Type /Obj#53tm /Filter /FlateDecode")),
            PdfErrorKind::TooLarge
        );
        assert_eq!(
            refused(&file("/Type /ObjStm /Filter [/FlateDecode /FlateDecode]")),
            PdfErrorKind::Unsupported
        );
        assert!(
            check(
                &file("/Type /XObject /Filter /FlateDecode"),
                &Limits::default()
            )
            .is_ok()
        );
    }
}
