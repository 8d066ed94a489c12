//! Two libraries that were kept apart, with what people said in each.

use std::fs;
use std::path::Path;

use lookalike_catalog::{ItemChanges, Patent};
use lookalike_engine::fixture::Fixture;
use lookalike_engine::import::{Control, ImportRequest, Originals};
use lookalike_engine::library::{InTrash, Selection};
use lookalike_engine::{CollectionSettings, EvidenceAccess};

use super::*;

fn import(fixture: &Fixture, folder: &Path) {
    let request = ImportRequest {
        shard: None,
        paths: vec![folder.to_path_buf()],
        only: None,
        within: None,
        collection: "default".into(),
        settings: CollectionSettings::default(),
        batch_size: None,
        originals: Originals::Copy,
        data_dir: fixture.directory.path().join("data"),
    };
    let report = fixture.engine.importer().run(&request, &Control::default());
    assert_eq!(report.unwrap().failed, 0);
}

/// The library of a fixture that has ended.
fn other(fixture: Fixture) -> (tempfile::TempDir, Other) {
    let Fixture {
        directory,
        jobs,
        engine,
        ..
    } = fixture;
    jobs.close();
    drop((jobs, engine));
    let data = directory.path().join("data");
    let other = Other {
        catalog: Catalog::open_for_writing(&data).unwrap(),
        blobs: FolderBlobs::new(data.join("blobs")),
        evidence: EvidenceStore::new(data.join("evidence"), EvidenceAccess::Read),
        directory: data,
    };
    (directory, other)
}

fn change<T>(
    fixture: &Fixture,
    change: impl FnOnce(&lookalike_catalog::WriteTransaction<'_>) -> Result<T, EngineError>,
) -> T {
    fixture.engine.stores().catalog().write(1, change).unwrap()
}

fn tagged(tag: &str) -> ItemChanges {
    ItemChanges {
        tags: Some(vec![tag.to_owned()]),
        ..ItemChanges::default()
    }
}

fn patent(id: &str, title: &str) -> Patent {
    Patent {
        patent_id: id.to_owned(),
        title: Some(title.to_owned()),
        ..Patent::default()
    }
}

#[test]
fn what_people_said_in_either_library_holds_in_both() {
    let ours = Fixture::new();
    let shared = ours.pictures("shared", 3);
    import(&ours, &shared);
    change(&ours, |tx| {
        tx.upsert_patent(&patent("USD1", "ours"))?;
        Ok(tx.change_item(1, &tagged("ours"))?)
    });

    let theirs = Fixture::new();
    import(&theirs, &theirs.pictures("own", 8));
    // The same files as ours has, seen from another machine.
    import(&theirs, &shared);
    let ids = theirs.engine.stores().catalog().items_to_give(
        &theirs
            .engine
            .stores()
            .catalog()
            .collection("default")
            .unwrap(),
        0,
        100,
    );
    let ids: Vec<(u64, String)> = (ids.unwrap().into_iter())
        .map(|item| (item.id, item.original_path.unwrap()))
        .collect();
    // Theirs of the files that are items 1 and 2 of ours; imports take files in any order.
    let of_shared = [1, 2].map(|id| {
        let item = ours
            .engine
            .stores()
            .catalog()
            .items(&[id])
            .unwrap()
            .remove(0);
        let mut same = ids
            .iter()
            .filter(|(_, path)| Some(path) == item.original_path.as_ref());
        same.next().unwrap().0
    });
    let own = ids
        .iter()
        .find(|(_, path)| path.contains("/own/"))
        .unwrap()
        .0;
    change(&theirs, |tx| {
        tx.upsert_patent(&patent("USD1", "theirs"))?;
        tx.upsert_patent(&patent("USD2", "theirs"))?;
        tx.change_item(of_shared[0], &tagged("theirs"))?;
        tx.change_item(of_shared[1], &tagged("theirs"))?;
        tx.change_item(own, &tagged("new"))?;
        Ok(tx.add_not_duplicates(&[own, of_shared[0]])?)
    });
    let (_directory, other) = other(theirs);

    let cancel = Cancel::default();
    let stores = ours.engine.stores();
    let merger = Merger::new(stores, &cancel);
    let report = merger.run(&other, |_| {}).unwrap();
    assert_eq!((report.items, report.added, report.known), (11, 8, 3));
    assert_eq!((report.patents, report.decisions), (1, 1));
    assert_eq!(ours.items("default"), 11);
    let catalog = stores.catalog();
    let title = |id: &str| catalog.patent(id).unwrap().unwrap().title.unwrap();
    assert_eq!(
        (title("USD1"), title("USD2")),
        ("ours".into(), "theirs".into())
    );
    let tags = |id: u64| catalog.items(&[id]).unwrap().remove(0).tags;
    assert_eq!(tags(1), ["ours"], "what is said here stays");
    assert_eq!(tags(2), ["theirs"], "and nothing was");
    let taken = catalog.taken_in(&other.catalog.library().unwrap(), &[own, of_shared[0]]);
    let taken = taken.unwrap();
    let new = taken[&own];
    assert_eq!(tags(new), ["new"]);
    assert_eq!(taken[&of_shared[0]], 1);
    assert!(catalog.not_duplicates().unwrap().contains(&(1, new)));

    // Pictures and originals are here, whatever becomes of the other.
    let item = catalog.items(&[new]).unwrap().remove(0);
    fs::remove_file(item.original_path.as_ref().unwrap()).unwrap();
    assert!(!ours.engine.pictures().original(&item).unwrap().is_empty());
    assert!(
        !ours
            .engine
            .pictures()
            .thumbnail_bytes(&item)
            .unwrap()
            .is_empty()
    );

    // What was deleted after it was taken in stays deleted.
    let collection = catalog.collection("default").unwrap();
    change(&ours, |tx| Ok(tx.remove_items(&collection, &[new])?));
    let again = merger.run(&other, |_| {}).unwrap();
    assert_eq!((again.added, again.taken_before), (0, 11));
    assert_eq!(ours.items("default"), 10);
}

#[test]
fn other_files_at_the_same_path_stay_two_items() {
    let ours = Fixture::new();
    let folder = ours.pictures("pictures", 2);
    import(&ours, &folder);
    let theirs = Fixture::new();
    // The folder of that name on the other machine holds others.
    for file in ["0000.png", "0001.png"] {
        let other = plain_picture(file.as_bytes()[3]);
        fs::write(folder.join(file), other).unwrap();
    }
    import(&theirs, &folder);
    let (_directory, other) = other(theirs);
    let cancel = Cancel::default();
    let merger = Merger::new(ours.engine.stores(), &cancel);
    let report = merger.run(&other, |_| {}).unwrap();
    assert_eq!((report.added, report.known), (2, 0));
    assert_eq!(ours.items("default"), 4);
}

/// A picture that differs by `shade`: the smallest PNM.
fn plain_picture(shade: u8) -> Vec<u8> {
    let mut picture = b"P6 16 16 255\n".to_vec();
    picture.extend([shade; 16 * 16 * 3]);
    picture
}

#[test]
fn a_library_is_not_taken_into_itself_and_a_stopped_merge_goes_on() {
    let ours = Fixture::new();
    let theirs = Fixture::new();
    import(&theirs, &theirs.pictures("pictures", 5));
    let (_directory, other) = other(theirs);
    let stopped = Cancel::default();
    stopped.cancel();
    let report = Merger::new(ours.engine.stores(), &stopped)
        .run(&other, |_| {})
        .unwrap();
    assert!(report.cancelled && report.items == 0);
    let cancel = Cancel::default();
    let merger = Merger::new(ours.engine.stores(), &cancel);
    assert_eq!(merger.run(&other, |_| {}).unwrap().added, 5);

    let copy = ours.directory.path().join("copy");
    crate::Backups::new(ours.engine.stores())
        .make(&copy)
        .unwrap();
    let copy = Other {
        catalog: Catalog::open_for_writing(&copy).unwrap(),
        blobs: FolderBlobs::new(copy.join("blobs")),
        evidence: EvidenceStore::new(copy.join("evidence"), EvidenceAccess::Read),
        directory: copy,
    };
    let error = merger.run(&copy, |_| {}).unwrap_err();
    assert!(error.to_string().contains("a copy of it"), "{error}");
}

#[test]
fn what_lies_in_the_trash_of_the_other_can_be_restored_here() {
    let theirs = Fixture::new();
    let pictures = theirs.pictures("pictures", 6);
    import(&theirs, &pictures);
    let delete = |fixture: &Fixture, ids: &[u64]| {
        let selection = Selection::Items(ids.to_vec());
        let library = fixture.engine.library();
        library.delete("default", &selection).unwrap();
    };
    // The third was deleted here too.
    let ours = Fixture::new();
    change(&theirs, |tx| Ok(tx.change_item(1, &tagged("kept"))?));
    let path = |fixture: &Fixture, id: u64| {
        let catalog = fixture.engine.stores().catalog();
        catalog.items(&[id]).unwrap()[0]
            .original_path
            .clone()
            .unwrap()
    };
    let third = path(&theirs, 3);
    import(&ours, Path::new(&third));
    delete(&ours, &[1]);
    delete(&theirs, &[1, 2]);
    delete(&theirs, &[3]);
    let (_directory, other) = other(theirs);

    let cancel = Cancel::default();
    let merger = Merger::new(ours.engine.stores(), &cancel);
    let report = merger.run(&other, |_| {}).unwrap();
    assert_eq!((report.items, report.added, report.trash), (3, 3, 2));
    assert_eq!(merger.run(&other, |_| {}).unwrap().trash, 0, "once");
    let library = ours.engine.library();
    let trash = library.trash("default", 1, 10).unwrap();
    assert_eq!(trash.total, 3, "with what was deleted here");
    let kept = trash
        .items
        .iter()
        .find(|item| item.tags == ["kept"])
        .unwrap();
    let restored = library.restore(&InTrash::Deletion(kept.deletion)).unwrap();
    assert_eq!(restored.restored, 2, "they were deleted together");
    assert_eq!(ours.items("default"), 5);
    let item = ours.engine.stores().catalog().items(&[kept.id]).unwrap();
    assert_eq!(item[0].tags, ["kept"]);
    let pictures = ours.engine.pictures();
    assert!(!pictures.thumbnail_bytes(&item[0]).unwrap().is_empty());
}

#[test]
fn what_tables_say_there_fills_in_what_is_not_said_here() {
    let said = |json: serde_json::Value| json.as_object().unwrap().clone();
    let (ours, theirs) = (Fixture::new(), Fixture::new());
    for (fixture, legal) in [(&ours, "active"), (&theirs, "lapsed")] {
        change(fixture, |tx| {
            tx.upsert_patent(&patent("USD1", "lamp"))?;
            let own = said(serde_json::json!({"legal": legal}));
            Ok(tx.set_annotations("USD1", &own)?)
        });
    }
    change(&theirs, |tx| {
        tx.upsert_patent(&patent("USD2", "chair"))?;
        let both = said(serde_json::json!({"legal": "lapsed", "family": ["F1", "F2"]}));
        tx.set_annotations("USD1", &both)?;
        Ok(tx.set_annotations("USD2", &both)?)
    });
    let (_directory, other) = other(theirs);
    let cancel = Cancel::default();
    let merger = Merger::new(ours.engine.stores(), &cancel);
    assert_eq!(merger.run(&other, |_| {}).unwrap().annotations, 2);
    let catalog = ours.engine.stores().catalog();
    let first = catalog.annotations("USD1").unwrap();
    assert_eq!(first["legal"], "active", "what is said here stays");
    assert_eq!(first["family"], serde_json::json!(["F1", "F2"]));
    assert_eq!(catalog.annotations("USD2").unwrap()["legal"], "lapsed");
    assert_eq!(merger.run(&other, |_| {}).unwrap().annotations, 0);
}
