//! Puts the engine and the accounts together; which back ends they have is chosen here and in
//! [`crate::vectors`].

use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};

use indicatif::{ProgressBar, ProgressStyle};
use lookalike_accounts::Accounts;
use lookalike_catalog::{Catalog, CatalogError};
use lookalike_encoders::{LaneError, LoadOptions, Precision, Registry};
use lookalike_engine::{
    EncoderSettings, Encoders, Engine, EngineError, EvidenceAccess, EvidenceStore, Parts,
    blob_place,
};
use lookalike_fetch::models::{HubEnvironment, PullProgress};
use lookalike_imaging::PixelBudget;
use lookalike_storage::Upkeep;
use lookalike_storage::blob::{BlobError, BlobStore, DiskCache, FolderBlobs, TieredBlobs};
use lookalike_store_s3::{S3Blobs, S3Settings, SettingsError};
use lookalike_work::system_clock;

use crate::device;
use crate::settings::Settings;
use crate::vectors::vectors;

/// Thumbnails of an object store that are kept here: those of some half a million images.
const CACHE_BYTES: u64 = 4 << 30;

/// What a command is going to do with the data directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Read it, while another process may write.
    Read,
    /// Own it for writing.
    Write,
}

pub(crate) fn engine(settings: &Settings, access: Access) -> Result<Engine, EngineError> {
    let catalog = catalog(settings, access)?;
    let blobs = FolderBlobs::new(settings.data.join("blobs"));
    if access == Access::Write {
        // Only the owner may: a temporary file may be another writer's otherwise.
        blobs.remove_leftovers()?;
    }
    let blobs: Arc<dyn BlobStore> = match &settings.object_store {
        None => Arc::new(blobs),
        Some(bucket) => Arc::new(TieredBlobs::new(
            blobs,
            object_store(bucket, access)?,
            DiskCache::new(settings.data.join("cache"), CACHE_BYTES),
            blob_place,
        )),
    };
    let engine = Engine::new(Parts {
        vectors: vectors(
            settings,
            &catalog,
            match access {
                Access::Read => Upkeep::Reader,
                Access::Write => Upkeep::Owner,
            },
        )?,
        catalog,
        blobs,
        evidence: EvidenceStore::new(
            settings.data.join("evidence"),
            match access {
                Access::Read => EvidenceAccess::Read,
                Access::Write => EvidenceAccess::Write,
            },
        ),
        encoders: encoders(settings, settings.precision)?,
        limits: settings.limits.clone(),
        budget: PixelBudget::new(settings.pixel_budget_bytes),
        clock: system_clock,
        trash_days: settings.trash_days,
    });
    if access == Access::Write {
        engine.library().empty_old_trash()?;
        let tidied = engine.stores().tidy_up()?;
        if tidied.removed > 0 {
            tracing::info!(
                "removed {} pictures that nothing referred to",
                tidied.removed
            );
        }
    }
    Ok(engine)
}

/// The bucket. One that refuses us is told at once, before anything is written; one that does not
/// answer now may when it is needed.
fn object_store(bucket: &S3Settings, access: Access) -> Result<Arc<S3Blobs>, EngineError> {
    let wrong = |error: SettingsError| EngineError::invalid(error.to_string());
    let blobs = S3Blobs::new(bucket).map_err(wrong)?;
    if access == Access::Write {
        match blobs.check() {
            Ok(()) => {}
            Err(BlobError::Unavailable {
                reason,
                retry_after: None,
                ..
            }) => {
                let bucket = blobs.name();
                return Err(EngineError::invalid(format!(
                    "the bucket {bucket} can't be used: {reason}"
                )));
            }
            Err(error) => tracing::warn!("{error}"),
        }
    }
    Ok(Arc::new(blobs))
}

/// The accounts alone: no model and no index is needed to look after them.
pub(crate) fn accounts(settings: &Settings, access: Access) -> Result<Accounts, CatalogError> {
    Ok(Accounts::new(catalog(settings, access)?, system_clock))
}

fn catalog(settings: &Settings, access: Access) -> Result<Arc<Catalog>, CatalogError> {
    Ok(Arc::new(match access {
        Access::Read => Catalog::open(&settings.data)?,
        Access::Write => Catalog::open_for_writing(&settings.data)?,
    }))
}

pub(crate) fn encoders(settings: &Settings, precision: Precision) -> Result<Encoders, EngineError> {
    Ok(Encoders::new(EncoderSettings {
        data_dir: settings.data.clone(),
        registry: Registry::default(),
        load: load_options(settings, precision)?,
        hub: HubEnvironment::from_env(),
        on_pull: pull_bar(settings.quiet),
    }))
}

/// How models are loaded: on which device, and in which arithmetic.
pub(crate) fn load_options(
    settings: &Settings,
    precision: Precision,
) -> Result<LoadOptions, LaneError> {
    Ok(LoadOptions {
        placement: device::placement(settings.device),
        ..LoadOptions::on_cpu(NonZeroUsize::new(settings.threads), precision)?
    })
}

/// A bar that follows a download.
pub(crate) fn pull_bar(quiet: bool) -> Box<dyn Fn(PullProgress) + Send + Sync> {
    let bar: OnceLock<ProgressBar> = OnceLock::new();
    Box::new(move |progress| {
        let bar = bar.get_or_init(|| {
            // Shown whatever else is not: who downloads has to know it.
            if let Some(terms) = progress.terms {
                eprintln!("{terms}");
            }
            let bar = if quiet {
                ProgressBar::hidden()
            } else {
                ProgressBar::new(0)
            };
            let template = "{wide_bar} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left  {msg}";
            match ProgressStyle::with_template(template) {
                Ok(style) => bar.with_style(style.progress_chars("━╸ ")),
                Err(_) => bar,
            }
        });
        bar.set_length(progress.total_bytes);
        bar.set_position(progress.done_bytes);
        bar.set_message(progress.file);
    })
}
