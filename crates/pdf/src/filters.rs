//! Streams unpacked under limits.
//!
//! The reader of PDF syntax would unpack a stream to any length, so only its
//! packed bytes are taken from it.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::ZlibDecoder;
use hayro_syntax::Filter;
use hayro_syntax::object::{Array, Dict, Object, Stream};

use crate::error::{PdfError, PdfErrorKind};

/// Bytes of a stream before its last filter is undone.
pub(crate) struct Packed<'a> {
    pub(crate) bytes: Cow<'a, [u8]>,
    /// The last filter; none where nothing is left to be undone.
    pub(crate) filter: Option<Filter>,
    pub(crate) parameters: Dict<'a>,
}

/// Undoes all filters of a stream but the last.
///
/// # Errors
/// They are damaged, unpack to more than `most` bytes, or are not read here.
pub(crate) fn but_the_last<'a>(stream: &Stream<'a>, most: usize) -> Result<Packed<'a>, PdfError> {
    let filters = stream.filters();
    let parameters = parameters(stream.dict(), filters.len());
    let mut packed = Packed {
        bytes: stream.raw_data(),
        filter: filters.last().copied(),
        parameters: parameters.last().cloned().unwrap_or_default(),
    };
    let earlier = filters.len().saturating_sub(1);
    if earlier > 3 {
        return Err(PdfError::unsupported(
            "a stream is packed more than four times",
        ));
    }
    for (filter, parameters) in filters.iter().zip(&parameters).take(earlier) {
        packed.bytes = Cow::Owned(undo(*filter, &packed.bytes, parameters, most)?);
    }
    Ok(packed)
}

/// A stream that is not an image.
///
/// # Errors
/// As [`but_the_last`].
pub(crate) fn unpack<'a>(stream: &Stream<'a>, most: usize) -> Result<Cow<'a, [u8]>, PdfError> {
    let packed = but_the_last(stream, most)?;
    match packed.filter {
        None => Ok(packed.bytes),
        Some(filter) => undo(filter, &packed.bytes, &packed.parameters, most).map(Cow::Owned),
    }
}

/// Undoes one filter.
pub(crate) fn undo(
    filter: Filter,
    bytes: &[u8],
    parameters: &Dict<'_>,
    most: usize,
) -> Result<Vec<u8>, PdfError> {
    match filter {
        Filter::FlateDecode => {
            let unpacked = inflate(bytes, most)?;
            match predictor(parameters) {
                1 => Ok(unpacked),
                10.. => undo_png_prediction(&unpacked, parameters),
                _ => Err(PdfError::unsupported("a stream uses the TIFF predictor")),
            }
        }
        Filter::AsciiHexDecode => hex(bytes),
        Filter::Ascii85Decode => base85(bytes),
        _ => Err(PdfError::unsupported(format!(
            "a stream is packed by {filter:?}, which is not read here"
        ))),
    }
}

/// 1 for none, 2 for TIFF's, 10 and above for PNG's.
pub(crate) fn predictor(parameters: &Dict<'_>) -> i32 {
    parameters.get::<i32>(b"Predictor").unwrap_or(1)
}

fn parameters<'a>(dict: &Dict<'a>, filters: usize) -> Vec<Dict<'a>> {
    let one = dict
        .get::<Dict<'a>>(b"DP")
        .or_else(|| dict.get::<Dict<'a>>(b"DecodeParms"));
    let list = dict
        .get::<Array<'a>>(b"DP")
        .or_else(|| dict.get::<Array<'a>>(b"DecodeParms"));
    let mut all: Vec<Dict<'a>> = match (one, list) {
        (Some(one), _) => vec![one],
        (None, Some(list)) => list
            .iter::<Object<'a>>()
            .take(filters)
            .map(|object| object.into_dict().unwrap_or_default())
            .collect(),
        (None, None) => Vec::new(),
    };
    all.resize(filters, Dict::empty());
    all
}

/// Damaged data gives what comes before the damage: half a page of text is
/// better than none, and images are checked for their length afterwards.
fn inflate(bytes: &[u8], most: usize) -> Result<Vec<u8>, PdfError> {
    let mut unpacked = Vec::new();
    let read = ZlibDecoder::new(bytes)
        .take(most as u64 + 1)
        .read_to_end(&mut unpacked);
    if unpacked.len() > most {
        return Err(PdfError::new(
            PdfErrorKind::TooLarge,
            format!("a stream unpacks to more than {most} bytes"),
        ));
    }
    match read {
        Err(_) if unpacked.is_empty() => Err(PdfError::malformed("a packed stream is damaged")),
        _ => Ok(unpacked),
    }
}

/// PNG's filters (ISO/IEC 15948, 9), a type byte before each row.
fn undo_png_prediction(bytes: &[u8], parameters: &Dict<'_>) -> Result<Vec<u8>, PdfError> {
    let number = |key: &str, usual: usize| parameters.get::<usize>(key).unwrap_or(usual);
    let (columns, colors) = (number("Columns", 1), number("Colors", 1));
    let bits = number("BitsPerComponent", 8);
    if colors > 32 || bits > 16 || columns > 1 << 24 {
        return Err(PdfError::malformed(
            "a stream's predictor has impossible parameters",
        ));
    }
    let pixel = (colors * bits).div_ceil(8).max(1);
    let row_bytes = (columns * colors * bits).div_ceil(8).max(1);
    let mut above = vec![0; row_bytes];
    let mut rows = Vec::with_capacity(bytes.len());
    for row in bytes.chunks(row_bytes + 1) {
        let (kind, row) = (row[0], &row[1..]);
        let start = rows.len();
        for (index, &byte) in row.iter().enumerate() {
            let left = if index >= pixel {
                rows[start + index - pixel]
            } else {
                0
            };
            let up = above[index];
            let up_left = if index >= pixel {
                above[index - pixel]
            } else {
                0
            };
            rows.push(byte.wrapping_add(match kind {
                1 => left,
                2 => up,
                3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
                4 => paeth(left, up, up_left),
                _ => 0,
            }));
        }
        above[..row.len()].copy_from_slice(&rows[start..]);
    }
    Ok(rows)
}

fn paeth(left: u8, up: u8, up_left: u8) -> u8 {
    let [a, b, c] = [left, up, up_left].map(i16::from);
    let estimate = a + b - c;
    let [to_a, to_b, to_c] = [a, b, c].map(|value| (estimate - value).abs());
    if to_a <= to_b && to_a <= to_c {
        left
    } else if to_b <= to_c {
        up
    } else {
        up_left
    }
}

fn hex(bytes: &[u8]) -> Result<Vec<u8>, PdfError> {
    let digits = bytes.iter().take_while(|&&byte| byte != b'>');
    let digits: Option<Vec<u8>> = digits
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(|&byte| char::from(byte).to_digit(16).map(|digit| digit as u8))
        .collect();
    let digits = digits.ok_or_else(|| PdfError::malformed("a hexadecimal stream is damaged"))?;
    let pairs = digits.chunks(2);
    Ok(pairs
        .map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0))
        .collect())
}

fn base85(bytes: &[u8]) -> Result<Vec<u8>, PdfError> {
    let damaged = || PdfError::malformed("a base-85 stream is damaged");
    let mut out = Vec::with_capacity(bytes.len());
    let mut group: Vec<u32> = Vec::with_capacity(5);
    for &byte in bytes.iter().take_while(|&&byte| byte != b'~') {
        match byte {
            b'z' if group.is_empty() => out.extend([0; 4]),
            b'!'..=b'u' => group.push(u32::from(byte - b'!')),
            _ if byte.is_ascii_whitespace() => {}
            _ => return Err(damaged()),
        }
        if group.len() == 5 {
            out.extend(word(&group).ok_or_else(damaged)?);
            group.clear();
        }
    }
    if group.len() > 1 {
        let kept = group.len() - 1;
        group.resize(5, 84);
        out.extend(&word(&group).ok_or_else(damaged)?[..kept]);
    }
    Ok(out)
}

fn word(group: &[u32]) -> Option<[u8; 4]> {
    let value = group.iter().try_fold(0u32, |value, &digit| {
        value.checked_mul(85)?.checked_add(digit)
    });
    value.map(u32::to_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_forms_are_undone() {
        assert_eq!(hex(b"48 65 6C6c 6F7>").unwrap(), b"Hellop");
        assert!(hex(b"4x").is_err());
        assert_eq!(
            base85(b"87cURD]j7BEbo7~>").unwrap(),
            b"Hello world"[..].to_vec()
        );
        assert_eq!(base85(b"z~>").unwrap(), [0; 4]);
        assert!(base85(b"uuuuu~>").is_err());
        assert!(base85(b"\x7f").is_err());
    }

    #[test]
    fn prediction_of_png_is_undone() {
        let bytes = [0, 1, 2, 3, 1, 1, 1, 1, 2, 1, 1, 1, 3, 2, 2, 2, 4, 1, 0, 0];
        let dict = Dict::empty();
        // Without parameters a row has one byte.
        let single = undo_png_prediction(&[2, 5, 2, 5], &dict).unwrap();
        assert_eq!(single, [5, 10]);
        assert_eq!(undo_png_prediction(&bytes, &dict).unwrap().len(), 10);
        assert_eq!(undo_png_prediction(&[], &dict).unwrap(), [0; 0]);
        assert_eq!(paeth(10, 20, 15), 15);
        assert_eq!(paeth(10, 20, 20), 10);
        assert_eq!(paeth(10, 20, 10), 20);
    }
}
