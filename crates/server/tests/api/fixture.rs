//! A server on a free loopback port over a data directory of a few small sheets.

use std::net::SocketAddr;
use std::sync::Arc;

use lookalike_accounts::Accounts;
use lookalike_catalog::Catalog;
use lookalike_encoders::{LoadOptions, Precision, Registry};
use lookalike_engine::import::{Control, ImportRequest, Originals};
use lookalike_engine::{
    CollectionSettings, EncoderSettings, Encoders, Engine, EvidenceAccess, EvidenceStore, Parts,
};
use lookalike_fetch::models::HubEnvironment;
use lookalike_imaging::{Limits, PixelBudget, RgbImage, encode_png};
use lookalike_server::{ServerOptions, serve};
use lookalike_storage::blob::FolderBlobs;
use lookalike_storage::{EmbeddedVectors, Upkeep};
use lookalike_testkit::http::{Answer, form, request};
use lookalike_work::Clock;
use tempfile::TempDir;
use tokio::sync::oneshot;

pub(crate) const GRANT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<us-patent-grant><us-bibliographic-data-grant>
<publication-reference><document-id><country>US</country><doc-number>D1107373</doc-number>
<kind>S1</kind><date>20251230</date></document-id></publication-reference>
<application-reference appl-type="design"><document-id><country>US</country>
<doc-number>29000001</doc-number><date>20240105</date></document-id></application-reference>
<us-term-of-grant><length-of-grant>15</length-of-grant></us-term-of-grant>
<classification-locarno><edition>14</edition><main-classification>1002</main-classification>
</classification-locarno><classification-national><country>US</country>
<main-classification>D10 32</main-classification></classification-national><invention-title>Watch &lt;band&gt;</invention-title>
<us-references-cited><us-citation><patcit><document-id><country>US</country>
<doc-number>D939806</doc-number><kind>S</kind><date>20220100</date></document-id></patcit>
<category>cited by examiner</category></us-citation></us-references-cited>
</us-bibliographic-data-grant>
<drawings><figure><img file="USD1107373-20251230-D00001.TIF"/></figure></drawings>
<claims><claim><claim-text>The ornamental design for a watch band.</claim-text></claim></claims>
</us-patent-grant>"#;

/// Ends the server when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) directory: TempDir,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    pub(crate) fn new() -> Self {
        Self::with(ServerOptions::default())
    }

    pub(crate) fn with(options: ServerOptions) -> Self {
        Self::with_clock(options, || "2026-11-21T12:00:00Z".parse().unwrap())
    }

    pub(crate) fn with_clock(options: ServerOptions, clock: Clock) -> Self {
        let directory = TempDir::new().unwrap();
        let pictures = directory.path().join("pictures");
        let patent = pictures.join("USD1107373-20251230");
        std::fs::create_dir_all(&patent).unwrap();
        std::fs::write(patent.join("USD1107373-20251230.XML"), GRANT).unwrap();
        for (file, seed) in [
            (patent.join("USD1107373-20251230-D00001.TIF"), 1),
            (pictures.join("plain.png"), 2),
            (pictures.join("<b>odd & 100%.png"), 3),
        ] {
            std::fs::write(file, picture(seed)).unwrap();
        }
        let engine = engine(&directory, &[pictures], clock);
        let jobs = engine.jobs(directory.path().join("data"));
        let closing = jobs.clone();
        let accounts = Accounts::new(Arc::clone(engine.stores().catalog()), clock);
        let (stop, stopped) = oneshot::channel();
        let (ready, address) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                ready.send(listener.local_addr().unwrap()).unwrap();
                let shutdown = async {
                    let _ = stopped.await;
                };
                serve(engine, jobs, accounts, listener, options, shutdown)
                    .await
                    .unwrap();
            });
            closing.close();
        });
        Self {
            address: address.recv().unwrap(),
            directory,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        request(self.address, "GET", path, &[], &[])
    }

    pub(crate) fn post(&self, path: &str, body: &[u8]) -> Answer {
        request(self.address, "POST", path, &[], body)
    }

    pub(crate) fn search(&self, fields: &[(&str, Option<&str>, &[u8])]) -> Answer {
        let (kind, body) = form(fields);
        let headers = [("content-type", kind.as_str())];
        request(self.address, "POST", "/api/search", &headers, &body)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A 90 x 60 PNG of stripes that depend on `seed`. Its name may say TIF: content decides.
pub(crate) fn picture(seed: u32) -> Vec<u8> {
    let (width, height) = (90, 60);
    let data = (0..width * height)
        .flat_map(|pixel| {
            let (x, y) = (pixel % width, pixel / width);
            let dark = ((x * seed + y * 4_u32.saturating_sub(seed)) / 12).is_multiple_of(2);
            [if dark { 20 * seed as u8 } else { 250 }; 3]
        })
        .collect();
    encode_png(&RgbImage::new(width, height, data).unwrap()).unwrap()
}

fn engine(directory: &TempDir, pictures: &[std::path::PathBuf], clock: Clock) -> Arc<Engine> {
    let data = directory.path().join("data");
    let catalog = Arc::new(Catalog::open_for_writing(&data).unwrap());
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
            data_dir: data.clone(),
            registry: Registry::default(),
            load: LoadOptions::on_cpu(std::num::NonZeroUsize::new(1), Precision::F32).unwrap(),
            hub: HubEnvironment::from_variables(|_| None),
            on_pull: Box::new(|_| {}),
        }),
        limits: Limits::default(),
        budget: PixelBudget::new(64 << 20),
        clock,
        trash_days: 30,
    });
    let request = ImportRequest {
        shard: None,
        paths: pictures.to_vec(),
        collection: "default".into(),
        settings: CollectionSettings {
            size: Some(112),
            ..CollectionSettings::default()
        },
        batch_size: std::num::NonZeroUsize::new(4),
        originals: Originals::Reference,
        only: None,
        within: None,
        data_dir: data,
    };
    let report = engine
        .importer()
        .run(&request, &Control::default())
        .unwrap();
    assert_eq!((report.imported, report.failed), (3, 0), "{report:?}");
    Arc::new(engine)
}
