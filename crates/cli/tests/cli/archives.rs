//! Imports of archives by the real binary: nothing is unpacked, nothing is written elsewhere.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use lookalike_testkit::http::request;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::serve::Serving;
use crate::support::{Scratch, files};

/// Synthetic patents in the folder `week`, as weekly archives.
fn weekly_archives(scratch: &Scratch) -> Vec<PathBuf> {
    let output = scratch.run(&[
        "synth",
        "--out",
        "week",
        "--patents",
        "3",
        "--photos",
        "0",
        "--format",
        "tar",
    ]);
    assert!(output.status.success());
    files(&scratch.path("week"), &["tar"])
}

fn import(scratch: &Scratch, arguments: &[&str]) -> (Option<i32>, Value) {
    let all = [&["import"], arguments, &["--format", "json"]].concat();
    let output = scratch.run(&all);
    let report = serde_json::from_slice(&output.stdout);
    let report = report.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), report)
}

fn reasons(report: &Value) -> Vec<String> {
    let failed = report["failed_files"].as_array().unwrap();
    failed
        .iter()
        .map(|problem| format!("{}: {}", problem["file"], problem["reason"]))
        .collect()
}

fn zip(path: &Path, entries: &[(&str, &[u8])]) {
    let mut zip = zip::ZipWriter::new(File::create(path).unwrap());
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

#[test]
fn a_weekly_archive_is_imported_without_unpacking_and_its_originals_are_shown() {
    let scratch = Scratch::new();
    weekly_archives(&scratch);
    let before = files(&scratch.path("."), &["tif", "zip"]).len();
    let (code, report) = import(&scratch, &["week"]);
    assert_eq!(code, Some(0), "{report}");
    let imported = report["imported"].as_u64().unwrap();
    assert!(imported > 10);
    assert_eq!(files(&scratch.path("."), &["tif", "zip"]).len(), before);
    let (_, again) = import(&scratch, &["week"]);
    assert_eq!(again["skipped"], imported);

    let serving = Serving::start(&scratch);
    let stats = request(serving.address, "GET", "/api/collection/stats", &[], &[]).json();
    assert_eq!(stats["data"]["num_patents"], 3);
    let answer = request(
        serving.address,
        "POST",
        "/api/search/item/2",
        &[],
        b"{\"min_score\":-1}",
    );
    let group = answer.json()["data"]["results"][0].take();
    assert!(
        group["title"].is_string(),
        "the grant was read too: {group}"
    );
    let page = &group["pages"][0];
    let url = page["thumbnail_url"].as_str().unwrap();
    let full = url.replace("/api/image/", "/api/image/full/");
    let full = request(serving.address, "GET", &full, &[], &[]);
    assert_eq!(full.status, 200);
    assert!(full.body.starts_with(b"\xff\xd8\xff"));
}

#[test]
fn an_archive_that_ends_early_gives_what_it_has_and_says_so() {
    let scratch = Scratch::new();
    let tar = &weekly_archives(&scratch)[0];
    let bytes = fs::read(tar).unwrap();
    fs::write(tar, &bytes[..bytes.len() * 2 / 3]).unwrap();
    let (code, report) = import(&scratch, &["week"]);
    assert_eq!(code, Some(1));
    assert!(report["imported"].as_u64().unwrap() > 0, "{report}");
    let reasons = reasons(&report);
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    assert!(reasons[0].contains("ends"), "{reasons:?}");
}

#[test]
fn hostile_entries_are_reported_and_written_nowhere() {
    let scratch = Scratch::new();
    scratch.synth(1, 0);
    let sheet = files(&scratch.path("designs/patents"), &["tif"]).remove(1);
    let sheet = fs::read(sheet).unwrap();
    let inner = scratch.path("pictures");
    fs::create_dir(&inner).unwrap();
    let bomb = vec![0; 90_000_000];
    zip(
        &inner.join("odd.zip"),
        &[
            ("../escaped.tif", &sheet),
            ("/absolute.tif", &sheet),
            ("bomb.tif", &bomb),
            ("图纸/正面.tif", &sheet),
        ],
    );
    let (code, report) = import(&scratch, &["pictures"]);
    assert_eq!(code, Some(1));
    assert_eq!(report["imported"], 1, "{report}");
    let reasons = reasons(&report);
    for name in ["escaped.tif", "absolute.tif", "bomb.tif"] {
        assert!(
            reasons.iter().any(|reason| reason.contains(name)),
            "{name}: {reasons:?}"
        );
    }
    assert!(!scratch.path("escaped.tif").exists() && !Path::new("/absolute.tif").exists());
    let hits = scratch.json(&[
        "search",
        "--item",
        "1",
        "--min-score",
        "-1",
        "--format",
        "json",
    ]);
    assert!(hits["results"].is_array());
    let item = scratch.run(&["search", "pictures/odd.zip"]);
    assert!(!item.status.success(), "an archive is no picture");
}

/// What is listed of the sheets of a collection: numbers, titles, days, classes.
fn listed(scratch: &Scratch, collection: &str) -> Vec<Value> {
    let page = scratch.json(&[
        "images",
        "list",
        "--collection",
        collection,
        "--page-size",
        "500",
        "--format",
        "json",
    ]);
    let items = page["items"].as_array().unwrap().iter();
    let sheets = items.filter(|item| item["front_page"] == false);
    let mut sheets: Vec<Value> = sheets
        .map(|item| {
            let title = item["title"].as_str().unwrap().to_uppercase();
            let title = title.replace(['“', '”'], "\"");
            json!([
                item["patent_id"],
                item["page_num"],
                title,
                item["pub_date"],
                item["filing_date"],
                item["loc_class"],
                item["us_class"],
                item["grant_term"]
            ])
        })
        .collect();
    sheets.sort_by_key(Value::to_string);
    sheets
}

#[test]
fn a_synthetic_patents_pdf_reads_back_as_its_grant() {
    let scratch = Scratch::new();
    for (out, format) in [("pdf", "pdf"), ("grants", "folders")] {
        let output = scratch.run(&[
            "synth",
            "--out",
            out,
            "--patents",
            "6",
            "--photos",
            "0",
            "--format",
            format,
        ]);
        assert!(output.status.success(), "{output:?}");
        let folder = format!("{out}/patents");
        let (code, report) = import(&scratch, &[&folder, "--collection", out]);
        assert_eq!(code, Some(0), "{report}");
        assert_eq!(report["warnings"], json!([]), "{format}");
    }
    assert_eq!(files(&scratch.path("pdf/patents"), &["pdf"]).len(), 6);
    let (printed, filed) = (listed(&scratch, "pdf"), listed(&scratch, "grants"));
    assert!(printed.len() >= 12, "{printed:?}");
    assert_eq!(printed, filed);
}
