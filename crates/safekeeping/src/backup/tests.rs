use std::fs;
use std::path::Path;

use lookalike_engine::fixture::Fixture;
use lookalike_engine::import::{Control, ImportRequest, Originals};
use lookalike_engine::search::{Query, SearchRequest};
use lookalike_engine::{CollectionSettings, EngineError, ErrorKind};

use super::{BackupReport, Backups};

fn import(fixture: &Fixture, name: &str, count: usize, originals: Originals) {
    let request = ImportRequest {
        shard: None,
        paths: vec![fixture.pictures(name, count)],
        collection: "default".to_owned(),
        settings: CollectionSettings::default(),
        batch_size: std::num::NonZeroUsize::new(4),
        originals,
        only: None,
        within: None,
        data_dir: fixture.directory.path().join("data"),
    };
    let report = fixture
        .engine
        .importer()
        .run(&request, &Control::default())
        .unwrap();
    assert_eq!(report.failed, 0);
}

fn back_up(fixture: &Fixture, directory: &Path) -> Result<BackupReport, EngineError> {
    Backups::new(fixture.engine.stores()).make(directory)
}

#[test]
fn a_backup_answers_as_the_original_did() {
    let fixture = Fixture::new();
    import(&fixture, "pictures", 12, Originals::Copy);
    let backup = fixture.directory.path().join("backup");
    let report = back_up(&fixture, &backup).unwrap();
    assert_eq!((report.collections, report.items), (1, 12));
    assert_eq!((report.originals, report.thumbnails), (12, 12));
    assert_eq!(report.directory, backup);
    assert!(report.size_bytes > 10_000);

    let request = SearchRequest {
        queries: vec![Query::Item(3)],
        min_score: Some(-1.0),
        ..SearchRequest::default()
    };
    let results = |fixture: &Fixture| {
        let answer = fixture.engine.search().run(&request).unwrap();
        format!("{:?}", answer.results)
    };
    let expected = results(&fixture);
    import(&fixture, "later", 3, Originals::Copy);
    let restored = Fixture::over(&backup);
    assert_eq!(results(&restored), expected);
    let item = restored
        .engine
        .stores()
        .catalog()
        .items(&[3])
        .unwrap()
        .remove(0);
    fs::remove_file(item.original_path.as_ref().unwrap()).unwrap();
    assert!(
        !restored
            .engine
            .pictures()
            .original(&item)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn nothing_is_overwritten_and_nothing_half_is_left() {
    let fixture = Fixture::new();
    import(&fixture, "pictures", 3, Originals::Copy);
    let backup = fixture.directory.path().join("backup");
    fs::create_dir(&backup).unwrap();
    let error = back_up(&fixture, &backup).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    fs::remove_dir(&backup).unwrap();

    let blobs = fixture.directory.path().join("data/blobs/originals");
    let shelf = fs::read_dir(&blobs)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let original = fs::read_dir(shelf).unwrap().next().unwrap().unwrap().path();
    fs::write(&original, b"damaged").unwrap();
    let error = back_up(&fixture, &backup).unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
    fs::remove_file(&original).unwrap();
    let error = back_up(&fixture, &backup).unwrap_err();
    assert!(error.to_string().contains("missing"), "{error}");
    let names = fs::read_dir(fixture.directory.path()).unwrap();
    let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["data", "pictures"]);
}
