//! Files that hold several pictures, a page each: PDFs, and TIFFs of several pages.
//!
//! Whoever imports, shows or searches such a file deals with one page at a time: a
//! [`FilePage`] names it, and its picture is decoded as any other. A patent's PDF gives its drawing
//! sheets, cut to what is drawn; any other file gives all pages that are not blank. The first page
//! of a TIFF is the file itself, as it is where there are no others.

mod listing;

use lookalike_catalog::{FilePage, PageArea};
use lookalike_imaging::{
    DecodeOptions, Decoded, Format, Limits, PixelBudget, RgbImage, decode, tiff_pages,
};
use lookalike_pdf::{Crop, Document, PdfError, PdfErrorKind, is_pdf};
use md5::{Digest, Md5};

pub(crate) use listing::{ListedPage, PageListing};

use crate::hex::hex;
use crate::{EngineError, ErrorKind};

/// Bytes of memory for each pixel of a PDF's page at the peak: the picture, turned and cut, its
/// levels, and what the decoder of its image keeps.
const PDF_BYTES_PER_PIXEL: u64 = 12;

/// A file that has been opened.
pub(crate) enum Opened {
    /// It is one picture, or nothing that is read; decoding tells.
    Picture(Vec<u8>),
    /// It has pages.
    Paged(PagedFile),
}

/// A file whose pages are pictures of their own. Shared by threads.
pub(crate) struct PagedFile {
    md5: String,
    pages: Pages,
}

enum Pages {
    Pdf(Box<Document>),
    Tiff {
        bytes: Vec<u8>,
        /// Those that are not reduced copies of others, counted from 0.
        numbers: Vec<u32>,
    },
}

impl Opened {
    /// Opens a file. Only the structure of one that has pages is read.
    ///
    /// # Errors
    /// It is a PDF that can't be read.
    pub(crate) fn new(bytes: Vec<u8>, limits: &Limits) -> Result<Self, EngineError> {
        if !has_pages(&bytes) {
            return Ok(Self::Picture(bytes));
        }
        let md5 = hex(&Md5::digest(&bytes));
        let pages = match Format::sniff(&bytes) {
            Some(Format::Tiff) => Pages::Tiff {
                numbers: tiff_pages(&bytes),
                bytes,
            },
            _ => Pages::Pdf(Box::new(Document::open(bytes, limits)?)),
        };
        Ok(Self::Paged(PagedFile { md5, pages }))
    }
}

/// Whether a file is a PDF, or a TIFF that is more than its first page. A PDF may begin with
/// some bytes of another program's making, but not with the marks of a picture.
pub(crate) fn has_pages(bytes: &[u8]) -> bool {
    match Format::sniff(bytes) {
        Some(Format::Tiff) => !matches!(tiff_pages(bytes)[..], [] | [0]),
        Some(format) if format.is_read() && format != Format::Pdf => false,
        // What is not read may be what a PDF begins with.
        _ => is_pdf(bytes),
    }
}

impl PagedFile {
    /// MD5 of the file's bytes.
    pub(crate) fn md5(&self) -> &str {
        &self.md5
    }

    /// The file.
    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.pages {
            Pages::Pdf(document) => document.bytes(),
            Pages::Tiff { bytes, .. } => bytes,
        }
    }

    /// The file's format.
    pub(crate) fn format(&self) -> Format {
        match self.pages {
            Pages::Pdf(_) => Format::Pdf,
            Pages::Tiff { .. } => Format::Tiff,
        }
    }

    /// The page of that number, counted from 1: a sheet of a patent without the line that the
    /// office prints over it, any other page whole. `None` is the file itself. Waits for room in
    /// the budget.
    ///
    /// # Errors
    /// There is no such page, or it can't be read.
    pub(crate) fn page(
        &self,
        number: u32,
        limits: &Limits,
        budget: &PixelBudget,
    ) -> Result<Option<FilePage>, EngineError> {
        let missing = || {
            EngineError::invalid(format!(
                "page {number} was asked for, but the file has {}; they are counted from 1",
                self.page_count()
            ))
        };
        let index = number.checked_sub(1).ok_or_else(missing)?;
        match &self.pages {
            Pages::Pdf(document) => {
                if index as usize >= document.page_count() {
                    return Err(missing());
                }
                let whole = self.whole_page(number);
                let _pixels = budget.acquire(self.cost(whole.as_ref(), limits));
                let crop = document.sheet_crop(index as usize)?;
                Ok(Some(self.named(number, crop.map(area))))
            }
            Pages::Tiff { numbers, .. } => {
                if !numbers.contains(&index) {
                    return Err(missing());
                }
                Ok(self.whole_page(number))
            }
        }
    }

    /// The page of that number, uncut; `None` is the file itself.
    pub(crate) fn whole_page(&self, number: u32) -> Option<FilePage> {
        let is_file = number == 1 && matches!(self.pages, Pages::Tiff { .. });
        (!is_file).then(|| self.named(number, None))
    }

    /// The numbers of the pages, counted from 1.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> {
        let numbers: Vec<u32> = match &self.pages {
            Pages::Pdf(document) => (0..document.page_count() as u32).collect(),
            Pages::Tiff { numbers, .. } => numbers.clone(),
        };
        numbers.into_iter().map(|index| index + 1)
    }

    /// Number of pages.
    pub(crate) fn page_count(&self) -> usize {
        match &self.pages {
            Pages::Pdf(document) => document.page_count(),
            Pages::Tiff { numbers, .. } => numbers.len(),
        }
    }

    /// The picture of a page; `None` is the file itself.
    ///
    /// # Errors
    /// It can't be read, or the area lies outside of it.
    pub(crate) fn decode(
        &self,
        page: Option<&FilePage>,
        limits: &Limits,
    ) -> Result<Decoded, EngineError> {
        let index = page.map_or(0, |page| page.number.saturating_sub(1));
        let mut decoded = match &self.pages {
            Pages::Pdf(document) => {
                let page = document.page_image(index as usize)?;
                Decoded {
                    image: page.image,
                    format: Format::Pdf,
                    warnings: page.warnings,
                    page_orientation: None,
                }
            }
            Pages::Tiff { bytes, .. } => {
                let options = DecodeOptions {
                    limits: limits.clone(),
                    page: index,
                    budget: None,
                };
                decode(bytes, &options)?
            }
        };
        if let Some(area) = page.and_then(|page| page.area) {
            decoded.image = cut(&decoded.image, area)?;
        }
        Ok(decoded)
    }

    /// Bytes of memory that decoding a page takes; none for one that decoding will refuse.
    pub(crate) fn cost(&self, page: Option<&FilePage>, limits: &Limits) -> u64 {
        let index = page.map_or(0, |page| page.number.saturating_sub(1));
        match &self.pages {
            Pages::Pdf(document) => document
                .page_pixels(index as usize)
                .map_or(0, |pixels| pixels * PDF_BYTES_PER_PIXEL),
            Pages::Tiff { bytes, .. } => lookalike_imaging::probe_page(bytes, index, limits)
                .map_or(0, |probe| lookalike_imaging::decode_cost(&probe)),
        }
    }

    fn named(&self, number: u32, area: Option<PageArea>) -> FilePage {
        FilePage {
            file_md5: self.md5.clone(),
            number,
            area,
        }
    }
}

/// What tells a page's picture from all others, as the MD5 of its bytes tells a file: 32
/// hexadecimal digits.
pub(crate) fn content_md5(page: &FilePage) -> String {
    let FilePage {
        file_md5,
        number,
        area,
    } = page;
    let area = area.map_or(String::new(), |area| {
        let PageArea {
            left,
            top,
            width,
            height,
        } = area;
        format!(" area {left},{top},{width},{height}")
    });
    hex(&Md5::digest(
        format!("{file_md5} page {number}{area}").as_bytes(),
    ))
}

fn area(crop: Crop) -> PageArea {
    PageArea {
        left: crop.left,
        top: crop.top,
        width: crop.width,
        height: crop.height,
    }
}

fn cut(image: &RgbImage, area: PageArea) -> Result<RgbImage, EngineError> {
    image
        .crop(area.left, area.top, area.width, area.height)
        .ok_or_else(|| {
            EngineError::new(
                ErrorKind::Unprocessable,
                "the sheet lies outside of its page: the file has changed; import it again",
            )
        })
}

impl From<PdfError> for EngineError {
    fn from(error: PdfError) -> Self {
        let kind = match error.kind {
            PdfErrorKind::TooLarge => ErrorKind::TooLarge,
            PdfErrorKind::NoSuchPage => ErrorKind::InvalidInput,
            PdfErrorKind::NotAPdf
            | PdfErrorKind::Unsupported
            | PdfErrorKind::NeedsRendering
            | PdfErrorKind::Encrypted => ErrorKind::UnsupportedMedia,
            _ => ErrorKind::Unprocessable,
        };
        Self::new(kind, error.to_string()).because(error)
    }
}
