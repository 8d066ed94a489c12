//! Times the search for near duplicates: `cargo run --release --example duplicates -- [ITEMS]
//! [DIM]`. Vectors lie around a tenth as many centres, as those of patents do; one in fifty is a
//! near copy of the one before.

#![expect(clippy::print_stdout, reason = "prints its measurements")]

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use lookalike_catalog::{Catalog, Content, IndexKind, Metric, NewCollection, NewItem};
use lookalike_duplicates::{Duplicates, DuplicatesRequest, SearchProgress};
use lookalike_encoders::{LoadOptions, Precision, Registry};
use lookalike_engine::{EncoderSettings, Encoders, Engine, EvidenceAccess, EvidenceStore, Parts};
use lookalike_fetch::models::HubEnvironment;
use lookalike_imaging::{Limits, PixelBudget};
use lookalike_storage::blob::FolderBlobs;
use lookalike_storage::{EmbeddedVectors, Upkeep};
use lookalike_work::system_clock;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: usize| arguments.next().map_or(Ok(default), |text| text.parse());
    let (count, dim) = (number(100_000)?, number(384)?);
    let directory = tempfile::tempdir()?;
    let data = directory.path().to_path_buf();
    let catalog = Arc::new(Catalog::open_for_writing(&data)?);
    let collection = catalog.write(0, |tx| tx.create_collection(&spec(dim)))?;
    let mut random = Random(1);
    let mut last = Vec::new();
    let mut centre = Vec::new();
    for start in (0..count).step_by(1000) {
        catalog.write(0, |tx| {
            for place in start..(start + 1000).min(count) {
                if place % 10 == 0 {
                    centre = random.vector(dim);
                }
                let noise = random.vector(dim);
                last = match place % 50 {
                    49 => mixed(&last, &noise, 0.1),
                    _ => mixed(&centre, &noise, 0.8),
                };
                tx.place_item(&collection, &item(place), Some(&last))?;
            }
            Ok::<_, lookalike_catalog::CatalogError>(())
        })?;
    }
    let engine = Engine::new(Parts {
        vectors: Box::new(EmbeddedVectors::new(
            Arc::clone(&catalog),
            data.join("indexes"),
            Upkeep::Owner,
        )),
        catalog,
        blobs: Arc::new(FolderBlobs::new(data.join("blobs"))),
        evidence: EvidenceStore::new(data.join("evidence"), EvidenceAccess::Write),
        encoders: Encoders::new(EncoderSettings {
            data_dir: data,
            registry: Registry::default(),
            load: LoadOptions::on_cpu(None, Precision::F32)?,
            hub: HubEnvironment::from_variables(|_| None),
            on_pull: Box::new(|_| {}),
        }),
        limits: Limits::default(),
        budget: PixelBudget::new(64 << 20),
        clock: system_clock,
        trash_days: 30,
    });
    let request = DuplicatesRequest {
        collection: "default".to_owned(),
        threshold: None,
        same_patent: false,
        across_patents: true,
    };
    let duplicates = Duplicates::new(&engine);
    for run in ["with loading the index", "again"] {
        let start = Instant::now();
        let pairs = duplicates.find_pairs(&request, &SearchProgress::default())?;
        let searched = start.elapsed().as_secs_f64();
        let groups = duplicates.groups(&pairs)?.len();
        let all = start.elapsed().as_secs_f64();
        println!("{count} x {dim}: {searched:.1} s, {all:.1} s with {groups} groups, {run}");
    }
    Ok(())
}

/// Of unit length.
fn mixed(a: &[f32], b: &[f32], share: f32) -> Vec<f32> {
    let sum: Vec<f32> = a.iter().zip(b).map(|(a, b)| a + share * b).collect();
    let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt();
    sum.iter().map(|value| value / length).collect()
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (((z ^ (z >> 31)) >> 40) as f32) / ((1 << 24) as f32) - 0.5
    }

    fn vector(&mut self, dim: usize) -> Vec<f32> {
        let values: Vec<f32> = (0..dim).map(|_| self.next()).collect();
        mixed(&values, &values, 0.0)
    }
}

fn item(place: usize) -> NewItem {
    NewItem {
        content: Content {
            md5: format!("{place:032x}"),
            width: 100,
            height: 100,
            file_size: 1,
            format: "png".into(),
            original_key: None,
            turn: None,
            page: None,
        },
        external_id: None,
        file_name: format!("{place}.png"),
        path: None,
        patent_id: None,
        page_num: None,
        image_index: None,
        view: None,
        front_page: false,
        description: None,
        tags: Vec::new(),
        attributes: serde_json::Map::new(),
        warnings: Vec::new(),
    }
}

fn spec(dim: usize) -> NewCollection {
    NewCollection {
        name: "default".into(),
        model: None,
        model_fingerprint: None,
        dim,
        preprocess: None,
        size: None,
        metric: Metric::Cosine,
        index_kind: IndexKind::Auto,
        normalize: true,
    }
}
