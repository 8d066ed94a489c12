//! For tests, of what stands above the engine too: an engine with the built-in encoder over an
//! empty data directory.

#![expect(
    clippy::unwrap_used,
    clippy::new_without_default,
    reason = "what goes wrong in the set-up of a test fails the test"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use lookalike_catalog::Catalog;
use lookalike_encoders::{LoadOptions, Precision, Registry};
use lookalike_evidence::{Access as EvidenceAccess, EvidenceStore};
use lookalike_fetch::models::HubEnvironment;
use lookalike_imaging::{Limits, PixelBudget, RgbImage, encode_png};
use lookalike_storage::blob::FolderBlobs;
use lookalike_storage::{EmbeddedVectors, Upkeep};
use lookalike_work::Clock;
use tempfile::TempDir;

use crate::jobs::Jobs;
use crate::{EncoderSettings, Encoders, Engine, Parts};

fn noon() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// An engine and its data directory, which lies in `directory` and ends with the fixture.
pub struct Fixture {
    /// Holds the data directory, and what a test puts beside it.
    pub directory: TempDir,
    /// The queue of imports.
    pub jobs: Jobs,
    /// The engine.
    pub engine: Arc<Engine>,
    clock: Clock,
}

impl Fixture {
    /// At noon of 2026-11-21.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(noon)
    }

    /// Going by this clock.
    #[must_use]
    pub fn with_clock(clock: Clock) -> Self {
        Self::open(TempDir::new().unwrap(), clock)
    }

    /// With these model families.
    #[must_use]
    pub fn with_registry(registry: Registry) -> Self {
        let directory = TempDir::new().unwrap();
        let data = directory.path().join("data");
        Self::at(directory, data, noon, registry)
    }

    fn open(directory: TempDir, clock: Clock) -> Self {
        let data = directory.path().join("data");
        Self::at(directory, data, clock, Registry::default())
    }

    /// Over a data directory that is there.
    #[must_use]
    pub fn over(data: &Path) -> Self {
        let directory = TempDir::new().unwrap();
        Self::at(directory, data.to_path_buf(), noon, Registry::default())
    }

    fn at(directory: TempDir, data: PathBuf, clock: Clock, registry: Registry) -> Self {
        let catalog = Arc::new(Catalog::open_for_writing(&data).unwrap());
        let engine = Arc::new(Engine::new(Parts {
            vectors: Box::new(EmbeddedVectors::new(
                Arc::clone(&catalog),
                data.join("indexes"),
                Upkeep::Owner,
            )),
            catalog,
            blobs: Arc::new(FolderBlobs::new(data.join("blobs"))),
            evidence: EvidenceStore::new(data.join("evidence"), EvidenceAccess::Write),
            encoders: Encoders::new(EncoderSettings {
                data_dir: data.clone(),
                registry,
                load: LoadOptions::on_cpu(std::num::NonZeroUsize::new(2), Precision::F32).unwrap(),
                hub: HubEnvironment::from_variables(|_| None),
                on_pull: Box::new(|_| {}),
            }),
            limits: Limits::default(),
            budget: PixelBudget::new(64 << 20),
            clock,
            trash_days: 30,
        }));
        Self {
            jobs: engine.jobs(data),
            directory,
            engine,
            clock,
        }
    }

    /// Ends the process, as far as a test can, and starts the next one.
    #[must_use]
    pub fn reopen(self) -> Self {
        self.jobs.close();
        let Self {
            directory,
            jobs,
            engine,
            clock,
        } = self;
        drop((jobs, engine));
        Self::open(directory, clock)
    }

    /// A folder of `count` different pictures.
    pub fn pictures(&self, name: &str, count: usize) -> PathBuf {
        let folder = self.directory.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        for index in 0..count {
            let mut data = vec![(index * 7) as u8; 20 * 20 * 3];
            data[index % 900] ^= 255;
            let picture = RgbImage::new(20, 20, data).unwrap();
            fs::write(
                folder.join(format!("{index:04}.png")),
                encode_png(&picture).unwrap(),
            )
            .unwrap();
        }
        folder
    }

    /// How many images a collection has.
    #[must_use]
    pub fn items(&self, collection: &str) -> u64 {
        self.engine.collections().count(collection).unwrap()
    }
}
