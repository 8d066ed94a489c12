//! Archives of arbitrary bytes: everything that they yield is read and found again.

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use lookalike_patents::{SourceFile, scan};

/// Small, so that the fuzzer spends its time on headers and not on contents.
const MAX_BYTES: u64 = 1 << 20;

fuzz_target!(|bytes: &[u8]| {
    let Ok(folder) = tempfile::tempdir() else {
        return;
    };
    let path = folder.path().join("archive.zip");
    if fs::write(&path, bytes).is_err() {
        return;
    }
    for found in scan(&path) {
        let Ok(found) = found else { continue };
        for file in found.xml.iter().chain(&found.images) {
            let again = SourceFile::reopen(&file.path()).expect("what was yielded is found");
            assert_eq!(again.path(), file.path());
            let stamp = file.stamp().expect("entries are stamped without reading");
            let Ok(contents) = file.read(MAX_BYTES) else {
                continue;
            };
            assert_eq!(contents.len() as u64, stamp.size_bytes);
            assert!(!file.name().contains('/'));
        }
    }
    let left = fs::read_dir(folder.path()).map_or(0, Iterator::count);
    assert_eq!(left, 1, "nothing is unpacked");
});
