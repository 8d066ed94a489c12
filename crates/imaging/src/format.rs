//! The file formats that are known, told apart by their first bytes.
//!
//! Names and extensions of files are never consulted: a web page saved as
//! `chair.jpg` is a web page.

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
    /// PDF. Told apart here, but its pages are another crate's: [`decode`](crate::decode) refuses
    /// it.
    Pdf,
}

impl Format {
    /// The format that `bytes` begin like, or none.
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(Self::Tiff),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'E',
                b'B',
                b'P',
                ..,
            ] => Some(Self::WebP),
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            // Two letters are a weak signature: the reserved words behind the
            // file size must be zero too, or text starting with "BM" passes.
            [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Some(Self::Bmp),
            _ => None,
        }
    }

    /// Lower-case name: `tiff`, `jpeg`, `png`, `gif`, `bmp`, `webp` or `pdf`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tiff => "tiff",
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Bmp => "bmp",
            Self::WebP => "webp",
            Self::Pdf => "pdf",
        }
    }

    /// Media type for HTTP, such as `image/tiff`.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Tiff => "image/tiff",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Bmp => "image/bmp",
            Self::WebP => "image/webp",
            Self::Pdf => "application/pdf",
        }
    }

    /// Usual file extension without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Tiff => "tif",
            Self::Jpeg => "jpg",
            Self::Png | Self::Gif | Self::Bmp | Self::WebP | Self::Pdf => self.name(),
        }
    }

    /// Whether a browser shows the file as it is; others go out as JPEG.
    pub fn is_browser_viewable(self) -> bool {
        matches!(self, Self::Png | Self::WebP | Self::Gif | Self::Jpeg)
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        assert_eq!(Format::sniff(b"II\x2a\0\x08\0\0\0"), Some(Format::Tiff));
        assert_eq!(Format::sniff(b"MM\0\x2b\0\x08\0\0"), Some(Format::Tiff));
        assert_eq!(Format::sniff(b"\xff\xd8\xff\xe0"), Some(Format::Jpeg));
        assert_eq!(Format::sniff(b"<!DOCTYPE html>"), None);
        assert_eq!(Format::sniff(b"BMX is a kind of bicycle"), None);
        assert_eq!(Format::sniff(b"BM\x46\0\0\0\0\0\0\0"), Some(Format::Bmp));
        assert_eq!(Format::sniff(b""), None);
        assert_eq!(Format::sniff(b"RIFF\x10\0\0\0WAVEfmt "), None);
    }
}
