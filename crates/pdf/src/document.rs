//! A PDF and its pages.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_syntax::{LoadPdfError, Pdf};
use lookalike_imaging::{Limits, RgbImage};

use crate::content::{Content, scan};
use crate::error::{PdfError, PdfErrorKind};
use crate::limits::MAX_PAGES;
use crate::text::Word;
use crate::{guard, image};

/// An open PDF. Nothing but its structure has been read.
pub struct Document {
    pdf: Pdf,
    limits: Limits,
}

/// The picture of a page.
#[derive(Clone, Debug)]
pub struct PageImage {
    /// The picture, as the page shows it.
    pub image: RgbImage,
    /// What was wrong with it although it could be used.
    pub warnings: Vec<String>,
}

impl Document {
    /// Opens a file.
    ///
    /// # Errors
    /// It is no PDF, above the limits, encrypted, damaged beyond repair, or has
    /// no page or too many.
    pub fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Self, PdfError> {
        guard::check(&bytes, limits)?;
        let pdf = guarded(|| match Pdf::new(bytes) {
            Ok(pdf) => Ok(pdf),
            Err(LoadPdfError::Decryption(_)) => Err(PdfError::new(
                PdfErrorKind::Encrypted,
                "the file is encrypted; save a copy without protection",
            )),
            Err(LoadPdfError::Invalid) => Err(PdfError::malformed(
                "the file is damaged: its pages can't be found",
            )),
        })?;
        let pages = pdf.pages().len();
        if pages == 0 {
            return Err(PdfError::malformed("the file has no pages"));
        }
        if pages > MAX_PAGES {
            return Err(PdfError::new(
                PdfErrorKind::TooLarge,
                format!("the file has {pages} pages; at most {MAX_PAGES} are read, split it"),
            ));
        }
        Ok(Self {
            pdf,
            limits: limits.clone(),
        })
    }

    /// The file.
    pub fn bytes(&self) -> &[u8] {
        self.pdf.data().as_ref()
    }

    /// Number of pages, at least one.
    pub fn page_count(&self) -> usize {
        self.pdf.pages().len()
    }

    /// The picture of a page, counted from 0: the one image that lies on it,
    /// turned as the page shows it, on white.
    ///
    /// # Errors
    /// There is no such page; more than one image, or something drawn, is on it;
    /// or the image is damaged, too large, or of a kind that is not read.
    pub fn page_image(&self, page: usize) -> Result<PageImage, PdfError> {
        self.on_page(page, |content, rotation| {
            let reason = match (&content.image, content.images, content.drawn) {
                (Some(placed), 1, None) => return image::read(placed, rotation, &self.limits),
                (None, _, None) => "it is empty".to_owned(),
                (None, _, Some(drawn)) => format!("it holds {drawn} and no image"),
                (Some(_), 1, Some(drawn)) => format!("it shows {drawn} besides its image"),
                (Some(_), images, _) => format!("it is made of {images} images"),
            };
            Err(PdfError::new(
                PdfErrorKind::NeedsRendering,
                format!(
                    "page {} is not a scan: {reason}; pages are not rendered here, save it as an \
                     image",
                    page + 1
                ),
            ))
        })
    }

    /// Pixels that [`Document::page_image`] decodes at most: those of the
    /// page's image and its mask, as the file states them. Nothing is decoded.
    ///
    /// # Errors
    /// There is no such page, it has no image, or one above the limits.
    pub fn page_pixels(&self, page: usize) -> Result<u64, PdfError> {
        self.on_page(page, |content, _| match &content.image {
            Some(placed) => image::stated_pixels(&placed.stream, &self.limits),
            None => Err(PdfError::malformed(format!(
                "page {} has no image",
                page + 1
            ))),
        })
    }

    /// The text of a page, shown or not, in the order in which it is written.
    ///
    /// # Errors
    /// There is no such page, or it can't be read.
    pub fn words(&self, page: usize) -> Result<Vec<Word>, PdfError> {
        self.on_page(page, |content, _| Ok(content.words))
    }

    /// Width and height of a page in points.
    pub(crate) fn page_size(&self, page: usize) -> Option<(f64, f64)> {
        let (width, height) = self.pdf.pages().get(page)?.render_dimensions();
        Some((f64::from(width), f64::from(height)))
    }

    fn on_page<R>(
        &self,
        index: usize,
        read: impl FnOnce(Content<'_>, hayro_syntax::page::Rotation) -> Result<R, PdfError>,
    ) -> Result<R, PdfError> {
        guarded(|| {
            let page = self.pdf.pages().get(index).ok_or_else(|| {
                let pages = self.page_count();
                PdfError::new(
                    PdfErrorKind::NoSuchPage,
                    format!("page {} was asked for, but the file has {pages}", index + 1),
                )
            })?;
            read(scan(page)?, page.rotation())
        })
    }
}

/// A panic of the reader of PDF syntax is the fault of the file.
fn guarded<R>(read: impl FnOnce() -> Result<R, PdfError>) -> Result<R, PdfError> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(PdfError::malformed("the file is damaged")))
}
