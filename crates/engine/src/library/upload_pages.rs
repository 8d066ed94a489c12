//! Files of several pages that people bring: an item a page, written together or not at all.

use std::sync::Arc;

use lookalike_catalog::{ItemChanges, NewItem};

use super::Library;
use super::upload::{Uploaded, new_item};
use crate::import::{Commit, Original};
use crate::paged::{ListedPage, PageListing, PagedFile, content_md5};
use crate::{EngineError, ErrorKind};

impl Library {
    /// Adds the pages of a file. What is said of a single picture (`external_id`, `view` and
    /// `page_num`) is said of the first.
    pub(super) fn upload_pages(
        &self,
        collection: &str,
        fields: &ItemChanges,
        file_name: &str,
        file: &PagedFile,
    ) -> Result<Uploaded, EngineError> {
        let PageListing {
            patent,
            pages,
            warnings,
        } = file.list(Some(file_name), self.stores.limits(), self.stores.budget());
        if pages.is_empty() {
            let mut reasons = vec!["the file holds no page that is a picture".to_owned()];
            reasons.extend(warnings);
            return Err(EngineError::new(
                ErrorKind::Unprocessable,
                reasons.join("; "),
            ));
        }
        let patent_id = patent.as_ref().map(|facts| facts.patent.patent_id.clone());
        if let Some(patent_id) = &patent_id {
            check_patent(fields, patent_id)?;
        }
        let target = self.target(collection)?;
        let catalog = self.stores.catalog();
        if let Some(patent_id) = &patent_id
            && catalog.has_sheets_of(&target.collection, patent_id)?
        {
            return Err(EngineError::new(
                ErrorKind::Conflict,
                format!("the file is {patent_id}, whose sheets are here from its grant"),
            ));
        }
        let items: Vec<(ListedPage, NewItem)> = pages
            .into_iter()
            .enumerate()
            .map(|(position, page)| {
                let item = page_item(
                    fields,
                    file_name,
                    file,
                    &page,
                    position,
                    patent_id.as_deref(),
                );
                (page, item)
            })
            .collect();
        let figures = match &patent {
            Some(facts) => facts.details.figures.clone().into(),
            None => self.figures_of_patent(items[0].1.patent_id.as_deref())?,
        };
        let mut commit = Commit::default();
        commit.patents_of_pdfs.extend(patent.map(|facts| *facts));
        // All pages share one copy of the file, which comes with the first.
        let mut bytes = Some(file.bytes());
        for (page, item) in items {
            let decoded = self.stores.decode_page_of(file, page.page.as_ref())?;
            let (mut embedded, place) =
                self.embedded(&target, item, decoded, Arc::clone(&figures))?;
            embedded.original = place.zip(bytes.take()).map(|(place, bytes)| Original {
                place,
                bytes: bytes.to_vec(),
                _permit: None,
            });
            commit.add(embedded)?;
        }
        self.store(&target.collection, commit, warnings)
    }
}

/// A patent's PDF says itself which it is and how its sheets are numbered.
fn check_patent(fields: &ItemChanges, patent_id: &str) -> Result<(), EngineError> {
    let given = fields.patent_id.iter().flatten().next();
    if given.is_some_and(|given| given != patent_id) || fields.page_num.iter().flatten().count() > 0
    {
        return Err(EngineError::invalid(format!(
            "the file is the patent {patent_id}, whose sheets have their numbers; leave \
             `patent_id` and `page_num` out"
        )));
    }
    Ok(())
}

fn page_item(
    fields: &ItemChanges,
    file_name: &str,
    file: &PagedFile,
    page: &ListedPage,
    position: usize,
    patent_id: Option<&str>,
) -> NewItem {
    let md5 = match &page.page {
        Some(page) => content_md5(page),
        None => file.md5().to_owned(),
    };
    let size = file.bytes().len() as u64;
    let mut item = new_item(fields.clone(), file_name.to_owned(), md5, size);
    item.content.page.clone_from(&page.page);
    if position > 0 {
        item.external_id = None;
        item.view = None;
        item.page_num = None;
        item.image_index = None;
        item.front_page = false;
    }
    if let Some(patent_id) = patent_id {
        item.patent_id = Some(patent_id.to_owned());
        item.page_num.clone_from(&page.page_num);
        item.image_index = page.image_index;
        item.front_page = false;
    }
    item
}
