//! What a blob store must do, written against the trait alone.

use std::io::{Read, Seek, SeekFrom};
use std::thread;

use crate::blob::{BlobKey, BlobStore, BlobUsage, PutNew};

/// Runs the suite; `make` returns an empty store each time.
///
/// # Panics
/// Where the store differs from what [`BlobStore`] promises.
pub fn blob_store(make: impl Fn() -> Box<dyn BlobStore>) {
    missing_blobs(&*make());
    put_and_get(&*make());
    read_from_anywhere(&*make());
    put_new(&*make());
    put_all(&*make());
    replace(&*make());
    delete(&*make());
    folders_are_no_blobs(&*make());
    list(&*make());
    usage(&*make());
    writers_and_readers_of_one_key(&*make());
    writers_of_many_keys(&*make());
}

fn missing_blobs(store: &dyn BlobStore) {
    for name in ["missing", "no/such/blob.bin"] {
        let key = key(name);
        assert_eq!(get(store, &key), None, "{key} in an empty store");
        assert!(store.open(&key).expect("can be asked").is_none(), "{key}");
        assert!(!exists(store, &key), "{key} in an empty store");
        store.delete(&key).expect("deleting a missing blob is fine");
    }
    assert_usage(store, 0, 0);
}

fn put_and_get(store: &dyn BlobStore) {
    let every_byte: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let blobs: [(&str, &[u8]); 5] = [
        ("empty", b""),
        ("one", b"1"),
        ("originals/ab/abcdef.tif", b"line\r\nfeed\0"),
        (
            "originals/ab/abcdef.TIFF",
            b"case is kept apart by the ending",
        ),
        ("deep/er/than/most/every-byte_0.bin", &every_byte),
    ];
    for (name, bytes) in blobs {
        put(store, &key(name), bytes);
    }
    for (name, bytes) in blobs {
        let key = key(name);
        assert!(get(store, &key).as_deref() == Some(bytes), "bytes of {key}");
        assert!(exists(store, &key), "{key} after put");
        let mut open = store.open(&key).expect("can be opened").expect("is there");
        let mut read = Vec::new();
        open.reader.read_to_end(&mut read).expect("can be read");
        assert!(read == bytes && open.length == bytes.len() as u64, "{key}");
    }
}

fn read_from_anywhere(store: &dyn BlobStore) {
    let key = key("large");
    let bytes: Vec<u8> = (0..40_000_000u32)
        .map(|number| (number / 251) as u8)
        .collect();
    put(store, &key, &bytes);
    assert_eq!(store.size(&key).expect("can be asked"), Some(40_000_000));
    let mut open = store.open(&key).expect("can be opened").expect("is there");
    assert_eq!(open.length, 40_000_000);
    let mut part = vec![0; 100_000];
    for from in [0, 30_000_000, 65_535, 65_536, 12_345, 39_900_000] {
        (open.reader.seek(SeekFrom::Start(from as u64))).expect("goes anywhere");
        open.reader.read_exact(&mut part).expect("can be read");
        assert!(part == bytes[from..from + part.len()], "bytes from {from}");
    }
    assert_eq!(
        open.reader.read(&mut part).expect("can be read"),
        0,
        "its end"
    );
    assert!(get(store, &key).as_ref() == Some(&bytes), "all of {key}");
}

fn put_new(store: &dyn BlobStore) {
    let key = key("new/one");
    let put_new = |bytes: &[u8]| store.put_new(&key, bytes).expect("can be put");
    assert_eq!(put_new(b"first"), PutNew::Stored);
    assert_eq!(put_new(b"first"), PutNew::SameThere);
    assert_eq!(put_new(b"other"), PutNew::OtherThere, "of the same length");
    assert_eq!(put_new(b"other length"), PutNew::OtherThere);
    assert_eq!(get(store, &key).as_deref(), Some(&b"first"[..]));
    store.delete(&key).expect("can be deleted");
    assert_eq!(put_new(b"other"), PutNew::Stored, "after a delete");
    for round in 0..5 {
        let key = &self::key(&format!("new/race-{round}"));
        let mine = [b"a", b"b", b"c", b"d"].map(|bytes| (key, &bytes[..]));
        let became = store.put_all_new(&mine).expect("can be put");
        let stored = became.iter().filter(|became| **became == PutNew::Stored);
        assert_eq!(stored.count(), 1, "writers of {key} who were first");
        let winner = became.iter().position(|became| *became == PutNew::Stored);
        let bytes = winner.map(|winner| mine[winner].1.to_vec());
        assert_eq!(get(store, key), bytes, "bytes of the first");
    }
}

fn put_all(store: &dyn BlobStore) {
    store.put_all(&[]).expect("putting nothing is fine");
    for count in [1, 2, 50] {
        let blobs: Vec<(BlobKey, Vec<u8>)> = (0..count)
            .map(|number| {
                (
                    key(&format!("all/{number}")),
                    vec![number; usize::from(number)],
                )
            })
            .collect();
        let borrowed: Vec<(&BlobKey, &[u8])> = (blobs.iter())
            .map(|(key, bytes)| (key, bytes.as_slice()))
            .collect();
        store
            .put_all(&borrowed)
            .expect("a store that works takes many blobs");
        for (key, bytes) in &blobs {
            assert_eq!(get(store, key).as_ref(), Some(bytes), "bytes of {key}");
        }
    }
    assert_usage(store, 50, (0..50).sum());
}

fn replace(store: &dyn BlobStore) {
    let key = key("thumbnails/a.jpg");
    for bytes in ["first, and longer than the next", "second", "second", ""] {
        put(store, &key, bytes.as_bytes());
        assert_eq!(
            get(store, &key).as_deref(),
            Some(bytes.as_bytes()),
            "replaced {key}"
        );
    }
    assert_usage(store, 1, 0);
}

fn delete(store: &dyn BlobStore) {
    let (gone, kept) = (key("a/gone"), key("a/kept"));
    put(store, &gone, b"gone");
    put(store, &kept, b"kept");
    for _ in 0..2 {
        store
            .delete(&gone)
            .expect("a blob can be deleted, also twice");
        assert_eq!(get(store, &gone), None, "{gone} after delete");
        assert!(!exists(store, &gone), "{gone} after delete");
    }
    assert_eq!(
        get(store, &kept).as_deref(),
        Some(&b"kept"[..]),
        "neighbour of a deleted blob"
    );
    put(store, &gone, b"back");
    assert_eq!(
        get(store, &gone).as_deref(),
        Some(&b"back"[..]),
        "put after delete"
    );
}

/// A key that begins another key names nothing of its own.
fn folders_are_no_blobs(store: &dyn BlobStore) {
    let blob = key("folder/blob");
    put(store, &blob, b"bytes");
    for name in [
        "folder",
        "folder/blob/below",
        "fold",
        "folder/blo",
        "folder/blob2",
    ] {
        let other = key(name);
        assert_eq!(get(store, &other), None, "{other} beside {blob}");
        assert!(!exists(store, &other), "{other} beside {blob}");
    }
    store
        .delete(&key("folder/blob/below"))
        .expect("deleting a missing blob is fine");
    assert!(exists(store, &blob), "{blob} after deletes around it");
}

/// By bytes, which is not the order in which a file system visits folders.
fn list(store: &dyn BlobStore) {
    let list = |prefix: &str, after: Option<&BlobKey>, limit| {
        let listed = store.list(prefix, after, limit);
        listed.expect("a store that works can be listed")
    };
    assert_eq!(list("", None, 10), [], "an empty store");
    let mut all: Vec<BlobKey> = [
        "a", "a-b/c", "a.b", "a0", "a_/b/c/d", "aa/b", "aa/b-c", "aa/b.c", "aa/bb/c", "aaa", "b/A",
        "b/a", "b/a.jpg", "c/c/c/c", "zz",
    ]
    .map(key)
    .into();
    all.sort();
    for key in all.iter().rev() {
        put(store, key, key.as_str().as_bytes());
    }
    assert_eq!(list("", None, 100), all);
    for limit in [1, 2, 3, 7, all.len()] {
        let mut paged: Vec<BlobKey> = Vec::new();
        loop {
            let page = list("", paged.last(), limit);
            let is_last = page.len() < limit;
            paged.extend(page);
            if is_last {
                break;
            }
        }
        assert_eq!(paged, all, "{limit} at a time");
    }
    for prefix in [
        "a", "aa", "aa/", "aa/b", "b/a", "b/a.jpg", "c/c/", "none", "zzz",
    ] {
        let expected = all.iter().filter(|key| key.as_str().starts_with(prefix));
        let expected: Vec<BlobKey> = expected.cloned().collect();
        assert_eq!(list(prefix, None, 100), expected, "under {prefix}");
        // A key that others begin with and a slash is no blob everywhere (a folder isn't), and
        // SeaweedFS passes over what lies under it.
        for after in ["a", "aa/b-c", "aa/zz", "b", "c/c/b", "d"].map(key) {
            let expected: Vec<BlobKey> = (expected.iter())
                .filter(|key| **key > after)
                .cloned()
                .collect();
            let listed = list(prefix, Some(&after), 100);
            assert_eq!(listed, expected, "under {prefix} after {after}");
        }
    }
    store.delete(&all[3]).expect("a blob can be deleted");
    assert!(!list("", None, 100).contains(&all[3]), "a deleted blob");
}

fn usage(store: &dyn BlobStore) {
    put(store, &key("a"), &[0; 10]);
    put(store, &key("b/c"), &[0; 200]);
    put(store, &key("b/d/e"), &[0; 3000]);
    assert_usage(store, 3, 3210);
    put(store, &key("b/c"), &[0; 100]);
    assert_usage(store, 3, 3110);
    store.delete(&key("b/d/e")).expect("a blob can be deleted");
    assert_usage(store, 2, 110);
}

/// A reader sees one whole version, never a mixture, a part or a gap.
fn writers_and_readers_of_one_key(store: &dyn BlobStore) {
    const VERSIONS: u8 = 20;
    let key = &key("shared/blob");
    let version = |number: u8| vec![number; 20_000 + 1_000 * usize::from(number)];
    put(store, key, &version(0));
    thread::scope(|scope| {
        for first in [0, 1] {
            scope.spawn(move || {
                for number in (first..VERSIONS).step_by(2) {
                    put(store, key, &version(number));
                }
            });
        }
        scope.spawn(move || {
            for _ in 0..4 * VERSIONS {
                let bytes = get(store, key).expect("a blob that is replaced never goes missing");
                assert!(
                    bytes == version(bytes[0]),
                    "a reader saw a mixture or a part of {key}"
                );
            }
        });
    });
    let last = get(store, key).expect("the blob is there");
    assert!(
        [VERSIONS - 1, VERSIONS - 2].contains(&last[0]),
        "an older version won"
    );
}

fn writers_of_many_keys(store: &dyn BlobStore) {
    let name = |writer: u8, number: u8| key(&format!("many/{number}/{writer}"));
    thread::scope(|scope| {
        for writer in 0..4 {
            scope.spawn(move || {
                (0..16).for_each(|number| put(store, &name(writer, number), &[writer, number]));
            });
        }
    });
    for (writer, number) in (0..4).flat_map(|writer| (0..16).map(move |number| (writer, number))) {
        assert_eq!(
            get(store, &name(writer, number)),
            Some(vec![writer, number])
        );
    }
    assert_usage(store, 64, 128);
}

fn key(name: &str) -> BlobKey {
    BlobKey::new(name).expect("the suite's keys are valid")
}

fn put(store: &dyn BlobStore, key: &BlobKey, bytes: &[u8]) {
    if let Err(error) = store.put(key, bytes) {
        panic!("{error}: {:?}", std::error::Error::source(&error));
    }
}

fn get(store: &dyn BlobStore, key: &BlobKey) -> Option<Vec<u8>> {
    store.get(key).expect("a store that works can be read")
}

fn exists(store: &dyn BlobStore, key: &BlobKey) -> bool {
    store.exists(key).expect("a store that works can be asked")
}

fn assert_usage(store: &dyn BlobStore, count: u64, size_bytes: u64) {
    let usage = store.usage().expect("a store that works can be listed");
    assert_eq!(usage, BlobUsage { count, size_bytes });
}
