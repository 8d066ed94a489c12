//! Reads files and knows those that need no decoding. Cheap and mostly waiting for disks, so
//! that the workers behind always have something to compute.

use lookalike_catalog::{Collection, Content, KnownPath, NewItem, SheetFacts};
use lookalike_imaging::{Format, Permit, PixelBudget};
use lookalike_work::FileProblem;
use md5::{Digest, Md5};

use super::folder::Sheet;
use super::in_flight::{Claim, InFlight};
use super::worker::SheetNotes;
use super::{ImportRequest, Originals};
use crate::gone::is_gone;
use crate::hex::hex;
use crate::stores::original_key;
use crate::{EngineError, Stores};

/// Places of the same bytes that are looked at for one whose file was moved.
const MOVED: usize = 16;

/// What became of a file.
#[derive(Debug)]
pub(super) enum Read {
    /// The collection has it.
    Known,
    /// The collection has it, but a grant now tells more of it.
    Described(String, SheetFacts),
    /// An item without embedding: the collection has one of the same bytes. The paths are those
    /// of such items whose files are gone: the file may have been moved.
    Embedded(Box<NewItem>, Vec<String>),
    /// The same bytes are being embedded under another name; they will bring this item along.
    Attached,
    /// A picture to decode.
    Loaded(Box<Loaded>),
}

/// The bytes of a file on their way to be decoded.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) item: Box<NewItem>,
    pub(super) notes: SheetNotes,
    pub(super) bytes: Vec<u8>,
    /// Their share of the memory for bytes in flight.
    pub(super) permit: Permit,
}

/// What every file is read with.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) stores: &'a Stores,
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
            .stores
            .catalog()
            .known_path(self.collection, &path.path);
        if known.map_err(|error| error.to_string())?.as_ref() == Some(&path) {
            return self.describe(sheet, path);
        }
        let most = self.stores.limits().max_file_bytes;
        if stamp.size_bytes > most {
            return Err(format!(
                "{} bytes are above the limit of {most} for a file",
                stamp.size_bytes
            ));
        }
        let permit = self.budget.acquire(stamp.size_bytes);
        let bytes = sheet.file.read(most).map_err(|error| error.reason)?;
        let notes = sheet.shown.clone();
        let item = new_item(sheet, path, &bytes);
        self.look_up(item, notes, bytes, permit)
            .map_err(|error| error.to_string())
    }

    /// A grant may have come, or been mended, after its sheets were imported.
    fn describe(&self, sheet: Sheet, path: KnownPath) -> Result<Read, String> {
        if !sheet.has_grant {
            return Ok(Read::Known);
        }
        let stored = self.stores.catalog().sheet_at(self.collection, &path.path);
        match stored.map_err(|error| error.to_string())? {
            Some(stored) if stored != sheet.facts => Ok(Read::Described(path.path, sheet.facts)),
            _ => Ok(Read::Known),
        }
    }

    /// Places where the same bytes were and are no longer.
    fn gone(&self, item: &NewItem) -> Result<Vec<String>, EngineError> {
        let catalog = self.stores.catalog();
        let md5 = &item.content.md5;
        let mut paths = catalog.paths_of_content(self.collection, md5, MOVED)?;
        paths.retain(|path| is_gone(path));
        Ok(paths)
    }

    fn look_up(
        &self,
        mut item: NewItem,
        notes: SheetNotes,
        bytes: Vec<u8>,
        permit: Permit,
    ) -> Result<Read, EngineError> {
        let catalog = self.stores.catalog();
        let md5 = &item.content.md5;
        if catalog.has_embedding(self.collection, md5)?
            && let Some(content) = catalog.content(md5)?
        {
            item.content = content;
            if self.request.originals == Originals::Copy
                && item.content.original_key.is_none()
                && let Some(format) = Format::sniff(&bytes)
            {
                let key = original_key(&item.content.md5, format)?;
                self.stores.blobs().put(&key, &bytes)?;
                item.content.original_key = Some(key.as_str().to_owned());
            }
            let gone = self.gone(&item)?;
            return Ok(Read::Embedded(Box::new(item), gone));
        }
        Ok(match self.in_flight.claim(item) {
            Claim::Attached => Read::Attached,
            Claim::Finished(item) => Read::Embedded(item, Vec::new()),
            Claim::Ours(item) => Read::Loaded(Box::new(Loaded {
                item,
                notes,
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
            turn: None,
        },
        external_id: sheet.notes.external_id,
        file_name: sheet.file.name().to_owned(),
        path: Some(path),
        patent_id: sheet.facts.patent_id,
        page_num: sheet.facts.page_num,
        image_index: sheet.facts.image_index,
        view: sheet.facts.view,
        front_page: sheet.front_page,
        description: None,
        tags: Vec::new(),
        attributes: sheet.notes.attributes,
        warnings: Vec::new(),
    }
}
