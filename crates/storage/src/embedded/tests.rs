//! Indexes over a catalogue: what they find after whatever happened to their files.

use std::fs;
use std::path::{Path, PathBuf};

use lookalike_catalog::{Content, NewCollection, NewItem, Placed};
use lookalike_index::{Effort, IndexKind, Metric};
use tempfile::TempDir;

use super::*;

const DIM: usize = 8;

struct Fixture {
    directory: TempDir,
    catalog: Arc<Catalog>,
    vectors: EmbeddedVectors,
    collection: Collection,
    /// Items added so far.
    added: u32,
}

/// Numbers that look random, the same every time.
fn vector(seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as f32 / u32::MAX as f32 - 0.5
    };
    std::iter::repeat_with(next).take(DIM).collect()
}

impl Fixture {
    fn new(kind: IndexKind) -> Self {
        let directory = TempDir::new().unwrap();
        let catalog = Arc::new(Catalog::open_for_writing(directory.path()).unwrap());
        let spec = NewCollection {
            name: "default".into(),
            model: None,
            model_fingerprint: None,
            dim: DIM,
            preprocess: None,
            size: None,
            metric: Metric::L2,
            index_kind: kind,
            normalize: false,
        };
        let collection = catalog.write(0, |tx| tx.create_collection(&spec)).unwrap();
        Self {
            vectors: store(&catalog, &directory),
            directory,
            catalog,
            collection,
            added: 0,
        }
    }

    /// Another process, as far as a test can.
    fn reopen(&mut self) {
        self.vectors = store(&self.catalog, &self.directory);
    }

    fn add(&mut self, count: u32) -> Vec<u64> {
        let first = self.added;
        self.added += count;
        let add = |tx: &lookalike_catalog::WriteTransaction<'_>| {
            let items = (first..first + count).map(|number| {
                let item = item(number);
                match tx.place_item(&self.collection, &item, Some(&vector(number)))? {
                    Placed::Added(id) => Ok(id.cast_unsigned()),
                    other => panic!("{other:?}"),
                }
            });
            items.collect::<Result<Vec<u64>, CatalogError>>()
        };
        self.catalog.write(0, add).unwrap()
    }

    fn remove(&self, ids: &[u64]) {
        let remove =
            |tx: &lookalike_catalog::WriteTransaction<'_>| tx.remove_items(&self.collection, ids);
        self.catalog.write(0, remove).unwrap();
    }

    /// What is found must be what a store that knows no files finds.
    fn check(&self) {
        let fresh = EmbeddedVectors::new(
            Arc::clone(&self.catalog),
            self.directory.path().join("nowhere"),
            Upkeep::Reader,
        );
        for seed in [1, 77, 1_000_000] {
            let query = VectorQuery {
                k: 7,
                scope: Scope {
                    front_pages: match seed {
                        77 => FrontPages::Included,
                        _ => FrontPages::LeftOut,
                    },
                    ..Scope::default()
                },
                effort: Effort::EXACT,
            };
            let search = |store: &EmbeddedVectors| {
                let hits = store.search(&self.collection, &[vector(seed)], &query);
                hits.unwrap().pop().unwrap()
            };
            assert_eq!(search(&self.vectors), search(&fresh));
        }
        let number = |store: &EmbeddedVectors| store.state(&self.collection).unwrap().vectors;
        assert_eq!(number(&self.vectors), number(&fresh));
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.directory.path().join("indexes"));
        let mut files: Vec<PathBuf> = entries
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        files
    }

    fn loaded(&self) -> Loaded {
        self.vectors.0.slot(&self.collection).current().unwrap()
    }
}

fn store(catalog: &Arc<Catalog>, directory: &TempDir) -> EmbeddedVectors {
    let files = directory.path().join("indexes");
    EmbeddedVectors::new(Arc::clone(catalog), files, Upkeep::Owner)
}

fn item(number: u32) -> NewItem {
    NewItem {
        content: Content {
            md5: number.to_string(),
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
        page_num: None,
        patent_id: None,
        image_index: None,
        view: None,
        front_page: number.is_multiple_of(9),
        description: None,
        tags: Vec::new(),
        attributes: serde_json::Map::new(),
        warnings: Vec::new(),
    }
}

#[test]
fn an_index_is_opened_from_its_files_and_follows_what_happened_since() {
    for kind in IndexKind::ALL {
        let mut fixture = Fixture::new(kind);
        let ids = fixture.add(3000);
        fixture.vectors.settle(&fixture.collection).unwrap();
        assert_eq!(fixture.files().len(), 2, "{kind}");
        fixture.check();

        fixture.reopen();
        fixture.check();
        assert_eq!(fixture.loaded().unsaved, 0, "{kind}: not from its files");
        assert_eq!(fixture.loaded().sheets.stats().vector_bytes / 1000, 0);

        fixture.remove(&ids[100..150]);
        fixture.add(20);
        fixture.check();
        fixture.reopen();
        fixture.remove(&ids[..5]);
        fixture.add(10);
        fixture.check();
        assert_eq!(fixture.loaded().unsaved, 50 + 5 + 30, "{kind}");
        let built = fixture.loaded().sheets.stats();
        assert_eq!(
            built.params.is_empty(),
            [IndexKind::Auto, IndexKind::Flat].contains(&kind)
        );
    }
}

/// As whoever restores a copy does: a file that is mapped must not be written to.
fn replace(file: &Path, bytes: &[u8]) {
    let other = file.with_extension("other");
    fs::write(&other, bytes).unwrap();
    fs::rename(&other, file).unwrap();
}

/// What happens to the files of a fixture.
type Damage = fn(&Fixture);

#[test]
fn files_that_cannot_be_used_are_made_anew() {
    let damage: [(&str, Damage); 5] = [
        ("cut off", |fixture| {
            let file = &fixture.files()[1];
            let bytes = fs::read(file).unwrap();
            replace(file, &bytes[..bytes.len() / 2]);
        }),
        ("of which one is missing", |fixture| {
            fs::remove_file(&fixture.files()[0]).unwrap();
        }),
        ("of different times", |fixture| {
            let older = fs::read(&fixture.files()[0]).unwrap();
            fixture.vectors.rebuild(&fixture.collection).unwrap();
            let sheets = fixture.files()[1].clone();
            fixture.remove(&[5]);
            fixture.vectors.rebuild(&fixture.collection).unwrap();
            assert!(sheets.exists());
            replace(&fixture.files()[0], &older);
        }),
        ("of something else", |fixture| {
            replace(&fixture.files()[1], b"something else");
        }),
        ("with a wrong byte", |fixture| {
            let file = &fixture.files()[1];
            let mut bytes = fs::read(file).unwrap();
            let middle = bytes.len() * 2 / 3;
            bytes[middle] ^= 4;
            replace(file, &bytes);
        }),
    ];
    for (name, damage) in damage {
        let mut fixture = Fixture::new(IndexKind::Auto);
        fixture.add(2500);
        fixture.vectors.settle(&fixture.collection).unwrap();
        damage(&fixture);
        fixture.reopen();
        println!("files {name}");
        fixture.check();
        fixture.vectors.settle(&fixture.collection).unwrap();
        fixture.reopen();
        fixture.check();
    }
}

#[test]
fn what_searches_gain_from_is_built_in_the_background() {
    let mut fixture = Fixture::new(IndexKind::Hnsw);
    fixture.add(2500);
    fixture.check();
    let kind = |fixture: &Fixture| fixture.loaded().sheets.stats().params.len();
    for _ in 0..600 {
        if kind(&fixture) > 0 && fixture.files().len() == 2 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(kind(&fixture), 3);
    fixture.check();
}

#[test]
fn readers_write_nothing() {
    let mut fixture = Fixture::new(IndexKind::Hnsw);
    fixture.add(2500);
    let files = fixture.directory.path().join("indexes");
    let reader = EmbeddedVectors::new(Arc::clone(&fixture.catalog), files, Upkeep::Reader);
    assert_eq!(reader.state(&fixture.collection).unwrap().vectors, 2500);
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert!(fixture.files().is_empty());
}

#[test]
fn a_dropped_collection_leaves_no_files() {
    let mut fixture = Fixture::new(IndexKind::Flat);
    fixture.add(2500);
    fixture.vectors.settle(&fixture.collection).unwrap();
    assert_eq!(fixture.files().len(), 2);
    let drop =
        |tx: &lookalike_catalog::WriteTransaction<'_>| tx.drop_collection(&fixture.collection);
    fixture.catalog.write(0, drop).unwrap();
    let dropped = fixture.catalog.dropped_collections().unwrap();
    fixture.vectors.forget(&dropped[0]).unwrap();
    assert!(fixture.files().is_empty());
    fixture.vectors.forget(&dropped[0]).unwrap();
}

#[test]
fn the_suite_passes_for_every_kind_and_metric() {
    let open = |catalog: Arc<Catalog>, directory: &Path, upkeep| {
        let files = directory.join("indexes");
        Box::new(EmbeddedVectors::new(catalog, files, upkeep)) as Box<dyn VectorStore>
    };
    std::thread::scope(|scope| {
        for kind in IndexKind::ALL {
            for metric in Metric::ALL {
                scope.spawn(move || crate::conformance::vector_store(kind, metric, &open));
            }
        }
    });
}
