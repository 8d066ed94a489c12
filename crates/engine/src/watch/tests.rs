//! Files that come, change, move and go while their folder is watched.

use std::sync::mpsc::{Receiver, channel};

use super::*;
use crate::CollectionSettings;
use crate::fixture::Fixture;
use crate::import::Originals;

/// Long enough for any machine; reached only when nothing happens that should.
const PATIENCE: Duration = Duration::from_secs(60);

/// The next change, which is an import.
fn imported(changes: &Receiver<Change>) -> (u64, u64, u64) {
    match changes.recv_timeout(PATIENCE).unwrap() {
        Change::Imported(report) => {
            let status = report.status;
            (status.imported, status.skipped, status.failed)
        }
        other => panic!("{other:?}"),
    }
}

fn missing(changes: &Receiver<Change>) -> u64 {
    match changes.recv_timeout(PATIENCE).unwrap() {
        Change::Missing(count) => count,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_comes_is_imported_and_what_goes_is_marked() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 3);
    let other = fixture.pictures("other", 8);
    let request = JobRequest {
        paths: vec![folder.clone()],
        collection: "default".into(),
        settings: CollectionSettings::default(),
        batch_size: 0,
        originals: Originals::Reference,
        retry_of: None,
        only: None,
    };
    let stop = Cancel::default();
    let (sender, changes) = channel();
    thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let each = |change| sender.send(change).unwrap();
            watch(&fixture.engine, &fixture.jobs, &request, &stop, each)
        });
        assert_eq!(imported(&changes), (3, 0, 0));

        // One comes in a new folder, beside something that is no picture.
        let nested = folder.join("nested");
        fs::create_dir(&nested).unwrap();
        fs::copy(other.join("0005.png"), nested.join("new.png")).unwrap();
        fs::write(folder.join("notes.txt"), "no picture").unwrap();
        assert_eq!(imported(&changes), (1, 0, 0));

        // One changes: its item describes the new picture.
        fs::copy(other.join("0006.png"), folder.join("0001.png")).unwrap();
        assert_eq!(imported(&changes), (1, 0, 0));
        assert_eq!(fixture.items("default"), 4);

        // One moves and keeps its item; one goes and is marked.
        fs::rename(nested.join("new.png"), folder.join("moved.png")).unwrap();
        fs::remove_file(folder.join("0002.png")).unwrap();
        assert_eq!(missing(&changes), 2);
        assert_eq!(imported(&changes), (0, 1, 0));
        assert_eq!(fixture.items("default"), 4);
        let named = |name: &str| fixture.engine.item(name, None).unwrap();
        assert_eq!(named("moved.png").missing_since, None);
        assert!(named("0002.png").missing_since.is_some());

        // It comes back.
        fs::copy(other.join("0002.png"), folder.join("0002.png")).unwrap();
        assert_eq!(imported(&changes), (0, 1, 0));
        assert_eq!(named("0002.png").missing_since, None);
        stop.cancel();
        watching.join().unwrap().unwrap();
    });
}

#[test]
fn a_folder_that_is_empty_or_gone_as_a_whole_loses_nothing() {
    let fixture = Fixture::new();
    let folder = fixture.pictures("pictures", 1);
    assert!(is_reachable(&folder));
    assert!(!is_reachable(
        &fixture.directory.path().join("empty/../nowhere/at/all")
    ));
    fs::remove_file(folder.join("0000.png")).unwrap();
    assert!(!is_reachable(&folder));
}
