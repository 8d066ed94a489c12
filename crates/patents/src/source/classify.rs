//! What a file is, by its name and, where the name does not tell, by its first bytes.
//!
//! Images are chosen by their name's ending and decoded elsewhere by content.
//! Opening every file of a million to look at its first bytes would cost more
//! than the walk, so only files without any ending, as content-addressed
//! stores write them, and those whose ending says nothing (`Sketch v1.2`,
//! `view.jpg_large`) are looked into; `.txt` and its like are never opened.

use std::path::Path;

use lookalike_terms::{Format, Reading, SNIFFED_BYTES};

use crate::PatentId;

/// What the import does with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileClass {
    /// A grant, or meant as one: broken ones count too, so that reading them
    /// reports the reason.
    Grant,
    /// Looks like an image. Whether it is shows when it is decoded.
    Image,
    /// Named like an archive that is read.
    Archive,
    /// Named like an archive that is not read.
    PackedArchive,
    /// Named like a picture or a document with pictures that is not read.
    Unread,
    Other,
}

/// Endings of what is surely no picture, and of files that are not complete. All others are looked
/// into.
const OTHER_EXTENSIONS: [&str; 60] = [
    "avi",
    "bak",
    "bin",
    "bz2",
    "c",
    "cfg",
    "cpp",
    "crdownload",
    "css",
    "csv",
    "db",
    "dll",
    "doc",
    "docx",
    "dtd",
    "ent",
    "exe",
    "gz",
    "h",
    "htm",
    "html",
    "ini",
    "java",
    "js",
    "json",
    "jsonl",
    "lock",
    "log",
    "m4a",
    "md",
    "mkv",
    "mov",
    "mp3",
    "mp4",
    "npy",
    "npz",
    "ods",
    "odt",
    "part",
    "ppt",
    "pptx",
    "pt",
    "py",
    "rs",
    "rtf",
    "safetensors",
    "sgm",
    "sh",
    "so",
    "sqlite",
    "tmp",
    "toml",
    "tsv",
    "txt",
    "wav",
    "xls",
    "xlsx",
    "xz",
    "yaml",
    "zst",
];

/// Endings of archives that hold folders but are not read.
const PACKED_EXTENSIONS: [&str; 5] = ["7z", "rar", "tbz2", "txz", "tzst"];

/// Endings that compress another file; reported where that is a TAR.
const COMPRESSED_EXTENSIONS: [&str; 3] = ["bz2", "xz", "zst"];

/// Bytes looked at to tell a grant from other XML. The root element follows the
/// DOCTYPE, whose list of drawings may be long in documents of 2005.
const GRANT_BYTES: u64 = 16 << 10;

/// Classifies a file by its name. `head` is asked for this many of its first
/// bytes where the name does not tell, and answers `None` if it can't be read.
pub(super) fn classify(name: &str, head: impl Fn(u64) -> Option<Vec<u8>>) -> FileClass {
    let extension = extension(name);
    let format = extension.as_deref().and_then(Format::of_extension);
    match extension.as_deref() {
        Some("xml") if is_grant(name, &head) => FileClass::Grant,
        Some("zip" | "tar" | "tgz") => FileClass::Archive,
        Some("gz") if packs_a_tar(name, "gz") => FileClass::Archive,
        Some(extension) if is_packed(name, extension) => FileClass::PackedArchive,
        Some(extension) if OTHER_EXTENSIONS.contains(&extension) => FileClass::Other,
        _ => {
            let by_content = || Format::sniff(&head(SNIFFED_BYTES as u64)?);
            match format.or_else(by_content) {
                Some(format) if format.is_read() => FileClass::Image,
                Some(_) => FileClass::Unread,
                None => FileClass::Other,
            }
        }
    }
}

/// Whether the name is that of a single picture: no document of several.
pub(crate) fn is_picture_ending(extension: &str) -> bool {
    let format = Format::of_extension(&extension.to_ascii_lowercase());
    format.is_some_and(|format| format.reading() == Reading::Picture)
}

/// Whether the name alone leaves it possible that [`classify`] answers other than
/// [`FileClass::Other`]. `path` is one within an archive: no part of it may be clutter.
pub(super) fn may_matter(path: &str) -> bool {
    if path.split('/').any(is_clutter) {
        return false;
    }
    match extension(path).as_deref() {
        Some("xml" | "zip" | "tar") | None => true,
        Some("gz") => packs_a_tar(path, "gz"),
        Some(extension) => !OTHER_EXTENSIONS.contains(&extension) || is_packed(path, extension),
    }
}

/// Whether an import of the folder that a file lies in may take it or report it, by its name
/// alone: grants, images, read or not, archives, and what has no ending. Nothing is opened.
#[must_use]
pub fn may_be_source(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| may_matter(&name.to_string_lossy()))
}

fn is_packed(name: &str, extension: &str) -> bool {
    PACKED_EXTENSIONS.contains(&extension)
        || (COMPRESSED_EXTENSIONS.contains(&extension) && packs_a_tar(name, extension))
}

/// Whether the name without its ending is that of a TAR.
fn packs_a_tar(name: &str, ending: &str) -> bool {
    let stem = &name[..name.len() - ending.len() - 1];
    extension(stem).as_deref() == Some("tar")
}

/// What follows the last dot, in lower case.
pub(super) fn extension(name: &str) -> Option<String> {
    let extension = Path::new(name).extension()?;
    Some(extension.to_string_lossy().to_ascii_lowercase())
}

/// What file managers and archivers leave behind, and where systems and network drives keep what was
/// deleted and their own thumbnails.
const CLUTTER: [&str; 14] = [
    "thumbs.db",
    "desktop.ini",
    "__macosx",
    "$recycle.bin",
    "recycler",
    "system volume information",
    "lost+found",
    "@eadir",
    "#recycle",
    "#snapshot",
    "@recycle",
    "@recently-snapshot",
    "@tmp",
    "network trash folder",
];

/// Whether a file or folder of that name is passed over: hidden ones, and what file managers,
/// archivers, systems and network drives leave behind.
#[must_use]
pub fn is_clutter(name: &str) -> bool {
    name.starts_with('.')
        || CLUTTER
            .iter()
            .any(|clutter| name.eq_ignore_ascii_case(clutter))
}

/// By content; and whatever bears the name of a patent or cannot be opened, so
/// that it is reported and not passed over in silence.
fn is_grant(name: &str, head: impl Fn(u64) -> Option<Vec<u8>>) -> bool {
    let number = name.split(['-', '_', '.']).next().unwrap_or_default();
    if PatentId::parse(number).is_ok() {
        return true;
    }
    let Some(mut head) = head(GRANT_BYTES) else {
        return true;
    };
    // UTF-16 has a zero beside every letter.
    head.retain(|byte| *byte != 0);
    ["us-patent-grant", "us-patent-application", "PATDOC"]
        .iter()
        .any(|root| {
            head.windows(root.len())
                .any(|window| window == root.as_bytes())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_source_shows_in_its_name_alone() {
        let taken = [
            "/in/USD1107373-20251230.XML",
            "/in/.hidden/sheet.TIF",
            "/in/notes.txt/photo.webp",
            "/in/I20220104.tar",
            "/in/I20220104.tar.gz",
            "/in/9e107d9d372bb6826bd81d3542a419d6",
            "/in/chair.jfif",
            "/in/Sketch v1.2",
            "/in/view.jpg_large",
        ];
        for path in taken {
            assert!(may_be_source(Path::new(path)), "{path}");
        }
        let passed_over = [
            "/in/notes.txt",
            "/in/table.csv.gz",
            "/in/Thumbs.db",
            "/in/__MACOSX",
            "/in/.sheet.tif",
            "/in/sheet.tif.part",
            "/in/@eaDir",
            "/in/$RECYCLE.BIN",
            "/",
        ];
        for path in passed_over {
            assert!(!may_be_source(Path::new(path)), "{path}");
        }
    }
}
