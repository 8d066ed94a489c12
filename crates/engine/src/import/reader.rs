//! Reads files and knows those that need no decoding. Cheap and mostly waiting for disks, so
//! that the workers behind always have something to compute.

use std::sync::atomic::{AtomicBool, Ordering};

use lookalike_catalog::{Collection, Content, KnownPath, NewItem, SheetFacts};
use lookalike_imaging::{Format, PixelBudget};
use lookalike_work::FileProblem;
use md5::{Digest, Md5};

use super::ImportRequest;
use super::described::SheetNotes;
use super::folder::Sheet;
use super::grant_facts::GrantFacts;
use super::in_flight::{Claim, InFlight};
use super::loaded::{FileBytes, Loaded, LoadedFile, LoadedPicture};
use super::sheets_found::SheetsFound;
use crate::gone::is_gone;
use crate::hex::hex;
use crate::paged::Opened;
use crate::stores::OriginalPlace;
use crate::{EngineError, Stores};

/// Places of the same bytes that are looked at for one whose file was moved.
const MOVED: usize = 16;

/// What became of a file, or of a page of it.
#[derive(Debug)]
pub(super) enum Read {
    /// The file holds this many items, not one.
    Pages(u32),
    /// The collection has this many items of the file, which are all.
    Known(u32),
    /// The collection has it, but a grant now tells more of it.
    Described(String, SheetFacts),
    /// An item without embedding: the collection has one of the same bytes. The paths are those
    /// of such items whose files are gone: the file may have been moved.
    Embedded(Box<NewItem>, Vec<String>),
    /// The same bytes are being embedded under another name; they will bring this item along.
    Attached,
    /// A picture to decode.
    Loaded(Box<Loaded>),
    /// What a patent's PDF tells of it.
    Patent(Box<GrantFacts>),
    /// The patent's sheets are there from its grant: these, of its PDF, are not needed.
    PassedOver(String),
    /// Something to be told about the file.
    Warning(String),
    /// A path with no picture any more.
    Gone(String),
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
    /// The patents whose sheets were found.
    pub(super) sheets_found: &'a SheetsFound,
    /// Whether a file that was deleted before was told of.
    pub(super) told_deleted: &'a AtomicBool,
}

impl Reader<'_> {
    /// Reads a file; tells `each` what became of it, or of its pages, until that answers `false`.
    pub(super) fn read(
        &self,
        sheet: Sheet,
        each: &mut dyn FnMut(Result<Read, FileProblem>) -> bool,
    ) -> bool {
        let file = sheet.file.path();
        self.try_read(sheet, &file, &mut |read| each(Ok(read)))
            .unwrap_or_else(|reason| each(Err(FileProblem { file, reason })))
    }

    fn try_read(
        &self,
        sheet: Sheet,
        path: &str,
        each: &mut dyn FnMut(Read) -> bool,
    ) -> Result<bool, String> {
        let stamp = sheet.file.stamp().map_err(|error| error.reason)?;
        let path = KnownPath {
            path: path.to_owned(),
            file_size: stamp.size_bytes,
            modified_ns: stamp.modified_ns,
            page_count: None,
        };
        let known = self.stores.catalog().items_of_file(self.collection, &path);
        match known.map_err(|error| error.to_string())? {
            0 => {}
            1 => return self.describe(sheet, path).map(each),
            items => return Ok(each(Read::Pages(items)) && each(Read::Known(items))),
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
        match Opened::new(bytes, self.stores.limits()).map_err(|error| error.to_string())? {
            Opened::Picture(bytes) => {
                let notes = sheet.shown.clone();
                let md5 = hex(&Md5::digest(&bytes));
                if self.was_deleted(&path.path, &md5)? {
                    return Ok(self.pass_over_deleted(each));
                }
                let item = new_item(sheet, path, md5, bytes.len() as u64);
                self.look_up(item, notes, FileBytes { bytes, permit })
                    .map(each)
                    .map_err(|error| error.to_string())
            }
            Opened::Paged(file) => self.read_pages(
                &sheet,
                &path,
                LoadedFile {
                    file,
                    _permit: permit,
                },
                each,
            ),
        }
    }

    /// Whether somebody deleted what lies here.
    pub(super) fn was_deleted(&self, path: &str, md5: &str) -> Result<bool, String> {
        let deleted = self.stores.catalog().is_deleted(self.collection, path, md5);
        deleted.map_err(|error| error.to_string())
    }

    /// Counts it as known; told of the first one alone, as there may be thousands.
    pub(super) fn pass_over_deleted(&self, each: &mut dyn FnMut(Read) -> bool) -> bool {
        let is_first = !self.told_deleted.swap(true, Ordering::Relaxed);
        let told = !is_first
            || each(Read::Warning(
                "left out, as all that was deleted from this collection before".to_owned(),
            ));
        told && each(Read::Known(1))
    }

    /// A grant may have come, or been mended, after its sheets were imported.
    fn describe(&self, sheet: Sheet, path: KnownPath) -> Result<Read, String> {
        if !sheet.has_grant {
            return Ok(Read::Known(1));
        }
        let stored = self.stores.catalog().sheet_at(self.collection, &path.path);
        match stored.map_err(|error| error.to_string())? {
            Some(stored) if tells_other(&sheet.facts, &stored) => {
                Ok(Read::Described(path.path, sheet.facts))
            }
            _ => Ok(Read::Known(1)),
        }
    }

    /// Places where the same bytes were and are no longer.
    pub(super) fn gone(&self, item: &NewItem) -> Result<Vec<String>, EngineError> {
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
        file: FileBytes,
    ) -> Result<Read, EngineError> {
        if let Some(content) = self.embedded_content(&item)? {
            item.content = content;
            if item.content.original_key.is_none()
                && let Some(format) = Format::sniff(&file.bytes)
                && let Some(place) = OriginalPlace::new(
                    self.request.originals,
                    item.patent_id.as_deref(),
                    &item.file_name,
                    &item.content.md5,
                    format,
                )?
            {
                let key = self.stores.keep_original(place, &file.bytes)?;
                item.content.original_key = Some(key.as_str().to_owned());
            }
            let gone = self.gone(&item)?;
            return Ok(Read::Embedded(Box::new(item), gone));
        }
        Ok(self.claim(item, notes, LoadedPicture::File(file)))
    }

    /// The content of the item, if the collection has an embedding of it.
    pub(super) fn embedded_content(&self, item: &NewItem) -> Result<Option<Content>, EngineError> {
        let catalog = self.stores.catalog();
        let md5 = &item.content.md5;
        if catalog.has_embedding(self.collection, md5)? {
            return Ok(catalog.content(md5)?);
        }
        Ok(None)
    }

    /// Hands on a picture that has to be embedded, unless that is being done.
    pub(super) fn claim(&self, item: NewItem, notes: SheetNotes, picture: LoadedPicture) -> Read {
        match self.in_flight.claim(item) {
            Claim::Attached => Read::Attached,
            Claim::Finished(item) => Read::Embedded(item, Vec::new()),
            Claim::Ours(item) => Read::Loaded(Box::new(Loaded {
                item,
                notes,
                picture,
            })),
        }
    }
}

/// An item as far as it is known before its picture is decoded.
pub(super) fn new_item(sheet: Sheet, path: KnownPath, md5: String, file_size: u64) -> NewItem {
    NewItem {
        content: Content {
            md5,
            page: None,
            width: 0,
            height: 0,
            file_size,
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

/// Whether facts differ from those stored; that they tell no view is none, as its figures may have.
fn tells_other(facts: &SheetFacts, stored: &SheetFacts) -> bool {
    let view = facts.view.as_ref().or(stored.view.as_ref()).cloned();
    let facts = SheetFacts {
        view,
        ..facts.clone()
    };
    facts != *stored
}
