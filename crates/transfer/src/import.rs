//! Rows of banks into items, block by block, each block in one transaction.

use std::path::Path;

use lookalike_banks::{Bank, PATH_ATTRIBUTE};
use lookalike_catalog::Collection;
use lookalike_engine::import::{Control, ImportReport, per_second};
use lookalike_engine::{EngineError, Stores, thumbnail_key};
use lookalike_storage::blob::BlobKey;
use lookalike_work::FileProblem;

use crate::content::{self, Candidate, LostPicture};
use crate::image::{Gathering, Image};
use crate::place::{Alone, Fate, place, same_id};
use crate::problem::unreadable;
use crate::request::BankImportRequest;
use crate::target;

/// Warnings kept for the report: of a bank with a million oddities the first ten thousand
/// will do.
const MAX_WARNINGS: usize = 10_000;

/// An import on its way.
struct Import<'a> {
    stores: &'a Stores,
    control: &'a Control,
    collection: Collection,
    report: ImportReport,
    missing: Missing,
}

/// Pictures of one bank that are not where it says.
#[derive(Default)]
struct Missing {
    count: u64,
    first: Option<String>,
}

pub(crate) fn run(
    stores: &Stores,
    request: &BankImportRequest,
    control: &Control,
) -> Result<ImportReport, EngineError> {
    control.progress.start();
    // All of them first, so that a mistyped path leaves no collection behind.
    let banks: Vec<Bank> = request
        .banks
        .iter()
        .map(|path| Bank::open(path).map_err(unreadable))
        .collect::<Result<_, _>>()?;
    let mut import = Import {
        stores,
        control,
        collection: target::collection(stores, request, &banks)?,
        report: ImportReport {
            total: banks.iter().map(|bank| bank.rows).sum(),
            ..ImportReport::default()
        },
        missing: Missing::default(),
    };
    control.progress.set_total(import.report.total);
    for mut bank in banks {
        import.bank(&mut bank)?;
    }
    stores.settle_index(&import.collection);
    let mut report = import.report;
    let elapsed = control.progress.elapsed();
    report.elapsed_sec = (elapsed.as_secs_f64() * 1000.0).round() / 1000.0;
    report.images_per_second = per_second(report.imported, elapsed);
    Ok(report)
}

impl Import<'_> {
    /// Imports what can be read of a bank.
    fn bank(&mut self, bank: &mut Bank) -> Result<(), EngineError> {
        let name = bank.path.display().to_string();
        for warning in std::mem::take(&mut bank.warnings) {
            self.warn(&name, warning);
        }
        let before = self.processed();
        let folder = bank.path.clone();
        let folder = if folder.is_dir() {
            folder.as_path()
        } else {
            folder.parent().unwrap_or(Path::new(""))
        };
        // Those of our own normalised banks are left alone: scaling by a length of almost 1
        // would change their last bits.
        let normalized = bank.origin.as_ref().is_some_and(|origin| origin.normalize);
        let normalize = self.collection.spec.normalize && !normalized;
        let mut gathering = Gathering::default();
        loop {
            if self.control.cancel.is_cancelled() {
                self.report.cancelled = true;
                break;
            }
            let rows = match bank.next_rows() {
                Ok(rows) if rows.is_empty() => {
                    let last = gathering.finish();
                    self.block(folder, last.into_iter().collect())?;
                    break;
                }
                Ok(rows) => rows,
                Err(error) => {
                    // What came before the damage is in; the rest of this bank is lost.
                    let last = gathering.finish();
                    self.block(folder, last.into_iter().collect())?;
                    let rest = bank.rows.saturating_sub(self.processed() - before);
                    let reason = format!("{error}; its last {rest} rows are not imported");
                    self.fail(
                        rest,
                        FileProblem {
                            file: name.clone(),
                            reason,
                        },
                    );
                    break;
                }
            };
            let mut images = Vec::with_capacity(rows.len());
            for row in rows {
                match row {
                    Ok(mut row) => {
                        if normalize {
                            lookalike_encoders::normalize(&mut row.vector);
                        }
                        images.extend(gathering.add(row));
                    }
                    Err(problem) => self.fail(1, problem),
                }
            }
            self.block(folder, images)?;
        }
        let missing = std::mem::take(&mut self.missing);
        if let Some(first) = missing.first {
            let count = missing.count;
            self.warn(
                &name,
                format!("{count} pictures are not where the bank says, such as {first}"),
            );
        }
        Ok(())
    }

    fn block(&mut self, folder: &Path, images: Vec<Image>) -> Result<(), EngineError> {
        let mut new = Vec::with_capacity(images.len());
        let mut known = Vec::new();
        for image in images {
            // Before its picture is read: a second run over the same bank is quick.
            match self.known(&image)? {
                Some(fate) => known.push((fate, image.figures.len() as u64)),
                None => new.push(image),
            }
        }
        self.settle(known);
        let mut candidates = content::candidates(self.stores, folder, new);
        for candidate in &candidates {
            self.note_picture(candidate);
        }
        let _kept = self.stores.keep_blobs();
        // Blobs before the items that point to them: a kill in between leaves blobs that
        // nobody asks for, never items without.
        self.put_thumbnails(candidates.iter().filter_map(|candidate| {
            let jpeg = candidate.thumbnail.as_ref()?;
            Some((&candidate.item.content.md5, jpeg))
        }))?;
        let now = self.stores.now().as_second();
        let collection = &self.collection;
        let (fates, alone) = self.stores.catalog().write(now, |tx| {
            let mut alone = Vec::new();
            let fates = candidates
                .iter_mut()
                .map(|candidate| {
                    let rows = candidate.figures.len() as u64;
                    Ok((place(tx, collection, candidate, &mut alone)?, rows))
                })
                .collect::<Result<Vec<_>, EngineError>>()?;
            Ok::<_, EngineError>((fates, alone))
        })?;
        // Only now is it known under which MD5 these are wanted. A kill just here costs a
        // thumbnail, not an item.
        let mut thumbnails = Vec::new();
        for Alone { md5, picture, jpeg } in alone {
            let jpeg = match jpeg {
                Some(jpeg) => Some(jpeg),
                None => self.stores.blobs().get(&thumbnail_key(&picture)?)?,
            };
            thumbnails.extend(jpeg.map(|jpeg| (md5, jpeg)));
        }
        self.put_thumbnails(thumbnails.iter().map(|(md5, jpeg)| (md5, jpeg)))?;
        self.settle(fates);
        Ok(())
    }

    /// What becomes of an image whose external id the collection has; `None` for others.
    fn known(&self, image: &Image) -> Result<Option<Fate>, EngineError> {
        let Some(id) = &image.facts.external_id else {
            return Ok(None);
        };
        let stored = self
            .stores
            .catalog()
            .embedding_of_external_id(&self.collection, id)?;
        let first = image.figures.first();
        let vector = first.map_or(&[][..], |figure| &figure.vector);
        Ok(stored.map(|stored| same_id(&image.label, id, &stored, vector)))
    }

    fn note_picture(&mut self, candidate: &Candidate) {
        match &candidate.lost_picture {
            None => {}
            Some(LostPicture::Missing) => {
                self.missing.count += 1;
                let path = candidate.item.attributes.get(PATH_ATTRIBUTE);
                let path = path.and_then(|path| path.as_str()).map(str::to_owned);
                self.missing.first = self.missing.first.take().or(path);
            }
            Some(LostPicture::Unusable(reason)) => {
                self.warn(&candidate.label, reason.clone());
            }
        }
        for warning in &candidate.item.warnings {
            self.warn(&candidate.label, warning.clone());
        }
    }

    fn put_thumbnails<'t>(
        &self,
        thumbnails: impl Iterator<Item = (&'t String, &'t Vec<u8>)>,
    ) -> Result<(), EngineError> {
        let keyed = thumbnails
            .map(|(md5, jpeg)| Ok((thumbnail_key(md5)?, jpeg.as_slice())))
            .collect::<Result<Vec<_>, EngineError>>()?;
        let blobs: Vec<(&BlobKey, &[u8])> = keyed.iter().map(|(key, jpeg)| (key, *jpeg)).collect();
        Ok(self.stores.blobs().put_all(&blobs)?)
    }

    /// Counts what became of images that were dealt with together, by their rows.
    fn settle(&mut self, fates: Vec<(Fate, u64)>) {
        let (mut imported, mut skipped) = (0, 0);
        for (fate, rows) in fates {
            match fate {
                Fate::Imported => imported += rows,
                Fate::Skipped => skipped += rows,
                Fate::Failed(problem) => self.fail(rows, problem),
            }
        }
        self.report.imported += imported;
        self.report.skipped += skipped;
        self.control.progress.add_committed(imported, skipped);
    }

    fn fail(&mut self, rows: u64, problem: FileProblem) {
        self.report.failed += rows;
        self.report.failed_files.push(problem);
        (0..rows).for_each(|_| self.control.progress.add_failed());
    }

    fn warn(&mut self, file: &str, reason: String) {
        if self.report.warnings.len() < MAX_WARNINGS {
            self.report.warnings.push(FileProblem {
                file: file.to_owned(),
                reason,
            });
        }
    }

    fn processed(&self) -> u64 {
        self.report.imported + self.report.skipped + self.report.failed
    }
}
