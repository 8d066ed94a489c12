//! The stages of a re-embedding: items are listed, embedded on several threads, committed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use lookalike_catalog::{Collection, Item};
use lookalike_storage::blob::BlobKey;
use lookalike_work::{Cancel, FileProblem};

use super::worker::{Anew, Embedded, Worker};
use crate::import::{Control, ImportReport};
use crate::pictures::Pictures;
use crate::stores::thumbnail_key;
use crate::{Encoder, EngineError, Stores, embedding_worker};

/// Embeddings in one transaction.
const COMMIT: usize = 128;

/// Items read from the catalogue at a time.
const ITEMS: usize = 256;

pub(super) struct Stages<'a> {
    pub(super) stores: &'a Stores,
    pub(super) pictures: &'a Pictures,
    pub(super) encoder: &'a Encoder,
    pub(super) collection: &'a Collection,
    pub(super) successor: &'a Collection,
    pub(super) control: &'a Control,
    pub(super) source: Source,
}

/// Where items are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Collection,
    Trash,
}

impl Stages<'_> {
    /// Embeds these items on all lanes of the device and writes their embeddings to the
    /// successor.
    pub(super) fn run(&self, ids: &[u64], report: &mut ImportReport) -> Result<(), EngineError> {
        let stopped = AtomicBool::new(false);
        let cancel: &Cancel = &self.control.cancel;
        let stop = || cancel.is_cancelled() || stopped.load(Ordering::Relaxed);
        let workers = self.encoder.model().device().lanes().get();
        let (item_sender, items) = bounded::<Item>(2 * workers);
        let (sender, embedded) = bounded::<Embedded>(COMMIT);
        thread::scope(|scope| {
            let listing = scope.spawn(|| self.list(ids, item_sender, &stop));
            let working: Vec<_> = (0..workers)
                .map(|_| {
                    let mut worker = Worker {
                        stores: self.stores,
                        pictures: self.pictures,
                        encoder: self.encoder,
                        collection: self.collection,
                        items: items.clone(),
                        embedded: sender.clone(),
                    };
                    let (encoder, stop) = (self.encoder, &stop);
                    scope.spawn(move || embedding_worker::run(&mut worker, encoder, None, stop))
                })
                .collect();
            drop((items, sender));
            let mut result = self.write(embedded, report);
            stopped.store(true, Ordering::Relaxed);
            for thread in std::iter::once(listing).chain(working) {
                match thread.join() {
                    Ok(ended) => result = result.and(ended),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            result
        })
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "ends the channel when it is done"
    )]
    fn list(
        &self,
        ids: &[u64],
        items: Sender<Item>,
        stop: &dyn Fn() -> bool,
    ) -> Result<(), EngineError> {
        for ids in ids.chunks(ITEMS) {
            let catalog = self.stores.catalog();
            let read = match self.source {
                Source::Collection => catalog.items(ids)?,
                Source::Trash => catalog.items_in_trash(ids)?,
            };
            for item in read {
                if stop() || items.send(item).is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Commits embeddings until nobody sends any more.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "whoever sends must see when this ends"
    )]
    fn write(
        &self,
        embedded: Receiver<Embedded>,
        report: &mut ImportReport,
    ) -> Result<(), EngineError> {
        let mut waiting: Vec<(String, Anew)> = Vec::new();
        loop {
            let next = embedded.recv().ok();
            let more = next.is_some();
            match next {
                Some((item, Ok(anew))) => waiting.push((item.content_md5, anew)),
                Some((item, Err(reason))) => {
                    self.control.progress.add_failed();
                    report.failed_files.push(FileProblem {
                        file: place(&item),
                        reason,
                    });
                }
                None => {}
            }
            if waiting.len() >= COMMIT || !more {
                self.commit(&waiting)?;
                self.control.progress.add_committed(waiting.len() as u64, 0);
                report.imported += waiting.len() as u64;
                waiting.clear();
            }
            if !more {
                return Ok(());
            }
        }
    }
}

impl Stages<'_> {
    /// Writes embeddings to the successor, and how items are shown, which holds for all collections
    /// that have them.
    fn commit(&self, waiting: &[(String, Anew)]) -> Result<(), EngineError> {
        let _kept = self.stores.keep_blobs();
        let shown = waiting
            .iter()
            .filter_map(|(md5, anew)| Some((md5, anew.upright.as_ref()?)));
        let thumbnails = shown
            .map(|(md5, upright)| Ok((thumbnail_key(md5)?, &*upright.thumbnail)))
            .collect::<Result<Vec<_>, EngineError>>()?;
        let blobs: Vec<(&BlobKey, &[u8])> =
            thumbnails.iter().map(|(key, jpeg)| (key, *jpeg)).collect();
        self.stores.blobs().put_all(&blobs)?;
        let evidence = waiting
            .iter()
            .map(|(md5, anew)| (md5.as_str(), &anew.figures.evidence[..]));
        self.stores.keep_evidence(self.successor, evidence);
        let now = self.stores.now().as_second();
        self.stores.catalog().write(now, |tx| {
            for (md5, anew) in waiting {
                tx.add_figures(self.successor, md5, anew.figures.figures.as_slice())?;
                if let Some(upright) = &anew.upright {
                    tx.set_turn(md5, upright.turn, upright.sides)?;
                }
            }
            Ok(())
        })
    }
}

/// A name for an item in reports.
pub(super) fn place(item: &Item) -> String {
    let path = item.original_path.as_ref();
    path.unwrap_or(&item.file_name).clone()
}
