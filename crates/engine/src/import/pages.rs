//! Reads files that hold several pictures: an item a page.
//!
//! All that such a file gives is known before the first of its pages is handed on, and every page
//! records how many there are. So the next import sees, without opening the file, whether it has
//! all of them; after a kill it opens the file again and takes those that are missing.

use std::collections::HashSet;
use std::sync::Arc;

use lookalike_catalog::{KnownPath, NewItem, SheetFacts};
use lookalike_patents::page_path;

use super::described::SheetNotes;
use super::folder::Sheet;
use super::loaded::{LoadedFile, LoadedPicture};
use super::reader::{Read, Reader, new_item};
use crate::EngineError;
use crate::paged::{ListedPage, PageListing, content_md5};
use crate::stores::OriginalPlace;

impl Reader<'_> {
    /// Tells `each` what became of the pages, until that answers `false`.
    pub(super) fn read_pages(
        &self,
        sheet: &Sheet,
        path: &KnownPath,
        loaded: LoadedFile,
        each: &mut dyn FnMut(Read) -> bool,
    ) -> Result<bool, String> {
        let listing = loaded.file.list(
            Some(sheet.file.name()),
            self.stores.limits(),
            self.stores.budget(),
        );
        let PageListing {
            patent,
            pages,
            warnings,
        } = listing;
        if pages.is_empty() {
            let mut reasons = vec!["holds no page that is a picture".to_owned()];
            reasons.extend(warnings);
            return Err(reasons.join("; "));
        }
        let patent_id = patent.as_ref().map(|facts| facts.patent.patent_id.clone());
        if let Some(patent_id) = &patent_id
            && self.has_sheets_of(patent_id).map_err(|e| e.to_string())?
        {
            return Ok(each(Read::PassedOver(format!(
                "passed over: it is {patent_id}, whose sheets are here from its grant"
            ))));
        }
        let figures = patent.as_ref().map(|facts| facts.details.figures.clone());
        let told = each(Read::Pages(pages.len() as u32))
            && warnings
                .into_iter()
                .all(|warning| each(Read::Warning(warning)))
            && patent.into_iter().all(|facts| each(Read::Patent(facts)));
        if !told {
            return Ok(false);
        }
        let notes = match figures {
            Some(figures) => SheetNotes {
                turn: None,
                figures: figures.into(),
            },
            None => sheet.shown.clone(),
        };
        let items: Vec<(ListedPage, NewItem)> = pages
            .into_iter()
            .zip(0..)
            .map(|(page, position)| {
                let sheet = page_sheet(sheet, &page, position, patent_id.as_deref());
                let item = page_item(sheet, path, &page, &loaded);
                (page, item)
            })
            .collect();
        self.read_items(items, &notes, path, loaded, each)
            .map_err(|error| error.to_string())
    }

    fn read_items(
        &self,
        mut items: Vec<(ListedPage, NewItem)>,
        notes: &SheetNotes,
        path: &KnownPath,
        loaded: LoadedFile,
        each: &mut dyn FnMut(Read) -> bool,
    ) -> Result<bool, EngineError> {
        let count = items.len() as u32;
        let mut paths = HashSet::new();
        for (_, item) in &mut items {
            if let Some(path) = &mut item.path {
                path.page_count = Some(count);
                paths.insert(path.path.clone());
            }
        }
        // The file may have had other pages before.
        let catalog = self.stores.catalog();
        for path in catalog.page_paths(self.collection, &path.path)? {
            if !paths.contains(&path) && !each(Read::Gone(path)) {
                return Ok(false);
            }
        }
        let original = self.copy_original(items.first().map(|(_, item)| item), &loaded)?;
        let loaded = Arc::new(loaded);
        for (page, mut item) in items {
            let known = match &item.path {
                Some(path) => catalog.known_path(self.collection, &path.path)?,
                None => None,
            };
            let place = item.path.as_ref().map(|path| path.path.as_str());
            if catalog.is_deleted(
                self.collection,
                place.unwrap_or_default(),
                &item.content.md5,
            )? {
                if !self.pass_over_deleted(each) {
                    return Ok(false);
                }
                continue;
            }
            let read = if known.is_some() && known == item.path {
                Read::Known(1)
            } else if let Some(content) = self.embedded_content(&item)? {
                item.content = content;
                let key = item.content.original_key.take();
                item.content.original_key = key.or_else(|| original.clone());
                let gone = self.gone(&item)?;
                Read::Embedded(Box::new(item), gone)
            } else {
                item.content.original_key.clone_from(&original);
                let file = Arc::clone(&loaded);
                let page = page.page;
                self.claim(item, notes.clone(), LoadedPicture::Page { file, page })
            };
            if !each(read) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Where the copy of the file lies that all its pages share, if there is to be one.
    fn copy_original(
        &self,
        first: Option<&NewItem>,
        loaded: &LoadedFile,
    ) -> Result<Option<String>, EngineError> {
        let place = OriginalPlace::new(
            self.request.originals,
            first.and_then(|item| item.patent_id.as_deref()),
            first.map_or("", |item| &item.file_name),
            loaded.file.md5(),
            loaded.file.format(),
        )?;
        let Some(place) = place else {
            return Ok(None);
        };
        let key = self.stores.keep_original(place, loaded.file.bytes())?;
        Ok(Some(key.as_str().to_owned()))
    }

    fn has_sheets_of(&self, patent_id: &str) -> Result<bool, EngineError> {
        let catalog = self.stores.catalog();
        Ok(self.sheets_found.contains(patent_id)
            || catalog.has_sheets_of(self.collection, patent_id)?)
    }
}

/// What is known of a page: what the file tells, or what was known of the file, of which the first
/// page then takes the place within the patent.
fn page_sheet(sheet: &Sheet, page: &ListedPage, position: u32, patent_id: Option<&str>) -> Sheet {
    let mut sheet = sheet.clone();
    if patent_id.is_some() {
        sheet.facts = SheetFacts {
            patent_id: patent_id.map(str::to_owned),
            page_num: page.page_num.clone(),
            image_index: page.image_index,
            view: None,
        };
    } else if position > 0 {
        sheet.facts = SheetFacts {
            patent_id: sheet.facts.patent_id.take(),
            ..SheetFacts::default()
        };
    }
    if position > 0 {
        sheet.notes.external_id = None;
    }
    sheet
}

fn page_item(sheet: Sheet, path: &KnownPath, page: &ListedPage, loaded: &LoadedFile) -> NewItem {
    let mut path = path.clone();
    let md5 = match &page.page {
        Some(page) => {
            path.path = page_path(&path.path, page.number);
            content_md5(page)
        }
        None => loaded.file.md5().to_owned(),
    };
    let mut item = new_item(sheet, path, md5, loaded.file.bytes().len() as u64);
    item.content.page.clone_from(&page.page);
    item
}
