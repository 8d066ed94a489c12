//! Banks that are cut off, lie, or do not hold together: refused with their fault, or
//! imported as far as they go; never a panic, never memory for what is only announced.

use std::fs;
use std::io::Write;

use serde_json::json;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::support::{Fixture, array, claimed, golden, request, write_lines, write_npz};

#[test]
fn banks_cut_off_anywhere_are_errors() {
    for name in [
        "f32.npz",
        "f64-deflated.npz",
        "fortran-deflated.npz",
        "lines.npy",
    ] {
        let whole = fs::read(golden(name)).unwrap();
        let fixture = Fixture::new();
        let cut = fixture.path(&format!("cut-{name}"));
        for length in (0..whole.len()).step_by(whole.len() / 50 + 1) {
            fs::write(&cut, &whole[..length]).unwrap();
            let message = fixture.refusal(&cut);
            assert!(message.contains(name), "{length}: {message}");
        }
    }
}

#[test]
fn changed_bytes_are_noticed_by_checksums_or_harmless() {
    let whole = fs::read(golden("f64-deflated.npz")).unwrap();
    let fixture = Fixture::new();
    let changed = fixture.path("changed.npz");
    let mut noticed = 0;
    for place in (30..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x55;
        fs::write(&changed, &bytes).unwrap();
        let name = format!("c{place}");
        let report = fixture.try_import(&request(&changed, &name));
        noticed += usize::from(report.is_err() || report.is_ok_and(|report| report.failed > 0));
    }
    assert!(noticed > 50, "{noticed}");
}

#[test]
fn damage_in_the_middle_is_reported_and_the_rest_kept() {
    let fixture = Fixture::new();
    let path = fixture.path("long.npz");
    let values: Vec<f32> = (0..10_000).map(|value| value as f32).collect();
    write_npz(&path, &[("features", array(2, &values))]);
    let mut bytes = fs::read(&path).unwrap();
    // Inside the last rows: only the checksum at the end can tell.
    let start = bytes
        .windows(4)
        .position(|part| part == 9000_f32.to_le_bytes());
    bytes[start.unwrap()] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let report = fixture.import(&path, "bank");
    assert_eq!(report.total, 5000);
    assert_eq!(report.imported + report.failed, 5000, "{report:?}");
    assert!(report.imported >= 2000);
    let reason = &report.failed_files[0].reason;
    assert!(reason.contains("rows are not imported"), "{reason}");
}

#[test]
fn shapes_beyond_the_data_are_refused() {
    let fixture = Fixture::new();
    let huge = "(1152921504606846976, 4)";
    let path = fixture.path("bank.npy");
    for (descr, shape, data, fault) in [
        ("<f4", huge, 16, "holds 144 bytes"),
        (
            "<f4",
            "(1152921504606846976, 1152921504606846976)",
            16,
            "holds 144",
        ),
        ("<f4", "(2, 4)", 16, "is cut off or damaged"),
        ("<f4", "(4, 1000000)", 16, "is cut off or damaged"),
        ("<f4", "(2, 0)", 16, "vectors of 0 numbers"),
        ("<f4", "(1, 65537)", 65537 * 4, "vectors of 65537 numbers"),
        ("<f4", "(2, 1, 2)", 16, "expected N x D"),
        ("<i4", "(1, 4)", 16, "holds no floats"),
        ("|O", "(1, 4)", 16, "pickled Python objects"),
        ("<c8", "(1, 2)", 16, "holds <c8"),
    ] {
        fs::write(&path, claimed(descr, shape, &vec![0; data])).unwrap();
        let message = fixture.refusal(&path);
        assert!(message.contains(fault), "{descr} {shape}: {message}");
        let archive = fixture.path("bank.npz");
        write_npz(
            &archive,
            &[("features", claimed(descr, shape, &vec![0; data]))],
        );
        fixture.refusal(&archive);
    }
}

#[test]
fn members_must_be_as_long_as_they_say() {
    let fixture = Fixture::new();
    let path = fixture.path("bank.npz");
    let mut longer = array(2, &[1.0, 2.0]);
    longer.extend([0; 8]);
    write_npz(&path, &[("features", longer)]);
    let message = fixture.refusal(&path);
    assert!(message.contains("announces the shape [1, 2]"), "{message}");

    // A small archive that claims to hold terabytes.
    let mut zip = ZipWriter::new(fs::File::create(&path).unwrap());
    let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    zip.start_file("features.npy", deflated).unwrap();
    zip.write_all(&claimed("<f4", "(1099511627776, 1)", &[0; 4096]))
        .unwrap();
    zip.finish().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let directory = bytes
        .windows(4)
        .rposition(|part| part == b"PK\x01\x02")
        .unwrap();
    bytes[directory + 24..directory + 28].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
    fs::write(&path, &bytes).unwrap();
    let message = fixture.refusal(&path);
    assert!(
        message.contains("announces an impossible size"),
        "{message}"
    );
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let fixture = Fixture::new();
    let lines = [json!({"id": 1}), json!({"id": 2}), json!({"id": 3})];
    let bank = write_lines(&fixture, "three", 2, &[1.0, 2.0, 3.0, 4.0], &lines);
    let message = fixture.refusal(&bank);
    assert!(message.contains("has 3 lines for the 2 rows"), "{message}");

    let archive = fixture.path("bank.npz");
    let ids = claimed("<i8", "(1,)", &[0; 8]);
    write_npz(&archive, &[("features", array(2, &[1.0; 4])), ("ids", ids)]);
    let message = fixture.refusal(&archive);
    assert!(message.contains("`ids` has the shape [1]"), "{message}");

    // What is not known by name is left out instead.
    let extra = claimed("<i8", "(1,)", &[0; 8]);
    let dates = claimed("<M8[s]", "(2,)", &[0; 16]);
    write_npz(
        &archive,
        &[
            ("features", array(2, &[1.0, 2.0, 3.0, 4.0])),
            ("extra", extra),
            ("dates", dates),
        ],
    );
    let report = fixture.import(&archive, "bank");
    assert_eq!(
        (report.imported, report.warnings.len()),
        (2, 2),
        "{report:?}"
    );

    write_npz(
        &archive,
        &[("a", array(2, &[1.0; 4])), ("b", array(2, &[1.0; 4]))],
    );
    let message = fixture.refusal(&archive);
    assert!(
        message.contains("several two-dimensional arrays of floats (a, b)"),
        "{message}"
    );
}

#[test]
fn broken_lines_and_files_fail_alone() {
    let fixture = Fixture::new();
    let bank = write_lines(&fixture, "bank", 1, &[1.0, 2.0, 3.0], &[]);
    fs::write(
        bank.with_extension("jsonl"),
        "{\"id\": 1}\n{\"id\": \n\n[3]\n",
    )
    .unwrap();
    let report = fixture.import(&bank, "lines");
    assert_eq!((report.imported, report.failed), (1, 2), "{report:?}");

    let folder = fixture.path("folder");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("a.npy"), "no array").unwrap();
    fs::write(folder.join("b.npy"), array(2, &[1.0, 2.0])).unwrap();
    fs::write(folder.join("c.npy"), array(3, &[1.0, 2.0, 3.0])).unwrap();
    fs::write(folder.join("d.npy"), array(2, &[1.0, 2.0, 3.0, 4.0])).unwrap();
    let report = fixture.import(&folder, "folder");
    assert_eq!((report.imported, report.failed), (1, 3), "{report:?}");
    let reasons: Vec<&str> = report
        .failed_files
        .iter()
        .map(|problem| problem.reason.as_str())
        .collect();
    assert!(
        reasons[0].contains("NumPy") || reasons[0].contains("array"),
        "{reasons:?}"
    );
    assert!(
        reasons[1].contains("3 numbers, the others have 2"),
        "{reasons:?}"
    );
    assert!(reasons[2].contains("holds 2 vectors"), "{reasons:?}");
}

#[test]
fn other_things_are_no_banks() {
    let fixture = Fixture::new();
    let text = fixture.path("notes.txt");
    fs::write(&text, "hello").unwrap();
    for path in [text, fixture.path("")] {
        let message = fixture.refusal(&path);
        assert!(message.contains("is not a feature bank"), "{message}");
    }
    let message = fixture.refusal(&fixture.path("nowhere.npz"));
    assert!(message.contains("nowhere.npz"), "{message}");
    let older = fixture.path("older");
    fs::create_dir(&older).unwrap();
    fs::write(older.join("image_index.json"), "{}").unwrap();
    let message = fixture.refusal(&older);
    assert!(message.contains("image_embeddings.npy"), "{message}");
}
