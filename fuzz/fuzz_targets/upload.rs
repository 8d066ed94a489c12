//! Bodies of requests from arbitrary bytes: forms, pictures and JSON, through the whole server.

#![no_main]

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use libfuzzer_sys::fuzz_target;
use lookalike_accounts::Accounts;
use lookalike_catalog::Catalog;
use lookalike_fetch::models::HubEnvironment;
use lookalike_engine::{
    CollectionSettings, EncoderSettings, Encoders, Engine, EvidenceAccess, EvidenceStore, Parts,
};
use lookalike_imaging::{Limits, PixelBudget};
use lookalike_server::{ServerOptions, router};
use lookalike_storage::blob::FolderBlobs;
use lookalike_storage::{EmbeddedVectors, Upkeep};
use lookalike_work::system_clock;
use lookalike_encoders::{LoadOptions, Precision, Registry};
use tokio::runtime::Runtime;
use tower::ServiceExt;

struct Server {
    runtime: Runtime,
    router: Router,
    // Deleted at the end.
    _directory: tempfile::TempDir,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let directory = tempfile::TempDir::new().expect("a folder");
        let data = directory.path().to_path_buf();
        let catalog = Arc::new(Catalog::open_for_writing(&data).expect("a catalogue"));
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
                registry: Registry::default(),
                load: LoadOptions::on_cpu(std::num::NonZeroUsize::new(1), Precision::Auto).unwrap(),
                hub: HubEnvironment::from_variables(|_| None),
                on_pull: Box::new(|_| {}),
            }),
            // Small, so that the fuzzer spends its time on bodies and not on pixels.
            limits: Limits { max_pixels: 1 << 16, ..Limits::default() },
            budget: PixelBudget::new(1 << 20),
            clock: system_clock,
        }));
        let settings = CollectionSettings { size: Some(28), ..CollectionSettings::default() };
        engine.collections().create("default", &settings).expect("a collection");
        let accounts = Accounts::new(Arc::clone(engine.stores().catalog()), system_clock);
        let jobs = engine.jobs(data);
        Server {
            runtime: Runtime::new().expect("a runtime"),
            router: router(engine, jobs, accounts, ServerOptions::default()).expect("a router"),
            _directory: directory,
        }
    })
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, body)) = bytes.split_first() else { return };
    let (path, kind) = match choice % 6 {
        0 => ("/api/search", "multipart/form-data; boundary=x"),
        1 => ("/api/preview", "multipart/form-data; boundary=x"),
        2 => ("/api/preview", "application/octet-stream"),
        3 => ("/api/search/vector", "application/json"),
        4 => ("/api/search/item/1", "application/json"),
        5 if choice >= 128 => ("/api/batch/upload", "multipart/form-data; boundary=x"),
        _ => ("/api/batch/start", "application/json"),
    };
    let server = server();
    let request = Request::post(path)
        .header("content-type", kind)
        .body(Body::from(body.to_vec()))
        .expect("a request");
    server.runtime.block_on(async {
        let answer = server.router.clone().oneshot(request).await.expect("an answer");
        let status = answer.status();
        assert!(!status.is_server_error(), "{path}: {status}");
        answer.into_body().collect().await.expect("a body");
    });
});
