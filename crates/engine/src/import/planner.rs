//! Reads grants and hands out the images that they describe, folder by folder.
//!
//! PDFs come last, in a second walk: whether the PDF of a patent is wanted shows only when all
//! sheets that came with grants have been seen.

use std::path::Path;

use crossbeam_channel::Sender;
use lookalike_catalog::SheetFacts;
use lookalike_patents::SourceFile;
use lookalike_work::FileProblem;

use super::described::SheetNotes;
use super::folder::{FolderPlan, Sheet};
use super::listing::{Folder, Listing, Notes};
use super::pipeline::Pipeline;
use super::sheets_found::SheetsFound;
use super::writer::Outcome;
use crate::EngineError;

pub(super) struct Planner<'a> {
    pub(super) pipeline: &'a Pipeline<'a>,
    pub(super) sheets: Sender<Sheet>,
    pub(super) outcomes: Sender<Outcome>,
    pub(super) sheets_found: &'a SheetsFound,
}

impl Planner<'_> {
    /// Ends early when nobody listens any more, or `stop` says so.
    pub(super) fn plan(&self, listing: &Listing, stop: &dyn Fn() -> bool) {
        let mut has_pdfs = false;
        for found in listing.folders() {
            let delivered = match found {
                _ if stop() => false,
                Ok(folder) => {
                    has_pdfs |= folder.files.images.iter().any(is_pdf);
                    self.plan_folder(folder, stop)
                }
                Err(problem) => self.tell(Outcome::Failed(problem)),
            };
            if !delivered {
                return;
            }
        }
        if !has_pdfs {
            return;
        }
        // Places that can't be read were reported the first time.
        for folder in listing.folders().flatten() {
            for (file, notes) in with_notes(folder).filter(|(file, _)| is_pdf(file)) {
                if stop() || self.sheets.send(pdf_sheet(file, notes)).is_err() {
                    return;
                }
            }
        }
    }

    fn plan_folder(&self, folder: Folder, stop: &dyn Fn() -> bool) -> bool {
        let mut plan = FolderPlan::new(&folder);
        // Grants that failed are counted with the images only now that they are known.
        let failed = plan.failed.len() as u64;
        self.pipeline.control.progress.add_total(failed);
        let failed = plan.failed.drain(..).map(Outcome::Failed);
        let warnings = plan.warnings.drain(..).map(Outcome::Warning);
        let patents = plan.patents.drain(..);
        let patents = patents.map(|patent| Outcome::Patent(Box::new(patent)));
        let outcomes: Vec<Outcome> = failed.chain(warnings).chain(patents).collect();
        if !outcomes.into_iter().all(|outcome| self.tell(outcome)) {
            return false;
        }
        with_notes(folder)
            .filter(|(file, _)| !is_pdf(file))
            .all(|(file, notes)| {
                !stop()
                    && match plan.sheet(file, notes) {
                        Ok(sheet) => self.replace_pdf(&sheet) && self.sheets.send(sheet).is_ok(),
                        Err(problem) => self.tell(Outcome::Failed(problem)),
                    }
            })
    }

    /// Notes that a patent's sheets are there. Where its PDF was imported before there was a
    /// grant, its pages go, so that nothing is found twice.
    fn replace_pdf(&self, sheet: &Sheet) -> bool {
        let Some(patent_id) = &sheet.facts.patent_id else {
            return true;
        };
        if !self.sheets_found.add(patent_id) || !sheet.has_grant {
            return true;
        }
        let pages = self
            .pipeline
            .stores
            .catalog()
            .pdf_pages_of(self.pipeline.collection, patent_id);
        match pages.map_err(EngineError::from) {
            Ok(pages) if pages.is_empty() => true,
            Ok(pages) => {
                let reason = format!(
                    "replaces the {} sheets of {patent_id} that were imported from its PDF",
                    pages.len()
                );
                self.tell(Outcome::Replaced(pages))
                    && self.tell(Outcome::Warning(FileProblem {
                        file: sheet.file.path(),
                        reason,
                    }))
            }
            Err(error) => self.tell(Outcome::Warning(FileProblem {
                file: sheet.file.path(),
                reason: error.to_string(),
            })),
        }
    }

    fn tell(&self, outcome: Outcome) -> bool {
        self.outcomes.send(outcome).is_ok()
    }
}

fn with_notes(folder: Folder) -> impl Iterator<Item = (SourceFile, Notes)> {
    let notes = folder
        .notes
        .into_iter()
        .chain(std::iter::repeat_with(Notes::default));
    folder.files.images.into_iter().zip(notes)
}

fn is_pdf(file: &SourceFile) -> bool {
    let extension = Path::new(file.name()).extension();
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("pdf"))
}

/// A PDF tells by itself what it is.
fn pdf_sheet(file: SourceFile, notes: Notes) -> Sheet {
    Sheet {
        file,
        facts: SheetFacts::default(),
        has_grant: false,
        front_page: false,
        shown: SheetNotes::default(),
        notes,
    }
}
