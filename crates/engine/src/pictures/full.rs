//! Whole pictures as browsers show them.

use std::io::{Read, Seek};

use lookalike_catalog::{Item, Turn};
use lookalike_imaging::Format;
use lookalike_imaging::figures::SheetKind;
use lookalike_imaging::photo::{Form, PreparedPhoto};

use super::figure::upright_sheet;
use super::jpeg::{VIEW_QUALITY, jpeg};
use super::originals::original_is_gone;
use super::{Content, Picture, Pictures};
use crate::EngineError;
use crate::paged::Opened;

/// Bytes that tell a format.
const SNIFFED: u64 = 16;

impl Pictures {
    /// The original as a browser shows it, upright: PNG, WebP, GIF and JPEG as they are unless
    /// they have to be turned, others, and pages of files that hold several, as JPEG.
    pub(super) fn full_picture(&self, item: &Item) -> Result<Picture, EngineError> {
        if item.page.is_some() {
            return Ok(Picture {
                mime: Format::Jpeg.mime(),
                content: Content::Bytes(jpeg(&self.upright(item)?, VIEW_QUALITY)?),
            });
        }
        let mut original = self.open_original(item)?;
        let mut head = Vec::new();
        let unreadable = |error| original_is_gone(item).because(error);
        original
            .reader
            .by_ref()
            .take(SNIFFED)
            .read_to_end(&mut head)
            .map_err(unreadable)?;
        let turn = item.turn.unwrap_or_default();
        let format = Format::sniff(&head).filter(|_| turn == Turn::None);
        original.reader.rewind().map_err(unreadable)?;
        if let Some(format) = format.filter(|format| format.is_browser_viewable()) {
            return Ok(Picture {
                mime: format.mime(),
                content: Content::Stream(original),
            });
        }
        let mut bytes = Vec::new();
        original
            .reader
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        Ok(Picture {
            mime: Format::Jpeg.mime(),
            content: Content::Bytes(jpeg(
                &self.stores.decode(&bytes)?.image.turned(turn),
                VIEW_QUALITY,
            )?),
        })
    }

    /// Any supported picture as a JPEG that a browser shows, upright; of a file that holds several, that
    /// of the page of this number, counted from 1, of which the first is usual. With it what was wrong
    /// with its file although it could be read. A photo comes in the form that is asked for; a drawing
    /// is one already.
    ///
    /// # Errors
    /// The bytes are not a picture that can be read, or there is no such page.
    pub fn preview(
        &self,
        bytes: Vec<u8>,
        page: Option<u32>,
        form: Form,
    ) -> Result<(Vec<u8>, Vec<String>), EngineError> {
        let limits = self.stores.limits();
        let mut decoded = match Opened::new(bytes, limits)? {
            Opened::Paged(file) => {
                let page = file.page(page.unwrap_or(1), limits, self.stores.budget())?;
                self.stores.decode_page_of(&file, page.as_ref())?
            }
            Opened::Picture(_) if page.is_some_and(|page| page != 1) => {
                return Err(EngineError::invalid(
                    "a page was asked for, but the file is one picture",
                ));
            }
            Opened::Picture(bytes) => self.stores.decode(&bytes)?,
        };
        let warnings = std::mem::take(&mut decoded.warnings);
        let sheet = upright_sheet(decoded);
        let picture = match form {
            Form::CutOut if sheet.layout.kind == SheetKind::Picture => {
                PreparedPhoto::new(&sheet.image).cut_out
            }
            Form::Drawing if sheet.layout.kind == SheetKind::Picture => {
                PreparedPhoto::new(&sheet.image).drawing
            }
            _ => sheet.image,
        };
        Ok((jpeg(&picture, VIEW_QUALITY)?, warnings))
    }
}
