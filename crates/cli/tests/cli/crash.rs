//! An import killed at any instant goes on where it was: nothing lost, nothing twice.

use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::support::{Scratch, files};

#[test]
fn killed_imports_lose_nothing_and_repeat_nothing() {
    let scratch = Scratch::new();
    scratch.synth(6, 0);
    let sheets = files(&scratch.path("designs/patents"), &["tif"]).len();
    for kill in 0..8 {
        let mut import = scratch
            .command(&["import", "designs/patents", "--batch-size", "2"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Spread over start, decoding, the first commits and the end.
        sleep(Duration::from_millis(30 + 130 * kill));
        import.kill().unwrap();
        import.wait().unwrap();
    }
    let report = scratch.json(&["import", "designs/patents", "--format", "json"]);
    assert_eq!(
        report["imported"].as_u64().unwrap() + report["skipped"].as_u64().unwrap(),
        sheets as u64
    );
    let stats = scratch.json(&["collections", "stats", "--format", "json"]);
    assert_eq!(stats["num_entities"], sheets);
    let again = scratch.json(&["import", "designs/patents", "--format", "json"]);
    assert_eq!(
        (&again["imported"], &again["skipped"]),
        (&0.into(), &sheets.into())
    );
    // Every sheet is found by its own picture, exactly once.
    let answer = scratch.json(&[
        "search",
        files(&scratch.path("designs/patents"), &["tif"])[3]
            .to_str()
            .unwrap(),
        "--top-k",
        "1000",
        "--min-score",
        "-1",
        "--include-front-page",
        "--format",
        "json",
    ]);
    let mut ids: Vec<u64> = answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|group| group["pages"].as_array().unwrap())
        .map(|page| page["id"].as_u64().unwrap())
        .collect();
    assert_eq!(ids.len(), sheets);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), sheets);
    let thumbnails = files(&scratch.path("data/blobs/thumbnails"), &["jpg"]);
    assert_eq!(
        thumbnails.len(),
        sheets - 6,
        "front-page copies share theirs"
    );
}

#[test]
fn pictures_of_killed_imports_do_not_stay_without_items() {
    let scratch = Scratch::new();
    scratch.synth(4, 0);
    let blobs = || files(&scratch.path("data/blobs"), &["jpg", "tif"]).len();
    let mut removed = 0;
    for kill in 0..10 {
        let mut import = scratch
            .command(&["import", "designs/patents", "--originals", "copy"])
            .args(["--batch-size", "4"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let before = blobs();
        // The first pictures are there, and their rows on the way.
        while blobs() == before && import.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(1));
        }
        sleep(Duration::from_millis(kill / 3));
        import.kill().unwrap();
        import.wait().unwrap();
        let left = blobs();
        // Whichever process writes next puts it in order.
        let rebuilt = scratch.run(&["collections", "rebuild-index", "default"]);
        assert!(rebuilt.status.success());
        removed += left - blobs();
    }
    assert!(
        removed > 0,
        "no import was killed between a picture and its row"
    );
    scratch.json(&[
        "import",
        "designs/patents",
        "--originals",
        "copy",
        "--format",
        "json",
    ]);
    let dropped = scratch.run(&["collections", "drop", "default", "--yes"]);
    assert!(dropped.status.success());
    assert_eq!(blobs(), 0, "what no item refers to");
}

#[test]
fn a_second_writer_is_told_who_owns_the_directory() {
    let scratch = Scratch::new();
    scratch.synth(6, 0);
    let mut import = scratch
        .command(&["import", "designs/patents"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let catalog = scratch.path("data/catalog.sqlite");
    for _ in 0..500 {
        if catalog.exists() {
            break;
        }
        sleep(Duration::from_millis(5));
    }
    let message = scratch.fails(&["import", "designs/patents"], 1);
    assert!(
        message.contains(&format!("process {}", import.id())),
        "{message}"
    );
    import.kill().unwrap();
    import.wait().unwrap();
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_an_import_cleanly() {
    let scratch = Scratch::new();
    scratch.synth(6, 0);
    let import = scratch
        .command(&["import", "designs/patents", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    sleep(Duration::from_millis(400));
    let killed = std::process::Command::new("kill")
        .args(["-INT", &import.id().to_string()])
        .status()
        .unwrap();
    let output = import.wait_with_output().unwrap();
    // An import that was done before the signal came ends well, and kill finds nobody.
    if killed.success() && output.status.code() != Some(0) {
        assert_eq!(output.status.code(), Some(1));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["failed"], 0);
        let progress = std::fs::read(scratch.path("data/import_progress.json")).unwrap();
        let progress: serde_json::Value = serde_json::from_slice(&progress).unwrap();
        assert_eq!(progress["status"], "cancelled");
    }
}
