//! PDFs of scanned pages: page images and text under limits; a patent's PDF to its fields and
//! drawing sheets.
//!
//! A scanned page is one image and perhaps text that is not shown, so nothing
//! is rendered: the image is taken out as it is. Pages that are drawn are
//! refused with a reason. No file is trusted: sizes are checked before memory is
//! allocated for them, and what unpacks without end is refused unread.

mod cited;
mod content;
mod dates;
mod document;
mod error;
mod fields;
mod filters;
mod guard;
mod image;
mod ink;
mod jbig2;
mod letters;
mod limits;
mod page;
mod patent;
mod placement;
mod print;
mod reading;
mod text;
mod tiff;

pub use document::{Document, PageImage};
pub use error::{PdfError, PdfErrorKind};
pub use guard::is_pdf;
pub use limits::MAX_PAGES;
pub use page::PageKind;
pub use patent::{Crop, PatentPdf, Sheet, Survey};
pub use text::Word;
