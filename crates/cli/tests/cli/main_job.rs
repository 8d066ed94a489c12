//! The main job from the terminal: synthetic patents in, a picture asked for, patents out.

use crate::support::{Scratch, files};

#[test]
fn import_then_search_by_sheet_photo_and_item() {
    let scratch = Scratch::new();
    let truth = scratch.synth(4, 1);
    let sheets = files(&scratch.path("designs/patents"), &["tif"]);

    let report = scratch.json(&["import", "designs/patents", "--format", "json"]);
    assert_eq!(report["total"], sheets.len());
    assert_eq!(report["imported"], sheets.len());
    assert_eq!(
        (&report["skipped"], &report["failed"]),
        (&0.into(), &0.into())
    );
    assert_eq!(report["failed_files"], serde_json::json!([]));
    assert!(report["elapsed_sec"].as_f64().unwrap() > 0.0);
    assert!(report["images_per_second"].as_f64().unwrap() > 0.0);

    let stats = scratch.json(&["collections", "stats", "--format", "json"]);
    assert_eq!(stats["num_entities"], sheets.len());
    assert_eq!(stats["num_patents"], 4);
    assert_eq!(stats["index"]["kind"], "flat");
    assert_eq!(stats["formats"]["tiff"], sheets.len());
    assert_eq!(stats["model"]["name"], "builtin");

    let design = &truth["designs"][1];
    let sheet = &design["sheets"][2];
    assert_eq!(sheet["front_page"], false);
    let file = format!("designs/{}", sheet["file"].as_str().unwrap());
    let answer = scratch.json(&["search", &file, "--top-k", "5", "--format", "json"]);
    let best = &answer["results"][0];
    assert_eq!(best["patent_id"], design["patent_id"]);
    assert!(best["max_score"].as_f64().unwrap() > 0.9999);
    for field in [
        "title",
        "loc_class",
        "pub_date",
        "claim_text",
        "inventor_names",
    ] {
        assert!(!best[field].is_null(), "{field}");
    }
    assert_eq!(answer["query_info"]["top_k"], 5);
    assert_eq!(answer["query_info"]["min_score"], 0.5);
    assert!(answer["timing"]["total_ms"].as_f64().unwrap() > 0.0);
    assert_eq!(
        answer["timing"]["milvus_search_ms"],
        answer["timing"]["vector_search_ms"]
    );

    let lines = scratch.run(&["search", &file, "--format", "jsonl", "--min-score", "-1"]);
    let lines: Vec<serde_json::Value> = String::from_utf8(lines.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 10);
    assert_eq!(
        (&lines[0]["rank"], &lines[0]["query"]),
        (&1.into(), &file.clone().into())
    );
    assert_eq!(lines[0]["patent_id"], design["patent_id"]);
    assert_eq!(lines[0]["collection"], "default");

    let id = lines[0]["id"].to_string();
    let by_item = scratch.json(&["search", "--item", &id, "--format", "json"]);
    assert_eq!(by_item["results"][0]["group_id"], best["group_id"]);

    let posed = ["search", &file, "--poses", "all", "--format", "json"];
    let posed = scratch.json(&posed);
    assert_eq!(posed["query_info"]["poses"].as_array().unwrap().len(), 8);
    assert_eq!(posed["results"][0]["group_id"], best["group_id"]);
    let poses = posed["results"][0]["pages"].as_array().unwrap();
    assert!(
        poses.iter().any(|page| page["pose"] == "upright"),
        "{poses:?}"
    );
    let wrong = scratch.fails(&["search", &file, "--poses", "some"], 2);
    assert!(wrong.contains("auto, upright, turns or all"), "{wrong}");

    let liked = scratch.json(&["search", "--like", &id, "--format", "json"]);
    assert_eq!(liked["results"][0]["group_id"], best["group_id"]);
    let other = lines[9]["id"].to_string();
    let steered = [
        "search", &file, "--like", &id, "--unlike", &other, "--format", "json",
    ];
    let steered = scratch.json(&steered);
    assert_eq!(steered["results"][0]["group_id"], best["group_id"]);
    assert_eq!(steered["query_info"]["unlike"][0], lines[9]["id"]);

    let photo = format!("designs/{}", design["photos"][0].as_str().unwrap());
    let by_photo = scratch.json(&[
        "search",
        &photo,
        "--top-groups",
        "4",
        "--min-score",
        "-1",
        "--format",
        "json",
    ]);
    assert_eq!(by_photo["results"].as_array().unwrap().len(), 4);

    let prepared = [
        "search",
        &photo,
        "--mode",
        "both",
        "--min-score",
        "-1",
        "--format",
        "json",
    ];
    let prepared = scratch.json(&prepared);
    let forms = prepared["query_info"]["forms"].as_array().unwrap();
    // Grey things on white are taken for drawings, which are asked with as they are.
    assert!(forms.contains(&"as_is".into()), "{forms:?}");
    let wrong = scratch.fails(&["search", &photo, "--mode", "sketch"], 2);
    assert!(wrong.contains("auto, photo, drawing or both"), "{wrong}");

    let filtered = scratch.json(&[
        "search",
        &file,
        "--exclude-patent-id",
        design["patent_id"].as_str().unwrap(),
        "--min-score",
        "-1",
        "--format",
        "json",
    ]);
    for group in filtered["results"].as_array().unwrap() {
        assert_ne!(group["patent_id"], design["patent_id"]);
    }

    let table = scratch.run(&["search", &file]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(
        table.contains(design["patent_id"].as_str().unwrap()),
        "{table}"
    );
}

#[test]
fn the_same_import_again_skips_everything() {
    let scratch = Scratch::new();
    scratch.synth(2, 0);
    let first = scratch.json(&["import", "designs/patents", "--format", "json"]);
    let again = scratch.json(&["import", "designs/patents", "--format", "json"]);
    assert_eq!(again["imported"], 0);
    assert_eq!(again["skipped"], first["imported"]);
    // The same sheets elsewhere are the same pages of the same patents.
    std::fs::rename(scratch.path("designs"), scratch.path("moved")).unwrap();
    let moved = scratch.json(&["import", "moved/patents", "--format", "json"]);
    assert_eq!(
        (&moved["imported"], &moved["skipped"]),
        (&0.into(), &first["imported"])
    );
    let progress = std::fs::read(scratch.path("data/import_progress.json")).unwrap();
    let progress: serde_json::Value = serde_json::from_slice(&progress).unwrap();
    assert_eq!(progress["status"], "completed");
    assert_eq!(progress["processed"], progress["total"]);
}

#[test]
fn copied_originals_survive_the_loss_of_their_folder() {
    let scratch = Scratch::new();
    scratch.synth(1, 0);
    scratch.json(&[
        "import",
        "designs/patents",
        "--originals",
        "copy",
        "--format",
        "json",
    ]);
    let kept = files(&scratch.path("data/blobs/originals"), &["tif", "tiff"]);
    let sheets = files(&scratch.path("designs/patents"), &["tif"]);
    let front_page_copy = 1;
    assert_eq!(kept.len(), sheets.len() - front_page_copy);
}

#[test]
fn collections_are_made_listed_and_dropped() {
    let scratch = Scratch::new();
    let made = scratch.json(&[
        "collections",
        "create",
        "shoes",
        "--metric",
        "l2",
        "--model",
        "builtin-1",
        "--size",
        "230",
        "--format",
        "json",
    ]);
    // Whole patches of 14 pixels.
    assert_eq!(
        (&made["metric"], &made["size"]),
        (&"l2".into(), &224.into())
    );
    let list = scratch.json(&["collections", "list", "--format", "json"]);
    assert_eq!(list[0]["name"], "shoes");
    scratch.synth(1, 0);
    let message = scratch.fails(
        &[
            "import",
            "designs/patents",
            "--collection",
            "shoes",
            "--metric",
            "ip",
        ],
        1,
    );
    assert!(
        message.contains("collection `shoes` has metric l2"),
        "{message}"
    );
    let message = scratch.fails(&["collections", "drop", "shoes"], 1);
    assert!(message.contains("--yes"), "{message}");
    assert!(
        scratch
            .run(&["collections", "drop", "shoes", "--yes"])
            .status
            .success()
    );
    assert_eq!(
        scratch.json(&["collections", "list", "--format", "json"]),
        serde_json::json!([])
    );
}

#[test]
fn wrong_usage_ends_with_2_and_failures_with_1() {
    let scratch = Scratch::new();
    for usage in [
        &["search"][..],
        &["search", "x.png", "--top-k", "0"],
        &["search", "x.png", "--top-k", "1001"],
        &["search", "x.png", "--region", "1,2"],
        &["import"],
        &["import", "x", "--metric", "manhattan"],
        &["fly"],
    ] {
        scratch.fails(usage, 2);
    }
    let message = scratch.fails(&["search", "x.png"], 1);
    assert!(message.contains("x.png"), "{message}");
    let message = scratch.fails(&["import", "nowhere"], 1);
    assert!(message.contains("nowhere"), "{message}");
    let message = scratch.fails(&["embed", "x.png", "--model", "dinov2-small"], 1);
    assert!(message.contains("model.safetensors"), "{message}");
    std::fs::write(scratch.path("x.png"), "no picture").unwrap();
    let message = scratch.fails(&["search", "x.png"], 1);
    assert!(
        message.contains("no collection named `default`"),
        "{message}"
    );
    let message = scratch.fails(&["search", "x.png", "--data", "empty"], 1);
    assert!(message.contains("no catalogue in empty"), "{message}");
}

#[test]
fn models_and_doctor_know_the_builtin_encoder() {
    let scratch = Scratch::new();
    let models = scratch.json(&["models", "list", "--format", "json"]);
    assert_eq!(
        (&models[0]["name"], &models[0]["trained"]),
        (&"builtin".into(), &true.into())
    );
    let doctor = scratch.json(&["doctor", "--format", "json"]);
    let encoder = doctor
        .as_array()
        .unwrap()
        .iter()
        .find(|check| check["check"] == "encoder")
        .unwrap();
    assert_eq!(encoder["state"], "ok");
    assert_eq!(models[1]["name"], "builtin-1");
    for (name, architecture, dim, size) in [
        ("builtin", "efficientnet-lite", 256, 320),
        ("builtin-1", "dinov2", 192, 112),
    ] {
        let info = scratch.json(&["models", "info", name, "--format", "json"]);
        assert_eq!(info["architecture"], architecture);
        assert_eq!(
            (&info["dim"], &info["image_size"]),
            (&dim.into(), &size.into())
        );
    }
}
