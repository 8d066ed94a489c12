//! Screenings of drawn products against vectors brought along are no use: these have the built-in
//! encoder look at small pictures.

use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use lookalike_engine::import::{Control, ImportRequest, Originals};
use lookalike_engine::search::{Limit, SearchRequest};
use lookalike_engine::{
    CollectionSettings, EncoderSettings, Encoders, Engine, ErrorKind, EvidenceAccess,
    EvidenceStore, Parts,
};
use lookalike_imaging::{RgbImage, encode_png};
use tempfile::TempDir;

use super::*;

struct World {
    directory: TempDir,
    engine: Arc<Engine>,
}

/// Stripes that depend on `seed`.
fn picture(seed: u32) -> Vec<u8> {
    let (width, height) = (90, 60);
    let data = (0..width * height).flat_map(|pixel| {
        let (x, y) = (pixel % width, pixel / width);
        let dark = ((x * seed + y * 4_u32.saturating_sub(seed)) / 12).is_multiple_of(2);
        [if dark { 20 * seed as u8 } else { 250 }; 3]
    });
    encode_png(&RgbImage::new(width, height, data.collect()).unwrap()).unwrap()
}

impl World {
    /// Three designs, and four products: two of them are designs, one is nothing that can be read.
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let designs = directory.path().join("designs");
        fs::create_dir_all(&designs).unwrap();
        for seed in 1..=3 {
            fs::write(designs.join(format!("design {seed} x.png")), picture(seed)).unwrap();
        }
        for (file, bytes) in [
            ("lamp/front.png", picture(2)),
            ("lamp/back.png", picture(3)),
            ("lamp/broken.png", b"no picture".to_vec()),
            ("chair-1.png", picture(1)),
            ("bad/only.jpg", b"nothing".to_vec()),
            ("=cup/1.png", picture(3)),
        ] {
            let path = directory.path().join("products").join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let engine = Arc::new(engine(&directory));
        let request = ImportRequest {
            shard: None,
            paths: vec![designs],
            collection: "default".into(),
            settings: CollectionSettings::default(),
            batch_size: NonZeroUsize::new(4),
            originals: Originals::Reference,
            only: None,
            within: None,
            data_dir: directory.path().join("data"),
        };
        let report = engine
            .importer()
            .run(&request, &Control::default())
            .unwrap();
        assert_eq!(report.imported, 3, "{report:?}");
        Self { directory, engine }
    }

    fn screenings(&self) -> Screenings {
        Screenings::new(
            Arc::clone(&self.engine),
            &self.directory.path().join("data"),
        )
    }

    fn products(&self) -> PathBuf {
        self.directory.path().join("products")
    }

    fn request(&self) -> ScreenRequest {
        let search = SearchRequest {
            limit: Limit::Groups(2),
            min_score: Some(-1.0),
            ..SearchRequest::default()
        };
        ScreenRequest {
            folder: self.products(),
            within: None,
            parameters: search.parameters(),
        }
    }
}

fn engine(directory: &TempDir) -> Engine {
    use lookalike_catalog::Catalog;
    use lookalike_encoders::{LoadOptions, Precision, Registry};
    use lookalike_fetch::models::HubEnvironment;
    use lookalike_imaging::{Limits, PixelBudget};
    use lookalike_storage::blob::FolderBlobs;
    use lookalike_storage::{EmbeddedVectors, Upkeep};

    let data = directory.path().join("data");
    let catalog = Arc::new(Catalog::open_for_writing(&data).unwrap());
    let vectors = EmbeddedVectors::new(Arc::clone(&catalog), data.join("indexes"), Upkeep::Owner);
    Engine::new(Parts {
        vectors: Box::new(vectors),
        catalog,
        blobs: Arc::new(FolderBlobs::new(data.join("blobs"))),
        evidence: EvidenceStore::new(data.join("evidence"), EvidenceAccess::Write),
        encoders: Encoders::new(EncoderSettings {
            data_dir: data,
            registry: Registry::default(),
            load: LoadOptions::on_cpu(NonZeroUsize::new(2), Precision::F32).unwrap(),
            hub: HubEnvironment::from_variables(|_| None),
            on_pull: Box::new(|_| {}),
        }),
        limits: Limits::default(),
        budget: PixelBudget::new(64 << 20),
        clock: lookalike_work::system_clock,
        trash_days: 30,
    })
}

#[test]
fn each_product_has_its_closest_designs_and_the_picture_that_found_them() {
    let world = World::new();
    let screenings = world.screenings();
    let id = screenings.start(world.request()).unwrap();
    let report = screenings.wait(id).unwrap();
    let status = &report.status;
    assert_eq!(
        (status.status, status.total, status.processed),
        ("completed", 4, 4)
    );
    assert_eq!(status.failed, 2);
    let named: Vec<(&str, usize)> = report
        .products
        .iter()
        .map(|product| (product.product.as_str(), product.matches.len()))
        .collect();
    // The same pictures as designs first, by name; what could not be read last.
    assert_eq!(named, [("=cup", 2), ("chair", 2), ("lamp", 2), ("bad", 0)]);
    let best = |index: usize| &report.products[index].matches[0];
    assert_eq!(best(0).file_name, "design 3 x.png");
    assert_eq!(best(1).file_name, "design 1 x.png");
    assert!(["lamp/front.png", "lamp/back.png"].contains(&best(2).picture.as_str()));
    assert!(best(2).score > 0.99 && best(2).score >= report.products[2].matches[1].score);
    assert_eq!(best(2).band.as_deref(), Some("near_identical"));
    assert_eq!(report.products[2].failed[0].file, "lamp/broken.png");
    assert!(report.products[2].thumbnail.is_some());
    assert_eq!(report.products[3].thumbnail, None);

    let table = String::from_utf8(csv(&report.products).unwrap()).unwrap();
    assert_eq!(table.lines().count(), 1 + 3 * 2 + 1);
    assert!(
        table.lines().nth(1).unwrap().starts_with("'=cup,1,1,"),
        "{table}"
    );
    let document = html(&world.engine, &report);
    assert!(document.contains("lamp/broken.png"));
    assert!(document.matches("data:image/jpeg;base64,").count() >= 6);
    assert!(!document.contains("<script"));
}

#[test]
fn what_was_stopped_goes_on_and_what_is_the_same_is_not_done_twice() {
    let world = World::new();
    let screenings = world.screenings();
    let id = screenings.start(world.request()).unwrap();
    // At once or a little later: whatever it had done stays.
    screenings.close();
    let before = screenings.report(id).unwrap().products.len();
    drop(screenings);

    let next = world.screenings();
    let left = next.status(id).unwrap();
    assert!(["queued", "completed"].contains(&left.status), "{left:?}");
    assert_eq!(
        next.start(world.request()).unwrap() == id,
        left.status == "queued"
    );
    let report = next.wait(id).unwrap();
    assert_eq!(report.status.processed, 4);
    assert!(before <= report.products.len());
    let mut names: Vec<_> = report
        .products
        .iter()
        .map(|product| &product.product)
        .collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 4, "each once");
    // One that is done is made again as another.
    let again = next.start(world.request()).unwrap();
    assert!(again > id);
    next.wait(again).unwrap();
    let listed: Vec<i64> = next
        .list()
        .unwrap()
        .iter()
        .map(|status| status.job_id)
        .collect();
    assert_eq!(listed[0], again);
}

#[test]
fn a_screening_is_cancelled_for_good() {
    let world = World::new();
    let screenings = world.screenings();
    let first = screenings.start(world.request()).unwrap();
    let other = ScreenRequest {
        folder: world.products().join("lamp"),
        ..world.request()
    };
    let second = screenings.start(other).unwrap();
    // One at a time: the second waits, or has begun if the first was quick.
    let cancelled = screenings.cancel(second);
    screenings.wait(first).unwrap();
    let status = screenings.wait(second).unwrap().status.status;
    assert_eq!(
        status == "cancelled",
        cancelled.is_ok() && status != "completed"
    );
    let again = screenings.cancel(second).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);
}

#[test]
fn what_can_not_be_screened_is_refused_at_once() {
    let world = World::new();
    let screenings = world.screenings();
    let refused = |request: ScreenRequest| screenings.start(request).unwrap_err().kind();
    let nowhere = ScreenRequest {
        folder: world.products().join("nowhere"),
        ..world.request()
    };
    assert_eq!(refused(nowhere), ErrorKind::NotFound);
    let file = ScreenRequest {
        folder: world.products().join("chair-1.png"),
        ..world.request()
    };
    assert_eq!(refused(file), ErrorKind::InvalidInput);
    let mut unknown = world.request();
    unknown
        .parameters
        .insert("collection".into(), serde_json::json!(["nothing"]));
    assert_eq!(refused(unknown), ErrorKind::NotFound);
    let mut wrong = world.request();
    wrong
        .parameters
        .insert("colour".into(), serde_json::json!("red"));
    assert_eq!(refused(wrong), ErrorKind::InvalidInput);
    assert_eq!(
        screenings.report(7).unwrap_err().kind(),
        ErrorKind::NotFound
    );
}
