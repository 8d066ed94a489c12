//! Tests of the catalogue as a whole.

use tempfile::TempDir;

use crate::*;

mod accounts;
mod changes;
mod damaged;
mod embeddings;
mod figures;
mod filters;
mod grant_details;
mod history;
mod jobs;
mod listing;
mod migrations;
mod numbers;
#[cfg(unix)]
mod private;
mod room;
mod saved;
mod successor;
mod trash;
mod words;

const NOW: i64 = 1_700_000_000;
const TODAY: u32 = 20_261_121;

fn spec(name: &str) -> NewCollection {
    NewCollection {
        name: name.into(),
        model: Some("builtin".into()),
        model_fingerprint: Some("f00d".into()),
        dim: 3,
        preprocess: Some(PreprocessKind::Letterbox),
        size: Some(224),
        metric: Metric::Cosine,
        index_kind: IndexKind::Auto,
        normalize: true,
    }
}

fn content(md5: &str) -> Content {
    Content {
        md5: md5.into(),
        width: 30,
        height: 40,
        file_size: 1000,
        format: "tiff".into(),
        original_key: None,
        turn: None,
        page: None,
    }
}

fn picture(md5: &str, path: &str) -> NewItem {
    NewItem {
        content: content(md5),
        external_id: None,
        file_name: path.rsplit('/').next().unwrap().into(),
        path: Some(KnownPath {
            path: path.into(),
            file_size: 1000,
            modified_ns: 7,
            page_count: None,
        }),
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

fn sheet(md5: &str, path: &str, patent: &str, page: &str) -> NewItem {
    NewItem {
        patent_id: Some(patent.into()),
        page_num: Some(page.into()),
        ..picture(md5, path)
    }
}

struct Fixture {
    directory: TempDir,
    catalog: Catalog,
    collection: Collection,
}

impl Fixture {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let catalog = Catalog::open_for_writing(directory.path()).unwrap();
        let collection = catalog
            .write(NOW, |tx| tx.create_collection(&spec("default")))
            .unwrap();
        Self {
            directory,
            catalog,
            collection,
        }
    }

    fn place(&self, item: &NewItem) -> Placed {
        self.catalog
            .write(NOW, |tx| {
                tx.place_item(&self.collection, item, Some(&[1.0_f32, 2.0, 3.0]))
            })
            .unwrap()
    }

    fn embeddings(&self) -> Vec<u64> {
        stored_ids(&self.catalog, &self.collection)
    }

    fn sql(&self, sql: &str) -> i64 {
        let file = self.directory.path().join("catalog.sqlite");
        let connection = rusqlite::Connection::open(file).unwrap();
        let mut statement = connection.prepare(sql).unwrap();
        let mut rows = statement.query([]).unwrap();
        let first = rows.next().unwrap().map(|row| row.get(0).unwrap());
        first.unwrap_or_default()
    }

    fn matching(&self, filter: &ItemFilter) -> Vec<u64> {
        self.catalog
            .matching_items(&self.collection, &filter.expression(TODAY))
            .unwrap()
    }
}

/// Ids of the items that have embeddings.
fn stored_ids(catalog: &Catalog, collection: &Collection) -> Vec<u64> {
    let mut ids = Vec::new();
    catalog
        .changes_since(collection, &Revision::default(), |change| match change {
            Change::Stored(stored) => ids.push(stored.item_id),
            Change::Removed(id) => panic!("{id} was removed"),
        })
        .unwrap();
    ids
}

fn id(placed: Placed) -> u64 {
    match placed {
        Placed::Added(id) | Placed::Replaced(id) | Placed::Known(id) => u64::try_from(id).unwrap(),
    }
}

#[test]
fn same_file_again_is_known() {
    let fixture = Fixture::new();
    let first = fixture.place(&picture("aa", "/a.png"));
    assert!(matches!(first, Placed::Added(_)));
    assert_eq!(
        fixture.place(&picture("aa", "/a.png")),
        Placed::Known(id(first) as i64)
    );
    let known = fixture
        .catalog
        .known_path(&fixture.collection, "/a.png")
        .unwrap()
        .unwrap();
    assert_eq!((known.file_size, known.modified_ns), (1000, 7));
}

#[test]
fn same_bytes_without_patent_stay_two_items_with_one_embedding() {
    let fixture = Fixture::new();
    let first = id(fixture.place(&picture("aa", "/a.png")));
    let second = id(fixture.place(&picture("aa", "/b.png")));
    assert_ne!(first, second);
    assert_eq!(fixture.embeddings(), [first, second]);
    let stats = fixture.catalog.stats(&fixture.collection).unwrap();
    assert_eq!(
        (stats.items, stats.embedding_bytes, stats.original_bytes),
        (2, 12, 1000)
    );
}

#[test]
fn same_bytes_same_patent_and_page_become_one_item_with_two_paths() {
    let fixture = Fixture::new();
    let first = id(fixture.place(&sheet("aa", "/x/1.tif", "USD1", "D00001")));
    let again = fixture.place(&sheet("aa", "/y/1.tif", "USD1", "D00001"));
    assert_eq!(again, Placed::Known(first as i64));
    let other_page = fixture.place(&sheet("aa", "/x/0.tif", "USD1", "D00000"));
    assert!(matches!(other_page, Placed::Added(_)));
    assert!(
        fixture
            .catalog
            .known_path(&fixture.collection, "/y/1.tif")
            .unwrap()
            .is_some()
    );
}

#[test]
fn changed_file_replaces_its_item_and_counts_as_removal() {
    let fixture = Fixture::new();
    let first = id(fixture.place(&picture("aa", "/a.png")));
    let before = fixture.catalog.revision(&fixture.collection).unwrap();
    assert_eq!(
        fixture.place(&picture("bb", "/a.png")),
        Placed::Replaced(first as i64)
    );
    let after = fixture.catalog.revision(&fixture.collection).unwrap();
    assert_eq!(before.last_item, after.last_item);
    assert_ne!(before.removals, after.removals);
    assert_eq!(fixture.catalog.items(&[first]).unwrap()[0].md5, "bb");
}

#[test]
fn what_a_replaced_file_held_goes_with_the_next_removal() {
    let fixture = Fixture::new();
    let first = id(fixture.place(&picture("aa", "/a.png")));
    let second = id(fixture.place(&picture("bb", "/b.png")));
    fixture.place(&picture("bb", "/c.png"));
    fixture.place(&picture("cc", "/a.png"));
    let remove = |ids: &[u64]| {
        let removed = fixture
            .catalog
            .write(NOW, |tx| tx.remove_items(&fixture.collection, ids));
        removed.unwrap()
    };
    assert_eq!(remove(&[second]), (1, vec![content("aa")]), "bb is used");
    assert_eq!(remove(&[first]), (1, vec![content("cc")]));
    assert_eq!(remove(&[first]), (0, Vec::new()));
    let stats = fixture.catalog.stats(&fixture.collection).unwrap();
    assert_eq!((stats.items, stats.embedding_bytes), (1, 12));
}

#[test]
fn changed_file_of_a_merged_item_leaves_the_other_path_its_item() {
    let fixture = Fixture::new();
    let first = id(fixture.place(&sheet("aa", "/x/1.tif", "USD1", "D00001")));
    fixture.place(&sheet("aa", "/y/1.tif", "USD1", "D00001"));
    let changed = fixture.place(&sheet("bb", "/x/1.tif", "USD1", "D00001"));
    assert!(matches!(changed, Placed::Added(_)));
    let old = &fixture.catalog.items(&[first]).unwrap()[0];
    assert_eq!(
        (old.md5.as_str(), old.original_path.as_deref()),
        ("aa", Some("/y/1.tif"))
    );
}

#[test]
fn ids_are_never_reused() {
    let fixture = Fixture::new();
    let first = id(fixture.place(&picture("aa", "/a.png")));
    let (removed, contents) = fixture
        .catalog
        .write(NOW, |tx| tx.remove_items(&fixture.collection, &[first]))
        .unwrap();
    assert_eq!((removed, contents.len()), (1, 1));
    assert!(id(fixture.place(&picture("aa", "/a.png"))) > first);
}

#[test]
fn failed_transaction_leaves_nothing() {
    let fixture = Fixture::new();
    let result: Result<(), CatalogError> = fixture.catalog.write(NOW, |tx| {
        tx.place_item(
            &fixture.collection,
            &picture("aa", "/a.png"),
            Some(&[0.0_f32; 3]),
        )?;
        tx.place_item(
            &fixture.collection,
            &picture("bb", "/b.png"),
            Some(&[0.0_f32; 2]),
        )?;
        Ok(())
    });
    let message = result.unwrap_err().to_string();
    assert_eq!(
        message,
        "collection `default` holds vectors of 3 numbers, this one has 2"
    );
    assert!(fixture.embeddings().is_empty());
    assert!(fixture.catalog.content("aa").unwrap().is_none());
}

#[test]
fn one_writer_many_readers() {
    let fixture = Fixture::new();
    let second = Catalog::open_for_writing(fixture.directory.path()).unwrap_err();
    assert!(
        matches!(second, CatalogError::Locked { owner: Some(_), .. }),
        "{second}"
    );
    let reader = Catalog::open(fixture.directory.path()).unwrap();
    fixture.place(&picture("aa", "/a.png"));
    assert_eq!(reader.revision(&fixture.collection).unwrap().last_item, 1);
    let refused: Result<(), CatalogError> = reader.write(NOW, |_| Ok(()));
    assert!(refused.is_err());
    drop(fixture.catalog);
    Catalog::open_for_writing(fixture.directory.path()).unwrap();
}

#[test]
fn every_commit_changes_the_version_for_every_reader() {
    let fixture = Fixture::new();
    let reader = Catalog::open(fixture.directory.path()).unwrap();
    let versions = || {
        (
            fixture.catalog.version().unwrap(),
            reader.version().unwrap(),
        )
    };
    let mut last = versions();
    assert_eq!(versions(), last);
    let mut changed = |what: &str| {
        let next = versions();
        assert!(next.0 != last.0 && next.1 != last.1, "{what}");
        last = next;
    };
    let first = id(fixture.place(&picture("aa", "/a.png")));
    changed("an item");
    let patent = Patent {
        patent_id: "USD1".into(),
        ..Patent::default()
    };
    let upsert = |tx: &WriteTransaction<'_>| tx.upsert_patent(&patent);
    fixture.catalog.write(NOW, upsert).unwrap();
    changed("a patent");
    let facts = SheetFacts::default();
    fixture
        .catalog
        .write(NOW, |tx| {
            tx.describe_sheet(&fixture.collection, "/a.png", &facts)
        })
        .unwrap();
    changed("an item's facts");
    let file = fixture.directory.path().join("catalog.sqlite");
    let other_process = rusqlite::Connection::open(file).unwrap();
    other_process
        .execute("UPDATE items SET description = 'x' WHERE id = ?1", [first])
        .unwrap();
    changed("a description, by another process");
    assert_eq!(versions(), last);
}

#[test]
fn newer_schema_is_refused() {
    let fixture = Fixture::new();
    let file = fixture.directory.path().join("catalog.sqlite");
    let connection = rusqlite::Connection::open(file).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    let error = Catalog::open(fixture.directory.path()).unwrap_err();
    assert!(matches!(error, CatalogError::Newer { found: 99, .. }));
}

#[test]
fn missing_catalogue_and_bad_names_are_reported() {
    let empty = TempDir::new().unwrap();
    assert!(matches!(
        Catalog::open(empty.path()),
        Err(CatalogError::Missing { .. })
    ));
    let fixture = Fixture::new();
    for name in ["设计库", "Möbel_2.neu", "डिज़ाइन", "เก้าอี้", &"库".repeat(64)]
    {
        let created = fixture
            .catalog
            .write(NOW, |tx| tx.create_collection(&spec(name)));
        assert_eq!(created.unwrap().spec.name, name);
    }
    let tricks = [
        "",
        "-x",
        ".x",
        "a b",
        "../x",
        "a/b",
        "设\\计",
        "a\u{200d}b",
        "a\u{202e}b",
        "库\u{3000}",
    ];
    for name in tricks.into_iter().chain([&*"库".repeat(65)]) {
        let created = fixture
            .catalog
            .write(NOW, |tx| tx.create_collection(&spec(name)));
        assert!(
            matches!(created, Err(CatalogError::BadCollectionName { .. })),
            "{name}"
        );
    }
    let twice = fixture
        .catalog
        .write(NOW, |tx| tx.create_collection(&spec("default")));
    assert!(matches!(twice, Err(CatalogError::CollectionExists { .. })));
}

#[test]
fn dropping_a_collection_keeps_what_others_share() {
    let fixture = Fixture::new();
    let other = fixture
        .catalog
        .write(NOW, |tx| tx.create_collection(&spec("other")))
        .unwrap();
    fixture.place(&picture("aa", "/a.png"));
    fixture.place(&picture("bb", "/b.png"));
    fixture
        .catalog
        .write(NOW, |tx| {
            tx.place_item(&other, &picture("aa", "/a.png"), Some(&[0.0_f32, 0.0, 1.0]))
        })
        .unwrap();
    let unused = fixture
        .catalog
        .write(NOW, |tx| tx.drop_collection(&fixture.collection))
        .unwrap();
    assert_eq!(unused, [content("bb")]);
    assert!(fixture.catalog.content("aa").unwrap().is_some());
    assert!(fixture.catalog.collection("default").is_err());
}

/// Two patents and a plain picture, with fields for every filter.
fn filtered_fixture() -> (Fixture, [u64; 3]) {
    let fixture = Fixture::new();
    let band = Patent {
        patent_id: "USD1".into(),
        title: Some("Wristwatch Band — Café".into()),
        loc_class: Some("10-02".into()),
        us_class: Some("D10/32".into()),
        pub_date: Some(20_200_107),
        expiry_date: Some(20_350_107),
        applicant_name: Some("Acme 100% GmbH".into()),
        applicant_country: Some("DE".into()),
        assignee_name: Some("Holding".into()),
        ..Patent::default()
    };
    let vase = Patent {
        patent_id: "USD2".into(),
        title: Some("花瓶".into()),
        loc_class: Some("11-02".into()),
        us_class: Some("D1/102".into()),
        pub_date: Some(20_050_107),
        expiry_date: Some(20_190_107),
        applicant_country: Some("CN".into()),
        ..Patent::default()
    };
    fixture
        .catalog
        .write(NOW, |tx| {
            tx.upsert_patent(&band)?;
            tx.upsert_patent(&band)?;
            tx.upsert_patent(&vase)
        })
        .unwrap();
    let ids = [
        sheet("aa", "/1.tif", "USD1", "D00001"),
        sheet("bb", "/2.tif", "USD2", "D00001"),
        NewItem {
            tags: vec!["red".into(), "round".into()],
            description: Some("a watch on a table".into()),
            ..picture("cc", "/3.png")
        },
    ]
    .map(|item| id(fixture.place(&item)));
    (fixture, ids)
}

#[test]
fn each_filter_selects() {
    let (fixture, [band, vase, picture]) = filtered_fixture();
    let all = |values: &[&str]| values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>();
    let cases: Vec<(ItemFilter, Vec<u64>)> = vec![
        (ItemFilter::default(), vec![band, vase, picture]),
        (
            ItemFilter {
                keyword: all(&["band wristw"]),
                ..Default::default()
            },
            vec![band],
        ),
        (
            ItemFilter {
                keyword: all(&["cafe"]),
                ..Default::default()
            },
            vec![band],
        ),
        (
            ItemFilter {
                keyword: all(&["band vase"]),
                ..Default::default()
            },
            vec![],
        ),
        (
            ItemFilter {
                keyword: all(&["花"]),
                ..Default::default()
            },
            vec![vase],
        ),
        (
            ItemFilter {
                keyword: all(&["watch"]),
                ..Default::default()
            },
            vec![picture],
        ),
        (
            ItemFilter {
                us_class: all(&["D1/"]),
                ..Default::default()
            },
            vec![vase],
        ),
        (
            ItemFilter {
                us_class: all(&["D10/3", "D2/"]),
                ..Default::default()
            },
            vec![band],
        ),
        (
            ItemFilter {
                loc_class: all(&["10"]),
                ..Default::default()
            },
            vec![band],
        ),
        (
            ItemFilter {
                loc_class: all(&["10", "11-02"]),
                ..Default::default()
            },
            vec![band, vase],
        ),
        (
            ItemFilter {
                applicant: all(&["acme 100%"]),
                ..Default::default()
            },
            vec![band],
        ),
        (
            ItemFilter {
                applicant: all(&["a%e"]),
                ..Default::default()
            },
            vec![],
        ),
        (
            ItemFilter {
                assignee: all(&["hold"]),
                ..Default::default()
            },
            vec![band],
        ),
        (
            ItemFilter {
                country: all(&["cn"]),
                ..Default::default()
            },
            vec![vase],
        ),
        (
            ItemFilter {
                pub_date_from: Some(20_200_107),
                ..Default::default()
            },
            vec![band],
        ),
        (
            ItemFilter {
                pub_date_to: Some(20_200_106),
                ..Default::default()
            },
            vec![vase],
        ),
        (
            ItemFilter {
                status: all(&["in_force"]),
                ..Default::default()
            },
            vec![band],
        ),
        (
            ItemFilter {
                status: all(&["expired"]),
                ..Default::default()
            },
            vec![vase],
        ),
        (
            ItemFilter {
                tags: all(&["round"]),
                ..Default::default()
            },
            vec![picture],
        ),
        (
            ItemFilter {
                patent_id: all(&["USD2"]),
                ..Default::default()
            },
            vec![vase],
        ),
        (
            ItemFilter {
                exclude_patent_id: all(&["USD2"]),
                ..Default::default()
            },
            vec![band, picture],
        ),
        (
            ItemFilter {
                exclude_item_id: vec![band as i64],
                ..Default::default()
            },
            vec![vase, picture],
        ),
        (
            ItemFilter {
                country: all(&["DE"]),
                loc_class: all(&["11"]),
                ..Default::default()
            },
            vec![],
        ),
    ];
    for (filter, expected) in cases {
        assert_eq!(fixture.matching(&filter), expected, "{filter:?}");
    }
}

#[test]
fn attributes_compare_as_text() {
    let (fixture, [band, vase, _]) = filtered_fixture();
    let file = fixture.directory.path().join("catalog.sqlite");
    let connection = rusqlite::Connection::open(file).unwrap();
    for (id, json) in [
        (band, r#"{"category":"cat","new":true}"#),
        (vase, r#"{"size":3}"#),
    ] {
        connection
            .execute(
                "UPDATE items SET attributes = ?1 WHERE id = ?2",
                (json, id as i64),
            )
            .unwrap();
    }
    for (pair, expected) in [
        ("category=cat", vec![band]),
        ("new=true", vec![band]),
        ("size=3", vec![vase]),
        ("size=4", vec![]),
        ("category", vec![]),
    ] {
        let filter = ItemFilter {
            attributes: vec![pair.into()],
            ..ItemFilter::default()
        };
        assert_eq!(fixture.matching(&filter), expected, "{pair}");
    }
}

#[test]
fn items_carry_their_patent() {
    let (fixture, [band, _, picture]) = filtered_fixture();
    let items = fixture.catalog.items(&[picture, band, 999]).unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[0].patent.loc_class.as_deref(), Some("10-02"));
    assert_eq!(
        (&items[1].patent.title, &items[1].patent_id),
        (&None, &None)
    );
    assert_eq!(items[1].tags, ["red", "round"]);
}
