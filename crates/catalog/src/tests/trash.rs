//! Items in the trash: out of everything, and back as they were.

use super::*;

const VECTOR: Option<&[f32]> = Some(&[1.0, 2.0, 3.0]);

struct Bin {
    fixture: Fixture,
    ids: Vec<u64>,
}

impl Bin {
    /// Three pictures, the first with all that people say about one.
    fn new() -> Self {
        let fixture = Fixture::new();
        let ids = ["aa", "bb", "cc"].map(|md5| {
            let item = NewItem {
                description: Some(format!("picture {md5}")),
                tags: vec!["kept".into()],
                attributes: serde_json::json!({"size": 3}).as_object().cloned().unwrap(),
                external_id: Some(md5.to_uppercase()),
                ..picture(md5, &format!("/{md5}.png"))
            };
            id(fixture.place(&item))
        });
        Self {
            fixture,
            ids: ids.to_vec(),
        }
    }

    fn write<T>(
        &self,
        changes: impl FnOnce(&WriteTransaction<'_>) -> Result<T, CatalogError>,
    ) -> T {
        self.fixture.catalog.write(NOW, changes).unwrap()
    }

    fn delete(&self, ids: &[u64]) -> i64 {
        self.write(|tx| {
            let deletion = tx.begin_deletion(&self.fixture.collection)?;
            tx.remember_deleted(&self.fixture.collection, ids)?;
            let (count, unused) = tx.trash_items(&self.fixture.collection, deletion, ids)?;
            assert_eq!((count, unused), (ids.len(), Vec::new()));
            Ok(deletion)
        })
    }

    fn trashed(&self) -> Vec<u64> {
        let all = Trashed::Of(&self.fixture.collection);
        self.fixture.catalog.trashed_ids(&all).unwrap()
    }

    fn passing(&self, filter: &ItemFilter) -> Vec<u64> {
        let filter = filter.expression(TODAY);
        let catalog = &self.fixture.catalog;
        catalog
            .matching_items(&self.fixture.collection, &filter)
            .unwrap()
    }
}

#[test]
fn a_trashed_item_is_nowhere_and_comes_back_as_it_was() {
    let bin = Bin::new();
    let catalog = &bin.fixture.catalog;
    let kept = ItemFilter {
        tags: vec!["kept".into()],
        attributes: vec!["size=3".into()],
        ..ItemFilter::default()
    };
    let collection = &bin.fixture.collection;
    bin.write(|tx| tx.add_not_duplicates(&[bin.ids[0], bin.ids[1]]));
    let before = format!("{:?}", catalog.items(&bin.ids).unwrap());
    let numbers = catalog.stats(collection).unwrap();
    bin.delete(&bin.ids[..2]);
    assert_eq!(bin.fixture.embeddings(), bin.ids[2..]);
    assert_eq!(bin.passing(&kept), bin.ids[2..]);
    assert_eq!(catalog.count_items(collection).unwrap(), 1);
    assert!(catalog.item_by_file_name("aa.png").unwrap().is_none());
    assert!(catalog.is_deleted(collection, "/aa.png", "aa").unwrap());
    let trashed = catalog.trashed_item(bin.ids[0]).unwrap().unwrap();
    assert_eq!(
        (
            trashed.file_name.as_str(),
            trashed.tags.as_slice(),
            trashed.deleted_at
        ),
        ("aa.png", ["kept".to_owned()].as_slice(), NOW)
    );

    let restored = bin.write(|tx| tx.restore_items(&bin.ids));
    assert_eq!(restored, 2, "the third was never deleted");
    assert_eq!(format!("{:?}", catalog.items(&bin.ids).unwrap()), before);
    assert_eq!(bin.fixture.embeddings(), bin.ids);
    assert_eq!(bin.passing(&kept), bin.ids);
    assert_eq!(catalog.stats(collection).unwrap(), numbers);
    assert!(!catalog.is_deleted(collection, "/aa.png", "aa").unwrap());
    assert!(catalog.known_path(collection, "/aa.png").unwrap().is_some());
    assert_eq!(bin.fixture.sql("SELECT count(*) FROM not_duplicates"), 1);
    assert_eq!(bin.fixture.sql("SELECT count(*) FROM trash_deletions"), 0);
}

#[test]
fn indexes_hear_of_what_goes_and_of_what_comes_back() {
    let bin = Bin::new();
    let catalog = &bin.fixture.catalog;
    let since = |since: &Revision| {
        let mut changes = Vec::new();
        let each = |change| changes.push(change);
        let now = catalog
            .changes_since(&bin.fixture.collection, since, each)
            .unwrap();
        let ids = changes.iter().map(|change| match change {
            Change::Removed(id) => -id.cast_signed(),
            Change::Stored(item) => item.item_id.cast_signed(),
        });
        (ids.collect::<Vec<i64>>(), now)
    };
    let (all, first) = since(&Revision::default());
    assert_eq!(all, [1, 2, 3]);
    bin.delete(&[1, 3]);
    let (gone, second) = since(&first);
    assert_eq!(gone, [-1, -3]);
    bin.write(|tx| tx.restore_items(&[3]));
    let (back, third) = since(&second);
    assert_eq!(back, [3]);
    assert_eq!(since(&first).0, [-1, 3], "whoever missed the deletion");
    bin.write(|tx| tx.restore_items(&[1]));
    assert_eq!(since(&third).0, [1]);
}

#[test]
fn what_is_emptied_is_gone_with_its_content_and_stays_remembered() {
    let bin = Bin::new();
    let catalog = &bin.fixture.catalog;
    bin.delete(&bin.ids[..1]);
    // Other bytes of another item keep their content.
    let (count, unused) = bin.write(|tx| tx.remove_items(&bin.fixture.collection, &bin.ids[1..2]));
    assert_eq!((count, unused[0].md5.as_str()), (1, "bb"));
    let (count, unused) = bin.write(|tx| tx.empty_trash(&bin.ids));
    assert_eq!((count, unused), (1, vec![content("aa")]));
    assert!(bin.trashed().is_empty());
    assert!(
        catalog
            .is_deleted(&bin.fixture.collection, "/aa.png", "aa")
            .unwrap()
    );
    assert_eq!(bin.write(|tx| tx.restore_items(&bin.ids[..1])), 0);
    let again = catalog.write(NOW, |tx| {
        tx.place_item(&bin.fixture.collection, &picture("aa", "/aa.png"), VECTOR)
    });
    assert_eq!(again.unwrap(), Placed::Added(4));
}

#[test]
fn deletions_are_told_apart_by_number_and_by_age() {
    let bin = Bin::new();
    let catalog = &bin.fixture.catalog;
    let first = bin.delete(&bin.ids[..1]);
    let late = catalog.write(NOW + 100, |tx| {
        let deletion = tx.begin_deletion(&bin.fixture.collection)?;
        tx.trash_items(&bin.fixture.collection, deletion, &bin.ids[1..])?;
        Ok::<_, CatalogError>(deletion)
    });
    let late = late.unwrap();
    let ids = |which| catalog.trashed_ids(&which).unwrap();
    assert_eq!(ids(Trashed::By(first)), bin.ids[..1]);
    assert_eq!(ids(Trashed::By(late)), bin.ids[1..]);
    assert_eq!(ids(Trashed::Until(NOW)), bin.ids[..1]);
    assert!(ids(Trashed::Until(NOW - 1)).is_empty());
    assert_eq!(ids(Trashed::Items(&bin.ids[..2])), bin.ids[..2]);
    let window = Window {
        offset: 0,
        limit: 2,
    };
    let (newest, total) = catalog
        .trashed_items(&bin.fixture.collection, window)
        .unwrap();
    let newest: Vec<u64> = newest.iter().map(|item| item.id).collect();
    assert_eq!((newest.as_slice(), total), (&bin.ids[1..], 3));
    bin.write(|tx| tx.empty_trash(&bin.ids));
    assert!(bin.write(|tx| tx.begin_deletion(&bin.fixture.collection)) > late);
}

#[test]
fn a_file_that_is_imported_again_on_purpose_comes_out_of_the_trash() {
    let bin = Bin::new();
    let before = format!("{:?}", bin.fixture.catalog.items(&bin.ids[..1]).unwrap());
    bin.delete(&bin.ids[..1]);
    let placed = bin.fixture.place(&picture("aa", "/aa.png"));
    assert_eq!(placed, Placed::Added(bin.ids[0].cast_signed()));
    let after = format!("{:?}", bin.fixture.catalog.items(&bin.ids[..1]).unwrap());
    assert_eq!(after, before);
    bin.delete(&bin.ids[..1]);
    let other = bin.fixture.place(&picture("dd", "/aa.png"));
    assert_eq!(other, Placed::Added(4), "another picture in the same place");
    assert_eq!(bin.write(|tx| tx.restore_items(&bin.ids[..1])), 1);
    let path = "SELECT item_id FROM paths WHERE path = '/aa.png'";
    assert_eq!(bin.fixture.sql(path), 4, "the place is the other's now");
}

#[test]
fn a_dropped_collection_takes_its_trash_along() {
    let bin = Bin::new();
    bin.delete(&bin.ids[..1]);
    let unused = bin.write(|tx| tx.drop_collection(&bin.fixture.collection));
    assert_eq!(unused.len(), 3);
    for table in ["trash", "trash_paths", "trash_deletions", "contents"] {
        assert_eq!(bin.fixture.sql(&format!("SELECT count(*) FROM {table}")), 0);
    }
}

#[test]
fn the_trash_has_every_column_of_items() {
    let bin = Bin::new();
    let lacking = "SELECT count(*) FROM pragma_table_info('items') WHERE name NOT IN \
                   (SELECT name FROM pragma_table_info('trash'))";
    assert_eq!(
        bin.fixture.sql(lacking),
        0,
        "add it to `trash` and to its COLUMNS"
    );
}
