//! `lookalike backup`: while a server imports, and restored.

use lookalike_testkit::http::request;
use serde_json::{Value, json};

use crate::serve::Serving;
use crate::support::{Scratch, files};

#[test]
fn a_backup_made_while_serving_and_importing_is_whole() {
    let scratch = Scratch::new();
    scratch.synth(6, 0);
    scratch.json(&[
        "import",
        "designs/patents",
        "--originals",
        "copy",
        "--format",
        "json",
    ]);
    let serving = Serving::start(&scratch);
    let body = json!({"path": scratch.path("designs/patents"), "collection": "second",
        "originals": "copy"});
    let body = body.to_string();
    let headers = [("content-type", "application/json")];
    let started = request(
        serving.address,
        "POST",
        "/api/batch/start",
        &headers,
        body.as_bytes(),
    );
    assert_eq!(started.status, 200);
    let report = scratch.json(&["backup", "copies/monday", "--format", "json"]);
    let sheets = files(&scratch.path("designs/patents"), &["tif"]).len();
    assert!(
        report["items"].as_u64().unwrap() >= sheets as u64,
        "{report}"
    );

    let sheet = files(&scratch.path("designs/patents"), &["tif"]).remove(3);
    let search = |data: &str| {
        let sheet = sheet.to_str().unwrap();
        let how = ["search", sheet, "--data", data, "--format", "json"];
        scratch.json(&how)["results"].take()
    };
    let expected: Value = search("data");
    drop(serving);
    // Restored: moved to where data directories lie, and written on.
    std::fs::rename(scratch.path("copies/monday"), scratch.path("restored")).unwrap();
    assert_eq!(search("restored"), expected);
    let again = [
        "import",
        "designs/patents",
        "--data",
        "restored",
        "--format",
        "json",
    ];
    let report = scratch.json(&again);
    assert_eq!(
        (&report["imported"], &report["skipped"]),
        (&json!(0), &json!(sheets))
    );
    let doctor = scratch.run(&["doctor", "--data", "restored"]);
    assert!(doctor.status.success());
    assert!(
        scratch
            .fails(&["backup", "restored"], 1)
            .contains("exists already")
    );
    let told = scratch.fails(&["backup", "data/new/backup"], 1);
    assert!(told.contains("lies in the data directory"), "{told}");
    assert!(!scratch.path("data/new").exists());
}
