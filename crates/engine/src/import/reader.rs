//! Reads files and knows those that need no decoding. Cheap and mostly waiting for disks, so
//! that the workers behind always have something to compute.

use lookalike_catalog::{Collection, Content, KnownPath, NewItem};
use lookalike_imaging::{Format, Permit, PixelBudget};
use md5::{Digest, Md5};

use super::folder::Sheet;
use super::in_flight::{Claim, InFlight};
use super::{FileProblem, ImportRequest, Originals};
use crate::pictures::{hex, original_key};
use crate::{Engine, EngineError};

/// What became of a file.
#[derive(Debug)]
pub(super) enum Read {
    /// The collection has it.
    Known,
    /// An item without embedding: the collection has one of the same bytes.
    Embedded(Box<NewItem>),
    /// The same bytes are being embedded under another name; they will bring this item along.
    Attached,
    /// A picture to decode.
    Loaded(Box<Loaded>),
}

/// The bytes of a file on their way to be decoded.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) item: Box<NewItem>,
    pub(super) bytes: Vec<u8>,
    /// Their share of the memory for bytes in flight.
    pub(super) permit: Permit,
}

/// What every file is read with.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) engine: &'a Engine,
    pub(super) request: &'a ImportRequest,
    pub(super) collection: &'a Collection,
    pub(super) in_flight: &'a InFlight,
    /// Memory for files that were read and not yet dealt with.
    pub(super) budget: &'a PixelBudget,
}

impl Reader<'_> {
    pub(super) fn read(&self, sheet: Sheet) -> Result<Read, FileProblem> {
        let path = sheet.file.path();
        self.try_read(sheet, &path)
            .map_err(|reason| FileProblem { file: path, reason })
    }

    fn try_read(&self, sheet: Sheet, path: &str) -> Result<Read, String> {
        let stamp = sheet.file.stamp().map_err(|error| error.reason)?;
        let path = KnownPath {
            path: path.to_owned(),
            file_size: stamp.size_bytes,
            modified_ns: stamp.modified_ns,
        };
        let known = self
            .engine
            .catalog()
            .known_path(self.collection, &path.path);
        if known.map_err(|error| error.to_string())?.as_ref() == Some(&path) {
            return Ok(Read::Known);
        }
        let most = self.engine.limits().max_file_bytes;
        if stamp.size_bytes > most {
            return Err(format!(
                "{} bytes are above the limit of {most} for a file",
                stamp.size_bytes
            ));
        }
        let permit = self.budget.acquire(stamp.size_bytes);
        let bytes = sheet.file.read(most).map_err(|error| error.reason)?;
        let item = new_item(sheet, path, &bytes);
        self.look_up(item, bytes, permit)
            .map_err(|error| error.to_string())
    }

    fn look_up(
        &self,
        mut item: NewItem,
        bytes: Vec<u8>,
        permit: Permit,
    ) -> Result<Read, EngineError> {
        let catalog = self.engine.catalog();
        let md5 = &item.content.md5;
        if catalog
            .embedding_of_content(self.collection, md5)?
            .is_some()
            && let Some(content) = catalog.content(md5)?
        {
            item.content = content;
            if self.request.originals == Originals::Copy
                && item.content.original_key.is_none()
                && let Some(format) = Format::sniff(&bytes)
            {
                let key = original_key(&item.content.md5, format)?;
                self.engine.blobs().put(&key, &bytes)?;
                item.content.original_key = Some(key.as_str().to_owned());
            }
            return Ok(Read::Embedded(Box::new(item)));
        }
        Ok(match self.in_flight.claim(item) {
            Claim::Attached => Read::Attached,
            Claim::Finished(item) => Read::Embedded(item),
            Claim::Ours(item) => Read::Loaded(Box::new(Loaded {
                item,
                bytes,
                permit,
            })),
        })
    }
}

/// An item as far as it is known before its picture is decoded.
fn new_item(sheet: Sheet, path: KnownPath, bytes: &[u8]) -> NewItem {
    NewItem {
        content: Content {
            md5: hex(&Md5::digest(bytes)),
            width: 0,
            height: 0,
            file_size: bytes.len() as u64,
            format: String::new(),
            original_key: None,
        },
        external_id: sheet.notes.external_id,
        file_name: sheet.file.name().to_owned(),
        path: Some(path),
        patent_id: sheet.patent_id,
        page_num: sheet.page_num,
        image_index: sheet.image_index,
        view: sheet.view,
        front_page: sheet.front_page,
        description: None,
        tags: Vec::new(),
        attributes: sheet.notes.attributes,
        warnings: Vec::new(),
    }
}
