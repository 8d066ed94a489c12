//! Which pages of a file are items, and what the file tells of them.

use lookalike_catalog::FilePage;
use lookalike_imaging::{Limits, PixelBudget};
use lookalike_pdf::{Document, PageKind, PatentPdf, Survey};

use super::{PagedFile, Pages, area};
use crate::import::GrantFacts;

/// The pages of a file that are pictures.
#[derive(Debug, Default)]
pub(crate) struct PageListing {
    /// What the patent tells, if the file is one.
    pub(crate) patent: Option<Box<GrantFacts>>,
    /// The pages, in order.
    pub(crate) pages: Vec<ListedPage>,
    /// What was left out and why, for the user.
    pub(crate) warnings: Vec<String>,
}

/// A page that is a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedPage {
    /// The page; `None` is the file itself.
    pub(crate) page: Option<FilePage>,
    /// Such as `D00001` of a patent's sheet.
    pub(crate) page_num: Option<String>,
    /// 0-based order within the patent.
    pub(crate) image_index: Option<u32>,
}

impl PagedFile {
    /// Looks through the file, one page at a time within the budget. `file_name` may tell a
    /// patent's number.
    pub(crate) fn list(
        &self,
        file_name: Option<&str>,
        limits: &Limits,
        budget: &PixelBudget,
    ) -> PageListing {
        match &self.pages {
            Pages::Pdf(document) => {
                let costs = (1..=document.page_count() as u32)
                    .map(|number| self.cost(Some(&self.named(number, None)), limits));
                let _pixels = budget.acquire(costs.max().unwrap_or(0));
                self.list_pdf(document, file_name)
            }
            Pages::Tiff { numbers, .. } => PageListing {
                pages: numbers.iter().map(|&index| self.whole(index + 1)).collect(),
                ..PageListing::default()
            },
        }
    }

    fn list_pdf(&self, document: &Document, file_name: Option<&str>) -> PageListing {
        let Survey { pages, patent } = document.survey(file_name);
        if let Some(patent) = patent {
            return self.list_patent(patent);
        }
        let mut listing = PageListing::default();
        let mut blank = Vec::new();
        let mut unread: Option<(usize, String)> = None;
        for (index, kind) in pages.into_iter().enumerate() {
            match kind {
                Ok(PageKind::Blank) => blank.push((index + 1).to_string()),
                Ok(_) => listing.pages.push(self.whole(index as u32 + 1)),
                Err(error) => match &mut unread {
                    Some((count, _)) => *count += 1,
                    None => unread = Some((1, error.reason)),
                },
            }
        }
        if let Some((count, reason)) = unread {
            listing.warnings.push(match count {
                1 => format!("a page is left out: {reason}"),
                _ => format!("{count} pages are left out, the first because {reason}"),
            });
        }
        if !blank.is_empty() {
            let pages = blank.join(", ");
            listing
                .warnings
                .push(format!("left out, as nothing is on them: pages {pages}"));
        }
        listing
    }

    fn list_patent(&self, patent: PatentPdf) -> PageListing {
        let sheets = patent.sheets.iter().enumerate();
        let pages = sheets.map(|(index, sheet)| ListedPage {
            page: Some(self.named(sheet.page as u32 + 1, Some(area(sheet.crop)))),
            page_num: Some(format!("D{:05}", index + 1)),
            image_index: Some(index as u32),
        });
        PageListing {
            pages: pages.collect(),
            patent: Some(Box::new(GrantFacts::new(&patent.grant))),
            warnings: patent.grant.warnings,
        }
    }

    /// A whole page, counted from 1.
    fn whole(&self, number: u32) -> ListedPage {
        ListedPage {
            page: self.whole_page(number),
            page_num: None,
            image_index: None,
        }
    }
}
