use std::error::Error;

use tempfile::TempDir;

use super::*;
use crate::conformance;

fn key(name: &str) -> BlobKey {
    BlobKey::new(name).unwrap()
}

fn files_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = (entries)
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn passes_the_suite_of_all_stores() {
    let folder = TempDir::new().unwrap();
    let number = std::cell::Cell::new(0);
    conformance::blob_store(|| {
        number.set(number.get() + 1);
        Box::new(FolderBlobs::new(
            folder.path().join(number.get().to_string()),
        ))
    });
}

#[test]
fn the_key_is_the_path_and_nothing_else_stays() {
    let folder = TempDir::new().unwrap();
    let store = FolderBlobs::new(folder.path());
    store
        .put(&key("originals/ab/abcdef.tif"), b"bytes")
        .unwrap();
    store
        .put(&key("originals/ab/abcdef.tif"), b"other")
        .unwrap();
    assert_eq!(
        store.path(&key("originals/ab/abcdef.tif")),
        folder.path().join("originals/ab/abcdef.tif")
    );
    assert_eq!(
        fs::read(folder.path().join("originals/ab/abcdef.tif")).unwrap(),
        b"other"
    );
    assert_eq!(
        files_in(&folder.path().join("originals/ab")),
        ["abcdef.tif"]
    );
    assert_eq!(files_in(&folder.path().join(PARTIAL)), [""; 0]);
}

#[test]
fn a_store_without_blobs_creates_nothing() {
    let folder = TempDir::new().unwrap();
    let store = FolderBlobs::new(folder.path().join("blobs"));
    assert_eq!(store.usage().unwrap(), BlobUsage::default());
    assert_eq!(store.get(&key("a/b")).unwrap(), None);
    assert_eq!(store.remove_leftovers().unwrap(), 0);
    assert!(!store.root().exists());
}

#[test]
fn what_a_killed_writer_left_is_not_a_blob_and_can_be_removed() {
    let folder = TempDir::new().unwrap();
    let store = FolderBlobs::new(folder.path());
    store.put(&key("a"), b"whole").unwrap();
    let half = new_file(&folder.path().join(PARTIAL)).unwrap();
    fs::write(half.path(), b"hal").unwrap();
    half.keep().unwrap();
    assert_eq!(
        store.usage().unwrap(),
        BlobUsage {
            count: 1,
            size_bytes: 5
        }
    );
    assert_eq!(store.remove_leftovers().unwrap(), 1);
    assert_eq!(files_in(&folder.path().join(PARTIAL)), [""; 0]);
    assert_eq!(
        store.get(&key("a")).unwrap().as_deref(),
        Some(&b"whole"[..])
    );
}

#[test]
fn a_failed_write_names_the_blob_and_leaves_what_was_there() {
    let folder = TempDir::new().unwrap();
    let store = FolderBlobs::new(folder.path());
    store.put(&key("a/b"), b"there").unwrap();
    for name in ["a", "a/b/c"] {
        let error = store.put(&key(name), b"new").unwrap_err();
        assert_eq!(error.to_string(), format!("cannot write blob {name}"));
        assert!(error.source().is_some());
    }
    assert_eq!(
        store.get(&key("a/b")).unwrap().as_deref(),
        Some(&b"there"[..])
    );
    assert_eq!(files_in(&folder.path().join(PARTIAL)), [""; 0]);
}

#[test]
fn one_failed_write_of_many_is_reported() {
    let folder = TempDir::new().unwrap();
    let store = FolderBlobs::new(folder.path());
    store.put(&key("a/b"), b"there").unwrap();
    let keys: Vec<BlobKey> = (0..40)
        .map(|number| key(&format!("many/{number}")))
        .collect();
    let bad = key("a");
    let mut blobs: Vec<(&BlobKey, &[u8])> = keys.iter().map(|key| (key, &b"new"[..])).collect();
    blobs.insert(17, (&bad, b"new"));
    let error = store.put_all(&blobs).unwrap_err();
    assert_eq!(error.to_string(), "cannot write blob a");
}

#[cfg(unix)]
#[test]
fn blobs_are_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let store = FolderBlobs::new(folder.path());
    store.put(&key("blob"), b"").unwrap();
    let metadata = fs::metadata(folder.path().join("blob")).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
}
