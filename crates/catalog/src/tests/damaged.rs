//! Text in a row that can't be read is an error that says where, and nothing is made of it.

use super::*;

#[test]
fn broken_json_is_an_error_with_the_items_id() {
    for column in ["tags", "attributes", "warnings"] {
        let fixture = Fixture::new();
        let ids = ["a", "b"].map(|md5| id(fixture.place(&picture(md5, &format!("/{md5}.png")))));
        fixture.sql(&format!(
            "UPDATE items SET {column} = '[\"half' WHERE id = {}",
            ids[1]
        ));
        assert_eq!(fixture.catalog.items(&ids[..1]).unwrap().len(), 1);
        let error = fixture.catalog.items(&ids).unwrap_err();
        assert!(matches!(error, CatalogError::Damaged { .. }), "{error:?}");
        let place = format!("{column} of item {}", ids[1]);
        assert!(error.to_string().contains(&place), "{error}");
    }
}

#[test]
fn broken_json_of_a_patent_is_an_error_with_its_id() {
    let fixture = Fixture::new();
    let patent = Patent {
        patent_id: "USD900001".into(),
        ..Patent::default()
    };
    let stored = fixture.catalog.write(NOW, |tx| tx.upsert_patent(&patent));
    stored.unwrap();
    let item = id(fixture.place(&sheet("a", "/a.tif", "USD900001", "D00001")));
    fixture.sql("UPDATE patents SET images = '{'");
    let errors = [
        fixture.catalog.patent("USD900001").unwrap_err(),
        fixture.catalog.items(&[item]).unwrap_err(),
    ];
    for error in errors {
        assert!(
            error.to_string().contains("images of patent USD900001"),
            "{error}"
        );
    }
}

#[test]
fn unknown_settings_are_an_error_with_the_collections_name() {
    for (column, what) in [
        ("metric", "metric"),
        ("index_kind", "index kind"),
        ("preprocess", "preprocessing"),
    ] {
        let fixture = Fixture::new();
        fixture.sql(&format!("UPDATE collections SET {column} = 'telepathy'"));
        let errors = [
            fixture.catalog.collection("default").unwrap_err(),
            fixture.catalog.collections().unwrap_err(),
        ];
        for error in errors {
            assert!(matches!(error, CatalogError::Damaged { .. }), "{error:?}");
            let place = format!("{what} of collection `default` (unknown {what} \"telepathy\"");
            assert!(error.to_string().contains(&place), "{error}");
        }
    }
}

#[test]
fn dropped_collections_are_remembered_until_they_are_forgotten() {
    let fixture = Fixture::new();
    assert_eq!(fixture.catalog.dropped_collections().unwrap(), []);
    let drop = |tx: &WriteTransaction<'_>| tx.drop_collection(&fixture.collection);
    fixture.catalog.write(NOW, drop).unwrap();
    let expected = DroppedCollection {
        id: fixture.collection.id,
        name: "default".into(),
    };
    let again = fixture
        .catalog
        .write(NOW, |tx| tx.create_collection(&spec("default")));
    assert_ne!(again.unwrap().id, expected.id);
    assert_eq!(
        fixture.catalog.dropped_collections().unwrap(),
        std::slice::from_ref(&expected)
    );
    for _ in 0..2 {
        let forget = |tx: &WriteTransaction<'_>| tx.forget_dropped(&expected);
        fixture.catalog.write(NOW, forget).unwrap();
        assert_eq!(fixture.catalog.dropped_collections().unwrap(), []);
    }
}

#[test]
fn blob_work_that_has_not_ended_makes_a_sweep_due() {
    let fixture = Fixture::new();
    let catalog = &fixture.catalog;
    let write = |change: &dyn Fn(&WriteTransaction<'_>) -> Result<i64, CatalogError>| {
        catalog.write_aside(NOW, change).unwrap()
    };
    let ended = write(&|tx| tx.begin_blob_work());
    write(&|tx| tx.end_blob_work(ended).map(|()| 0));
    assert_eq!(catalog.due_blob_sweep().unwrap(), None);
    let left = write(&|tx| tx.begin_blob_work());
    let due = BlobSweep {
        last_work: left,
        last_key: None,
    };
    assert_eq!(catalog.due_blob_sweep().unwrap(), Some(due.clone()));
    let halfway = BlobSweep {
        last_key: Some("b".into()),
        ..due.clone()
    };
    write(&|tx| tx.record_blob_sweep(&halfway).map(|()| 0));
    assert_eq!(catalog.due_blob_sweep().unwrap(), Some(halfway.clone()));
    // What was left behind meanwhile may lie before that key.
    let later = write(&|tx| tx.begin_blob_work());
    let from_the_start = BlobSweep {
        last_work: later,
        last_key: None,
    };
    assert_eq!(
        catalog.due_blob_sweep().unwrap(),
        Some(from_the_start.clone())
    );
    write(&|tx| tx.end_blob_sweep(&halfway).map(|()| 0));
    assert_eq!(
        catalog.due_blob_sweep().unwrap(),
        Some(from_the_start.clone())
    );
    write(&|tx| tx.end_blob_sweep(&from_the_start).map(|()| 0));
    assert_eq!(catalog.due_blob_sweep().unwrap(), None);
}
