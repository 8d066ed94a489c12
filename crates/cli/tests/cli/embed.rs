//! `lookalike embed`: formats, tokens, failures.

use crate::support::{Scratch, files};

fn scratch_with_sheet() -> (Scratch, String) {
    let scratch = Scratch::new();
    scratch.synth(1, 1);
    let sheet = files(&scratch.path("designs/patents"), &["tif"]).remove(1);
    (scratch, sheet.to_str().unwrap().to_owned())
}

#[test]
fn lines_hold_a_unit_vector_or_the_reason() {
    let (scratch, sheet) = scratch_with_sheet();
    std::fs::write(scratch.path("broken.tif"), "II*\0").unwrap();
    let output = scratch.run(&["embed", "broken.tif", &sheet, "--format", "jsonl"]);
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<serde_json::Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["file"], "broken.tif");
    assert!(
        lines[0]["error"].as_str().unwrap().contains("tiff"),
        "{}",
        lines[0]
    );
    assert_eq!(
        (&lines[1]["model"], &lines[1]["dim"]),
        (&"builtin".into(), &256.into())
    );
    let embedding = lines[1]["embedding"].as_array().unwrap();
    let square: f64 = embedding.iter().map(|v| v.as_f64().unwrap().powi(2)).sum();
    assert_eq!(embedding.len(), 256);
    assert!((square - 1.0).abs() < 1e-5, "{square}");
}

#[test]
fn arrays_agree_with_lines_and_tokens_have_the_right_shape() {
    let (scratch, sheet) = scratch_with_sheet();
    let line = scratch.json(&["embed", &sheet, "--format", "jsonl"]);
    assert!(
        scratch
            .run(&["embed", &sheet, "-o", "out.npy"])
            .status
            .success()
    );
    let array = std::fs::read(scratch.path("out.npy")).unwrap();
    let text = String::from_utf8_lossy(&array[..128]).into_owned();
    assert!(text.contains("'shape': (1, 256)"), "{text}");
    let first = f32::from_le_bytes(array[128..132].try_into().unwrap());
    assert_eq!(
        f64::from(first) as f32,
        line["embedding"][0].as_f64().unwrap() as f32
    );
    let tokens = |model, choice| {
        let arguments = ["embed", &sheet, "--format", "jsonl", "--model", model];
        scratch.json(&[&arguments[..], &["--tokens", choice]].concat())
    };
    let all = tokens("builtin-1", "all");
    let rows = all["embedding"].as_array().unwrap();
    assert_eq!(rows.len(), 1 + 8 * 8);
    assert_eq!(tokens("builtin-1", "patch")["embedding"][0], rows[1]);
    // Patches of the present one are shorter than its embeddings.
    let patches = tokens("builtin", "patch");
    let rows = patches["embedding"].as_array().unwrap();
    assert_eq!((rows.len(), &patches["dim"]), (20 * 20, &88.into()));
    assert_eq!(rows[0].as_array().unwrap().len(), 88);
    assert!(
        scratch
            .run(&["embed", &sheet, "-o", "out.npz"])
            .status
            .success()
    );
    assert!(
        std::fs::read(scratch.path("out.npz"))
            .unwrap()
            .starts_with(b"PK")
    );
}

#[test]
fn the_portable_path_gives_the_same_embedding() {
    let (scratch, sheet) = scratch_with_sheet();
    let embed = |model: &str, isa: &str, precision: &str| -> Vec<f64> {
        let arguments = ["embed", &sheet, "--format", "jsonl", "--model", model];
        let output = scratch
            .command(&arguments)
            .args(["--precision", precision])
            .env("LOOKALIKE_ISA", isa)
            .output()
            .unwrap();
        let line: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let numbers = line["embedding"].as_array().unwrap().iter();
        numbers.map(|value| value.as_f64().unwrap()).collect()
    };
    for (model, precisions) in [
        ("builtin", &["f32", "auto", "bf16"][..]),
        ("builtin-1", &["f32", "auto", "bf16", "int8"]),
    ] {
        let plain = embed(model, "portable", "f32");
        for precision in precisions {
            let least = match *precision {
                "f32" => 0.999_999,
                "int8" => 0.99,
                _ => 0.999_5,
            };
            let fast = embed(model, "", precision);
            let cosine: f64 = fast.iter().zip(&plain).map(|(a, b)| a * b).sum();
            assert!(cosine > least, "{model}, {precision}: {cosine}");
        }
    }
    let message = scratch
        .command(&["doctor"])
        .env("LOOKALIKE_ISA", "mmx")
        .output()
        .unwrap();
    assert_eq!(message.status.code(), Some(1));
}

#[test]
fn a_file_without_a_row_is_not_written() {
    let scratch = Scratch::new();
    std::fs::write(scratch.path("out.npz"), "of an earlier run").unwrap();
    let told = scratch.fails(&["embed", "nosuch.png", "-o", "out.npz"], 1);
    assert!(told.contains("out.npz was not written"), "{told}");
    let kept = std::fs::read_to_string(scratch.path("out.npz")).unwrap();
    assert_eq!(kept, "of an earlier run");
    let told = scratch.fails(&["embed", "nosuch.png", "-o", "no/out.npz"], 1);
    assert!(told.contains("there is no folder no"), "{told}");
}

#[test]
fn words_are_embedded_by_a_model_that_reads_them() {
    let (scratch, _) = scratch_with_sheet();
    let clip = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/clip/hub");
    let line = scratch.json(&[
        "embed",
        "--text",
        "一只猫",
        "--model",
        clip,
        "--format",
        "jsonl",
    ]);
    assert_eq!(
        (&line["file"], &line["dim"]),
        (&"一只猫".into(), &48.into())
    );
    let output = scratch.run(&["embed", "--text", "a cat"]);
    assert!(!output.status.success());
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("embed no texts"), "{error}");
}
