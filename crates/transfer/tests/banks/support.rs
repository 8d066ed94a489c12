//! An engine over an empty directory, and banks written by hand.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lookalike_banks::BankLayout;
use lookalike_catalog::{Catalog, Change, Item, ItemFilter, Revision};
use lookalike_encoders::{LoadOptions, Precision, Registry};
use lookalike_engine::import::{Control, ImportReport};
use lookalike_engine::search::{Limit, Query, SearchAnswer, SearchRequest};
use lookalike_engine::{
    EncoderSettings, Encoders, Engine, EngineError, EvidenceAccess, EvidenceStore, Parts,
};
use lookalike_fetch::models::HubEnvironment;
use lookalike_imaging::{Limits, PixelBudget};
use lookalike_npy as npy;
use lookalike_storage::blob::FolderBlobs;
use lookalike_storage::{EmbeddedVectors, Upkeep};
use lookalike_transfer::{BankExportRequest, BankImportRequest, export_bank, import_banks};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub(crate) struct Fixture {
    directory: TempDir,
    pub(crate) engine: Engine,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let catalog = Arc::new(Catalog::open_for_writing(directory.path()).unwrap());
        let engine = Engine::new(Parts {
            vectors: Box::new(EmbeddedVectors::new(
                Arc::clone(&catalog),
                directory.path().join("indexes"),
                Upkeep::Owner,
            )),
            catalog,
            blobs: Arc::new(FolderBlobs::new(directory.path().join("blobs"))),
            evidence: EvidenceStore::new(directory.path().join("evidence"), EvidenceAccess::Write),
            encoders: Encoders::new(EncoderSettings {
                data_dir: directory.path().to_path_buf(),
                registry: Registry::default(),
                load: LoadOptions::on_cpu(std::num::NonZeroUsize::new(1), Precision::F32).unwrap(),
                hub: HubEnvironment::from_variables(|_| None),
                on_pull: Box::new(|_| {}),
            }),
            limits: Limits::default(),
            budget: PixelBudget::new(1 << 26),
            clock: || "2026-11-21T12:00:00Z".parse().unwrap(),
            trash_days: 30,
        });
        Self { directory, engine }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Imports one bank as it is.
    pub(crate) fn import(&self, bank: &Path, collection: &str) -> ImportReport {
        self.try_import(&request(bank, collection)).unwrap()
    }

    pub(crate) fn try_import(
        &self,
        request: &BankImportRequest,
    ) -> Result<ImportReport, EngineError> {
        import_banks(self.engine.stores(), request, &Control::default())
    }

    /// The message with which a bank is refused.
    pub(crate) fn refusal(&self, bank: &Path) -> String {
        self.try_import(&request(bank, "refused"))
            .unwrap_err()
            .to_string()
    }

    /// Exports to a file or folder of that name.
    pub(crate) fn export(&self, collection: &str, name: &str) -> PathBuf {
        let output = self.path(name);
        let request = BankExportRequest {
            collection: collection.to_owned(),
            layout: BankLayout::of(&output),
            output: output.clone(),
        };
        export_bank(self.engine.stores(), &request, &Control::default()).unwrap();
        output
    }

    /// Items and bits of their vectors by id.
    pub(crate) fn stored(&self, collection: &str) -> Vec<(Item, Vec<u32>)> {
        let catalog = self.engine.stores().catalog();
        let collection = catalog.collection(collection).unwrap();
        let ids = catalog
            .matching_items(&collection, &ItemFilter::default().expression(0))
            .unwrap();
        let mut vectors = BTreeMap::new();
        catalog
            .changes_since(&collection, &Revision::default(), |change| match change {
                Change::Stored(stored) => {
                    vectors.insert(stored.item_id, bits(&stored.vectors.concat()));
                }
                Change::Removed(id) => panic!("{id} was removed"),
            })
            .unwrap();
        let items = catalog.items(&ids).unwrap();
        assert_eq!(items.len(), vectors.len());
        items.into_iter().zip(vectors.into_values()).collect()
    }

    pub(crate) fn search(&self, collection: &str, query: Query) -> SearchAnswer {
        self.engine
            .search()
            .run(&SearchRequest {
                queries: vec![query],
                collections: vec![collection.to_owned()],
                limit: Limit::Items(3),
                ..SearchRequest::default()
            })
            .unwrap()
    }
}

pub(crate) fn request(bank: &Path, collection: &str) -> BankImportRequest {
    BankImportRequest {
        banks: vec![bank.to_path_buf()],
        collection: collection.to_owned(),
        metric: None,
        index: None,
        normalize: None,
        encoder: None,
    }
}

pub(crate) fn bits(vector: &[f32]) -> Vec<u32> {
    vector.iter().map(|value| value.to_bits()).collect()
}

/// A bank that NumPy wrote.
pub(crate) fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/features")
        .join(name)
}

/// Writes `<name>.npy` and, unless there are none, `<name>.jsonl`.
pub(crate) fn write_lines(
    fixture: &Fixture,
    name: &str,
    dim: usize,
    values: &[f32],
    lines: &[serde_json::Value],
) -> PathBuf {
    let path = fixture.path(&format!("{name}.npy"));
    let mut file = File::create(&path).unwrap();
    npy::write(&mut file, &[values.len() / dim, dim], values).unwrap();
    if !lines.is_empty() {
        let mut file = File::create(path.with_extension("jsonl")).unwrap();
        for line in lines {
            writeln!(file, "{line}").unwrap();
        }
    }
    path
}

/// Writes a `.npz` of raw members.
pub(crate) fn write_npz(path: &Path, members: &[(&str, Vec<u8>)]) {
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    for (name, bytes) in members {
        let name = format!("{name}.npy");
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file(name, stored).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

/// An array's file.
pub(crate) fn array(dim: usize, values: &[f32]) -> Vec<u8> {
    let mut bytes = Vec::new();
    npy::write(&mut bytes, &[values.len() / dim, dim], values).unwrap();
    bytes
}

/// An array's file with that type and shape in its header, whatever the data.
pub(crate) fn claimed(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    let mut bytes = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    bytes.extend(format!("{text:<117}\n").bytes());
    bytes.extend(data);
    bytes
}
