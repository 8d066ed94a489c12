//! Downloads by the real binary, from a web server on loopback.

use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use lookalike_imaging::{RgbImage, encode_png};
use lookalike_testkit::web_imitation::{WebAnswer, WebImitation};
use serde_json::Value;

use crate::support::{Scratch, files};

/// A server with a picture at every address, different ones at different addresses, after
/// some time.
fn pictures(delay: Duration) -> WebImitation {
    WebImitation::start(move |path, _| {
        let number: u8 = path
            .trim_matches(|c: char| !c.is_ascii_digit())
            .parse()
            .unwrap();
        let picture = encode_png(&RgbImage::filled(4, 3, [number, 0, 0])).unwrap();
        WebAnswer {
            delay,
            ..WebAnswer::new(200, &picture)
        }
    })
}

fn write_table(scratch: &Scratch, server: &WebImitation, rows: usize) {
    let rows: String = (0..rows)
        .map(|row| format!("{},{row}\n", server.url(&format!("/{row}.png"))))
        .collect();
    std::fs::write(scratch.path("data.csv"), format!("image_url,n\n{rows}")).unwrap();
}

fn log(scratch: &Scratch) -> String {
    std::fs::read_to_string(scratch.path("data/downloads/data/download.jsonl")).unwrap_or_default()
}

#[test]
fn a_table_is_downloaded_and_reported() {
    let server = pictures(Duration::ZERO);
    let scratch = Scratch::new();
    write_table(&scratch, &server, 3);
    let arguments = [
        "download",
        "data.csv",
        "--allow-private",
        "--format",
        "json",
    ];
    let report = scratch.json(&arguments);
    let counts = ["total", "downloaded", "skipped", "failed"].map(|name| report[name].as_u64());
    assert_eq!(counts, [Some(3), Some(3), Some(0), Some(0)]);
    assert_eq!(report["failed_files"], serde_json::json!([]));
    assert!(report["bytes"].as_u64().unwrap() > 100);
    assert!(report["elapsed_sec"].is_number());
    let path = std::path::Path::new(report["log"].as_str().unwrap());
    assert_eq!(path, scratch.path("data/downloads/data/download.jsonl"));
    assert_eq!(log(&scratch).lines().count(), 3);
    let images = files(&scratch.path("data/downloads/data/images"), &["png"]);
    assert_eq!(images.len(), 3);
    let again = scratch.json(&arguments);
    assert_eq!((&again["skipped"], &again["bytes"]), (&3.into(), &0.into()));
}

#[test]
fn exit_codes_tell_what_happened() {
    let server = pictures(Duration::ZERO);
    let scratch = Scratch::new();
    write_table(&scratch, &server, 1);
    let message = scratch.fails(&["download", "data.csv"], 1);
    assert!(message.contains("--allow-private"), "{message}");
    assert!(server.requests().is_empty());
    let message = scratch.fails(&["download", "data.csv", "--column", "url"], 1);
    assert!(message.contains("`image_url`, `n`"), "{message}");
    let message = scratch.fails(&["download", "nothing.csv"], 1);
    assert!(message.contains("nothing.csv"), "{message}");
    scratch.fails(&["download"], 2);
    scratch.fails(&["download", "data.csv", "--parallel", "0"], 2);
}

#[test]
fn a_killed_download_goes_on_where_it_was() {
    let server = pictures(Duration::from_millis(15));
    let scratch = Scratch::new();
    let rows = 60;
    write_table(&scratch, &server, rows);
    let arguments = [
        "download",
        "data.csv",
        "--allow-private",
        "--format",
        "json",
    ];
    for lines in [1, 9, 25] {
        let mut download = scratch
            .command(&arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while log(&scratch).lines().count() < lines {
            sleep(Duration::from_millis(1));
        }
        download.kill().unwrap();
        download.wait().unwrap();
    }
    let done = log(&scratch).matches('\n').count() as u64;
    let report = scratch.json(&arguments);
    assert_eq!(report["skipped"], done);
    assert_eq!(report["downloaded"], rows as u64 - done);
    let mut logged: Vec<u64> = log(&scratch)
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["row"]
                .as_u64()
                .unwrap()
        })
        .collect();
    logged.sort_unstable();
    assert!(logged.into_iter().eq(1..=rows as u64), "every row once");
    let images = files(&scratch.path("data/downloads/data/images"), &["png"]);
    assert_eq!(images.len(), rows, "every picture once");
    let left_over = std::fs::read_dir(scratch.path("data/downloads/data/images")).unwrap();
    assert_eq!(left_over.count(), rows);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_download_cleanly() {
    // Long enough that only the signal can end it.
    let server = pictures(Duration::from_secs(30));
    let scratch = Scratch::new();
    write_table(&scratch, &server, 3);
    let download = scratch
        .command(&[
            "download",
            "data.csv",
            "--allow-private",
            "--format",
            "json",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while server.requests().len() < 3 {
        sleep(Duration::from_millis(1));
    }
    let killed = std::process::Command::new("kill")
        .args(["-INT", &download.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let output = download.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let counts = ["total", "downloaded", "skipped", "failed"].map(|name| report[name].as_u64());
    assert_eq!(counts, [Some(3), Some(0), Some(0), Some(0)]);
    assert_eq!(log(&scratch), "");
}

#[test]
fn what_was_downloaded_is_imported_with_what_the_table_says() {
    let server = pictures(Duration::ZERO);
    let scratch = Scratch::new();
    write_table(&scratch, &server, 3);
    assert!(
        scratch
            .run(&["download", "data.csv", "--allow-private"])
            .status
            .success()
    );
    // The table is there as a whole: nothing is fetched again.
    let report = scratch.json(&["import", "data.csv", "--format", "json"]);
    assert_eq!(
        (&report["imported"], &report["failed"]),
        (&3.into(), &0.into())
    );
    let log = "data/downloads/data/download.jsonl";
    let again = scratch.json(&["import", log, "--format", "json"]);
    assert_eq!(again["skipped"], 3);
    let found = scratch.run(&[
        "search",
        "--item",
        "1",
        "--min-score",
        "-1",
        "--attributes",
        "n=2",
        "--format",
        "jsonl",
    ]);
    let lines: Vec<Value> = String::from_utf8(found.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["attributes"], serde_json::json!({ "n": "2" }));
    let url = lines[0]["external_id"].as_str().unwrap();
    assert!(url.ends_with("/2.png"), "{url}");
    let shown = scratch.run(&["images", "show", &lines[0]["id"].to_string()]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains(&format!("source       {url}")), "{shown}");
}

#[test]
fn a_table_of_which_nothing_can_be_had_fails_with_its_reasons() {
    let server = pictures(Duration::ZERO);
    let scratch = Scratch::new();
    write_table(&scratch, &server, 2);
    // The server is on a private address, which an import does not ask.
    let output = scratch.run(&["import", "data.csv", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&report["total"], &report["failed"]),
        (&2.into(), &2.into())
    );
    assert_eq!(report["failed_files"].as_array().unwrap().len(), 2);

    // Another table of the same name has a folder of its own.
    std::fs::create_dir(scratch.path("other")).unwrap();
    std::fs::write(scratch.path("other/data.csv"), "image_url\n").unwrap();
    let report = scratch.json(&["import", "other/data.csv", "--format", "json"]);
    assert_eq!(report["total"], 0);
    assert!(scratch.path("data/downloads/data-2").is_dir());
}
