//! `lookalike eval` on sets small enough to know the answers.

use std::fs;

use serde_json::Value;

use crate::support::{Scratch, files};

/// The row of that task, group and method.
fn row<'a>(rows: &'a [Value], task: &str, group: &str, method: &str) -> &'a Value {
    rows.iter()
        .find(|row| row["task"] == task && row["group"] == group && row["method"] == method)
        .unwrap_or_else(|| panic!("no row {task}, {group}, {method}"))
}

#[test]
fn a_synthetic_set_answers_every_question() {
    let scratch = Scratch::new();
    let made = scratch.run(&[
        "synth",
        "--out",
        "set",
        "--patents",
        "3",
        "--near",
        "1",
        "--photos",
        "1",
    ]);
    assert!(made.status.success());
    let found = scratch.json(&[
        "eval",
        "set",
        "--baseline",
        "perceptual-hash,hog,colour-histogram",
        "--task",
        "views,near,photos,damaged",
        "--held-out",
        "watch",
        "--per-family",
        "--format",
        "json",
    ]);
    assert_eq!(found["failed"], Value::Array(vec![]));
    let rows = found["rows"].as_array().unwrap();
    let truth: Value =
        serde_json::from_slice(&fs::read(scratch.path("set/ground-truth.json")).unwrap()).unwrap();
    let designs = truth["designs"].as_array().unwrap();
    let drawings: usize = designs
        .iter()
        .filter(|design| design["near_of"].is_null())
        .map(|design| design["sheets"].as_array().unwrap())
        .map(|sheets| sheets.iter().filter(|s| s["front_page"] == false).count())
        .sum();
    let family = designs[0]["family"].as_str().unwrap();
    for method in ["builtin", "perceptual-hash", "hog", "colour-histogram"] {
        let views = row(rows, "views", "all", method);
        assert_eq!(views["queries"], drawings, "front pages are no queries");
        assert_eq!(views["gallery"], drawings, "front pages are not searched");
        assert_eq!(views["objects"], 3);
        assert_eq!(row(rows, "photos", "all", method)["queries"], 3);
        assert_eq!(row(rows, "near", "all", method)["queries"], drawings);
        assert_eq!(row(rows, "damaged: cropped", "all", method)["objects"], 3);
        row(rows, "views", family, method);
        for measure in [
            "map",
            "recall_at_1",
            "recall_at_10",
            "mrr_at_10",
            "ndcg_at_10",
        ] {
            let [low, value, high] =
                ["low", "value", "high"].map(|end| views[measure][end].as_f64().unwrap());
            assert!(0.0 <= low && low <= value && value <= high && high <= 1.0);
        }
    }
}

#[test]
fn lists_and_class_folders_are_read_and_what_is_broken_is_named() {
    let scratch = Scratch::new();
    scratch.synth(2, 1);
    let sheets = files(&scratch.path("designs/patents"), &["tif"]);
    // Two classes of the same two sheets each: a copy is found first by any method.
    for class in ["one", "two"] {
        fs::create_dir_all(scratch.path(&format!("tree/{class}"))).unwrap();
    }
    for (sheet, class) in [(&sheets[1], "one"), (sheets.last().unwrap(), "two")] {
        for copy in ["a.tif", "b.tif"] {
            fs::copy(sheet, scratch.path(&format!("tree/{class}/{copy}"))).unwrap();
        }
    }
    let rows = scratch.json(&["eval", "tree", "--baseline", "hog", "--format", "json"]);
    for method in ["builtin", "hog"] {
        let row = row(rows["rows"].as_array().unwrap(), "views", "all", method);
        assert_eq!(
            (&row["queries"], &row["map"]["value"]),
            (&4.into(), &1.0.into())
        );
    }

    fs::write(scratch.path("q.txt"), "one/a.tif 1\n").unwrap();
    fs::write(
        scratch.path("g.txt"),
        "one/b.tif 1\ntwo/a.tif 2\nbroken.tif 2\n",
    )
    .unwrap();
    fs::write(scratch.path("tree/broken.tif"), "II*\0").unwrap();
    let output = scratch.run(&[
        "eval",
        "tree",
        "--queries",
        "q.txt",
        "--gallery",
        "g.txt",
        "--format",
        "json",
    ]);
    assert_eq!(output.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["rows"][0]["recall_at_1"]["value"], 1.0);
    let failed = found["failed"][0]["file"].as_str().unwrap();
    assert!(failed.ends_with("broken.tif"), "{failed}");

    let nothing = scratch.run(&["eval", "tree/one"]);
    assert_eq!(nothing.status.code(), Some(1));
    let message = String::from_utf8(nothing.stderr).unwrap();
    assert!(message.contains("ground-truth.json"), "{message}");
}

#[test]
fn grants_are_read_as_they_are_and_methods_are_compared_query_by_query() {
    let scratch = Scratch::new();
    scratch.synth(3, 1);
    let found = scratch.json(&[
        "eval",
        "designs/patents",
        "--model",
        "builtin",
        "--baseline",
        "hog",
        "--preprocess",
        "letterbox,stretch",
        "--task",
        "views",
        "--format",
        "json",
    ]);
    assert_eq!(found["failed"], Value::Array(vec![]));
    let sheets = files(&scratch.path("designs/patents"), &["tif"]);
    let is_front = |path: &std::path::PathBuf| path.to_string_lossy().contains("D00000");
    let drawings = sheets.iter().filter(|path| !is_front(path)).count();
    assert!(drawings < sheets.len(), "there are front pages");
    let rows = found["rows"].as_array().unwrap();
    let seen: Vec<[&str; 2]> = rows
        .iter()
        .map(|row| ["method", "preprocess"].map(|key| row[key].as_str().unwrap()))
        .collect();
    let expected = [
        ["builtin", "letterbox"],
        ["builtin", "stretch"],
        ["hog", "letterbox"],
        ["hog", "stretch"],
    ];
    assert_eq!(seen, expected);
    for row in rows {
        assert_eq!(row["dataset"], "patents");
        assert_eq!(
            (&row["queries"], &row["objects"]),
            (&drawings.into(), &3.into())
        );
    }
    let differences = found["differences"].as_array().unwrap();
    assert_eq!(differences.len(), 3);
    for (difference, row) in differences.iter().zip(&rows[1..]) {
        let map = |value: &Value| value["map"]["value"].as_f64().unwrap();
        assert!((map(difference) - (map(row) - map(&rows[0]))).abs() < 1e-9);
        assert_eq!(difference["than"], "builtin");
    }
}
