//! Embeds the items of a collection anew, with another encoder or preprocessing.
//!
//! The embeddings go to a successor that nobody sees; when all are there it takes the
//! collection's place, items keeping their ids, or becomes a collection beside it. Searches
//! find the old embeddings until then and the new ones after. A run that was cut off goes on
//! where it was.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use lookalike_catalog::{Collection, Item, NewCollection};
use lookalike_encoders::SingleThread;
use lookalike_imaging::RgbImage;
use lookalike_patents::SourceFile;
use md5::{Digest, Md5};

use crate::encoders::embedding_thread;
use crate::hex::hex;
use crate::import::{Cancel, Control, FileProblem, ImportReport, per_second};
use crate::pictures::Pictures;
use crate::{CollectionSettings, Collections, Encoder, EngineError, Stores};

/// Embeddings in one transaction.
const COMMIT: usize = 128;

/// Places looked at for the bytes of an item whose own file is gone or has changed.
const OTHER_PATHS: usize = 64;

/// Items read from the catalogue at a time.
const ITEMS: usize = 256;

/// What is to be embedded anew, and how.
#[derive(Clone, Debug)]
pub struct ReEmbedRequest {
    /// The collection.
    pub collection: String,
    /// The new encoder; default the collection's.
    pub model: Option<String>,
    /// The new preprocessing; default the collection's.
    pub preprocess: Option<lookalike_imaging::PreprocessKind>,
    /// The new size in pixels; default the collection's, or the new encoder's own.
    pub size: Option<u32>,
    /// Name of a collection to make beside the old one; `None` replaces the old one.
    pub into: Option<String>,
    /// Go on without the items whose originals are gone or can't be read.
    pub leave_out_missing: bool,
    /// Threads that decode and embed.
    pub workers: usize,
}

/// What became of an item.
type Embedded = (Box<Item>, Result<Vec<f32>, String>);

/// Embeds collections anew. Cloning is cheap.
#[derive(Clone)]
pub struct ReEmbedder {
    stores: Arc<Stores>,
    collections: Collections,
    pictures: Arc<Pictures>,
}

impl ReEmbedder {
    /// Embeds `collections` anew, from the originals of their `pictures`.
    #[must_use]
    pub fn new(stores: Arc<Stores>, collections: Collections, pictures: Arc<Pictures>) -> Self {
        Self {
            stores,
            collections,
            pictures,
        }
    }

    /// Embeds a collection anew. The report counts distinct files: `skipped` are those that an
    /// earlier run had done. When files failed, and were not to be left out, nothing has
    /// changed but that the next run finds the rest done.
    ///
    /// # Errors
    /// There is no such collection, it has no pictures to embed, nothing about it would
    /// change, the new name is taken, the encoder can't be loaded, or the catalogue can't be
    /// written.
    pub fn run(
        &self,
        request: &ReEmbedRequest,
        control: &Control,
    ) -> Result<ImportReport, EngineError> {
        control.progress.start();
        let collection = self.stores.catalog().collection(&request.collection)?;
        if let Some(name) = &request.into {
            self.stores.catalog().check_new_name(name)?;
        }
        let (spec, encoder) = self.successor_spec(&collection, request)?;
        let successor = self.successor(&collection, &spec)?;
        let mut report = ImportReport::default();
        let distinct = self.stores.catalog().stats(&collection)?.contents;
        loop {
            // Imports may have added items meanwhile.
            let failed = report.failed_files.iter();
            let failed: HashSet<&str> = failed.map(|problem| problem.file.as_str()).collect();
            let mut items = self
                .stores
                .catalog()
                .items_to_embed(&collection, &successor)?;
            if !failed.is_empty() {
                let known: Vec<u64> = self
                    .stores
                    .catalog()
                    .items(&items)?
                    .iter()
                    .filter(|item| failed.contains(place(item).as_str()))
                    .map(|item| item.id as u64)
                    .collect();
                items.retain(|id| !known.contains(id));
            }
            if report.total == 0 {
                report.total = distinct;
                report.skipped = distinct.saturating_sub(items.len() as u64);
                control.progress.set_total(items.len() as u64);
            }
            if items.is_empty() || control.cancel.is_cancelled() {
                break;
            }
            let stages = Stages {
                stores: &self.stores,
                pictures: &self.pictures,
                encoder: &encoder,
                collection: &collection,
                successor: &successor,
                control,
            };
            stages.run(&items, request.workers.max(1), &mut report)?;
        }
        let elapsed = control.progress.elapsed();
        report.failed = report.failed_files.len() as u64;
        report.elapsed_sec = (elapsed.as_secs_f64() * 1000.0).round() / 1000.0;
        report.images_per_second = per_second(report.imported, elapsed);
        report.cancelled = control.cancel.is_cancelled();
        if !report.cancelled && (report.failed == 0 || request.leave_out_missing) {
            self.switch(&collection, &successor, request.into.as_deref())?;
        }
        Ok(report)
    }

    fn successor_spec(
        &self,
        collection: &Collection,
        request: &ReEmbedRequest,
    ) -> Result<(NewCollection, Encoder), EngineError> {
        let old = &collection.spec;
        let model = request.model.as_ref().or(old.model.as_ref());
        let Some(model) = model else {
            return Err(EngineError::invalid(format!(
                "collection `{}` has no encoder; name the one to use",
                old.name
            )));
        };
        let preprocess = match (request.preprocess, &old.preprocess) {
            (Some(preprocess), _) => Some(preprocess),
            (None, Some(name)) => name.parse().ok(),
            (None, None) => None,
        };
        let same_model = request.model.is_none();
        let spec = self.collections.spec(
            &old.name,
            &CollectionSettings {
                model: Some(model.clone()),
                preprocess,
                size: request.size.or(old.size.filter(|_| same_model)),
                metric: old.metric.parse().ok(),
                index: Some(old.index_kind.clone()),
            },
        )?;
        if request.into.is_none() && is_same(&spec, old) {
            return Err(EngineError::invalid(format!(
                "collection `{}` is embedded with that encoder and preprocessing already",
                old.name
            )));
        }
        let encoder = self.stores.encoders().encoder(
            model,
            preprocess.unwrap_or_default(),
            spec.size,
            spec.normalize,
        )?;
        Ok((spec, encoder))
    }

    /// The successor that an earlier run began in the same way, or a new one.
    fn successor(
        &self,
        collection: &Collection,
        spec: &NewCollection,
    ) -> Result<Collection, EngineError> {
        let begun = self.stores.catalog().successor(collection)?;
        self.stores
            .catalog()
            .write(self.stores.now().as_second(), |tx| match begun {
                Some(begun) if is_same(&begun.spec, spec) => Ok(begun),
                other => {
                    if let Some(other) = other {
                        // It has no items of its own, so no content becomes unused by it.
                        tx.drop_collection(&other)?;
                    }
                    Ok(tx.create_successor(spec)?)
                }
            })
    }

    fn switch(
        &self,
        collection: &Collection,
        successor: &Collection,
        into: Option<&str>,
    ) -> Result<(), EngineError> {
        let unused =
            self.stores
                .catalog()
                .write(self.stores.now().as_second(), |tx| match into {
                    Some(name) => {
                        tx.copy_to_successor(collection, successor, name)?;
                        Ok::<_, EngineError>(Vec::new())
                    }
                    None => Ok(tx.succeed(collection, successor)?),
                })?;
        if into.is_none() {
            self.stores.vectors().forget(collection);
        }
        self.stores.delete_blobs(unused)
    }
}

/// Whether embeddings of the two are the same.
fn is_same(one: &NewCollection, other: &NewCollection) -> bool {
    one.model_fingerprint == other.model_fingerprint
        && one.preprocess == other.preprocess
        && one.size == other.size
        && one.normalize == other.normalize
}

/// A name for an item in reports.
fn place(item: &Item) -> String {
    let path = item.original_path.as_ref();
    path.unwrap_or(&item.file_name).clone()
}

struct Stages<'a> {
    stores: &'a Stores,
    pictures: &'a Pictures,
    encoder: &'a Encoder,
    collection: &'a Collection,
    successor: &'a Collection,
    control: &'a Control,
}

impl Stages<'_> {
    fn run(
        &self,
        ids: &[u64],
        workers: usize,
        report: &mut ImportReport,
    ) -> Result<(), EngineError> {
        let stopped = AtomicBool::new(false);
        let cancel: &Cancel = &self.control.cancel;
        let stop = || cancel.is_cancelled() || stopped.load(Ordering::Relaxed);
        let (item_sender, items) = bounded::<Item>(2 * workers);
        let (sender, embedded) = bounded::<Embedded>(COMMIT);
        thread::scope(|scope| {
            let listing = scope.spawn(|| self.list(ids, item_sender, &stop));
            let working: Vec<_> = (0..workers)
                .map(|_| {
                    let (items, sender, stop) = (items.clone(), sender.clone(), &stop);
                    scope.spawn(move || self.work(&items, &sender, stop))
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
            for item in self.stores.catalog().items(ids)? {
                if stop() || items.send(item).is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn work(
        &self,
        items: &Receiver<Item>,
        embedded: &Sender<Embedded>,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<(), EngineError> {
        let thread = embedding_thread()?;
        thread.run(|| self.work_on(&thread, items, embedded, stop))
    }

    fn work_on(
        &self,
        thread: &SingleThread,
        items: &Receiver<Item>,
        embedded: &Sender<Embedded>,
        stop: &dyn Fn() -> bool,
    ) -> Result<(), EngineError> {
        let batch_size = self.encoder.default_batch_size();
        let mut batch: Vec<(Box<Item>, RgbImage)> = Vec::new();
        while !stop() {
            let next = items.recv().ok();
            let more = next.is_some();
            let delivered = match next.map(|item| (self.prepare(&item), item)) {
                Some((Ok(picture), item)) => {
                    batch.push((Box::new(item), picture));
                    true
                }
                Some((Err(reason), item)) => embedded.send((Box::new(item), Err(reason))).is_ok(),
                None => true,
            };
            if batch.len() >= batch_size || !more {
                let pictures: Vec<&RgbImage> = batch.iter().map(|(_, picture)| picture).collect();
                let embeddings = self.encoder.embed_on(thread, &pictures)?;
                let items = batch.drain(..).map(|(item, _)| item);
                if !items
                    .zip(embeddings)
                    .all(|(item, embedding)| embedded.send((item, Ok(embedding))).is_ok())
                {
                    return Ok(());
                }
            }
            if !delivered || !more {
                return Ok(());
            }
        }
        Ok(())
    }

    fn prepare(&self, item: &Item) -> Result<RgbImage, String> {
        let bytes = self.original(item)?;
        self.stores
            .decode(&bytes)
            .and_then(|decoded| self.encoder.prepare(&decoded.image))
            .map_err(|error| error.to_string())
    }

    /// The bytes that the item was imported with: from its own place, or from that of another
    /// item with the same bytes.
    fn original(&self, item: &Item) -> Result<Vec<u8>, String> {
        let is_it = |bytes: &Vec<u8>| hex(&Md5::digest(bytes)) == item.md5;
        let own = self.pictures.original(item);
        if let Ok(bytes) = &own
            && is_it(bytes)
        {
            return own.map_err(|error| error.to_string());
        }
        let catalog = self.stores.catalog();
        let others = catalog.paths_of_content(self.collection, &item.md5, OTHER_PATHS);
        let most = self.stores.limits().max_file_bytes;
        others
            .map_err(|error| error.to_string())?
            .iter()
            .filter_map(|path| SourceFile::reopen(path).ok()?.read(most).ok())
            .find(is_it)
            .ok_or_else(|| match own {
                Ok(_) => "has changed since it was imported; import it again first".to_owned(),
                Err(error) => error.to_string(),
            })
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
        let mut batch: Vec<(String, Vec<f32>)> = Vec::new();
        loop {
            let next = embedded.recv().ok();
            let more = next.is_some();
            match next {
                Some((item, Ok(embedding))) => batch.push((item.md5, embedding)),
                Some((item, Err(reason))) => {
                    self.control.progress.add_failed();
                    report.failed_files.push(FileProblem {
                        file: place(&item),
                        reason,
                    });
                }
                None => {}
            }
            if batch.len() >= COMMIT || !more {
                let now = self.stores.now().as_second();
                self.stores.catalog().write(now, |tx| {
                    batch.iter().try_for_each(|(md5, embedding)| {
                        tx.add_embedding(self.successor, md5, embedding)
                    })
                })?;
                self.control.progress.add_committed(batch.len() as u64, 0);
                report.imported += batch.len() as u64;
                batch.clear();
            }
            if !more {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests;
