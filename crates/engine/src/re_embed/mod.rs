//! Re-embeds the items of a collection, with another encoder or preprocessing.
//!
//! The embeddings go to a successor that nobody sees; when all are there it takes the
//! collection's place, items keeping their ids, or becomes a collection beside it. Searches
//! find the old embeddings until then and the new ones after. A run that was cut off goes on
//! where it was.

mod stages;
#[cfg(test)]
mod tests;
mod worker;

use std::collections::HashSet;
use std::sync::Arc;

use lookalike_catalog::{Collection, NewCollection};
use lookalike_imaging::PreprocessKind;
use lookalike_work::FileProblem;

use stages::{Source, Stages, place};

use crate::encoders::is_superseded;
use crate::import::{Control, ImportReport, per_second};
use crate::pictures::Pictures;
use crate::{
    BUILTIN, CollectionSettings, Collections, DeviceInUse, Encoder, EngineError, Length, Stores,
    model_of,
};

/// What is to be re-embedded, and how.
#[derive(Clone, Debug)]
pub struct ReEmbedRequest {
    /// The collection.
    pub collection: String,
    /// The new encoder; default the collection's, or the present built-in one for a former.
    pub model: Option<String>,
    /// The new preprocessing; default the collection's, or the new encoder's own where the
    /// collection has that of its encoder.
    pub preprocess: Option<PreprocessKind>,
    /// The new size in pixels; default the collection's, or the new encoder's own.
    pub size: Option<u32>,
    /// What to do where encoder, preprocessing and size stay the same.
    pub unchanged: Unchanged,
    /// Name of a collection to make beside the old one; `None` replaces the old one.
    pub into: Option<String>,
    /// Go on without the items whose originals are gone or can't be read.
    pub leave_out_missing: bool,
}

/// What becomes of a collection whose embeddings are made as those that are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unchanged {
    /// Nothing: the request is refused.
    #[default]
    Refused,
    /// It is re-embedded all the same, its sheets figure by figure: before there were figures, the
    /// same preprocessing made one embedding of a sheet.
    EmbeddedAnew,
}

/// Re-embeds collections. Cloning is cheap.
#[derive(Clone)]
pub struct ReEmbedder {
    stores: Arc<Stores>,
    collections: Collections,
    pictures: Arc<Pictures>,
}

impl ReEmbedder {
    /// Re-embeds `collections` from the originals of their `pictures`.
    #[must_use]
    pub fn new(stores: Arc<Stores>, collections: Collections, pictures: Arc<Pictures>) -> Self {
        Self {
            stores,
            collections,
            pictures,
        }
    }

    /// Re-embeds a collection. The report counts distinct files: `skipped` are those that an
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
                let catalog = self.stores.catalog();
                let trash = match &request.into {
                    None => catalog.trash_to_embed(&collection, &successor)?.len(),
                    Some(_) => 0,
                };
                control.progress.set_total((items.len() + trash) as u64);
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
                source: Source::Collection,
            };
            stages.run(&items, &mut report)?;
            report.device = Some(DeviceInUse::of(stages.encoder.model()));
        }
        if request.into.is_none() && (report.failed_files.is_empty() || request.leave_out_missing) {
            self.trash(&collection, &successor, &encoder, control, &mut report)?;
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

    /// Embeds what lies in the trash, so that it can be restored after as before. What can't be
    /// embedded is lost to it, and told of: nobody wants to be kept from a new encoder by what was
    /// deleted.
    fn trash(
        &self,
        collection: &Collection,
        successor: &Collection,
        encoder: &Encoder,
        control: &Control,
        report: &mut ImportReport,
    ) -> Result<(), EngineError> {
        let ids = self
            .stores
            .catalog()
            .trash_to_embed(collection, successor)?;
        if ids.is_empty() || control.cancel.is_cancelled() {
            return Ok(());
        }
        let stages = Stages {
            stores: &self.stores,
            pictures: &self.pictures,
            encoder,
            collection,
            successor,
            control,
            source: Source::Trash,
        };
        let mut of_trash = ImportReport::default();
        stages.run(&ids, &mut of_trash)?;
        report
            .warnings
            .extend(of_trash.failed_files.into_iter().map(|lost| FileProblem {
                reason: format!("can no longer be restored from the trash: {}", lost.reason),
                ..lost
            }));
        Ok(())
    }

    fn successor_spec(
        &self,
        collection: &Collection,
        request: &ReEmbedRequest,
    ) -> Result<(NewCollection, Encoder), EngineError> {
        let old = &collection.spec;
        let former = model_of(old);
        // The former built-in encoder stays only where it is asked for by its name.
        let kept = if is_superseded(old) {
            Some(BUILTIN)
        } else {
            former
        };
        let Some(model) = request.model.as_deref().or(kept) else {
            return Err(EngineError::invalid(format!(
                "collection `{}` has no encoder; name the one to use",
                old.name
            )));
        };
        let same_model = former == Some(model);
        let preprocess = request
            .preprocess
            .or_else(|| self.kept_preprocess(old, same_model));
        let spec = self.collections.spec(
            &old.name,
            &CollectionSettings {
                model: Some(model.to_owned()),
                preprocess,
                size: request.size.or(old.size.filter(|_| same_model)),
                metric: Some(old.metric),
                index: Some(old.index_kind),
            },
        )?;
        let is_refused = request.unchanged == Unchanged::Refused && request.into.is_none();
        if is_refused && is_same(&spec, old) {
            return Err(EngineError::invalid(format!(
                "collection `{}` is embedded with that encoder and preprocessing already",
                old.name
            )));
        }
        let encoder =
            self.stores
                .encoders()
                .encoder(model, preprocess, spec.size, Length::of(&spec))?;
        Ok((spec, encoder))
    }

    /// The preprocessing that goes on being used: not one that was the former encoder's own.
    fn kept_preprocess(&self, old: &NewCollection, same_model: bool) -> Option<PreprocessKind> {
        let kind = old.preprocess?;
        if same_model {
            return Some(kind);
        }
        let former = model_of(old).and_then(|name| self.stores.encoders().model(name).ok());
        let own = former.map(|model| {
            let extra = &model.facts().description.extra;
            extra.preprocess.unwrap_or_default()
        });
        (own != Some(kind)).then_some(kind)
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
        self.stores.blob_work(|| {
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
                self.stores.forget_dropped();
            }
            self.stores.delete_blobs(unused)
        })
    }
}

/// Whether embeddings of the two are the same.
fn is_same(one: &NewCollection, other: &NewCollection) -> bool {
    one.model_fingerprint == other.model_fingerprint
        && one.preprocess == other.preprocess
        && one.size == other.size
        && one.normalize == other.normalize
}
