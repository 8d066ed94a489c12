//! Names of files that come from elsewhere, made harmless.

/// Bytes of a file's name.
const FILE_NAME_MAX: usize = 255;

/// A name that leads nowhere: the last part of a path of any system, without control characters
/// and marks that turn the direction of text, which make a name look like another.
pub(crate) fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let turns = |c: char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let name: String = last
        .chars()
        .filter(|&c| !c.is_control() && !turns(c))
        .collect();
    match name.trim() {
        "" | "." | ".." => "upload".to_owned(),
        name => shortened(name),
    }
}

/// At most [`FILE_NAME_MAX`] bytes, with the ending if that is a short one.
fn shortened(name: &str) -> String {
    let ending = match name.rfind('.').map(|dot| &name[dot..]) {
        Some(ending) if ending.len() <= 16 => ending,
        _ => "",
    };
    let room = FILE_NAME_MAX - ending.len();
    if name.len() <= FILE_NAME_MAX {
        name.to_owned()
    } else {
        format!("{}{ending}", &name[..name.floor_char_boundary(room)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere() {
        for (name, expected) in [
            ("chair.png", "chair.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\pictures\\a.tif", "a.tif"),
            ("..", "upload"),
            ("a/", "upload"),
            ("", "upload"),
            (" \u{0}\n", "upload"),
            ("a\u{7}\u{202E}gnp.exe", "agnp.exe"),
            ("<b>花</b>.png", "b>.png"),
        ] {
            assert_eq!(clean_name(name), expected, "{name:?}");
        }
        let long = format!("{}.jpeg", "花".repeat(200));
        let short = clean_name(&long);
        assert!(
            short.len() <= FILE_NAME_MAX && short.ends_with("花.jpeg"),
            "{short}"
        );
        assert_eq!(clean_name(&"x".repeat(300)), "x".repeat(255));
    }
}
