//! Searches and what they answer, field by field.

use lookalike_imaging::{RgbImage, encode_png};
use serde_json::{Value, json};

use crate::fixture::{Server, picture};

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

#[test]
fn an_answer_has_every_field_of_the_contract() {
    let server = Server::new();
    let answer = server.search(&[("file", Some("x.png"), &picture(1)), ("top_k", None, b"2")]);
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!(
        (&body["code"], &body["message"]),
        (&json!(0), &json!("success"))
    );
    let data = &body["data"];
    assert_eq!(
        keys(data),
        ["query_info", "query_token", "results", "timing"]
    );
    let best = &data["results"][0];
    assert_eq!(
        keys(best),
        [
            "applicant_country",
            "applicant_name",
            "band",
            "claim_text",
            "expiry_date",
            "filing_date",
            "group_id",
            "image_count",
            "inventor_names",
            "loc_class",
            "max_score",
            "pages",
            "patent_id",
            "pub_date",
            "status",
            "title",
            "us_class",
        ]
    );
    for (field, value) in [
        ("group_id", json!("USD1107373")),
        ("patent_id", json!("USD1107373")),
        ("title", json!("Watch <band>")),
        ("loc_class", json!("10-02")),
        ("us_class", json!("D10/32")),
        ("pub_date", json!(20_251_230)),
        ("filing_date", json!(20_240_105)),
        ("expiry_date", json!(20_401_230)),
        ("status", json!("in_force")),
        (
            "claim_text",
            json!("The ornamental design for a watch band."),
        ),
        ("image_count", json!(1)),
    ] {
        assert_eq!(best[field], value, "{field}");
    }
    let page = &best["pages"][0];
    assert_eq!(
        keys(page),
        [
            "collection",
            "figure",
            "file_name",
            "form",
            "height",
            "id",
            "image_index",
            "page_num",
            "pose",
            "score",
            "score_first",
            "thumbnail_url",
            "width"
        ]
    );
    assert_eq!(page["page_num"], "D00001");
    assert_eq!(page["file_name"], "USD1107373-20251230-D00001.TIF");
    assert!(page["score"].as_f64().unwrap() > 0.9999);
    assert_eq!(
        page["thumbnail_url"],
        format!(
            "/api/image/USD1107373-20251230-D00001.TIF?id={}",
            page["id"]
        )
    );
    assert_eq!(
        keys(&data["timing"]),
        [
            "feature_extraction_ms",
            "milvus_search_ms",
            "post_process_ms",
            "total_ms",
            "vector_search_ms",
        ]
    );
    assert_eq!(data["query_info"]["top_k"], 2);
    assert_eq!(data["query_info"]["min_score"], 0.5);
    assert_eq!(data["query_info"]["total_matched"], 2);
    assert_eq!(data["query_info"]["collections"], json!(["default"]));
    assert_eq!(data["query_info"]["filters"], json!({}));
}

#[test]
fn filters_thresholds_and_regions_are_taken_from_the_form() {
    let server = Server::new();
    let file = picture(2);
    let search = |fields: &[(&str, Option<&str>, &[u8])]| {
        let mut all: Vec<(&str, Option<&str>, &[u8])> = vec![("file", Some("q.png"), &file)];
        all.extend_from_slice(fields);
        server.search(&all).json()["data"].clone()
    };
    let filtered = search(&[("loc_class", None, b"10"), ("min_score", None, b"-1")]);
    assert_eq!(filtered["results"].as_array().unwrap().len(), 1);
    assert_eq!(filtered["results"][0]["patent_id"], "USD1107373");
    assert_eq!(
        filtered["query_info"]["filters"],
        json!({"loc_class": ["10"]})
    );
    let excluded = search(&[
        ("exclude_patent_id", None, b"US D1,107,373 S"),
        ("min_score", None, b"-1"),
    ]);
    assert_eq!(excluded["query_info"]["total_matched"], 2);
    let groups = search(&[("top_groups", None, b"1"), ("region", None, b"0,0,0.5,0.5")]);
    assert_eq!(groups["query_info"]["top_groups"], 1);
    let two = search(&[
        ("file", Some("second.png"), &picture(3)),
        ("min_score", None, b"-1"),
    ]);
    assert_eq!(two["query_info"]["total_matched"], 3);
}

#[test]
fn every_search_takes_how_hard_to_try() {
    let server = Server::new();
    let fields: [(&str, Option<&str>, &[u8]); 4] = [
        ("file", Some("x.png"), &picture(1)),
        ("nprobe", None, b"7"),
        ("ef_search", None, b"9"),
        ("exact", None, b"true"),
    ];
    let body = json!({"nprobe": 7, "ef_search": "9", "exact": true});
    let mut vector = body.clone();
    vector["vector"] = json!(vec![0.1; 256]);
    for answer in [
        server.search(&fields),
        server.post("/api/search/item/1", body.to_string().as_bytes()),
        server.post("/api/search/vector", vector.to_string().as_bytes()),
    ] {
        let info = answer.json()["data"]["query_info"].clone();
        assert_eq!(
            (&info["nprobe"], &info["ef_search"], &info["exact"]),
            (&json!(7), &json!(9), &json!(true))
        );
    }
    for (body, message) in [
        (r#"{"nprobe": 0}"#, "nprobe is 0: expected 1 to 65536"),
        (
            r#"{"ef_search": 16385}"#,
            "ef_search is 16385: expected 1 to 16384",
        ),
        (r#"{"nprobe": "x"}"#, "nprobe is `x`"),
        (r#"{"exact": "maybe"}"#, "give true or false"),
    ] {
        let answer = server.post("/api/search/item/1", body.as_bytes());
        assert_eq!(answer.status, 400, "{body}");
        let text = answer.json()["message"].to_string();
        assert!(text.contains(message), "{text}");
    }
}

#[test]
fn every_search_takes_poses_and_says_which_were_used() {
    let server = Server::new();
    let fields = |poses: &'static str| -> [(&str, Option<&str>, Vec<u8>); 3] {
        [
            ("file", Some("x.png"), picture(1)),
            ("min_score", None, b"-1".to_vec()),
            ("poses", None, poses.into()),
        ]
    };
    let search = |poses| {
        let fields = fields(poses);
        let fields: Vec<_> = fields.iter().map(|(a, b, c)| (*a, *b, &c[..])).collect();
        server.search(&fields)
    };
    for (poses, used) in [
        ("upright", &["upright"][..]),
        (
            "turns",
            &["upright", "turned_90", "turned_180", "turned_270"],
        ),
        (
            "all",
            &[
                "upright",
                "turned_90",
                "turned_180",
                "turned_270",
                "mirrored",
                "mirrored_turned_90",
                "mirrored_turned_180",
                "mirrored_turned_270",
            ],
        ),
    ] {
        let data = search(poses).json()["data"].clone();
        assert_eq!(data["query_info"]["poses"], json!(used));
        let pages = data["results"].as_array().unwrap();
        for page in pages
            .iter()
            .flat_map(|group| group["pages"].as_array().unwrap())
        {
            assert!(used.contains(&page["pose"].as_str().unwrap()), "{page}");
        }
    }
    let by_item = server
        .post("/api/search/item/1", br#"{"poses": "turns"}"#)
        .json();
    assert_eq!(
        by_item["data"]["query_info"]["poses"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    assert_eq!(by_item["data"]["results"][0]["pages"][0]["pose"], "upright");
    let wrong = search("sideways");
    assert_eq!(wrong.status, 400);
    let message = wrong.json()["message"].to_string();
    assert!(message.contains("auto, upright, turns or all"), "{message}");
}

#[test]
fn every_search_takes_items_to_be_like_and_not() {
    let server = Server::new();
    let alone = server.search(&[("like", None, b"2"), ("min_score", None, b"-1")]);
    let alone = alone.json()["data"].clone();
    assert_eq!(alone["results"][0]["pages"][0]["id"], 2);
    assert_eq!(alone["query_info"]["like"], json!([2]));
    assert_eq!(alone["query_info"]["unlike"], Value::Null);
    let token = alone["query_token"].as_str().unwrap();
    let why = server.get(&format!("/api/explain?item=1&query={token}"));
    assert_eq!(why.status, 200, "by what is liked");
    let report = server.get(&format!("/api/reports/{token}.html"));
    assert_eq!(report.status, 200);

    let steered = json!({"like": [2], "unlike": [3], "min_score": -1});
    let mut vector = steered.clone();
    vector["vector"] = json!(vec![0.1; 256]);
    let fields: [(&str, Option<&str>, &[u8]); 4] = [
        ("file", Some("x.png"), &picture(1)),
        ("like", None, b"2"),
        ("unlike", None, b"3"),
        ("min_score", None, b"-1"),
    ];
    for answer in [
        server.search(&fields),
        server.post("/api/search/item/1", steered.to_string().as_bytes()),
        server.post("/api/search/vector", vector.to_string().as_bytes()),
    ] {
        let data = answer.json()["data"].clone();
        let info = &data["query_info"];
        assert_eq!((&info["like"], &info["unlike"]), (&json!([2]), &json!([3])));
        let best = &data["results"][0]["pages"][0];
        assert!([1, 2].contains(&best["id"].as_i64().unwrap()), "{best}");
    }
    let neither = server.search(&[("unlike", None, b"2")]);
    assert_eq!(neither.status, 400);
    let unknown = server.search(&[("like", None, b"77")]);
    assert_eq!(unknown.status, 404);
}

#[test]
fn every_search_takes_a_mode_and_says_which_forms_were_used() {
    let server = Server::new();
    let search = |mode: &str| {
        server.search(&[
            ("file", Some("x.png"), &photo()),
            ("min_score", None, b"-1"),
            ("mode", None, mode.as_bytes()),
        ])
    };
    for (mode, forms) in [
        ("auto", json!(["as_is", "cut_out", "drawing"])),
        ("photo", json!(["as_is", "cut_out"])),
        ("drawing", json!(["drawing"])),
        ("both", json!(["as_is", "cut_out", "drawing"])),
    ] {
        let data = search(mode).json()["data"].clone();
        assert_eq!(data["query_info"]["forms"], forms, "{mode}");
        let form = &data["results"][0]["pages"][0]["form"];
        assert!(forms.as_array().unwrap().contains(form), "{form}");
    }
    let wrong = search("sketch");
    assert_eq!(wrong.status, 400);
    let message = wrong.json()["message"].to_string();
    assert!(
        message.contains("auto, photo, drawing or both"),
        "{message}"
    );

    // What was searched with can be looked at.
    let preview = |form| server.post(&format!("/api/preview?form={form}"), &photo());
    let (as_is, cut_out, drawing) = (preview("as_is"), preview("cut_out"), preview("drawing"));
    assert_eq!(
        (as_is.status, cut_out.status, drawing.status),
        (200, 200, 200)
    );
    assert!(as_is.body != cut_out.body && cut_out.body != drawing.body);
    assert_eq!(preview("sketch").status, 400);
}

/// A thing of two colours on a plain ground.
fn photo() -> Vec<u8> {
    let (width, height) = (160, 120);
    let pixel = |index: u32| {
        let (x, y) = (index % width, index / width);
        match ((40..120).contains(&x), (30..90).contains(&y), x < 80) {
            (true, true, true) => [180, 60, 40],
            (true, true, false) => [30, 60, 140],
            _ => [215, 220, 225],
        }
    };
    let data = (0..width * height).flat_map(pixel).collect();
    encode_png(&RgbImage::new(width, height, data).unwrap()).unwrap()
}

#[test]
fn items_and_vectors_are_searched_too() {
    let server = Server::new();
    let by_item = server.post("/api/search/item/1", b"").json();
    let best = &by_item["data"]["results"][0]["pages"][0];
    assert_eq!(best["id"], 1);
    let vector = vec![0.1; 256];
    let body = json!({"vector": vector, "top_k": 2, "exclude_item_id": [1]}).to_string();
    let by_vector = server.post("/api/search/vector", body.as_bytes()).json();
    assert_eq!(by_vector["data"]["query_info"]["total_matched"], 2);
    assert_eq!(by_vector["data"]["query_info"]["min_score"], Value::Null);
}

#[test]
fn statistics_and_health_say_what_is_there() {
    let server = Server::new();
    let stats = server.get("/api/collection/stats").json()["data"].clone();
    for field in [
        "name",
        "num_entities",
        "num_patents",
        "index",
        "metric",
        "dim",
        "model",
        "storage_bytes",
        "formats",
    ] {
        assert!(!stats[field].is_null(), "{field}");
    }
    assert_eq!(
        (&stats["num_entities"], &stats["num_patents"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(keys(&stats["index"]), ["kind", "params", "state"]);
    assert_eq!(
        keys(&stats["model"]),
        [
            "bands",
            "device",
            "name",
            "near_duplicate",
            "precision",
            "superseded_by",
            "trained"
        ]
    );
    assert_eq!(stats["model"]["trained"], true);
    let list = server.get("/api/collections").json();
    assert_eq!(list["data"][0]["name"], "default");
    let health = server.get("/health");
    assert_eq!(health.status, 200);
    let health = health.json();
    assert_eq!(health["status"], "ok");
    assert_eq!(
        keys(&health["components"]),
        [
            "accelerator",
            "catalog",
            "disk",
            "index",
            "milvus",
            "model",
            "object_store"
        ]
    );
    assert_eq!(server.get("/health/live").json()["status"], "ok");
}

#[test]
fn fields_come_in_the_order_of_the_contract() {
    let server = Server::new();
    let fields: [(&str, Option<&str>, &[u8]); 2] =
        [("file", Some("x.png"), &picture(1)), ("top_k", None, b"1")];
    let answer = server.search(&fields);
    let text = String::from_utf8(answer.body).unwrap();
    // The example of the contract, its values left out, with the band, the US class, the sides,
    // the figure and the second look.
    let expected = "code message data results group_id patent_id max_score band title \
                    loc_class us_class pub_date filing_date expiry_date status applicant_name applicant_country \
                    inventor_names claim_text image_count pages id collection file_name page_num \
                    image_index score score_first pose form thumbnail_url width height figure index number label view box timing feature_extraction_ms \
                    vector_search_ms milvus_search_ms post_process_ms total_ms query_info top_k \
                    min_score rerank poses forms total_matched collections filters query_token";
    let names: Vec<&str> = text
        .split("\":")
        .filter_map(|before| before.rsplit_once('"'))
        .map(|(_, name)| name)
        .filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        .collect();
    let expected: Vec<&str> = expected.split_whitespace().collect();
    assert_eq!(names[..expected.len()], expected);
}

#[test]
fn every_picture_has_a_region_of_its_own() {
    let server = Server::new();
    let (one, two) = (picture(1), picture(2));
    let search = |regions: &[&str]| {
        let mut fields: Vec<(&str, Option<&str>, &[u8])> = vec![
            ("file", Some("one.png"), &one),
            ("file", Some("two.png"), &two),
            ("min_score", None, b"-1"),
        ];
        fields.extend(
            regions
                .iter()
                .map(|region| ("region", None, region.as_bytes())),
        );
        server.search(&fields)
    };
    let score = |answer: &Value| answer["data"]["results"][0]["max_score"].clone();
    let whole = search(&[]).json();
    assert_eq!(
        whole["data"]["query_info"]["queries"],
        json!([
            {"kind": "picture", "file_name": "one.png"},
            {"kind": "picture", "file_name": "two.png"}
        ])
    );
    let (left, right) = ("0,0,0.5,1", "0.5,0,0.5,1");
    let one_for_all = search(&[left]).json();
    let one_each = search(&[left, right]).json();
    assert_eq!(
        one_each["data"]["query_info"]["queries"],
        json!([
            {"kind": "picture", "file_name": "one.png", "region": [0.0, 0.0, 0.5, 1.0]},
            {"kind": "picture", "file_name": "two.png", "region": [0.5, 0.0, 0.5, 1.0]},
        ])
    );
    let twice = search(&[left, left]).json();
    assert_eq!(score(&one_for_all), score(&twice));
    assert_ne!(score(&whole), score(&one_for_all));
    assert_ne!(score(&one_for_all), score(&one_each));
    let answer = search(&[left, right, left]);
    assert_eq!(answer.status, 400);
    let message = answer.json()["message"].to_string();
    assert!(message.contains("3 regions for 2 pictures"), "{message}");
}

#[test]
fn words_find_texts_and_say_where() {
    let server = Server::new();
    let body = json!({"query": "watch bands", "collection": ["default"], "top_k": 5});
    let answer = server.post("/api/search/text", body.to_string().as_bytes());
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    let data = &answer.json()["data"];
    let page = &data["results"][0]["pages"][0];
    assert_eq!(page["file_name"], "USD1107373-20251230-D00001.TIF");
    assert_eq!(
        page["found_by"],
        json!({"meaning": null, "probability": null, "texts": ["title", "claim"]})
    );
    assert_eq!(data["query_info"]["queries"][0]["text"], "watch bands");
    assert_eq!(data["query_info"]["min_score"], Value::Null);
    for (body, expected) in [
        (json!({}), "no `query`"),
        (json!({"query": " "}), "no words"),
        (json!({"query": "a", "template": ["b"]}), "has no {}"),
        (
            json!({"query": "a", "colour": "red"}),
            "no parameter `colour`",
        ),
    ] {
        let answer = server.post("/api/search/text", body.to_string().as_bytes());
        assert_eq!(answer.status, 400, "{body}");
        assert!(
            String::from_utf8_lossy(&answer.body).contains(expected),
            "{}",
            String::from_utf8_lossy(&answer.body)
        );
    }
}
