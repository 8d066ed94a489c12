//! Every form of a bank that NumPy writes gives the same vectors.

use md5::{Digest, Md5};
use serde_json::Value;

use crate::support::{Fixture, golden, write_lines, write_npz};

fn expected() -> Value {
    serde_json::from_slice(&std::fs::read(golden("expected.json")).unwrap()).unwrap()
}

fn md5(bits: &[u32]) -> String {
    let bytes: Vec<u8> = bits.iter().flat_map(|bits| bits.to_le_bytes()).collect();
    let digest = Md5::digest(&bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_form_gives_numpys_vectors() {
    let expected = expected();
    for name in [
        "f32.npz",
        "f64-deflated.npz",
        "f16.npz",
        "fortran.npz",
        "fortran-deflated.npz",
        "big-endian.npz",
        "version-2.npz",
        "version-3.npz",
        "fortran.npy",
        "lines.npy",
        "lines.jsonl",
        "indexed",
        "bare",
    ] {
        let fixture = Fixture::new();
        let report = fixture.import(&golden(name), "bank");
        assert_eq!(
            (report.total, report.imported),
            (7, 7),
            "{name}: {report:?}"
        );
        let found: Vec<Value> = fixture
            .stored("bank")
            .iter()
            .map(|(_, bits)| md5(bits).into())
            .collect();
        assert_eq!(Value::Array(found), expected["md5"], "{name}");
        let again = fixture.import(&golden(name), "bank");
        assert_eq!((again.imported, again.skipped), (0, 7), "{name}: {again:?}");
    }
}

#[test]
fn arrays_beside_the_features_tell_about_the_rows() {
    let expected = expected();
    for name in ["f32.npz", "big-endian.npz", "version-3.npz"] {
        let fixture = Fixture::new();
        fixture.import(&golden(name), "bank");
        for (row, (item, _)) in fixture.stored("bank").iter().enumerate() {
            assert_eq!(
                Value::from(item.file_name.clone()),
                expected["file_names"][row]
            );
            let id = (100 + row).to_string();
            assert_eq!(item.external_id.as_deref(), Some(id.as_str()));
            let attributes = &item.attributes;
            assert_eq!(
                attributes["category"], expected["categories"][row],
                "{name}"
            );
            assert_eq!(attributes["checked"], row % 2 == 0);
            assert_eq!(attributes["source"], ["scan", "photo"][row % 2]);
            let score = attributes["score"].as_f64().unwrap();
            assert!((score - row as f64 / 6.0).abs() < 1e-6, "{score}");
            assert_eq!((item.format.as_str(), item.width), ("vector", 0));
        }
        let sheet = &fixture.stored("bank")[3].0;
        assert_eq!(sheet.patent_id.as_deref(), Some("USD939806"));
        assert_eq!(sheet.page_num.as_deref(), Some("D00001"));
    }
}

#[test]
fn lines_beside_an_array_tell_about_the_rows() {
    let fixture = Fixture::new();
    fixture.import(&golden("lines.npy"), "bank");
    let (item, _) = &fixture.stored("bank")[4];
    assert_eq!(item.external_id.as_deref(), Some("row-4"));
    assert_eq!(item.tags, ["red", "lamp"]);
    assert_eq!(item.description.as_deref(), Some("number 4"));
    assert_eq!(item.view.as_deref(), Some("front"));
    assert_eq!(
        item.attributes,
        serde_json::json!({"colour": "red", "size": 4})
    );
}

#[test]
fn rows_without_anything_are_named_by_the_bank() {
    let fixture = Fixture::new();
    fixture.import(&golden("fortran.npy"), "rows");
    assert_eq!(fixture.stored("rows")[2].0.file_name, "fortran-2");
    fixture.import(&golden("bare"), "files");
    assert_eq!(fixture.stored("files")[2].0.file_name, "2");
}

#[test]
fn the_older_store_is_read_by_its_embedding_indexes() {
    let expected = expected();
    for name in [
        "older",
        "older/image_index.json",
        "older/image_embeddings.npy",
        "older-list",
    ] {
        let fixture = Fixture::new();
        let report = fixture.import(&golden(name), "bank");
        // Row 0 is nobody's; one record points beyond the end, one nowhere.
        assert_eq!(
            (report.total, report.imported, report.failed),
            (9, 6, 3),
            "{name}: {report:?}"
        );
        let reasons: Vec<&str> = report
            .failed_files
            .iter()
            .map(|problem| problem.reason.as_str())
            .collect();
        assert!(reasons[0].contains("no record points to it"), "{reasons:?}");
        let stray = reasons[1..].join("\n");
        assert!(stray.contains("99 is none of the 7 rows"), "{stray}");
        assert!(stray.contains("has no embedding_index"), "{stray}");
        let stored = fixture.stored("bank");
        let (item, bits) = &stored[5];
        // Rows come in their own order, records point backwards.
        assert_eq!((item.file_name.as_str(), item.tags.len()), ("cup.png", 1));
        assert_eq!(Value::from(md5(bits)), expected["md5"][6]);
        assert_eq!((item.width, item.height, item.file_size), (30, 40, 1234));
        assert_eq!(item.md5, "cfcd208495d565ef66e7dff9f98764da", "{name}");
        assert_eq!(item.attributes["upload_time"], "2024-05-01T12:00:00");
        let again = fixture.import(&golden(name), "bank");
        assert_eq!((again.imported, again.skipped), (0, 6));
    }
}

#[test]
fn pickled_objects_are_refused_with_advice() {
    let message = Fixture::new().refusal(&golden("objects.npz"));
    assert!(
        message.contains("`paths` holds pickled Python objects"),
        "{message}"
    );
    assert!(message.contains(".astype('U')"), "{message}");
}

#[test]
fn numbers_that_are_none_fail_alone() {
    let fixture = Fixture::new();
    let values = [1.0, 2.0, f32::NAN, 3.0, 4.0, f32::NEG_INFINITY, 5.0, 6.0];
    let bank = write_lines(&fixture, "holes", 2, &values, &[]);
    let report = fixture.import(&bank, "bank");
    assert_eq!((report.imported, report.failed), (2, 2));
    let problem = &report.failed_files[0];
    assert!(problem.file.ends_with("holes.npy row 1"), "{problem:?}");
    assert!(
        problem.reason.contains("number 0 of its vector is NaN"),
        "{problem:?}"
    );
    assert_eq!(fixture.stored("bank")[1].0.file_name, "holes-3");
    // A double beyond the largest float32 is none either.
    let wide = fixture.path("wide.npz");
    let doubles: Vec<u8> = [1e300_f64, 1.0]
        .iter()
        .flat_map(|v| v.to_le_bytes())
        .collect();
    write_npz(
        &wide,
        &[(
            "features",
            crate::support::claimed("<f8", "(2, 1)", &doubles),
        )],
    );
    let report = fixture.import(&wide, "wide");
    assert_eq!((report.imported, report.failed), (1, 1), "{report:?}");
}

#[test]
fn an_array_that_only_shares_a_name_with_ours_is_an_attribute() {
    let fixture = Fixture::new();
    let path = fixture.path("one.npz");
    let year = crate::support::claimed("<i4", "(1,)", &1999_i32.to_le_bytes());
    let features = crate::support::array(2, &[1.0, 2.0]);
    write_npz(&path, &[("features", features), ("collection", year)]);
    fixture.import(&path, "bank");
    assert_eq!(fixture.stored("bank")[0].0.attributes["collection"], 1999);
}
