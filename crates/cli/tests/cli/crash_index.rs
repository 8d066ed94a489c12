//! A process killed while it builds or writes an index: the next one answers right all the same.

use std::fs::File;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use lookalike_npy as npy;

use crate::support::{Scratch, files};

const COUNT: usize = 6000;
const DIM: usize = 32;

/// Numbers that look random, the same every time.
fn vectors() -> Vec<f32> {
    let mut state = 1_u64;
    let next = || {
        state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
        (state >> 40) as f32 / (1 << 24) as f32 - 0.5
    };
    std::iter::repeat_with(next).take(COUNT * DIM).collect()
}

#[test]
fn a_killed_rebuild_leaves_an_index_that_answers_right() {
    let scratch = Scratch::new();
    let vectors = vectors();
    let mut file = File::create(scratch.path("bank.npy")).unwrap();
    npy::write(&mut file, &[COUNT, DIM], &vectors).unwrap();
    let mut file = File::create(scratch.path("query.npy")).unwrap();
    npy::write(&mut file, &[DIM], &vectors[..DIM]).unwrap();
    let lines: String = (0..COUNT)
        .map(|row| format!("{{\"file_name\": \"{row}.png\"}}\n"))
        .collect();
    std::fs::write(scratch.path("bank.jsonl"), lines).unwrap();
    let import = [
        "features",
        "import",
        "bank.npy",
        "--collection",
        "bank",
        "--index",
        "hnsw",
    ];
    assert!(scratch.run(&import).status.success());

    let search = |effort: &[&str]| {
        let mut arguments = vec!["search", "--vector", "query.npy", "--collection", "bank"];
        arguments.extend(["--top-k", "20", "--format", "json"]);
        arguments.extend(effort);
        scratch.json(&arguments)["results"].clone()
    };
    let expected = search(&["--exact"]);
    assert_eq!(expected.as_array().unwrap().len(), 20);
    for kill in 0..8 {
        let mut rebuild = scratch
            .command(&["collections", "rebuild-index", "bank"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Spread over start, building, writing and the end.
        sleep(Duration::from_millis(20 + 90 * kill));
        rebuild.kill().unwrap();
        rebuild.wait().unwrap();
        assert_eq!(search(&["--exact"]), expected);
        assert_eq!(search(&["--ef-search", "400"]), expected);
    }
    assert!(
        scratch
            .run(&["collections", "rebuild-index", "bank"])
            .status
            .success()
    );
    assert_eq!(search(&["--exact"]), expected);
    let stats = scratch.json(&["collections", "stats", "bank", "--format", "json"]);
    assert_eq!(stats["index"]["kind"], "hnsw");
    assert_eq!(stats["index"]["params"]["m"], 16);
    // What a killed process left half-written is not taken for an index.
    assert_eq!(files(&scratch.path("data/indexes"), &["index"]).len(), 2);
}
