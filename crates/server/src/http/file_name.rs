//! What a client calls a file that it sends in a form.

use axum::extract::multipart::Field;
use axum::http::header;

/// The name of a field's file; `None` where the field is none.
///
/// Forms have names in UTF-8 as they are (RFC 7578, 4.2). Some programs write them as e-mail and
/// downloads do, `filename*=UTF-8''%E5%9B%BE.png` (RFC 8187), which that forbids and which says what
/// is meant all the same.
pub(crate) fn file_name(field: &Field<'_>) -> Option<String> {
    let plain = || field.file_name().map(str::to_owned);
    let disposition = field.headers().get(header::CONTENT_DISPOSITION);
    let extended = disposition
        .and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
        .and_then(extended_name);
    extended.or_else(plain)
}

/// The value of `filename*`, if its text is UTF-8.
fn extended_name(disposition: &str) -> Option<String> {
    let parameters = disposition.split(';').map(str::trim);
    let value = parameters
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim_end().eq_ignore_ascii_case("filename*"))?
        .1
        .trim();
    let (charset, rest) = value.split_once('\'')?;
    let (_language, encoded) = rest.split_once('\'')?;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    String::from_utf8(percent_decoded(encoded.as_bytes())?).ok()
}

/// The bytes that `%` and two hexadecimal digits stand for; `None` where the digits are none.
fn percent_decoded(encoded: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let [first, others @ ..] = rest {
        rest = others;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, others) = rest.split_at_checked(2)?;
        rest = others;
        let digit = |digit: u8| char::from(digit).to_digit(16);
        let value = 16 * digit(digits[0])? + digit(digits[1])?;
        bytes.push(u8::try_from(value).ok()?);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extended_names_are_read_and_damaged_ones_are_none() {
        let name = |value: &str| extended_name(&format!("form-data; name=\"file\"; {value}"));
        let right = Some("图纸.png".to_owned());
        assert_eq!(name("filename*=UTF-8''%e5%9b%be%e7%ba%b8.png"), right);
        assert_eq!(
            name("filename=\"a.png\"; FILENAME* = utf-8'zh'%E5%9B%BE%E7%BA%B8.png"),
            right
        );
        for wrong in [
            "filename=\"a.png\"",
            "filename*=a.png",
            "filename*=UTF-8'a.png",
            "filename*=ISO-8859-1''%e4.png",
            "filename*=UTF-8''%e4.png",
            "filename*=UTF-8''%e",
            "filename*=UTF-8''%zz",
        ] {
            assert_eq!(name(wrong), None, "{wrong}");
        }
    }
}
