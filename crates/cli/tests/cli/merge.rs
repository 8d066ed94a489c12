//! An import in parts, put together, is the same library as one import.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use crate::support::{Scratch, files};

fn import(scratch: &Scratch, data: &str, more: &[&str]) -> Value {
    let mut arguments = vec!["--data", data, "import", "designs", "--format", "json"];
    arguments.extend(more);
    scratch.json(&arguments)
}

/// Every row by what it shows: all that is known of it but what an import gives by itself, and its
/// embedding.
fn rows(scratch: &Scratch, data: &str) -> BTreeMap<String, (Value, Vec<f32>)> {
    let bank = scratch.path(&format!("{data}.npy"));
    let arguments = [
        "--data",
        data,
        "features",
        "export",
        "-o",
        bank.to_str().unwrap(),
    ];
    let report = scratch.json(&[&arguments[..], &["--format", "json"]].concat());
    let dim = report["dim"].as_u64().unwrap() as usize;
    let bytes = std::fs::read(&bank).unwrap();
    let lines = std::fs::read_to_string(bank.with_extension("jsonl")).unwrap();
    // Behind the header of the array.
    let start = bytes.len() - lines.lines().count() * dim * 4;
    let mut rows = BTreeMap::new();
    for (line, vector) in lines.lines().zip(bytes[start..].chunks(dim * 4)) {
        let mut facts: Value = serde_json::from_str(line).unwrap();
        for own in ["id", "created_at"] {
            facts.as_object_mut().unwrap().remove(own);
        }
        let vector = vector.chunks(4);
        let vector = vector.map(|value| f32::from_le_bytes(value.try_into().unwrap()));
        let name = format!("{} {}", facts["path"], facts["figure_index"]);
        assert!(rows.insert(name, (facts, vector.collect())).is_none());
    }
    rows
}

#[test]
fn parts_that_are_merged_are_the_whole_also_after_kills() {
    let scratch = Scratch::new();
    scratch.synth(6, 1);
    let whole = import(&scratch, "whole", &["--originals", "copy"]);
    let total = whole["imported"].as_u64().unwrap();
    let mut sum = 0;
    let parts: Vec<String> = (1..=4).map(|part| format!("part-{part}")).collect();
    for (part, data) in (1..).zip(&parts) {
        let shard = format!("{part}/4");
        let report = import(&scratch, data, &["--originals", "copy", "--shard", &shard]);
        sum += report["imported"].as_u64().unwrap();
    }
    assert_eq!(sum, total);

    let merge: Vec<&str> = ["--data", "merged", "merge"]
        .into_iter()
        .chain(parts.iter().map(String::as_str))
        .chain(["--format", "json"])
        .collect();
    for kill in 0..10 {
        let mut merging = scratch
            .command(&merge)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        sleep(Duration::from_millis(5 + 25 * kill));
        merging.kill().unwrap();
        merging.wait().unwrap();
    }
    let report = scratch.json(&merge);
    let of = |name: &str| -> u64 {
        let parts = report.as_array().unwrap().iter();
        parts.map(|part| part[name].as_u64().unwrap()).sum()
    };
    assert_eq!(of("items"), total);
    assert_eq!(
        of("added") + of("taken_before") + of("known"),
        total,
        "{report}"
    );
    let again = scratch.json(&merge);
    let added = again
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["added"].as_u64().unwrap());
    assert_eq!(added.sum::<u64>(), 0, "{again}");

    let stats = |data: &str| {
        let mut stats = scratch.json(&["--data", data, "collections", "stats", "--format", "json"]);
        for own in ["index", "created_at"] {
            stats.as_object_mut().unwrap().remove(own);
        }
        stats
    };
    assert_eq!(stats("merged"), stats("whole"));
    let (merged, whole) = (rows(&scratch, "merged"), rows(&scratch, "whole"));
    assert!(merged.keys().eq(whole.keys()));
    for (name, (facts, vector)) in &whole {
        let (other, embedding) = &merged[name];
        assert_eq!(other, facts);
        for (one, other) in vector.iter().zip(embedding) {
            // Pictures that went through a pass together are others.
            assert!((one - other).abs() < 1e-5, "{name}: {one} {other}");
        }
    }
    let names = |data: &str| -> BTreeSet<String> {
        let root = scratch.path(data).join("blobs");
        let found = files(&root, &["jpg", "tif", "png"]);
        let relative = found.iter().map(|path| path.strip_prefix(&root).unwrap());
        relative.map(|path| path.display().to_string()).collect()
    };
    assert_eq!(names("merged"), names("whole"));
    // Nobody needs the parts, or what they were made of, any more.
    for data in &parts {
        std::fs::remove_dir_all(scratch.path(data)).unwrap();
    }
    let checks = scratch.json(&["--data", "merged", "doctor", "--deep", "--format", "json"]);
    for check in checks.as_array().unwrap() {
        assert_ne!(check["state"], "failed", "{check}");
    }
    let sheet = &files(&scratch.path("designs/patents"), &["tif"])[3];
    let found = |data: &str| {
        let arguments = [
            "--data",
            data,
            "search",
            sheet.to_str().unwrap(),
            "--format",
            "json",
        ];
        let answer = scratch.json(&arguments);
        let groups = answer["results"].as_array().unwrap().clone();
        let scores = groups.iter().map(|group| {
            (
                group["patent_id"].to_string(),
                format!("{:.5}", group["max_score"].as_f64().unwrap()),
            )
        });
        scores.collect::<BTreeSet<_>>()
    };
    assert_eq!(found("merged"), found("whole"));
}

#[test]
fn what_does_not_fit_is_refused_before_anything_is_taken_in() {
    let scratch = Scratch::new();
    scratch.synth(1, 0);
    import(&scratch, "data", &[]);
    import(&scratch, "other", &["--metric", "l2"]);
    let error = scratch.fails(&["merge", "other"], 1);
    assert!(error.contains("another metric"), "{error}");
    let error = scratch.fails(&["merge", "data"], 1);
    assert!(
        error.contains("being written by") || error.contains("itself"),
        "{error}"
    );
    let error = scratch.fails(&["merge", "nowhere"], 1);
    assert!(error.contains("nowhere"), "{error}");
    assert!(!scratch.path("nowhere").exists());
}
