//! Names of entries: out of whatever encoding they were written in, and kept inside their archive.

use std::borrow::Cow;

use encoding_rs::GB18030;

/// How to read a name that is neither UTF-8 nor GB18030.
#[derive(Clone, Copy, Debug)]
pub(super) enum Otherwise {
    /// Code page 437, which ZIP prescribes where nothing else is said.
    CodePage437,
    /// TAR prescribes nothing: what cannot be read becomes U+FFFD.
    Replaced,
}

/// UTF-8 if valid, else GB18030 if that decodes without error and is not likelier code page 437, else
/// `otherwise`. Names in GB18030
/// that happen to be valid UTF-8 are told apart by what either reading would be.
///
/// GB18030 goes before code page 437 because ZIPs made on Chinese Windows carry no mark of their
/// encoding, and Western names that happen to be valid GB18030 are rare: an accented letter would
/// have to stand before another letter of a certain range, not before a dot, space or digit. Those that
/// are, are known by accented letters that all stand alone between letters: 乭 and its like are
/// rarely seen.
pub(super) fn decode(raw: &[u8], otherwise: Otherwise) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(raw)
        && !(holds_rare_letters(text) && is_common_chinese(raw))
    {
        return Cow::Borrowed(text);
    }
    if matches!(otherwise, Otherwise::CodePage437) && looks_western(raw) {
        return raw.iter().copied().map(code_page_437).collect();
    }
    if let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(raw) {
        return text;
    }
    match otherwise {
        Otherwise::CodePage437 => raw.iter().copied().map(code_page_437).collect(),
        Otherwise::Replaced => String::from_utf8_lossy(raw),
    }
}

/// Whether all that is not ASCII are letters of code page 437, each of them beside ASCII letters, and
/// none followed by another.
fn looks_western(raw: &[u8]) -> bool {
    let is_letter = |byte: u8| matches!(byte, 0x80..=0x9a | 0xa0..=0xa5 | 0xe1);
    let mut holds_any = false;
    for (place, &byte) in raw.iter().enumerate() {
        if byte.is_ascii() {
            continue;
        }
        let next = raw.get(place + 1).copied().unwrap_or(b' ');
        if !is_letter(byte) || !next.is_ascii_alphabetic() {
            return false;
        }
        holds_any = true;
    }
    holds_any
}

/// Letters that no language writes often, between those of Latin and Greek. The bytes of 图片,
/// "pictures", and 图纸, "drawings", read as UTF-8 give such: U+037C U+01AC and U+037C U+05BD.
fn holds_rare_letters(text: &str) -> bool {
    text.chars().any(|letter| match letter {
        // Vietnamese and Hawaiian.
        'Ơ' | 'ơ' | 'Ư' | 'ư' | 'ʻ' | 'ʼ' => false,
        _ => matches!(letter, '\u{180}'..='\u{2ff}' | '\u{370}'..='\u{37f}'),
    })
}

/// Whether all that is not ASCII is, in GB18030, of the 3,755 most common characters.
fn is_common_chinese(raw: &[u8]) -> bool {
    let mut bytes = raw.iter().filter(|byte| !byte.is_ascii());
    while let Some(first) = bytes.next() {
        let second = bytes.next().copied().unwrap_or_default();
        if !matches!((first, second), (0xb0..=0xd7, 0xa1..=0xfe)) {
            return false;
        }
    }
    true
}

/// The path with `/` between its parts and without empty parts and `.`, or why it is not used.
///
/// Backslashes separate too: Windows programs write them, and on Windows they would work.
pub(super) fn inside_archive(name: &str) -> Result<String, &'static str> {
    let mut path = String::with_capacity(name.len());
    if name.starts_with(['/', '\\']) {
        return Err("an absolute path");
    }
    for part in name.split(['/', '\\']) {
        match part {
            "" | "." => continue,
            ".." => return Err("a path with `..`, which leads out of the archive"),
            _ if part.contains('\0') => return Err("a path with a zero byte"),
            _ if path.is_empty() && is_drive(part) => return Err("a path with a drive letter"),
            _ => {}
        }
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(part);
    }
    if path.is_empty() {
        return Err("an empty path");
    }
    Ok(path)
}

/// Whether the name is a directory's, as both formats write them.
pub(super) fn is_directory(name: &str) -> bool {
    name.ends_with(['/', '\\'])
}

fn is_drive(part: &str) -> bool {
    let bytes = part.as_bytes();
    bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':'
}

fn code_page_437(byte: u8) -> char {
    /// The upper half, as in Unicode's CP437.TXT.
    const UPPER: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
        └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
    match byte {
        0..0x80 => byte.into(),
        _ => UPPER
            .chars()
            .nth(usize::from(byte) - 0x80)
            .unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_in_order() {
        let zip = |raw: &[u8]| decode(raw, Otherwise::CodePage437).into_owned();
        assert_eq!(zip("图纸.tif".as_bytes()), "图纸.tif");
        assert_eq!(zip(b"\xd2\xce\xd7\xd3.tif"), "椅子.tif");
        assert_eq!(zip(b"caf\x82.tif"), "café.tif");
        assert_eq!(zip(b"\xff\xe1.tif"), "\u{a0}ß.tif");
        assert_eq!(zip(b"St\x81hle/T\x81r.png"), "Stühle/Tür.png");
        for text in ["图片/1.tif", "图纸.tif", "椅子", "沙发 2"] {
            assert_eq!(zip(&GB18030.encode(text).0), text);
        }
        for text in [
            "图片",
            "café",
            "Dương",
            "Hawaiʻi",
            "Новый",
            "Γειά",
            "șah",
            "e\u{301}",
            "ɛ",
        ] {
            assert_eq!(zip(text.as_bytes()), text);
        }
        let tar = |raw: &[u8]| decode(raw, Otherwise::Replaced).into_owned();
        assert_eq!(tar(b"\xd2\xce\xd7\xd3.tif"), "椅子.tif");
        assert_eq!(tar(b"caf\x82.tif"), "caf\u{fffd}.tif");
    }

    #[test]
    fn a_second_byte_that_looks_like_a_backslash_is_none() {
        // The second byte of this character is 5C, which here is not a separator.
        let (raw, _, _) = GB18030.encode("誠.tif");
        assert_eq!(raw[1], b'\\');
        let name = decode(&raw, Otherwise::CodePage437);
        assert_eq!(inside_archive(&name).unwrap(), "誠.tif");
    }

    #[test]
    fn paths_stay_inside() {
        assert_eq!(inside_archive("./a//b\\c.tif").unwrap(), "a/b/c.tif");
        assert_eq!(inside_archive("a/..b/c..").unwrap(), "a/..b/c..");
        for name in [
            "",
            ".",
            "./",
            "/a",
            "\\a",
            "\\\\host\\a",
            "..",
            "a/..",
            "a\\..\\b",
            "C:\\a",
            "c:a",
            "./c:a",
            "a\0b",
        ] {
            assert!(inside_archive(name).is_err(), "{name:?}");
        }
    }
}
