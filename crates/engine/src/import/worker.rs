//! Reads and decodes one file: all that can be done for it without the encoder.

use std::fs::Metadata;
use std::path::Path;
use std::time::UNIX_EPOCH;

use lookalike_catalog::{Collection, Content, KnownPath, NewItem};
use lookalike_imaging::{DecodeOptions, RgbImage, decode, decode_cost, probe};
use md5::{Digest, Md5};

use super::folder::Sheet;
use super::{FileProblem, ImportRequest, Originals};
use crate::pictures::{make_thumbnail, original_key};
use crate::{Encoder, Engine, EngineError};

/// What became of a file.
#[derive(Debug)]
pub(super) enum Read {
    /// The collection has it.
    Known,
    /// An item without embedding: the collection has one of the same bytes.
    Embedded(Box<NewItem>),
    /// An item with the picture as the encoder takes it.
    Prepared(Box<Prepared>),
}

/// A decoded file on its way to the encoder.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) item: NewItem,
    pub(super) picture: RgbImage,
    /// JPEG.
    pub(super) thumbnail: Vec<u8>,
}

/// What every file is read with.
#[derive(Clone, Copy)]
pub(super) struct Worker<'a> {
    pub(super) engine: &'a Engine,
    pub(super) request: &'a ImportRequest,
    pub(super) collection: &'a Collection,
    pub(super) encoder: &'a Encoder,
}

impl Worker<'_> {
    pub(super) fn read(&self, sheet: &Sheet) -> Result<Read, FileProblem> {
        self.try_read(sheet).map_err(|reason| FileProblem {
            file: sheet.path.to_string_lossy().into_owned(),
            reason,
        })
    }

    fn try_read(&self, sheet: &Sheet) -> Result<Read, String> {
        let metadata = std::fs::metadata(&sheet.path).map_err(|error| error.to_string())?;
        let path = known_path(&sheet.path, &metadata);
        let catalog = self.engine.catalog();
        let known = catalog.known_path(self.collection, &path.path);
        if known.map_err(|error| error.to_string())?.as_ref() == Some(&path) {
            return Ok(Read::Known);
        }
        let limits = self.engine.limits();
        if metadata.len() > limits.max_file_bytes {
            return Err(format!(
                "{} bytes are above the limit of {} for a file",
                metadata.len(),
                limits.max_file_bytes
            ));
        }
        let bytes = std::fs::read(&sheet.path).map_err(|error| error.to_string())?;
        let md5 = hex(&Md5::digest(&bytes));
        self.with_content(sheet, path, &bytes, &md5)
            .map_err(|error| error.to_string())
    }

    fn with_content(
        &self,
        sheet: &Sheet,
        path: KnownPath,
        bytes: &[u8],
        md5: &str,
    ) -> Result<Read, EngineError> {
        let catalog = self.engine.catalog();
        let embedded = catalog
            .embedding_of_content(self.collection, md5)?
            .is_some();
        if embedded && let Some(mut content) = catalog.content(md5)? {
            if content.original_key.is_none()
                && let Some(format) = lookalike_imaging::Format::sniff(bytes)
            {
                content.original_key = self.copy_original(bytes, md5, format)?;
            }
            let item = new_item(sheet, path, content, Vec::new());
            return Ok(Read::Embedded(Box::new(item)));
        }
        let limits = self.engine.limits();
        let header = probe(bytes, limits)?;
        // Held until only the small picture for the encoder is left.
        let _permit = self.engine.budget().acquire(decode_cost(&header));
        let options = DecodeOptions {
            limits: limits.clone(),
            ..DecodeOptions::default()
        };
        let decoded = decode(bytes, &options)?;
        let content = Content {
            md5: md5.to_owned(),
            width: decoded.image.width(),
            height: decoded.image.height(),
            file_size: bytes.len() as u64,
            format: decoded.format.name().to_owned(),
            original_key: self.copy_original(bytes, md5, decoded.format)?,
        };
        Ok(Read::Prepared(Box::new(Prepared {
            picture: self.encoder.prepare(&decoded.image)?,
            thumbnail: make_thumbnail(&decoded.image)?,
            item: new_item(sheet, path, content, decoded.warnings),
        })))
    }

    fn copy_original(
        &self,
        bytes: &[u8],
        md5: &str,
        format: lookalike_imaging::Format,
    ) -> Result<Option<String>, EngineError> {
        if self.request.originals == Originals::Reference {
            return Ok(None);
        }
        let key = original_key(md5, format)?;
        self.engine.blobs().put(&key, bytes)?;
        Ok(Some(key.as_str().to_owned()))
    }
}

fn new_item(sheet: &Sheet, path: KnownPath, content: Content, warnings: Vec<String>) -> NewItem {
    NewItem {
        content,
        external_id: None,
        file_name: sheet.file_name.clone(),
        path: Some(path),
        patent_id: sheet.patent_id.clone(),
        page_num: sheet.page_num.clone(),
        image_index: sheet.image_index,
        view: sheet.view.clone(),
        front_page: sheet.front_page,
        description: None,
        tags: Vec::new(),
        attributes: serde_json::Map::new(),
        warnings,
    }
}

fn known_path(path: &Path, metadata: &Metadata) -> KnownPath {
    let modified = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_nanos()).ok());
    KnownPath {
        path: path.to_string_lossy().into_owned(),
        file_size: metadata.len(),
        modified_ns: modified.unwrap_or(0),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
