//! A collection that another one takes the place of.

use super::*;

fn successor_spec() -> NewCollection {
    NewCollection {
        dim: 2,
        model: Some("other".into()),
        ..spec("default")
    }
}

/// A collection of three sheets, one under two paths, and its successor with embeddings of two.
fn fixture() -> (Fixture, Collection, [i64; 3]) {
    let fixture = Fixture::new();
    let place = |item: &NewItem| {
        let vector = Some(&[1.0_f32, 0.0, 0.0][..]);
        let place = |tx: &WriteTransaction<'_>| tx.place_item(&fixture.collection, item, vector);
        match fixture.catalog.write(NOW, place).unwrap() {
            Placed::Added(id) | Placed::Known(id) | Placed::Replaced(id) => id,
        }
    };
    let ids = [
        place(&sheet("a", "/1.tif", "USD1", "D00001")),
        place(&sheet("b", "/2.tif", "USD1", "D00002")),
        place(&sheet("c", "/3.tif", "USD1", "D00003")),
    ];
    assert_eq!(place(&sheet("a", "/again.tif", "USD1", "D00001")), ids[0]);
    let successor = fixture
        .catalog
        .write(NOW, |tx| tx.create_successor(&successor_spec()))
        .unwrap();
    for md5 in ["a", "b"] {
        fixture
            .catalog
            .write(NOW, |tx| tx.add_figures(&successor, md5, &[0.5_f32, 2.0]))
            .unwrap();
    }
    (fixture, successor, ids)
}

#[test]
fn until_it_is_complete_it_is_hidden_and_knows_what_it_lacks() {
    let (fixture, successor, ids) = fixture();
    assert_eq!(fixture.catalog.collections().unwrap().len(), 1);
    assert!(
        fixture
            .catalog
            .find_collection(".default")
            .unwrap()
            .is_none()
    );
    let begun = fixture.catalog.successor(&fixture.collection).unwrap();
    assert_eq!(begun.unwrap().id, successor.id);
    let missing = fixture
        .catalog
        .items_to_embed(&fixture.collection, &successor);
    assert_eq!(missing.unwrap(), [ids[2] as u64]);
    assert!(stored_ids(&fixture.catalog, &successor).is_empty());
    let wrong = fixture
        .catalog
        .write(NOW, |tx| tx.add_figures(&successor, "c", &[1.0_f32]));
    assert!(matches!(wrong, Err(CatalogError::WrongDimension { .. })));
}

#[test]
fn it_goes_with_its_collection() {
    let (fixture, successor, _) = fixture();
    fixture
        .catalog
        .write(NOW, |tx| tx.drop_collection(&fixture.collection))
        .unwrap();
    let begun = fixture.catalog.successor(&fixture.collection).unwrap();
    assert!(begun.is_none());
    assert!(stored_ids(&fixture.catalog, &successor).is_empty());
}

#[test]
fn it_takes_over_name_items_ids_and_paths() {
    let (fixture, successor, ids) = fixture();
    let unused = fixture
        .catalog
        .write(NOW, |tx| tx.succeed(&fixture.collection, &successor))
        .unwrap();
    assert_eq!(unused.len(), 1, "the third was left out");
    let collection = fixture.catalog.collection("default").unwrap();
    assert_eq!((collection.id, collection.spec.dim), (successor.id, 2));
    assert_eq!(fixture.catalog.collections().unwrap().len(), 1);
    let kept = [ids[0] as u64, ids[1] as u64];
    assert_eq!(stored_ids(&fixture.catalog, &collection), kept);
    for path in ["/1.tif", "/again.tif", "/2.tif"] {
        let known = fixture.catalog.known_path(&collection, path).unwrap();
        assert!(known.is_some(), "{path}");
    }
    assert!(fixture.catalog.items(&[ids[2] as u64]).unwrap().is_empty());
}

#[test]
fn it_gets_copies_under_new_ids_and_a_name_of_its_own() {
    let (fixture, successor, ids) = fixture();
    let copy = |name: &str| {
        fixture.catalog.write(NOW, |tx| {
            tx.copy_to_successor(&fixture.collection, &successor, name)
        })
    };
    let taken = copy("default");
    assert!(matches!(taken, Err(CatalogError::CollectionExists { .. })));
    copy("other").unwrap();
    let other = fixture.catalog.collection("other").unwrap();
    let copies = stored_ids(&fixture.catalog, &other);
    assert_eq!(copies.len(), 2);
    assert!(copies.iter().all(|&id| id > ids[2] as u64));
    let items = fixture.catalog.items(&copies).unwrap();
    assert_eq!(items[0].patent_id.as_deref(), Some("USD1"));
    assert_eq!(items[0].collection, "other");
    let known = |collection| {
        fixture
            .catalog
            .known_path(collection, "/again.tif")
            .unwrap()
    };
    assert!(known(&other).is_some() && known(&fixture.collection).is_some());
    assert_eq!(stored_ids(&fixture.catalog, &fixture.collection).len(), 3);
    // The next item is none of theirs.
    let vector = Some(&[1.0_f32, 0.0][..]);
    let next = fixture.catalog.write(NOW, |tx| {
        tx.place_item(&other, &picture("d", "/4.png"), vector)
    });
    assert!(matches!(next, Ok(Placed::Added(id)) if id as u64 > copies[1]));
}
