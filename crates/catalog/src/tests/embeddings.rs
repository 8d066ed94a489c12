//! Rows of vectors: what tells that one is there already.

use super::*;

#[test]
fn rows_are_known_by_external_id_or_by_name_and_content() {
    let fixture = Fixture::new();
    let collection = &fixture.collection;
    let named = NewItem {
        external_id: Some("a".into()),
        path: None,
        ..picture("m1", "/p/1.png")
    };
    let plain = NewItem {
        path: None,
        ..picture("m2", "/p/2.png")
    };
    fixture
        .catalog
        .write(NOW, |tx| {
            tx.place_item(collection, &named, Some(&[1.0_f32, 0.0, -0.0]))?;
            tx.place_item(collection, &plain, Some(&[0.0_f32, 2.0, 0.0]))?;
            // What is not committed yet counts too.
            assert_eq!(
                tx.embedding_of_external_id(collection, "a")?,
                Some(vec![1.0, 0.0, -0.0])
            );
            assert_eq!(
                tx.embedding_of_content(collection, "m2")?,
                Some(vec![0.0, 2.0, 0.0])
            );
            assert!(tx.has_item(collection, "2.png", "m2", None)?);
            assert!(tx.has_item(collection, "2.png", "m2", Some("b"))?);
            assert!(tx.has_item(collection, "1.png", "m1", None)?);
            assert!(!tx.has_item(collection, "1.png", "m1", Some("b"))?);
            assert!(!tx.has_item(collection, "1.png", "m2", None)?);
            Ok::<_, CatalogError>(())
        })
        .unwrap();
    let found = |id| {
        fixture
            .catalog
            .embedding_of_external_id(collection, id)
            .unwrap()
    };
    assert_eq!(found("a"), Some(vec![1.0, 0.0, -0.0]));
    assert_eq!(found("b"), None);
}

#[test]
fn an_external_id_is_looked_up_in_an_index() {
    let fixture = Fixture::new();
    let file = fixture.directory.path().join("catalog.sqlite");
    let connection = rusqlite::Connection::open(file).unwrap();
    let plan: String = connection
        .query_row(
            "EXPLAIN QUERY PLAN SELECT 1 FROM items WHERE collection_id = 1 AND external_id = 'a'",
            [],
            |row| row.get(3),
        )
        .unwrap();
    assert!(plan.contains("items_by_external_id"), "{plan}");
}
