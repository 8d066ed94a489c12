//! What is lost or damaged is found, and what is derived made again.

use std::fs;
use std::path::PathBuf;

use lookalike_engine::CollectionSettings;
use lookalike_engine::fixture::Fixture;
use lookalike_engine::import::{Control, ImportRequest, Originals};

use super::*;

fn import(fixture: &Fixture, count: usize, originals: Originals) -> PathBuf {
    let folder = fixture.pictures("pictures", count);
    let request = ImportRequest {
        shard: None,
        paths: vec![folder.clone()],
        only: None,
        within: None,
        collection: "default".into(),
        settings: CollectionSettings::default(),
        batch_size: None,
        originals,
        data_dir: fixture.directory.path().join("data"),
    };
    let report = fixture.engine.importer().run(&request, &Control::default());
    assert_eq!(report.unwrap().imported, count as u64);
    folder
}

fn run(fixture: &Fixture, depth: Depth, repair: Repair) -> Examination {
    let examiner = Examiner::new(&fixture.engine);
    examiner.run(depth, repair, &Cancel::default()).unwrap()
}

/// The files of a kind of blobs, by name.
fn blobs(fixture: &Fixture, kind: &str) -> Vec<PathBuf> {
    let root = fixture.directory.path().join("data/blobs").join(kind);
    let shelves = fs::read_dir(root)
        .unwrap()
        .map(|shelf| shelf.unwrap().path());
    let files = shelves.flat_map(|shelf| fs::read_dir(shelf).unwrap());
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn lost_and_damaged_thumbnails_are_made_again() {
    let fixture = Fixture::new();
    import(&fixture, 4, Originals::Copy);
    for depth in [Depth::Quick, Depth::Deep] {
        let found = run(&fixture, depth, Repair::Nothing);
        assert_eq!(found.thumbnails.looked_at, 4);
        assert_eq!((found.copies.looked_at, found.embeddings.looked_at), (4, 4));
        let all = [
            &found.catalog,
            &found.thumbnails,
            &found.copies,
            &found.originals,
            &found.embeddings,
            &found.indexes,
        ];
        assert!(all.iter().all(|examined| examined.wrong == 0), "{found:?}");
    }
    let thumbnails = blobs(&fixture, "thumbnails");
    fs::remove_file(&thumbnails[0]).unwrap();
    fs::write(&thumbnails[1], b"garbage").unwrap();
    let quick = run(&fixture, Depth::Quick, Repair::Nothing);
    assert_eq!(quick.thumbnails.wrong, 1, "a look at names alone");
    let deep = run(&fixture, Depth::Deep, Repair::Derived);
    assert_eq!((deep.thumbnails.wrong, deep.thumbnails.repaired), (2, 2));
    assert!(!deep.thumbnails.is_wrong());
    let again = run(&fixture, Depth::Deep, Repair::Nothing);
    assert_eq!(again.thumbnails.wrong, 0);
}

#[test]
fn lost_and_damaged_copies_and_originals_are_told() {
    let fixture = Fixture::new();
    import(&fixture, 3, Originals::Copy);
    let copies = blobs(&fixture, "originals");
    fs::remove_file(&copies[0]).unwrap();
    let mut bytes = fs::read(&copies[1]).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&copies[1], bytes).unwrap();
    assert_eq!(run(&fixture, Depth::Quick, Repair::Nothing).copies.wrong, 1);
    let deep = run(&fixture, Depth::Deep, Repair::Derived);
    assert_eq!((deep.copies.wrong, deep.copies.repaired), (2, 0));
    assert!(
        deep.copies.troubles[0].contains("its copy originals/"),
        "{deep:?}"
    );

    let fixture = Fixture::new();
    let folder = import(&fixture, 3, Originals::Reference);
    fs::remove_file(folder.join("0000.png")).unwrap();
    fs::write(folder.join("0001.png"), b"another").unwrap();
    assert_eq!(
        run(&fixture, Depth::Quick, Repair::Nothing).originals.wrong,
        1
    );
    let deep = run(&fixture, Depth::Deep, Repair::Nothing);
    assert_eq!((deep.originals.looked_at, deep.originals.wrong), (3, 2));
}
