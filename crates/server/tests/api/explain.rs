//! Why a hit is a hit.

use lookalike_imaging::{DecodeOptions, decode};
use serde_json::json;

use crate::fixture::{Server, picture};

#[test]
fn a_hit_is_explained_by_its_search() {
    let server = Server::new();
    let found = server
        .search(&[
            ("file", Some("q.png"), &picture(2)),
            ("region", None, b"0,0,0.8,1"),
        ])
        .json()["data"]
        .clone();
    let token = found["query_token"].as_str().unwrap();
    let item = &found["results"][0]["pages"][0]["id"];
    let address = format!("/api/explain?item={item}&query={token}");
    let answer = server.get(&address);
    assert_eq!(answer.status, 200);
    let data = &answer.json()["data"];
    assert_eq!(data["item"], *item);
    assert_eq!(
        (&data["query_index"], &data["query_item"]),
        (&json!(0), &json!(null))
    );
    let sides = ["query_width", "query_height", "item_width", "item_height"];
    assert_eq!(
        sides.map(|side| data[side].as_u64().unwrap()),
        [72, 60, 90, 60]
    );
    let points = data["points"].as_array().unwrap();
    assert!(!points.is_empty() && points.len() <= 12);
    for point in points {
        for place in [&point["query"], &point["item"]] {
            for fraction in place.as_array().unwrap() {
                assert!((0.0..=1.0).contains(&fraction.as_f64().unwrap()), "{point}");
            }
        }
        assert!(point["similarity"].as_f64().unwrap() <= 1.0);
    }
    assert!(data["timing"]["total_ms"].as_f64().unwrap() > 0.0);
    for (map, width) in [("query_heatmap", 72), ("item_heatmap", 90)] {
        let answer = server.get(data[map].as_str().unwrap());
        assert_eq!(answer.header("content-type"), Some("image/png"));
        let image = decode(&answer.body, &DecodeOptions::default())
            .unwrap()
            .image;
        assert_eq!((image.width(), image.height()), (width, 60));
    }
}

#[test]
fn two_items_are_compared_without_a_search() {
    let server = Server::new();
    let data = server.get("/api/explain?item=1&query_item=2").json()["data"].clone();
    assert_eq!(
        (&data["query_index"], &data["query_item"]),
        (&json!(null), &json!(2))
    );
    let map = data["item_heatmap"].as_str().unwrap();
    assert_eq!(map, "/api/explain/item.png?item=1&query_item=2");
    assert_eq!(server.get(map).status, 200);
}

#[test]
fn what_can_not_be_explained_is_refused_with_a_reason() {
    let server = Server::new();
    let token = server
        .search(&[("file", Some("q.png"), &picture(2))])
        .json()["data"]["query_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let unknown = "0".repeat(32);
    for (query, status, reason) in [
        (
            format!("item=1&query={unknown}"),
            404,
            "no search with this token",
        ),
        (format!("item=99&query={token}"), 404, "no item with id 99"),
        (format!("item=1&query={token}&index=1"), 400, "no query 1"),
        ("item=1&query_item=99".to_owned(), 404, "no item with id 99"),
        ("item=1".to_owned(), 400, "query_item"),
        (
            format!("item=1&query={token}&query_item=2"),
            400,
            "query_item",
        ),
        (format!("query={token}"), 400, "item"),
        (format!("item=x&query={token}"), 400, "wrong parameter"),
    ] {
        for path in [
            "/api/explain",
            "/api/explain/query.png",
            "/api/explain/item.png",
        ] {
            let answer = server.get(&format!("{path}?{query}"));
            let message = answer.json()["message"].to_string();
            assert_eq!(answer.status, status, "{query}: {message}");
            assert!(message.contains(reason), "{query}: {message}");
        }
    }
}

#[test]
fn an_item_whose_original_is_gone_says_so() {
    let server = Server::new();
    let pictures = server.directory.path().join("pictures");
    std::fs::remove_dir_all(&pictures).unwrap();
    let answer = server.get("/api/explain?item=1&query_item=2");
    assert_eq!(answer.status, 404);
    let message = answer.json()["message"].to_string();
    assert!(
        message.contains("no longer where it was imported from"),
        "{message}"
    );
    assert!(!message.contains(pictures.to_str().unwrap()), "{message}");
}
