//! Files to look for that hold several pages: which of them are queries.
//!
//! Of a patent's PDF all its drawing sheets are, fused as several pictures of one thing; of any
//! other file the first page that is a picture. Whoever knows better names the pages.

use lookalike_catalog::FilePage;

use super::request::{Query, QueryFile};
use crate::paged::{Opened, PageListing, PagedFile, has_pages};
use crate::pictures::make_thumbnail;
use crate::{EngineError, ErrorKind, Stores};

/// Pages of one file that are searched with at once.
pub const MAX_QUERY_PAGES: usize = 64;

/// The pages of a file, to choose from.
#[derive(Clone, Debug, Default)]
pub struct PageChoice {
    /// Canonical id of the patent that the file is.
    pub patent_id: Option<String>,
    /// The patent's title.
    pub title: Option<String>,
    /// The pages, in order.
    pub pages: Vec<PageOffer>,
}

/// A page that may be searched with.
#[derive(Clone, Debug)]
pub struct PageOffer {
    /// Counted from 1.
    pub page: u32,
    /// Whether a search with the file takes it unless told otherwise.
    pub is_usual: bool,
    /// A JPEG of at most 300 x 300 pixels; none of a page that can't be read.
    pub thumbnail: Option<Vec<u8>>,
}

/// The queries that a file makes: those of its `pages`, counted from 1, or of the usual ones
/// where none are named. A file that is one picture is one query.
///
/// # Errors
/// It is a file of pages that can't be read or holds no picture, a page is not there, or
/// there are too many.
pub(super) fn queries_of(
    stores: &Stores,
    file: &QueryFile,
    pages: &[u32],
) -> Result<Vec<Query>, EngineError> {
    let Some(paged) = open(stores, file)? else {
        return match pages {
            [] | [1] => Ok(vec![Query::Image(file.clone())]),
            _ => Err(EngineError::invalid(
                "a page was asked for, but the file is one picture",
            )),
        };
    };
    let chosen = if pages.is_empty() {
        usual(
            &paged,
            paged.list(file.name(), stores.limits(), stores.budget()),
        )?
    } else {
        pages
            .iter()
            .map(|&number| paged.page(number, stores.limits(), stores.budget()))
            .collect::<Result<Vec<_>, _>>()?
    };
    if chosen.len() > MAX_QUERY_PAGES {
        return Err(EngineError::invalid(format!(
            "the file has {} pages to search with; name at most {MAX_QUERY_PAGES} of them",
            chosen.len()
        )));
    }
    let queries = chosen.into_iter().map(|page| file.with_page(page));
    Ok(queries.map(Query::Image).collect())
}

/// The pages of a file, to choose from; none where it is one picture.
///
/// # Errors
/// It is a file of pages that can't be read.
pub(super) fn page_choice(
    stores: &Stores,
    file: &QueryFile,
) -> Result<Option<PageChoice>, EngineError> {
    let Some(paged) = open(stores, file)? else {
        return Ok(None);
    };
    let listing = paged.list(file.name(), stores.limits(), stores.budget());
    let facts = listing.patent.as_deref().map(|facts| facts.patent.clone());
    let (patent_id, title) = facts.map_or((None, None), |patent| {
        (Some(patent.patent_id), patent.title)
    });
    let usual: Vec<u32> = match usual(&paged, listing) {
        Ok(pages) => pages
            .iter()
            .map(|page| page.as_ref().map_or(1, |page| page.number))
            .collect(),
        Err(_) => Vec::new(),
    };
    let offer = |number| {
        let page = paged.whole_page(number);
        let decoded = stores.decode_page_of(&paged, page.as_ref());
        let thumbnail = decoded.and_then(|decoded| make_thumbnail(&decoded.image));
        PageOffer {
            page: number,
            is_usual: usual.contains(&number),
            thumbnail: thumbnail.ok(),
        }
    };
    Ok(Some(PageChoice {
        patent_id,
        title,
        pages: paged.numbers().map(offer).collect(),
    }))
}

/// The file if it has pages.
fn open(stores: &Stores, file: &QueryFile) -> Result<Option<PagedFile>, EngineError> {
    if !has_pages(&file.bytes) {
        return Ok(None);
    }
    Ok(match Opened::new(file.bytes.to_vec(), stores.limits())? {
        Opened::Paged(paged) => Some(paged),
        Opened::Picture(_) => None,
    })
}

/// The pages that are searched with unless others are named.
fn usual(paged: &PagedFile, listing: PageListing) -> Result<Vec<Option<FilePage>>, EngineError> {
    let most = if listing.patent.is_some() {
        MAX_QUERY_PAGES
    } else {
        1
    };
    let pages: Vec<_> = listing
        .pages
        .into_iter()
        .map(|page| page.page)
        .take(most)
        .collect();
    if pages.is_empty() {
        let mut reasons = vec![format!(
            "none of the {} pages of the file is a picture",
            paged.page_count()
        )];
        reasons.extend(listing.warnings);
        return Err(EngineError::new(
            ErrorKind::Unprocessable,
            reasons.join("; "),
        ));
    }
    Ok(pages)
}
