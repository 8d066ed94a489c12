//! A deletion, a restoration or an emptying that is killed at any instant loses nothing: every image
//! is in its collection or in the trash, until the trash was emptied of it.

use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::support::Scratch;

#[test]
fn killed_deletions_and_restorations_lose_nothing() {
    let scratch = Scratch::new();
    scratch.synth(3, 0);
    let import = ["import", "designs/patents", "--format", "json"];
    let imported = scratch.json(&import)["imported"].as_u64().unwrap();
    let total = |arguments: &[&str]| scratch.json(arguments)["total"].as_u64().unwrap();
    let listed = || total(&["images", "list", "--format", "json"]);
    let trashed = || total(&["images", "trash", "--format", "json"]);
    for kill in 0..10 {
        let command: &[&str] = match kill % 2 {
            0 => &["images", "delete", "--file-name", "USD", "--yes"],
            _ => &["images", "restore", "--all"],
        };
        let mut child = scratch
            .command(command)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        sleep(Duration::from_millis(30 + 60 * kill));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(listed() + trashed(), imported, "killed {kill}");
    }
    scratch.run(&["images", "restore", "--all"]);
    assert_eq!((listed(), trashed()), (imported, 0));
    let found = scratch.json(&[
        "search",
        "--item",
        "1",
        "-k",
        "1000",
        "--min-score=-1",
        "--include-front-page",
        "--format",
        "json",
    ]);
    let matched = found["query_info"]["total_matched"].as_u64().unwrap();
    assert!(matched + 1 >= imported, "{matched} of {imported}");
}
