//! A re-embedded collection keeps its items, or stays as it was.

use std::fs;
use std::path::PathBuf;
use std::thread;

use lookalike_catalog::{Change, Revision};

use super::*;
use crate::ErrorKind;
use crate::fixture::Fixture;
use crate::import::{ImportRequest, Originals};
use crate::library::{InTrash, Selection};

fn import(fixture: &Fixture, folder: PathBuf) {
    let request = ImportRequest {
        shard: None,
        paths: vec![folder],
        only: None,
        within: None,
        collection: "default".into(),
        settings: CollectionSettings {
            size: Some(112),
            ..CollectionSettings::default()
        },
        batch_size: None,
        originals: Originals::Reference,
        data_dir: fixture.directory.path().join("data"),
    };
    fixture
        .engine
        .importer()
        .run(&request, &Control::default())
        .unwrap();
}

fn request(size: u32) -> ReEmbedRequest {
    ReEmbedRequest {
        collection: "default".into(),
        model: None,
        preprocess: None,
        size: Some(size),
        unchanged: Unchanged::Refused,
        into: None,
        leave_out_missing: false,
    }
}

fn stored(fixture: &Fixture, name: &str) -> Vec<(u64, Vec<f32>)> {
    let catalog = fixture.engine.stores().catalog();
    let collection = catalog.collection(name).unwrap();
    let mut all = Vec::new();
    let each = |change| match change {
        Change::Stored(stored) => all.push((stored.item_id, stored.vectors.concat())),
        Change::Removed(id) => panic!("{id} was removed"),
    };
    catalog
        .changes_since(&collection, &Revision::default(), each)
        .unwrap();
    all
}

fn ids(stored: &[(u64, Vec<f32>)]) -> Vec<u64> {
    stored.iter().map(|(id, _)| *id).collect()
}

#[test]
fn items_keep_their_ids_and_get_other_embeddings() {
    let fixture = Fixture::new();
    import(&fixture, fixture.pictures("pictures", 40));
    let before = stored(&fixture, "default");
    let run = |size| {
        fixture
            .engine
            .re_embedder()
            .run(&request(size), &Control::default())
    };
    let report = run(56).unwrap();
    assert_eq!((report.total, report.imported, report.failed), (40, 40, 0));
    let after = stored(&fixture, "default");
    assert_eq!(ids(&before), ids(&after));
    assert!(before.iter().zip(&after).all(|(old, new)| old.1 != new.1));
    let made = fixture.engine.collections().report("default").unwrap();
    assert_eq!((made.size, made.num_entities), (Some(56), 40));

    // As an import with those settings would have had them, and back again.
    let same = run(56).unwrap_err();
    assert_eq!(same.kind(), ErrorKind::InvalidInput);
    run(112).unwrap();
    assert_eq!(stored(&fixture, "default"), before);
    // Known files are still known.
    import(&fixture, fixture.directory.path().join("pictures"));
    assert_eq!(fixture.items("default"), 40);
}

#[test]
fn a_lost_original_leaves_the_collection_as_it_was_unless_told_otherwise() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 6);
    import(&fixture, folder.clone());
    fs::remove_file(folder.join("0002.png")).unwrap();
    fs::copy(folder.join("0001.png"), folder.join("0003.png")).unwrap();
    let before = stored(&fixture, "default");
    let report = fixture
        .engine
        .re_embedder()
        .run(&request(56), &Control::default())
        .unwrap();
    assert_eq!((report.imported, report.failed), (4, 2));
    assert!(
        report
            .failed_files
            .iter()
            .any(|f| f.reason.contains("no longer where"))
    );
    assert!(
        report
            .failed_files
            .iter()
            .any(|f| f.reason.contains("has changed"))
    );
    assert_eq!(stored(&fixture, "default"), before);

    let request = ReEmbedRequest {
        leave_out_missing: true,
        ..request(56)
    };
    let report = fixture
        .engine
        .re_embedder()
        .run(&request, &Control::default())
        .unwrap();
    // The four that were done are not done again.
    assert_eq!((report.skipped, report.imported, report.failed), (4, 0, 2));
    assert_eq!(fixture.items("default"), 4);
}

#[test]
fn a_copy_elsewhere_serves_for_a_lost_original() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 3);
    fs::copy(folder.join("0001.png"), folder.join("copy.png")).unwrap();
    import(&fixture, folder.clone());
    fs::remove_file(folder.join("0001.png")).unwrap();
    let report = fixture
        .engine
        .re_embedder()
        .run(&request(56), &Control::default())
        .unwrap();
    assert_eq!((report.total, report.imported, report.failed), (3, 3, 0));
    assert_eq!(fixture.items("default"), 4);
}

#[test]
fn a_run_that_was_stopped_goes_on() {
    let fixture = Fixture::new();
    import(&fixture, fixture.pictures("pictures", 600));
    let control = Control::default();
    let first = thread::scope(|scope| {
        let run = scope.spawn(|| {
            fixture
                .engine
                .re_embedder()
                .run(&request(56), &control)
                .unwrap()
        });
        while control.progress.snapshot().imported == 0 {
            thread::yield_now();
        }
        control.cancel.cancel();
        run.join().unwrap()
    });
    assert!(
        first.cancelled && first.imported < 600,
        "stopped too late to show anything"
    );
    let made = fixture.engine.collections().report("default").unwrap();
    assert_eq!(made.size, Some(112));
    let second = fixture
        .engine
        .re_embedder()
        .run(&request(56), &Control::default())
        .unwrap();
    assert_eq!(second.skipped, first.imported);
    assert_eq!(second.imported + second.skipped, 600);
    let made = fixture.engine.collections().report("default").unwrap();
    assert_eq!((made.size, made.num_entities), (Some(56), 600));
}

#[test]
fn into_a_new_collection_leaves_the_old_one() {
    let fixture = Fixture::new();
    import(&fixture, fixture.pictures("pictures", 5));
    let before = stored(&fixture, "default");
    let into = |name: &str| {
        let into = Some(name.to_owned());
        let request = ReEmbedRequest {
            into,
            ..request(56)
        };
        fixture
            .engine
            .re_embedder()
            .run(&request, &Control::default())
    };
    assert_eq!(into("default").unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(
        into("bad name").unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    into("small").unwrap();
    assert_eq!(stored(&fixture, "default"), before);
    let copies = stored(&fixture, "small");
    assert_eq!(copies.len(), 5);
    assert!(copies.iter().all(|(id, _)| !ids(&before).contains(id)));
    assert_eq!(fixture.engine.collections().reports().unwrap().len(), 2);
}

fn delete(fixture: &Fixture, ids: Vec<u64>) {
    let selection = Selection::Items(ids);
    fixture
        .engine
        .library()
        .delete("default", &selection)
        .unwrap();
}

#[test]
fn the_trash_is_embedded_too_and_comes_back_with_the_new_embeddings() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 6);
    import(&fixture, folder.clone());
    let run = |size| {
        let re_embedder = fixture.engine.re_embedder();
        re_embedder
            .run(&request(size), &Control::default())
            .unwrap()
    };
    let whole = stored(&fixture, "default");
    run(56);
    let (first, lost) = (whole[0].0, whole[1].0);
    delete(&fixture, vec![first, lost]);
    let catalog = fixture.engine.stores().catalog();
    let path = catalog.items_in_trash(&[lost]).unwrap().remove(0);
    let path = path.original_path.unwrap();
    fs::remove_file(&path).unwrap();

    let report = run(112);
    assert_eq!((report.imported, report.failed), (4, 0));
    assert_eq!(report.warnings.len(), 1, "{:?}", report.warnings);
    assert_eq!(report.warnings[0].file, path);
    assert!(report.warnings[0].reason.contains("trash"));
    // What was deleted is not imported again.
    import(&fixture, folder);
    assert_eq!(fixture.items("default"), 4);
    let all = InTrash::All("default".into());
    assert_eq!(fixture.engine.library().in_trash(&all).unwrap(), [first]);
    fixture.engine.library().restore(&all).unwrap();
    let kept: Vec<_> = whole.into_iter().filter(|(id, _)| *id != lost).collect();
    assert_eq!(stored(&fixture, "default"), kept);
}
