//! Originals that are not what was imported any more.

use std::fs::{self, File};
use std::io::Read;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use lookalike_catalog::Item;

use super::{Content, View};
use crate::fixture::Fixture;
use crate::import::{Control, ImportRequest, Originals};
use crate::{CollectionSettings, ErrorKind};

/// One picture, imported from where it stays.
fn imported(fixture: &Fixture) -> (Item, PathBuf) {
    let folder = fixture.pictures("pictures", 1);
    let request = ImportRequest {
        shard: None,
        paths: vec![folder.clone()],
        only: None,
        within: None,
        collection: "default".into(),
        settings: CollectionSettings::default(),
        batch_size: None,
        originals: Originals::Reference,
        data_dir: fixture.directory.path().join("data"),
    };
    fixture
        .engine
        .importer()
        .run(&request, &Control::default())
        .unwrap();
    let item = fixture.engine.stores().item(1).unwrap();
    (item, folder.join("0000.png"))
}

fn full(fixture: &Fixture, item: &Item) -> Result<Vec<u8>, (ErrorKind, String)> {
    let picture = fixture.engine.pictures().picture(item, View::Full);
    match picture
        .map_err(|error| (error.kind(), error.to_string()))?
        .content
    {
        Content::Bytes(bytes) => Ok(bytes),
        Content::Stream(mut blob) => {
            let mut bytes = Vec::new();
            blob.reader.read_to_end(&mut bytes).unwrap();
            Ok(bytes)
        }
    }
}

#[test]
fn another_file_in_the_originals_place_is_not_shown_as_the_item() {
    let fixture = Fixture::new();
    let (item, path) = imported(&fixture);
    let bytes = fs::read(&path).unwrap();
    assert_eq!(full(&fixture, &item), Ok(bytes.clone()));
    // The same bytes at another time are the item still.
    let later = SystemTime::now() + Duration::from_secs(1000);
    File::options()
        .append(true)
        .open(&path)
        .and_then(|file| file.set_modified(later))
        .unwrap();
    assert_eq!(full(&fixture, &item), Ok(bytes.clone()));
    let mut others = bytes.clone();
    let last = others.len() - 20;
    others[last] ^= 1;
    for changed in [others, bytes[..40].to_vec()] {
        fs::write(&path, changed).unwrap();
        let (kind, message) = full(&fixture, &item).unwrap_err();
        assert_eq!(kind, ErrorKind::NotFound);
        assert!(message.contains("has changed"), "{message}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_in_the_originals_place_leads_to_the_same_bytes_or_to_nothing() {
    let fixture = Fixture::new();
    let (item, path) = imported(&fixture);
    let bytes = fs::read(&path).unwrap();
    let elsewhere = fixture.directory.path().join("elsewhere.png");
    fs::rename(&path, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    assert_eq!(full(&fixture, &item), Ok(bytes.clone()));
    // Size and time are those that were noted: whoever chose the import's file can see to that.
    let time = fs::metadata(&elsewhere).unwrap().modified().unwrap();
    fs::write(&elsewhere, vec![7; bytes.len()]).unwrap();
    let file = File::options().append(true).open(&elsewhere).unwrap();
    file.set_modified(time).unwrap();
    let (kind, message) = full(&fixture, &item).unwrap_err();
    assert_eq!(kind, ErrorKind::NotFound);
    assert!(message.contains("has changed"), "{message}");
}
