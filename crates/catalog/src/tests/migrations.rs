//! Catalogues of earlier versions.

use super::*;

/// The first three versions' statements as they were released, and a collection made by them.
#[test]
fn a_catalogue_of_version_3_is_brought_to_the_present() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("catalog.sqlite");
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection
        .execute_batch(include_str!("version_3.sql"))
        .unwrap();
    drop(connection);
    // A reader migrates it too.
    drop(Catalog::open(directory.path()).unwrap());
    let catalog = Catalog::open_for_writing(directory.path()).unwrap();
    let collection = catalog.collection("default").unwrap();
    let present = catalog.revision(&collection).unwrap();
    let state = |last_item, removals| Revision {
        last_item,
        removals,
    };
    assert_eq!(present, state(3, 2));
    assert_eq!(stored_ids(&catalog, &collection), [1, 3]);
    let since = |since| catalog.changes_since(&collection, &since, |_| ());
    assert_eq!(since(present).unwrap(), present);
    assert!(matches!(
        since(state(3, 1)),
        Err(CatalogError::UnknownRevision { .. })
    ));
    let (_, unused) = catalog
        .write(NOW, |tx| tx.remove_items(&collection, &[1]))
        .unwrap();
    let unused: Vec<&str> = unused.iter().map(|content| content.md5.as_str()).collect();
    assert_eq!(unused, ["aa", "bb"], "one of them was left over before");
    let mut changes = Vec::new();
    catalog
        .changes_since(&collection, &present, |change| changes.push(change))
        .unwrap();
    assert_eq!(changes, [Change::Removed(1)]);
    let vase = ItemFilter {
        keyword: vec!["vase".into()],
        ..ItemFilter::default()
    };
    let matching = catalog.matching_items(&collection, &vase.expression(TODAY));
    assert_eq!(matching.unwrap(), [3]);
    let stats = catalog.stats(&collection).unwrap();
    let numbers = (stats.items, stats.contents, stats.embedding_bytes);
    assert_eq!((numbers, stats.formats["tiff"]), ((1, 1, 8), 1));
    assert_eq!(catalog.library().unwrap().len(), 32);
}
