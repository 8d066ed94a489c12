//! File formats of pictures: one table of names, endings, first bytes, and whether they are read.
//!
//! Everything that speaks of formats speaks from it: what the decoder takes and refuses, what an
//! import looks at, the page and the documentation. It stands here because the catalogue keeps the
//! names, the walk through folders knows the endings, and neither sees the decoder.
//!
//! Content decides what a file is: a web page saved as `chair.jpg` is a web page. Endings decide only
//! what an import opens without a look inside.

use std::fmt;

/// First bytes of a file that are enough to tell its format.
pub const SNIFFED_BYTES: usize = 512;

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// TIFF 6.0 and BigTIFF.
    Tiff,
    /// JPEG, baseline and progressive.
    Jpeg,
    /// PNG.
    Png,
    /// GIF, of which the first frame is read.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// WebP, lossy and lossless.
    WebP,
    /// JPEG 2000, in its container or as a bare codestream.
    Jpeg2000,
    /// Windows icons and cursors, of which the largest picture is read.
    Ico,
    /// Photoshop documents, of which the composite is read.
    Psd,
    /// PBM, PGM, PPM and PAM.
    Pnm,
    /// Truevision TGA.
    Tga,
    /// Camera raw, of which the largest embedded JPEG is read.
    Raw,
    /// PDF. Its pages are pictures, and another crate's.
    Pdf,
    /// HEVC in an HEIF container, as phones write it.
    Heic,
    /// AV1 in an HEIF container.
    Avif,
    /// JPEG XL.
    JpegXl,
    /// SVG.
    Svg,
    /// Encapsulated PostScript.
    Eps,
}

/// What becomes of a file of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// It is decoded as a picture.
    Picture,
    /// It is a document whose pages are pictures.
    Pages,
    /// It is refused, with this advice.
    Refused(&'static str),
}

/// What there is to know of a format without its decoder.
struct Row {
    format: Format,
    /// Lower case, as the catalogue and messages have it.
    name: &'static str,
    /// As people write it.
    title: &'static str,
    mime: &'static str,
    /// In lower case, the usual one first.
    extensions: &'static [&'static str],
    reading: Reading,
    /// Whether a file of these first bytes is one.
    begins: fn(&[u8]) -> bool,
}

/// In the order in which they are tried: what has a weak signature comes last.
const TABLE: &[Row] = &[
    Row {
        format: Format::Tiff,
        name: "tiff",
        title: "TIFF",
        mime: "image/tiff",
        extensions: &["tif", "tiff"],
        reading: Reading::Picture,
        begins: |head| {
            let is_tiff = matches!(
                head,
                [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..]
            );
            is_tiff && !is_raw(head)
        },
    },
    Row {
        format: Format::Jpeg,
        name: "jpeg",
        title: "JPEG",
        mime: "image/jpeg",
        extensions: &["jpg", "jpeg", "jpe", "jif", "jfif", "mpo"],
        reading: Reading::Picture,
        begins: |head| head.starts_with(b"\xff\xd8\xff"),
    },
    Row {
        format: Format::Png,
        name: "png",
        title: "PNG",
        mime: "image/png",
        extensions: &["png", "apng"],
        reading: Reading::Picture,
        begins: |head| head.starts_with(b"\x89PNG\r\n\x1a\n"),
    },
    Row {
        format: Format::Gif,
        name: "gif",
        title: "GIF",
        mime: "image/gif",
        extensions: &["gif"],
        reading: Reading::Picture,
        begins: |head| head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a"),
    },
    Row {
        format: Format::Bmp,
        name: "bmp",
        title: "BMP",
        mime: "image/bmp",
        extensions: &["bmp", "dib"],
        reading: Reading::Picture,
        // Two letters are a weak signature: the reserved words behind the file size must be zero
        // too, or text starting with "BM" passes.
        begins: |head| matches!(head, [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..]),
    },
    Row {
        format: Format::WebP,
        name: "webp",
        title: "WebP",
        mime: "image/webp",
        extensions: &["webp"],
        reading: Reading::Picture,
        begins: |head| head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP"),
    },
    Row {
        format: Format::Jpeg2000,
        name: "jp2",
        title: "JPEG 2000",
        mime: "image/jp2",
        extensions: &["jp2", "j2k", "j2c", "jpc", "jpf", "jpx"],
        reading: Reading::Picture,
        begins: |head| {
            head.starts_with(b"\0\0\0\x0cjP  \r\n\x87\n") || head.starts_with(b"\xff\x4f\xff\x51")
        },
    },
    Row {
        format: Format::Psd,
        name: "psd",
        title: "PSD",
        mime: "image/vnd.adobe.photoshop",
        extensions: &["psd", "psb"],
        reading: Reading::Picture,
        begins: |head| head.starts_with(b"8BPS\0\x01") || head.starts_with(b"8BPS\0\x02"),
    },
    Row {
        format: Format::Ico,
        name: "ico",
        title: "ICO",
        mime: "image/x-icon",
        extensions: &["ico", "cur"],
        reading: Reading::Picture,
        begins: is_ico,
    },
    Row {
        format: Format::Pnm,
        name: "pnm",
        title: "PNM",
        mime: "image/x-portable-anymap",
        extensions: &["pnm", "pbm", "pgm", "ppm", "pam"],
        reading: Reading::Picture,
        begins: |head| {
            matches!(
                head,
                [
                    b'P',
                    b'1'..=b'6',
                    b' ' | b'\t' | b'\r' | b'\n',
                    b'0'..=b'9' | b'#' | b'\r' | b'\n',
                    ..
                ] | [
                    b'P',
                    b'7',
                    b'\n',
                    b'W' | b'H' | b'D' | b'M' | b'T' | b'#',
                    ..
                ]
            )
        },
    },
    Row {
        format: Format::Raw,
        name: "raw",
        title: "camera raw",
        mime: "image/x-raw",
        extensions: &[
            "raw", "dng", "nef", "nrw", "cr2", "cr3", "arw", "srw", "orf", "rw2", "raf", "pef",
        ],
        reading: Reading::Picture,
        begins: is_raw,
    },
    Row {
        format: Format::Pdf,
        name: "pdf",
        title: "PDF",
        mime: "application/pdf",
        extensions: &["pdf"],
        reading: Reading::Pages,
        begins: |head| head.starts_with(b"%PDF-"),
    },
    Row {
        format: Format::Heic,
        name: "heic",
        title: "HEIC",
        mime: "image/heic",
        extensions: &["heic", "heif", "hif"],
        reading: Reading::Refused(
            "its compression, HEVC, is under patents; save it as JPEG, or let the phone do so \
             (iPhone: Settings, Camera, Formats, Most Compatible)",
        ),
        begins: |head| {
            has_brand(
                head,
                &[
                    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1",
                ],
            )
        },
    },
    Row {
        format: Format::Avif,
        name: "avif",
        title: "AVIF",
        mime: "image/avif",
        extensions: &["avif"],
        reading: Reading::Refused("save it as PNG, JPEG or WebP"),
        begins: |head| has_brand(head, &[b"avif", b"avis"]),
    },
    Row {
        format: Format::JpegXl,
        name: "jxl",
        title: "JPEG XL",
        mime: "image/jxl",
        extensions: &["jxl"],
        reading: Reading::Refused("save it as PNG, JPEG or WebP"),
        begins: |head| {
            head.starts_with(b"\xff\x0a") || head.starts_with(b"\0\0\0\x0cJXL \r\n\x87\n")
        },
    },
    Row {
        format: Format::Svg,
        name: "svg",
        title: "SVG",
        mime: "image/svg+xml",
        extensions: &["svg"],
        reading: Reading::Refused("it is a drawing and not a picture; save it as PNG"),
        begins: is_svg,
    },
    Row {
        format: Format::Eps,
        name: "eps",
        title: "EPS",
        mime: "application/postscript",
        extensions: &["eps", "ai"],
        reading: Reading::Refused("it is a drawing and not a picture; save it as PNG"),
        begins: |head| head.starts_with(b"%!PS") || head.starts_with(b"\xc5\xd0\xd3\xc6"),
    },
    Row {
        format: Format::Tga,
        name: "tga",
        title: "TGA",
        mime: "image/x-tga",
        extensions: &["tga", "icb", "vda", "vst"],
        reading: Reading::Picture,
        begins: is_tga,
    },
];

impl Format {
    /// All formats, those that are refused too.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.format)
    }

    /// The format that `bytes` begin like, or none. [`SNIFFED_BYTES`] are enough.
    #[must_use]
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        let head = &bytes[..bytes.len().min(SNIFFED_BYTES)];
        let found = TABLE.iter().find(|row| (row.begins)(head));
        found.map(|row| row.format)
    }

    /// The format that files of this ending are of, in lower case and without the dot.
    #[must_use]
    pub fn of_extension(extension: &str) -> Option<Self> {
        let found = TABLE.iter().find(|row| row.extensions.contains(&extension));
        found.map(|row| row.format)
    }

    /// Lower-case name, such as `tiff`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Name as people write it, such as `JPEG 2000`.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.row().title
    }

    /// Media type for HTTP, such as `image/tiff`.
    #[must_use]
    pub fn mime(self) -> &'static str {
        self.row().mime
    }

    /// File endings without the dot, in lower case, the usual one first.
    #[must_use]
    pub fn extensions(self) -> &'static [&'static str] {
        self.row().extensions
    }

    /// Usual file ending without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        self.extensions().first().copied().unwrap_or_default()
    }

    /// What becomes of a file of this format.
    #[must_use]
    pub fn reading(self) -> Reading {
        self.row().reading
    }

    /// Whether it is decoded as a picture, or its pages are.
    #[must_use]
    pub fn is_read(self) -> bool {
        !matches!(self.reading(), Reading::Refused(_))
    }

    /// Whether a browser shows the file as it is; others go out as JPEG.
    #[must_use]
    pub fn is_browser_viewable(self) -> bool {
        matches!(self, Self::Png | Self::WebP | Self::Gif | Self::Jpeg)
    }

    fn row(self) -> &'static Row {
        let row = TABLE.iter().find(|row| row.format == self);
        row.expect("every format has its row, as a test shows")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Those that tell so in their first bytes. Others are TIFFs like any: only their directories tell.
fn is_raw(head: &[u8]) -> bool {
    match head {
        // Olympus, Panasonic.
        [b'I', b'I', b'R', b'O' | b'S', ..]
        | [b'M', b'M', b'O', b'R', ..]
        | [b'I', b'I', b'U', 0, ..] => true,
        // Canon's second, a TIFF.
        [b'I', b'I', 42, 0, _, _, _, _, b'C', b'R', 2, ..] => true,
        _ => head.starts_with(b"FUJIFILMCCD-RAW") || has_brand(head, &[b"crx "]),
    }
}

/// A directory of icons or cursors: pictures, of which the first has some bytes.
fn is_ico(head: &[u8]) -> bool {
    let Some((start, entry)) = head.split_at_checked(6) else {
        return false;
    };
    matches!(start, [0, 0, 1 | 2, 0, low, high] if low | high != 0)
        && entry.len() >= 16
        && entry[8..12] != [0; 4]
        && entry[12..16] != [0; 4]
}

/// No signature at all: every field of the header must make sense together.
fn is_tga(head: &[u8]) -> bool {
    let Some(head) = head.first_chunk::<18>() else {
        return false;
    };
    let number = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
    let (colours, depth) = (number(5), head[16]);
    let map = match head[1] {
        0 => colours == 0,
        1 => (1..=256).contains(&colours) && matches!(head[7], 15 | 16 | 24 | 32),
        _ => false,
    };
    let kind = match head[2] {
        1 | 9 => head[1] == 1 && depth == 8,
        2 | 10 => matches!(depth, 15 | 16 | 24 | 32),
        3 | 11 => matches!(depth, 8 | 16),
        _ => false,
    };
    map && kind && number(12) > 0 && number(14) > 0 && head[17] & 0xc0 == 0 && head[17] & 15 <= 8
}

/// Whether the file is of ISO's base media format and of one of these brands. The main brand goes
/// before the others, which say only what else may read it.
fn has_brand(head: &[u8], brands: &[&[u8; 4]]) -> bool {
    let Some(main) = head.get(8..12).filter(|_| head.get(4..8) == Some(b"ftyp")) else {
        return false;
    };
    let is_one = |brand: &[u8]| brands.iter().any(|known| brand == known.as_slice());
    // HEIF of any coding may call itself by the container's name.
    let is_container = matches!(main, b"mif1" | b"msf1");
    let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
    let others = head.get(16..length.min(head.len())).unwrap_or_default();
    let mut others = others.chunks_exact(4);
    if is_container
        && others
            .clone()
            .any(|brand| matches!(brand, b"avif" | b"avis"))
    {
        return brands.contains(&b"avif");
    }
    is_one(main) || (is_container && others.any(is_one))
}

fn is_svg(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = text.trim_ascii_start();
    let has = |text: &[u8], word: &[u8]| text.windows(word.len()).any(|window| window == word);
    text.starts_with(b"<svg")
        || ((text.starts_with(b"<?xml") || text.starts_with(b"<!DOCTYPE svg"))
            && has(text, b"<svg"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        let tga = b"\0\0\x02\0\0\0\0\0\0\0\0\0\x20\0\x10\0\x18\x20";
        let ico = b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0\x68\x04\0\0\x16\0\0\0";
        for (bytes, format) in [
            (&b"II\x2a\0\x08\0\0\0"[..], Some(Format::Tiff)),
            (b"MM\0\x2b\0\x08\0\0", Some(Format::Tiff)),
            (b"II\x2a\0\x10\0\0\0CR\x02\0", Some(Format::Raw)),
            (b"IIRO\x08\0\0\0", Some(Format::Raw)),
            (b"\xff\xd8\xff\xe0", Some(Format::Jpeg)),
            (b"<!DOCTYPE html>", None),
            (b"BMX is a kind of bicycle", None),
            (b"BM\x46\0\0\0\0\0\0\0", Some(Format::Bmp)),
            (b"", None),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (b"P6\n2 2\n255\n", Some(Format::Pnm)),
            (b"P8\n", None),
            (b"P1 is the first page", None),
            (b"8BPS\0\x01\0\0", Some(Format::Psd)),
            (b"\xff\x4f\xff\x51", Some(Format::Jpeg2000)),
            (ico, Some(Format::Ico)),
            (&[0; 40], None),
            (tga, Some(Format::Tga)),
            (b"<?xml version=\"1.0\"?>\n<svg width=", Some(Format::Svg)),
            (b"<?xml version=\"1.0\"?>\n<us-patent-grant", None),
            (b"%!PS-Adobe-3.0 EPSF-3.0", Some(Format::Eps)),
        ] {
            assert_eq!(Format::sniff(bytes), format, "{bytes:?}");
        }
    }

    #[test]
    fn codings_in_the_same_container_are_told_apart() {
        for (bytes, format) in [
            (
                &b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..],
                Some(Format::Heic),
            ),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Some(Format::Heic)),
            (
                b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf",
                Some(Format::Avif),
            ),
            (
                b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf",
                Some(Format::Avif),
            ),
            (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", Some(Format::Raw)),
            (b"\0\0\0\x18ftypisom\0\0\0\0isommp41", None),
        ] {
            assert_eq!(Format::sniff(bytes), format, "{bytes:?}");
        }
    }

    #[test]
    fn every_format_has_one_row_and_endings_of_its_own() {
        let mut endings = Vec::new();
        for format in Format::all() {
            assert_eq!(Format::all().filter(|&other| other == format).count(), 1);
            for ending in format.extensions() {
                assert!(!endings.contains(ending), "{ending}");
                assert_eq!(Format::of_extension(ending), Some(format));
                endings.push(ending);
            }
        }
        // `row` would panic on one that is missing.
        for format in [Format::Tga, Format::Raw, Format::Eps, Format::JpegXl] {
            assert!(!format.name().is_empty());
        }
    }
}
