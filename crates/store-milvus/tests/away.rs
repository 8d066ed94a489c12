//! A Milvus that is away, or says nothing: what answers all the same, and how the rest is refused.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use lookalike_catalog::{
    Catalog, CatalogError, Collection, Content, NewCollection, NewItem, WriteTransaction,
};
use lookalike_storage::{
    Effort, EmbeddedVectors, Hit, IndexKind, Metric, Scope, Upkeep, VectorError, VectorQuery,
    VectorStore,
};
use lookalike_store_milvus::{MilvusSettings, MilvusVectors, address};
use tempfile::TempDir;

const DIM: usize = 4;

struct Fixture {
    directory: TempDir,
    catalog: Arc<Catalog>,
    collection: Collection,
}

impl Fixture {
    /// A collection of five items.
    fn new() -> Self {
        let directory = TempDir::new().expect("a folder");
        let catalog = Arc::new(Catalog::open_for_writing(directory.path()).expect("a catalogue"));
        let spec = NewCollection {
            name: "default".into(),
            model: None,
            model_fingerprint: None,
            dim: DIM,
            preprocess: None,
            size: None,
            metric: Metric::L2,
            index_kind: IndexKind::Auto,
            normalize: false,
        };
        let fill = |tx: &WriteTransaction<'_>| -> Result<Collection, CatalogError> {
            let collection = tx.create_collection(&spec)?;
            for number in 0..5_u8 {
                let vector = [f32::from(number); DIM];
                tx.place_item(&collection, &item(number), Some(&vector))?;
            }
            Ok(collection)
        };
        let collection = catalog.write(0, fill).expect("items are written");
        Self {
            directory,
            catalog,
            collection,
        }
    }

    fn store(&self, at: SocketAddr, upkeep: Upkeep) -> MilvusVectors {
        let settings = MilvusSettings {
            timeout: Duration::from_millis(300),
            ..MilvusSettings::at(address(&at.to_string()).expect("an address"))
        };
        let catalog = Arc::clone(&self.catalog);
        MilvusVectors::new(catalog, &self.notes(), upkeep, &settings).expect("settings")
    }

    fn notes(&self) -> std::path::PathBuf {
        self.directory.path().join("milvus")
    }

    /// As if Milvus had followed the first three items, in an earlier run.
    fn note_three(&self) {
        std::fs::create_dir_all(self.notes()).expect("a folder");
        let record = serde_json::json!({"current": {
            "name": "lookalike_default_1", "index": {"kind": "ivf_flat", "nlist": 128},
            "last_item": 3, "removals": 0, "timestamp": 1, "rows": 3, "is_dirty": false,
            "unflushed": 3,
        }, "leftovers": []});
        let file = self.notes().join(format!("{}.json", self.collection.id));
        std::fs::write(file, record.to_string()).expect("a file");
    }

    fn search(&self, store: &dyn VectorStore) -> Result<Vec<Hit>, VectorError> {
        let wanted = VectorQuery {
            k: 3,
            scope: Scope::default(),
            effort: Effort::default(),
        };
        let mut found = store.search(&self.collection, &[vec![1.25; DIM]], &wanted)?;
        Ok(found.remove(0))
    }
}

fn item(number: u8) -> NewItem {
    NewItem {
        content: Content {
            md5: format!("{number:032x}"),
            width: 1,
            height: 1,
            file_size: 1,
            format: "png".into(),
            original_key: None,
            turn: None,
            page: None,
        },
        external_id: None,
        file_name: format!("{number}.png"),
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

/// An address where nobody listens.
fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address")
}

fn assert_away(error: &VectorError, at: SocketAddr) {
    let VectorError::Unavailable {
        store, retry_after, ..
    } = error
    else {
        panic!("{error}");
    };
    assert_eq!(*store, format!("Milvus at {at}"));
    assert!(retry_after.is_some(), "{error}");
}

#[test]
fn what_milvus_does_not_have_yet_is_found_without_it() {
    let fixture = Fixture::new();
    let embedded = EmbeddedVectors::new(
        Arc::clone(&fixture.catalog),
        Path::new("nowhere").into(),
        Upkeep::Reader,
    );
    for upkeep in [Upkeep::Owner, Upkeep::Reader] {
        let store = fixture.store(nobody(), upkeep);
        let expected = fixture.search(&embedded).unwrap();
        assert_eq!(fixture.search(&store).unwrap(), expected);
    }
}

#[test]
fn a_milvus_that_is_away_is_no_fault_of_the_caller() {
    let fixture = Fixture::new();
    fixture.note_three();
    // A listener that takes connections and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for at in [nobody(), silent.local_addr().unwrap()] {
        let store = fixture.store(at, Upkeep::Reader);
        assert_away(&fixture.search(&store).unwrap_err(), at);
        assert_away(&store.state(&fixture.collection).unwrap_err(), at);
        let health = store.health().unwrap();
        assert_eq!((health.kind, health.address), ("milvus", at.to_string()));
        assert_away(&health.version.unwrap_err(), at);
        // The catalogue has what these need.
        let scores = store.scores(&fixture.collection, &[1.0; DIM], &[1, 99]);
        let scores = scores.unwrap();
        assert!(scores[0].is_some() && scores[1].is_none());
        let mut count = 0;
        let scope = Scope::default();
        store
            .each_hit(&fixture.collection, &[1.0; DIM], &scope, &mut |_| {
                count += 1;
            })
            .unwrap();
        assert_eq!(count, 5);
    }
}

#[test]
fn writes_are_refused_and_lose_nothing() {
    let fixture = Fixture::new();
    fixture.note_three();
    let at = nobody();
    let notes = || {
        let file = fixture
            .notes()
            .join(format!("{}.json", fixture.collection.id));
        std::fs::read_to_string(file).unwrap()
    };
    let before = notes();
    let store = fixture.store(at, Upkeep::Owner);
    assert_away(&store.settle(&fixture.collection).unwrap_err(), at);
    drop(store);
    assert_eq!(notes(), before);
}

#[test]
fn settings_that_are_no_good_are_said_at_once() {
    let fixture = Fixture::new();
    let settings = MilvusSettings {
        ca_file: Some(fixture.directory.path().join("missing.pem")),
        ..MilvusSettings::at(address("https://localhost:1").unwrap())
    };
    let catalog = Arc::clone(&fixture.catalog);
    let made = MilvusVectors::new(catalog, &fixture.notes(), Upkeep::Reader, &settings);
    let error = made.err().unwrap();
    assert!(error.contains("missing.pem"), "{error}");
}
