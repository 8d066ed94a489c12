//! Pictures on their way to be decoded.

use std::sync::Arc;

use lookalike_catalog::{FilePage, NewItem};
use lookalike_imaging::{DecodeOptions, Decoded, Limits, Permit, decode, decode_cost, probe};

use super::described::SheetNotes;
use crate::EngineError;
use crate::paged::PagedFile;

/// A picture that was read and not yet decoded.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) item: Box<NewItem>,
    pub(super) notes: SheetNotes,
    pub(super) picture: LoadedPicture,
}

/// Where its pixels are.
pub(super) enum LoadedPicture {
    /// In a file of its own.
    File(FileBytes),
    /// On a page of a file, `None` the file itself.
    Page {
        file: Arc<LoadedFile>,
        page: Option<FilePage>,
    },
}

/// The bytes of a file.
#[derive(Debug)]
pub(super) struct FileBytes {
    pub(super) bytes: Vec<u8>,
    /// Their share of the memory for bytes in flight.
    pub(super) permit: Permit,
}

/// A file of several pages, shared by those of them that are not decoded yet.
pub(super) struct LoadedFile {
    pub(super) file: PagedFile,
    /// Its share of the memory for bytes in flight.
    pub(super) _permit: Permit,
}

impl LoadedPicture {
    /// Bytes that decoding takes; none for a picture that decoding will refuse.
    pub(super) fn cost(&self, limits: &Limits) -> u64 {
        match self {
            Self::File(file) => probe(&file.bytes, limits).map_or(0, |header| decode_cost(&header)),
            Self::Page { file, page } => file.file.cost(page.as_ref(), limits),
        }
    }

    /// Whoever calls this has made room for the pixels.
    pub(super) fn decode(&self, limits: &Limits) -> Result<Decoded, EngineError> {
        match self {
            Self::File(file) => {
                let options = DecodeOptions {
                    limits: limits.clone(),
                    ..DecodeOptions::default()
                };
                Ok(decode(&file.bytes, &options)?)
            }
            Self::Page { file, page } => file.file.decode(page.as_ref(), limits),
        }
    }

    /// The bytes of a file of its own; those of a file of pages are copied once for all of them.
    pub(super) fn into_file(self) -> Option<FileBytes> {
        match self {
            Self::File(file) => Some(file),
            Self::Page { .. } => None,
        }
    }
}

impl std::fmt::Debug for LoadedPicture {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(file) => file.fmt(formatter),
            Self::Page { page, .. } => page.fmt(formatter),
        }
    }
}
