//! Out and in again: the same items with the same bits.

use serde_json::json;

use lookalike_catalog::Patent;

use crate::support::{Fixture, bits, write_lines};

/// Far from unit length, both zeros, the smallest and largest float32, denormals.
const VALUES: [f32; 12] = [
    0.0,
    -0.0,
    f32::MIN_POSITIVE,
    1e-45,
    f32::MAX,
    f32::MIN,
    1e-30,
    -3.5,
    123.456,
    1e-45,
    -1e-40,
    0.1,
];

fn bank(fixture: &Fixture) -> std::path::PathBuf {
    let lines = [
        json!({"id": "a", "path": "nowhere/杯 1.png", "tags": ["red", "a,b"], "colour": "red"}),
        json!({"id": 7, "file_name": "USD0939806-20220104-D00000.TIF", "description": "\"é\"\n"}),
        json!({"file_name": "plain.png", "md5": "0123456789abcdef0123456789abcdef", "width": 3}),
    ];
    write_lines(fixture, "bank", 4, &VALUES, &lines)
}

#[test]
fn every_layout_keeps_items_and_bits() {
    let fixture = Fixture::new();
    fixture.import(&bank(&fixture), "first");
    let patent = Patent {
        patent_id: "USD939806".into(),
        title: Some("Cup".into()),
        pub_date: Some(20_220_104),
        ..Patent::default()
    };
    fixture
        .engine
        .stores()
        .catalog()
        .write(0, |tx| tx.upsert_patent(&patent))
        .unwrap();
    let first = fixture.stored("first");
    let stored: Vec<u32> = first.iter().flat_map(|(_, bits)| bits.clone()).collect();
    assert_eq!(stored, bits(&VALUES));
    for name in ["out.npz", "out.npy", "out"] {
        let output = fixture.export("first", name);
        let elsewhere = Fixture::new();
        let report = elsewhere.import(&output, "second");
        assert_eq!(
            (report.imported, report.failed),
            (3, 0),
            "{name}: {report:?}"
        );
        let second = elsewhere.stored("second");
        for ((old, old_bits), (new, new_bits)) in first.iter().zip(&second) {
            assert_eq!(old_bits, new_bits, "{name}");
            let id = old.external_id.clone().unwrap_or(old.id.to_string());
            assert_eq!(new.external_id, Some(id));
            let facts = |item: &lookalike_catalog::Item| lookalike_catalog::Item {
                id: 0,
                external_id: None,
                collection: String::new(),
                created_at: 0,
                ..item.clone()
            };
            let (old, new) = (facts(old), facts(new));
            assert_eq!(format!("{old:?}"), format!("{new:?}"), "{name}");
        }
        assert_eq!(second[1].0.patent.title.as_deref(), Some("Cup"));
        assert!(second[1].0.front_page);
        // Into the collection that it came from: all there.
        let report = fixture.import(&output, "first");
        assert_eq!(
            (report.imported, report.skipped),
            (0, 3),
            "{name}: {report:?}"
        );
        // Out again, the features are the same file.
        let again = elsewhere.export("second", name);
        if name == "out.npy" {
            assert_eq!(
                std::fs::read(output).unwrap(),
                std::fs::read(again).unwrap()
            );
        }
    }
}

#[test]
fn an_export_replaces_a_file_but_no_folder_with_something_in_it() {
    let fixture = Fixture::new();
    fixture.import(&bank(&fixture), "first");
    let once = std::fs::read(fixture.export("first", "out.npz")).unwrap();
    assert_eq!(
        std::fs::read(fixture.export("first", "out.npz")).unwrap(),
        once
    );
    let folder = fixture.path("out");
    std::fs::create_dir(&folder).unwrap();
    fixture.export("first", "out");
    assert!(folder.join("features_index.jsonl").is_file());
    let request = lookalike_transfer::BankExportRequest {
        collection: "first".into(),
        output: folder,
        layout: lookalike_banks::BankLayout::Files,
    };
    let control = lookalike_engine::import::Control::default();
    let stores = fixture.engine.stores();
    let error = lookalike_transfer::export_bank(stores, &request, &control).unwrap_err();
    assert!(error.to_string().contains("is not empty"), "{error}");
    // Nothing half-written is left beside the outputs.
    let left = std::fs::read_dir(fixture.path(""))
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().starts_with(".lookalike-export")
        });
    assert_eq!(left.count(), 0);
}

#[test]
fn an_empty_collection_goes_out_and_in() {
    let fixture = Fixture::new();
    fixture.import(&bank(&fixture), "first");
    let catalog = fixture.engine.stores().catalog();
    let collection = catalog.collection("first").unwrap();
    let ids: Vec<u64> = fixture
        .stored("first")
        .iter()
        .map(|(item, _)| item.id as u64)
        .collect();
    catalog
        .write(0, |tx| tx.remove_items(&collection, &ids))
        .unwrap();
    for name in ["empty.npz", "empty.npy"] {
        let output = fixture.export("first", name);
        let elsewhere = Fixture::new();
        let report = elsewhere.import(&output, "second");
        assert_eq!((report.total, report.failed), (0, 0));
        let made = elsewhere
            .engine
            .stores()
            .catalog()
            .collection("second")
            .unwrap();
        assert_eq!(made.spec.dim, 4);
    }
}
