//! Whole pictures as browsers show them.

use std::io::{Cursor, Read};

use lookalike_catalog::{Item, Turn};
use lookalike_imaging::{Format, RgbImage, encode_jpeg};
use lookalike_storage::blob::OpenBlob;

use super::originals::original_is_gone;
use super::{Content, Picture, Pictures};
use crate::{EngineError, ErrorKind};

/// Bytes that tell a format.
const SNIFFED: u64 = 16;

pub(super) const VIEW_QUALITY: u8 = 95;

impl Pictures {
    /// The original as a browser shows it, upright: PNG, WebP, GIF and JPEG as they are unless
    /// they have to be turned, others as JPEG.
    pub(super) fn full_picture(&self, item: &Item) -> Result<Picture, EngineError> {
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
        let mut reader = Cursor::new(head).chain(original.reader);
        if let Some(format) = format.filter(|format| format.is_browser_viewable()) {
            return Ok(Picture {
                mime: format.mime(),
                content: Content::Stream(OpenBlob {
                    length: original.length,
                    reader: Box::new(reader),
                }),
            });
        }
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(Picture {
            mime: Format::Jpeg.mime(),
            content: Content::Bytes(jpeg(
                &self.stores.decode(&bytes)?.image.turned(turn),
                VIEW_QUALITY,
            )?),
        })
    }

    /// Any supported picture as a JPEG that a browser shows, upright.
    ///
    /// # Errors
    /// The bytes are no picture that can be read.
    pub fn preview(&self, bytes: &[u8]) -> Result<Vec<u8>, EngineError> {
        jpeg(&self.sheet(bytes)?.image, VIEW_QUALITY)
    }
}

pub(super) fn jpeg(image: &RgbImage, quality: u8) -> Result<Vec<u8>, EngineError> {
    encode_jpeg(image, quality).map_err(|error| {
        EngineError::new(ErrorKind::Unprocessable, error.to_string()).because(error)
    })
}
