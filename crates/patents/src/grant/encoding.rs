//! Bytes of a document -> text.
//!
//! UTF-8, UTF-16 and Latin-1 by hand: grants are UTF-8 in practice, and a
//! library of forty encodings would be there for files that nobody has.

use std::borrow::Cow;

use super::{GrantError, GrantErrorKind};

/// A document as text, and what had to be mended for it.
#[derive(Debug)]
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) warning: Option<String>,
}

/// Decodes by byte order mark, else by the shape of the first characters, else
/// by the XML declaration, else as UTF-8. Bytes that do not fit become U+FFFD
/// with a warning: one bad byte in a name must not cost the patent.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, GrantError> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Err(unknown("UTF-32")),
        [0xff, 0xfe, rest @ ..] => Ok(from_utf16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Ok(from_utf16(rest, u16::from_be_bytes)),
        [b'<', 0, next, 0, ..] if *next != 0 => Ok(from_utf16(bytes, u16::from_le_bytes)),
        [0, b'<', 0, next, ..] if *next != 0 => Ok(from_utf16(bytes, u16::from_be_bytes)),
        [0xef, 0xbb, 0xbf, rest @ ..] => Ok(from_utf8(rest)),
        _ => match declared_encoding(bytes).as_deref() {
            None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => Ok(from_utf8(bytes)),
            Some(
                "iso-8859-1" | "iso8859-1" | "iso_8859-1" | "latin1" | "latin-1" | "windows-1252"
                | "cp1252",
            ) => Ok(Decoded {
                text: from_latin1(bytes),
                warning: None,
            }),
            Some(other) => Err(unknown(other)),
        },
    }
}

/// Whether a file has 16-bit characters and cannot be cut at single bytes.
pub(super) fn is_utf16(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'<', 0, ..] | [0, b'<', ..]
    )
}

/// The `encoding` of the XML declaration, in lower case.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    // A declaration is short; looking no further keeps a bare `<?xml` cheap.
    let head = &bytes[..bytes.len().min(200)];
    let start = head.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let declaration = head[start..].strip_prefix(b"<?xml")?;
    let end = declaration.windows(2).position(|pair| pair == b"?>")?;
    let declaration = std::str::from_utf8(&declaration[..end]).ok()?;
    let (_, after) = declaration.split_once("encoding")?;
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = value
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    let (name, _) = value[1..].split_once(quote)?;
    Some(name.trim().to_ascii_lowercase())
}

fn from_utf8(bytes: &[u8]) -> Decoded<'_> {
    let text = String::from_utf8_lossy(bytes);
    let warning = matches!(text, Cow::Owned(_))
        .then(|| "some bytes are not UTF-8 and were replaced by U+FFFD".to_owned());
    Decoded { text, warning }
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Decoded<'static> {
    let pairs = bytes.chunks_exact(2);
    let mut damaged = !pairs.remainder().is_empty();
    let text: String = char::decode_utf16(pairs.map(|pair| unit([pair[0], pair[1]])))
        .map(|symbol| {
            symbol.unwrap_or_else(|_| {
                damaged = true;
                char::REPLACEMENT_CHARACTER
            })
        })
        .collect();
    let warning =
        damaged.then(|| "some bytes are not UTF-16 and were replaced by U+FFFD".to_owned());
    Decoded {
        text: Cow::Owned(text),
        warning,
    }
}

/// Latin-1 in its Windows-1252 reading, as browsers do: files that declare the
/// former often hold the quotes and dashes of the latter.
fn from_latin1(bytes: &[u8]) -> Cow<'_, str> {
    if bytes.is_ascii() {
        // ASCII is valid UTF-8, so this borrows.
        return String::from_utf8_lossy(bytes);
    }
    // 0x80..=0x9f of Windows-1252; unassigned places keep their Latin-1 meaning.
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    let text = bytes.iter().map(|&byte| match byte {
        0x80..=0x9f => HIGH[usize::from(byte) - 0x80],
        _ => char::from(byte),
    });
    Cow::Owned(text.collect())
}

fn unknown(name: &str) -> GrantError {
    let name: String = name.chars().take(40).collect();
    GrantError::new(
        GrantErrorKind::Encoding,
        format!("the encoding `{name}` is not read here; convert the file to UTF-8"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn utf16_is_known_with_and_without_a_mark() {
        for bytes in [
            utf16("\u{feff}<é/>", u16::to_le_bytes),
            utf16("\u{feff}<é/>", u16::to_be_bytes),
            utf16("<é/>", u16::to_le_bytes),
            utf16("<é/>", u16::to_be_bytes),
        ] {
            let decoded = decode(&bytes).unwrap();
            assert_eq!((decoded.text.as_ref(), decoded.warning), ("<é/>", None));
            assert!(is_utf16(&bytes));
        }
    }

    #[test]
    fn latin1_reads_as_windows_1252() {
        let decoded =
            decode(b"<?xml version='1.0' encoding = 'ISO-8859-1'?><a>caf\xe9\x97</a>").unwrap();
        assert!(decoded.text.ends_with("<a>café—</a>"), "{}", decoded.text);
    }

    #[test]
    fn damage_is_replaced_with_a_warning() {
        let decoded = decode(b"<a>caf\xe9</a>").unwrap();
        assert_eq!(decoded.text, "<a>caf\u{fffd}</a>");
        assert!(decoded.warning.is_some());
        assert!(decode(b"\xfe\xff\x00<\xd8").unwrap().warning.is_some());
    }

    #[test]
    fn other_encodings_are_refused_by_name() {
        let error = decode(b"<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><a/>").unwrap_err();
        assert_eq!(error.kind, GrantErrorKind::Encoding);
        assert!(error.reason.contains("shift_jis"), "{error}");
    }
}
