//! Rows whose pictures are there.

use std::fs;

use lookalike_catalog::Item;
use lookalike_engine::{Content, View};
use serde_json::json;

use crate::support::{Fixture, golden, write_lines};

#[test]
fn a_picture_that_is_there_is_the_items_content() {
    let fixture = Fixture::new();
    let picture = golden("../images/good/png-rgb.png");
    fs::copy(&picture, fixture.path("a.png")).unwrap();
    fs::write(fixture.path("b.png"), "no picture").unwrap();
    let lines = [
        json!({"path": "a.png"}),
        json!({"path": "b.png"}),
        json!({"path": "c.png"}),
        json!({"path": "a.png", "md5": "0123456789abcdef0123456789abcdef"}),
    ];
    let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
    let bank = write_lines(&fixture, "bank", 2, &values, &lines);
    let report = fixture.import(&bank, "bank");
    assert_eq!((report.imported, report.failed), (4, 0), "{report:?}");
    let stored = fixture.stored("bank");
    let item = &stored[0].0;
    assert_eq!(item.format, "png");
    assert!(item.width > 0 && item.height > 0);
    assert_eq!(item.file_size, fs::metadata(&picture).unwrap().len());
    let path = fs::canonicalize(fixture.path("a.png")).unwrap();
    assert_eq!(item.original_path.as_deref(), path.to_str());
    fs::remove_file(&path).unwrap();
    assert!(thumbnail(&fixture, item).starts_with(&[0xff, 0xd8]));
    for (row, format) in [(1, "vector"), (2, "vector"), (3, "unknown")] {
        let item = &stored[row].0;
        assert_eq!((item.format.as_str(), &item.original_path), (format, &None));
        assert!(item.attributes["path"].as_str().is_some(), "{item:?}");
    }
    let warnings: Vec<&str> = report
        .warnings
        .iter()
        .map(|warning| warning.reason.as_str())
        .collect();
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    assert!(warnings[0].contains("b.png is not used"), "{warnings:?}");
    assert!(warnings[1].contains("another picture"), "{warnings:?}");
    assert!(
        warnings[2].contains("1 pictures are not where"),
        "{warnings:?}"
    );
}

#[test]
fn every_vector_of_one_picture_is_kept() {
    let fixture = Fixture::new();
    let picture = golden("../images/good/png-rgb.png");
    fs::copy(picture, fixture.path("a.png")).unwrap();
    let md5 = "0123456789abcdef0123456789abcdef";
    let lines = [
        json!({"path": "a.png"}),
        json!({"path": "a.png"}),
        json!({"file_name": "b.png", "md5": md5}),
        json!({"file_name": "b.png", "md5": md5}),
        json!({"file_name": "copy of b.png", "md5": md5}),
    ];
    let values = [1.0, 0.0, 0.0, 1.0, 2.0, 0.0, 0.0, 2.0, 2.0, 0.0];
    let bank = write_lines(&fixture, "crops", 2, &values, &lines);
    let report = fixture.import(&bank, "bank");
    assert_eq!((report.imported, report.failed), (5, 0), "{report:?}");
    let stored = fixture.stored("bank");
    let found: Vec<f32> = stored
        .iter()
        .flat_map(|(_, bits)| bits.iter().map(|&bits| f32::from_bits(bits)))
        .collect();
    assert_eq!(found, values);
    assert_eq!(stored[2].0.md5, md5);
    assert_ne!(stored[3].0.md5, md5);
    // The same vector of the same bytes is stored once, for two items.
    assert_eq!(stored[4].0.md5, md5);
    // The second one has no file of its own, and shows the picture all the same.
    let second = &stored[1].0;
    assert_eq!(
        (second.format.as_str(), &second.original_path),
        ("vector", &None)
    );
    assert!(thumbnail(&fixture, second).len() > 100);
    let again = fixture.import(&bank, "bank");
    assert_eq!((again.imported, again.skipped), (0, 5), "{again:?}");
}

fn thumbnail(fixture: &Fixture, item: &Item) -> Vec<u8> {
    match fixture
        .engine
        .pictures()
        .picture(item, View::Thumbnail)
        .unwrap()
        .content
    {
        Content::Bytes(bytes) => bytes,
        Content::Stream(_) => panic!("thumbnails are small"),
    }
}
