//! `lookalike features`: banks in, banks out, searched and stopped.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::Duration;

use lookalike_npy as npy;

use crate::support::Scratch;

fn golden(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/features");
    path.join(name).to_str().unwrap().to_owned()
}

#[test]
fn a_bank_is_imported_searched_and_exported() {
    let scratch = Scratch::new();
    let bank = golden("f32.npz");
    let import = [
        "features",
        "import",
        &bank,
        "--collection",
        "bank",
        "--format",
        "json",
    ];
    let report = scratch.json(&import);
    assert_eq!(
        (&report["imported"], &report["failed"]),
        (&7.into(), &0.into())
    );
    assert!(report["failed_files"].as_array().unwrap().is_empty());
    assert!(report["elapsed_sec"].as_f64().is_some());
    assert_eq!(scratch.json(&import)["skipped"], 7);
    // `import` knows a bank when it sees one.
    let plain = ["import", &bank, "--collection", "bank", "--format", "json"];
    assert_eq!(scratch.json(&plain)["skipped"], 7);
    let mixed = scratch.fails(&["import", &bank, "."], 1);
    assert!(mixed.contains("one by one"), "{mixed}");
    let model = scratch.fails(&["import", &bank, "--model", "builtin"], 1);
    assert!(model.contains("256 numbers"), "{model}");
    let watch = scratch.fails(&["import", &bank, "--watch"], 1);
    assert!(watch.contains("made already"), "{watch}");

    let stats = scratch.json(&["collections", "stats", "bank", "--format", "json"]);
    assert_eq!(
        (&stats["dim"], &stats["metric"]),
        (&5.into(), &"cosine".into())
    );
    assert!(stats["model"].is_null());

    let mut vector = File::create(scratch.path("query.npy")).unwrap();
    npy::write(&mut vector, &[5], &[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
    let search = |what: &[&str]| {
        let mut arguments = vec!["search", "--collection", "bank", "--format", "json"];
        arguments.extend(what);
        scratch.json(&arguments)["query_info"]["total_matched"]
            .as_u64()
            .unwrap()
    };
    assert_eq!(search(&["--vector", "query.npy", "--top-k", "7"]), 7);
    assert_eq!(search(&["--item", "1", "--attributes", "category=lamp"]), 2);
    let info = scratch.json(&[
        "search",
        "--item",
        "1",
        "--collection",
        "bank",
        "--nprobe",
        "8",
        "--ef-search",
        "64",
        "--exact",
        "--format",
        "json",
    ])["query_info"]
        .clone();
    assert_eq!(
        (&info["nprobe"], &info["ef_search"], &info["exact"]),
        (&8.into(), &64.into(), &true.into())
    );
    let beyond = scratch.fails(&["search", "--item", "1", "--ef-search", "16385"], 2);
    assert!(beyond.contains("1 to 16384"), "{beyond}");
    let message = scratch.fails(
        &[
            "search",
            &golden("../images/good/png-rgb.png"),
            "--collection",
            "bank",
        ],
        1,
    );
    assert!(message.contains("has no encoder"), "{message}");

    std::fs::create_dir(scratch.path("out")).unwrap();
    for (name, output) in [
        ("npz", "out/bank.npz"),
        ("npy", "out/bank.npy"),
        ("files", "out/bank"),
    ] {
        let export = ["features", "export", "--collection", "bank", "-o", output];
        let report = scratch.json(&[&export[..], &["--format", "json"]].concat());
        assert_eq!(
            (&report["exported"], &report["dim"]),
            (&7.into(), &5.into())
        );
        let import = ["features", "import", output, "--collection", name];
        let report = scratch.json(&[&import[..], &["--format", "json"]].concat());
        assert_eq!(report["imported"], 7, "{name}");
    }
    let layout = ["--layout", "npz"];
    let forced = [
        &["features", "export", "--collection", "bank", "-o", "plain"][..],
        &layout,
    ];
    assert!(scratch.run(&forced.concat()).status.success());
    assert!(
        std::fs::read(scratch.path("plain"))
            .unwrap()
            .starts_with(b"PK")
    );
}

#[test]
fn what_fails_is_told_by_message_and_exit_code() {
    let scratch = Scratch::new();
    let message = scratch.fails(&["features", "import", &golden("older")], 1);
    assert!(message.contains("has no embedding_index"), "{message}");
    let message = scratch.fails(&["features", "import", &golden("objects.npz")], 1);
    assert!(message.contains("pickled Python objects"), "{message}");
    let message = scratch.fails(&["features", "export", "-o", "no/where.npz"], 1);
    assert!(message.contains("no/where.npz"), "{message}");
    scratch.fails(&["features", "import", "x", "--metric", "angle"], 2);
    scratch.fails(&["features", "import"], 2);
}

#[test]
fn a_killed_import_goes_on_with_every_row_once() {
    let scratch = Scratch::new();
    let rows = 30_000;
    let values: Vec<f32> = (0..rows * 8).map(|value| value as f32).collect();
    let mut bank = File::create(scratch.path("bank.npy")).unwrap();
    npy::write(&mut bank, &[rows, 8], &values).unwrap();
    bank.flush().unwrap();
    let arguments = ["features", "import", "bank.npy", "--format", "json"];
    for wait_ms in [30, 150, 400] {
        let mut child = scratch
            .command(&arguments)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(wait_ms));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let last = scratch.json(&arguments);
    let done = last["imported"].as_u64().unwrap() + last["skipped"].as_u64().unwrap();
    assert_eq!(done, rows as u64);
    let again = scratch.json(&arguments);
    assert_eq!(
        (&again["imported"], &again["skipped"]),
        (&0.into(), &rows.into())
    );
    scratch.run(&["features", "export", "-o", "again.npy"]);
    let original = std::fs::read(scratch.path("bank.npy")).unwrap();
    assert_eq!(std::fs::read(scratch.path("again.npy")).unwrap(), original);
}
