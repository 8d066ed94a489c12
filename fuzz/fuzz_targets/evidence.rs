//! Evidence of arbitrary bytes, alone and as a file: read, compared, written to.
#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use lookalike_evidence::{Evidence, EvidenceFile, Key, Query};

fuzz_target!(|data: &[u8]| {
    let evidence = Evidence::from_bytes(data);
    if let Ok(evidence) = &evidence {
        assert_eq!(evidence.to_bytes(), data);
        let agreement = Query::new(evidence).agreement(evidence);
        assert!(agreement.is_none_or(|agreement| (0.0..=1.0).contains(&agreement)));
    }
    let Ok(folder) = tempfile::tempdir() else {
        return;
    };
    let path = folder.path().join("evidence");
    let mut whole = vec![0; 4096];
    whole[..12].copy_from_slice(b"LOOKEVID\x01\0\0\0");
    whole.extend(data);
    for content in [data, &whole] {
        if fs::write(&path, content).is_err() {
            return;
        }
        let Ok(file) = EvidenceFile::open_for_writing(&path) else {
            continue;
        };
        let key = Key {
            md5: data.first_chunk().copied().unwrap_or_default(),
            figure: 0,
        };
        let _ = file.get(&key);
        if let Ok(evidence) = &evidence {
            let _ = file.append([(key, evidence)]);
            let _ = (file.get(&key), file.refresh());
        }
    }
});
