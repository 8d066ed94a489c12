//! Merging: another library's items, patents, decisions and pictures become part of this one.
//!
//! Collections meet by name, and have to be made alike. Everything is done in small steps, each of
//! which leaves both libraries whole; what was taken in is noted with it, so that a merge that was
//! cut off goes on where it was, and one that is made again adds nothing. The other library is only
//! read. Users, histories and jobs stay with it.

mod blobs;
mod said;
#[cfg(test)]
mod tests;
mod trash;

use std::collections::HashSet;
use std::path::PathBuf;

use lookalike_catalog::{Catalog, Collection, ForeignItem, NewCollection, NewFigure, Placed};
use lookalike_engine::{EngineError, ErrorKind, EvidenceStore, Hint, Stores};
use lookalike_storage::blob::FolderBlobs;
use lookalike_work::Cancel;
use serde::Serialize;

/// Items taken in by one transaction.
const ITEMS: usize = 256;

/// Patents and decisions taken in by one transaction.
const ROWS: usize = 1_000;

/// A library to take in.
pub struct Other {
    /// Where it lies.
    pub directory: PathBuf,
    /// Its catalogue, held so that nobody writes to it meanwhile.
    pub catalog: Catalog,
    /// Its blobs, but for those in an object store.
    pub blobs: FolderBlobs,
    /// Its evidence.
    pub evidence: EvidenceStore,
}

/// What was taken in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MergeReport {
    /// Items of the other library that were looked at.
    pub items: u64,
    /// Those that are new here.
    pub added: u64,
    /// Those that were here: the same file, or the same bytes of the same patent and page.
    pub known: u64,
    /// Those that an earlier merge had dealt with.
    pub taken_before: u64,
    /// Patents of which nothing was known here.
    pub patents: u64,
    /// Items of its trash that are in the trash here now.
    pub trash: u64,
    /// Patents of which tables say something that was not said here.
    pub annotations: u64,
    /// Pairs that people said are no duplicates.
    pub decisions: u64,
    /// Originals and thumbnails that were copied.
    pub blobs: u64,
    /// Whether it was cancelled; made again it goes on.
    pub cancelled: bool,
}

/// Takes libraries in.
pub struct Merger<'a> {
    stores: &'a Stores,
    cancel: &'a Cancel,
}

impl<'a> Merger<'a> {
    /// Takes libraries into `stores`, until it is cancelled.
    #[must_use]
    pub fn new(stores: &'a Stores, cancel: &'a Cancel) -> Self {
        Self { stores, cancel }
    }

    /// Whether a library can be taken in.
    ///
    /// # Errors
    /// It is this one or a copy of it, or a collection of it has the name of one here that is made
    /// otherwise.
    pub fn check(&self, other: &Other) -> Result<(), EngineError> {
        if self.stores.catalog().library()? == other.catalog.library()? {
            return Err(EngineError::invalid(format!(
                "{} is this library itself, or a copy of it",
                other.directory.display()
            )));
        }
        for theirs in other.catalog.collections()? {
            if let Some(ours) = self.stores.catalog().find_collection(&theirs.spec.name)?
                && let Some(what) = difference(&ours.spec, &theirs.spec)
            {
                let (name, directory) = (&theirs.spec.name, other.directory.display());
                let message = format!(
                    "collection `{name}` of {directory} has another {what} than the one here; import \
                     both alike, or under different names"
                );
                return Err(
                    EngineError::new(ErrorKind::Conflict, message).with_hint(Hint::ListCollections)
                );
            }
        }
        Ok(())
    }

    /// Takes a library in; `tell` is called with what has been done so far.
    ///
    /// # Errors
    /// Those of [`Merger::check`], or something can't be read or written. What was taken in before
    /// stays.
    pub fn run(
        &self,
        other: &Other,
        mut tell: impl FnMut(&MergeReport),
    ) -> Result<MergeReport, EngineError> {
        self.check(other)?;
        let library = other.catalog.library()?;
        let mut report = MergeReport::default();
        self.patents(other, &mut report)?;
        for theirs in other.catalog.collections()? {
            let ours = self.collection(&theirs.spec)?;
            self.stores.blob_work(|| {
                self.items(other, &library, (&theirs, &ours), &mut report, &mut tell)?;
                self.trash(other, &library, (&theirs, &ours), &mut report)
            })?;
            self.stores.settle_index(&ours);
        }
        self.annotations(other, &mut report)?;
        self.decisions(other, &library, &mut report)?;
        report.cancelled = self.cancel.is_cancelled();
        Ok(report)
    }

    fn collection(&self, spec: &NewCollection) -> Result<Collection, EngineError> {
        let catalog = self.stores.catalog();
        match catalog.find_collection(&spec.name)? {
            Some(collection) => Ok(collection),
            None => catalog.write(self.now(), |tx| Ok(tx.create_collection(spec)?)),
        }
    }

    /// First, so that nobody sees sheets without their patents.
    fn patents(&self, other: &Other, report: &mut MergeReport) -> Result<(), EngineError> {
        let mut after = String::new();
        while !self.cancel.is_cancelled() {
            let ids = other.catalog.patent_ids_after(&after, ROWS)?;
            let Some(last) = ids.last() else { break };
            after.clone_from(last);
            report.patents += self.stores.catalog().write(self.now(), |tx| {
                let mut added = 0;
                for id in &ids {
                    // What is known here stays.
                    if tx.has_patent(id)? {
                        continue;
                    }
                    if let Some(patent) = other.catalog.patent(id)? {
                        tx.upsert_patent(&patent)?;
                        added += 1;
                    }
                    if let Some(details) = other.catalog.grant_details(id)? {
                        tx.set_grant_details(id, &details)?;
                    }
                }
                Ok::<_, EngineError>(added)
            })?;
        }
        Ok(())
    }

    fn items(
        &self,
        other: &Other,
        library: &str,
        (theirs, ours): (&Collection, &Collection),
        report: &mut MergeReport,
        tell: &mut impl FnMut(&MergeReport),
    ) -> Result<(), EngineError> {
        let mut after = 0;
        while !self.cancel.is_cancelled() {
            let mut items = other.catalog.items_to_give(theirs, after, ITEMS)?;
            let Some(last) = items.last() else { break };
            after = last.id;
            let ids: Vec<u64> = items.iter().map(|item| item.id).collect();
            let taken = self.stores.catalog().taken_in(library, &ids)?;
            report.items += items.len() as u64;
            report.taken_before += taken.len() as u64;
            items.retain(|item| !taken.contains_key(&item.id));
            if !items.is_empty() {
                self.take_in(other, library, (theirs, ours), &items, report)?;
            }
            tell(report);
        }
        Ok(())
    }

    fn take_in(
        &self,
        other: &Other,
        library: &str,
        (theirs, ours): (&Collection, &Collection),
        items: &[ForeignItem],
        report: &mut MergeReport,
    ) -> Result<(), EngineError> {
        let _kept = self.stores.keep_blobs();
        let figures = self.prepare(other, (theirs, ours), items, report)?;
        let placed = self.stores.catalog().write(self.now(), |tx| {
            let both = items.iter().zip(&figures);
            both.map(|(item, figures)| Ok(tx.take_in(ours, library, item, figures.as_deref())?))
                .collect::<Result<Vec<Placed>, EngineError>>()
        })?;
        for placed in placed {
            match placed {
                Placed::Added(_) => report.added += 1,
                Placed::Known(_) | Placed::Replaced(_) => report.known += 1,
            }
        }
        Ok(())
    }

    /// Copies what items are shown by; gives beside each item what the collection here lacks of its
    /// content.
    fn prepare(
        &self,
        other: &Other,
        (theirs, ours): (&Collection, &Collection),
        items: &[ForeignItem],
        report: &mut MergeReport,
    ) -> Result<Vec<Option<Vec<NewFigure>>>, EngineError> {
        let mut seen = HashSet::new();
        let contents = items.iter().map(|item| &item.item.content);
        let contents: Vec<_> = contents
            .filter(|content| seen.insert(&content.md5))
            .collect();
        report.blobs += blobs::copy(self.stores, &other.blobs, &contents)?;
        let mut figures: Vec<Option<Vec<NewFigure>>> = Vec::with_capacity(items.len());
        for item in items {
            let md5 = &item.item.content.md5;
            let of_content = if self.stores.catalog().has_embedding(ours, md5)? {
                Vec::new()
            } else {
                other.catalog.figures_of_content(theirs, md5)?
            };
            figures.push((!of_content.is_empty()).then_some(of_content));
        }
        blobs::copy_evidence(self.stores, &other.evidence, (theirs, ours), &contents)?;
        Ok(figures)
    }

    fn decisions(
        &self,
        other: &Other,
        library: &str,
        report: &mut MergeReport,
    ) -> Result<(), EngineError> {
        if self.cancel.is_cancelled() {
            return Ok(());
        }
        let pairs: Vec<(u64, u64)> = other.catalog.not_duplicates()?.into_iter().collect();
        for pairs in pairs.chunks(ROWS) {
            let ids: Vec<u64> = pairs.iter().flat_map(|&(a, b)| [a, b]).collect();
            let taken = self.stores.catalog().taken_in(library, &ids)?;
            report.decisions += self.stores.catalog().write(self.now(), |tx| {
                let mut made = 0;
                for (a, b) in pairs {
                    if let (Some(&a), Some(&b)) = (taken.get(a), taken.get(b))
                        && a != b
                    {
                        tx.add_not_duplicates(&[a, b])?;
                        made += 1;
                    }
                }
                Ok::<_, EngineError>(made)
            })?;
        }
        Ok(())
    }

    fn now(&self) -> i64 {
        self.stores.now().as_second()
    }
}

/// In what two collections differ that makes their embeddings different things.
fn difference(ours: &NewCollection, theirs: &NewCollection) -> Option<&'static str> {
    let differences = [
        (
            "model",
            ours.model != theirs.model || ours.model_fingerprint != theirs.model_fingerprint,
        ),
        ("number of values", ours.dim != theirs.dim),
        ("preprocessing", ours.preprocess != theirs.preprocess),
        ("size", ours.size != theirs.size),
        ("metric", ours.metric != theirs.metric),
        ("normalisation", ours.normalize != theirs.normalize),
    ];
    let first = differences.into_iter().find(|(_, differs)| *differs);
    first.map(|(what, _)| what)
}
