//! What was deleted takes no room for ever.

use super::*;

/// A file of many pages, most of them empty.
fn fill_and_empty(catalog: &Catalog) {
    let collection = catalog
        .write(0, |tx| {
            tx.create_collection(&NewCollection {
                dim: 1024,
                ..spec("c")
            })
        })
        .unwrap();
    catalog
        .write(0, |tx| {
            for number in 0..3_000 {
                let item = picture(&format!("{number:032x}"), &format!("/in/{number}.png"));
                tx.place_item(&collection, &item, Some(&[0.5; 1024]))?;
            }
            Ok::<_, CatalogError>(())
        })
        .unwrap();
    catalog
        .write(0, |tx| tx.drop_collection(&collection))
        .unwrap();
    // Into the file itself.
    catalog.make_durable().unwrap();
}

fn file_bytes(catalog: &Catalog) -> u64 {
    std::fs::metadata(catalog.file()).unwrap().len()
}

#[test]
fn room_of_deleted_items_is_given_back_bit_by_bit() {
    let directory = TempDir::new().unwrap();
    let catalog = Catalog::open_for_writing(directory.path()).unwrap();
    fill_and_empty(&catalog);
    let before = file_bytes(&catalog);
    let mut steps = 0;
    while catalog.write_aside(0, |tx| tx.give_back_room()).unwrap() {
        steps += 1;
    }
    catalog.make_durable().unwrap();
    let after = file_bytes(&catalog);
    assert!(steps >= 2 && after < before / 2, "{before} {after}");
    catalog.check().unwrap();
    assert!(!catalog.write_aside(0, |tx| tx.give_back_room()).unwrap());
}

#[test]
fn an_old_catalogue_that_is_mostly_empty_is_written_anew() {
    let directory = TempDir::new().unwrap();
    let catalog = Catalog::open_for_writing(directory.path()).unwrap();
    fill_and_empty(&catalog);
    // As earlier versions made them.
    let connection = rusqlite::Connection::open(catalog.file()).unwrap();
    drop(catalog);
    connection
        .pragma_update(None, "auto_vacuum", "none")
        .unwrap();
    connection.execute_batch("VACUUM").unwrap();
    drop(connection);
    let catalog = Catalog::open_for_writing(directory.path()).unwrap();
    fill_and_empty(&catalog);
    assert!(!catalog.write_aside(0, |tx| tx.give_back_room()).unwrap());
    let before = file_bytes(&catalog);
    drop(catalog);
    let catalog = Catalog::open_for_writing(directory.path()).unwrap();
    catalog.make_durable().unwrap();
    let after = file_bytes(&catalog);
    assert!(after < before / 2, "{before} {after}");
    catalog.check().unwrap();
}
