//! `--device`: what models run on, and what is said where there is no card.

use serde_json::Value;

use crate::support::Scratch;

/// Whether this machine has an adapter that stands in for a card, and the program knows of it.
fn has_software() -> bool {
    if !cfg!(feature = "gpu") {
        eprintln!("skipped: built without graphics cards");
        return false;
    }
    let checks = Scratch::new().json(&["doctor", "--format", "json"]);
    let of_cards = |check: &&Value| check["check"] == "graphics card";
    let found = checks.as_array().unwrap().iter().find(of_cards).unwrap();
    let has = found["detail"].as_str().unwrap().contains("llvmpipe");
    if !has {
        eprintln!("skipped: no software adapter; tools/install-software-vulkan installs one");
    }
    has
}

fn embedding(line: &Value) -> Vec<f64> {
    let values = line["embedding"].as_array().unwrap();
    values.iter().map(|value| value.as_f64().unwrap()).collect()
}

#[test]
fn a_card_that_is_not_there_is_an_error_that_says_what_to_do() {
    let scratch = Scratch::new();
    scratch.synth(1, 1);
    let error = scratch.fails(&["--device", "gpu:77", "import", "designs/photos"], 1);
    let expected = if cfg!(feature = "gpu") {
        "graphics card 77 was not found"
    } else {
        "use --device cpu, or build it with"
    };
    assert!(error.contains(expected), "{error}");
    let error = scratch.fails(&["--device", "tpu", "import", "designs/photos"], 2);
    assert!(error.contains("use auto, cpu, gpu"), "{error}");
}

#[test]
fn auto_never_takes_a_program_for_a_card() {
    let scratch = Scratch::new();
    for device in ["auto", "cpu"] {
        let arguments = [
            "--device", device, "models", "info", "builtin", "--format", "json",
        ];
        let info = scratch.json(&arguments);
        if has_software() || device == "cpu" {
            assert_eq!(
                (&info["device"], &info["notes"]),
                (&"cpu".into(), &Value::Array(vec![]))
            );
        }
    }
}

#[test]
fn an_import_says_what_it_ran_on_and_is_searched_from_the_cpu() {
    if !has_software() {
        return;
    }
    let scratch = Scratch::new();
    scratch.synth(1, 2);
    let arguments = [
        "--device",
        "software",
        "import",
        "designs/photos",
        "--format",
        "json",
    ];
    let report = scratch.json(&arguments);
    assert!(report["imported"].as_u64().unwrap() > 0, "{report}");
    let device = &report["device"];
    assert!(
        device["name"].as_str().unwrap().contains("llvmpipe"),
        "{report}"
    );
    assert_eq!(device["notes"], Value::Array(Vec::new()));
    let stats = scratch.json(&[
        "--device",
        "cpu",
        "collections",
        "stats",
        "default",
        "--format",
        "json",
    ]);
    assert_eq!(stats["model"]["device"], "cpu");

    let photo = crate::support::files(&scratch.path("designs/photos"), &["jpg", "png"]).remove(0);
    let photo = photo.to_str().unwrap();
    let on = |device| scratch.json(&["--device", device, "embed", photo, "--format", "jsonl"]);
    let (there, here) = (embedding(&on("software")), embedding(&on("cpu")));
    let cosine: f64 = there.iter().zip(&here).map(|(a, b)| a * b).sum();
    assert!(cosine >= 0.999_5, "{cosine}");
}
