//! Cuts a file in which documents follow one another.

use std::borrow::Cow;

use super::encoding::{decode, is_utf16};
use super::reader::read;
use super::{Grant, GrantError, GrantErrorKind, MAX_DOCUMENT_BYTES};

/// Iterator over the documents of one file, made by [`super::parse_grants`].
#[derive(Debug)]
pub struct Grants<'a> {
    bytes: Cow<'a, [u8]>,
    position: usize,
    started: bool,
    failed: Option<GrantError>,
}

impl<'a> Grants<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        if !is_utf16(bytes) {
            return Self {
                bytes: Cow::Borrowed(bytes),
                position: 0,
                started: false,
                failed: None,
            };
        }
        // Only single documents come in UTF-16, so one may be decoded whole.
        let decoded = if bytes.len() > MAX_DOCUMENT_BYTES {
            let reason = format!(
                "a UTF-16 file of {} bytes; at most {MAX_DOCUMENT_BYTES} are read",
                bytes.len()
            );
            Err(GrantError::new(GrantErrorKind::TooLarge, reason))
        } else {
            decode(bytes)
        };
        match decoded {
            Ok(decoded) => {
                let bytes = without_encoding(&decoded.text).into_bytes();
                Self {
                    bytes: Cow::Owned(bytes),
                    position: 0,
                    started: false,
                    failed: None,
                }
            }
            Err(error) => Self {
                bytes: Cow::Borrowed(&[]),
                position: 0,
                started: true,
                failed: Some(error),
            },
        }
    }
}

impl Iterator for Grants<'_> {
    type Item = Result<Grant, GrantError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failed.take() {
            return Some(Err(error));
        }
        loop {
            let rest = &self.bytes[self.position..];
            if rest.is_empty() && self.started {
                return None;
            }
            let document = &rest[..document_length(rest)];
            let first = !std::mem::replace(&mut self.started, true);
            self.position += document.len();
            // What lies between documents; an empty file is one document,
            // which is refused as empty.
            if !is_filler(document) || (first && self.position == self.bytes.len()) {
                return Some(read(document));
            }
        }
    }
}

/// Up to the next `<?xml ...` or the end of the root element, whichever comes
/// first: either may be missing in a damaged file.
fn document_length(bytes: &[u8]) -> usize {
    const DECLARATION: &[u8] = b"<?xml";
    const ROOT_END: &[u8] = b"</us-patent-grant";
    let mut position = 0;
    // A declaration at the very start is the document's own.
    let own = bytes
        .iter()
        .position(|byte| !byte.is_ascii_whitespace() && *byte != 0)
        .unwrap_or(0);
    while let Some(found) = bytes[position..].iter().position(|byte| *byte == b'<') {
        position += found;
        let here = &bytes[position..];
        // `<?xml-stylesheet` declares no document.
        let declares = here.starts_with(DECLARATION)
            && here
                .get(DECLARATION.len())
                .is_some_and(u8::is_ascii_whitespace);
        if declares && position > own {
            return position;
        }
        if here.starts_with(ROOT_END) {
            let end = here
                .iter()
                .position(|byte| *byte == b'>')
                .map_or(here.len(), |end| end + 1);
            return position + end;
        }
        position += 1;
    }
    bytes.len()
}

/// White space, padding, byte order marks, comments and instructions.
fn is_filler(bytes: &[u8]) -> bool {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0 | 0xef | 0xbb | 0xbf);
    match bytes.iter().position(|byte| !is_blank(byte)) {
        None => true,
        Some(start) => {
            let here = &bytes[start..];
            let opens_element = |pair: &[u8]| pair[0] == b'<' && pair[1].is_ascii_alphabetic();
            let aside = here.starts_with(b"<!--")
                || (here.starts_with(b"<?") && !here.starts_with(b"<?xml "));
            aside && !here.windows(2).any(opens_element)
        }
    }
}

/// The text is UTF-8 from now on, whatever its declaration still says.
fn without_encoding(text: &str) -> String {
    match text.trim_start_matches('\u{feff}').strip_prefix("<?xml") {
        Some(rest) => rest
            .split_once("?>")
            .map_or("", |(_, body)| body)
            .to_owned(),
        None => text.to_owned(),
    }
}
