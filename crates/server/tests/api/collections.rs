//! Collections over HTTP: made, shown, dropped.

use lookalike_testkit::http::{form, request};
use serde_json::{Value, json};

use crate::fixture::{Server, picture};

#[test]
fn a_collection_is_made_shown_and_dropped() {
    let server = Server::new();
    let create = |body: Value| {
        let headers = [("content-type", "application/json")];
        let body = body.to_string();
        request(
            server.address,
            "POST",
            "/api/collections",
            &headers,
            body.as_bytes(),
        )
    };
    let made = create(json!({"name": "chairs", "size": 112, "metric": "l2", "index": "flat"}));
    assert_eq!(made.status, 201);
    let report = made.json()["data"].clone();
    assert_eq!(
        (&report["name"], &report["metric"], &report["num_entities"]),
        (&json!("chairs"), &json!("l2"), &json!(0))
    );
    let shown = server.get("/api/collections/chairs").json()["data"].clone();
    assert_eq!(shown["index"]["kind"], "flat");
    assert_eq!(create(json!({"name": "chairs"})).status, 409);
    for wrong in [
        json!({"name": "../x"}),
        json!({"name": ""}),
        json!({"name": "a", "metric": "far"}),
        json!({"name": "a", "index": "tree"}),
        json!({"name": "a", "preprocess": "fold"}),
        json!({"name": "a", "size": 0}),
        json!({"name": "a", "colour": "red"}),
        json!({}),
    ] {
        assert_eq!(create(wrong.clone()).status, 400, "{wrong}");
    }
    let delete = |name: &str| {
        let path = format!("/api/collections/{name}");
        request(server.address, "DELETE", &path, &[], &[])
    };
    let dropped = delete("default").json()["data"].clone();
    assert_eq!(dropped, json!({"name": "default", "images": 3}));
    assert_eq!(delete("default").status, 404);
    assert_eq!(server.get("/api/collections/default").status, 404);
    let left = server.get("/api/collections").json()["data"].clone();
    assert_eq!(left.as_array().unwrap().len(), 1);
    // Originals that stayed in place are not touched.
    assert!(server.directory.path().join("pictures/plain.png").exists());
}

#[test]
fn a_collection_can_have_a_name_in_any_script() {
    let server = Server::new();
    let name = "设计库";
    let (kind, body) = form(&[
        ("collection", None, name.as_bytes()),
        ("file", Some("椅子.png"), &picture(2)),
    ]);
    let headers = [("content-type", kind.as_str())];
    let added = request(server.address, "POST", "/api/images", &headers, &body);
    assert_eq!(added.status, 201, "{}", added.json());
    assert_eq!(added.json()["data"]["collection"], name);
    let escaped = "%E8%AE%BE%E8%AE%A1%E5%BA%93";
    for path in [
        format!("/api/collections/{escaped}"),
        format!("/api/collection/stats?collection={escaped}"),
    ] {
        let shown = server.get(&path).json()["data"].clone();
        assert_eq!(
            (&shown["name"], &shown["num_entities"]),
            (&json!(name), &json!(1))
        );
    }
    let listed = server
        .get(&format!("/api/images?collection={escaped}"))
        .json();
    assert_eq!(listed["data"]["items"][0]["file_name"], "椅子.png");
    let query = [
        ("collection", None, name.as_bytes()),
        ("file", Some("q.png"), &*picture(2)),
    ];
    let found = server.search(&query).json()["data"].clone();
    assert_eq!(found["query_info"]["collections"], json!([name]));
    assert_eq!(found["results"][0]["pages"][0]["collection"], name);
    let token = found["query_token"].as_str().unwrap();
    let report = server.get(&format!("/api/reports/{token}.html?lang=zh"));
    assert!(String::from_utf8(report.body).unwrap().contains(name));
    // On the disk it has a number.
    let mut pending = vec![server.directory.path().join("data")];
    while let Some(path) = pending.pop() {
        assert!(path.to_str().unwrap().is_ascii(), "{}", path.display());
        if path.is_dir() {
            let entries = std::fs::read_dir(path).unwrap();
            pending.extend(entries.map(|entry| entry.unwrap().path()));
        }
    }
    let path = format!("/api/collections/{escaped}");
    let dropped = request(server.address, "DELETE", &path, &[], &[]).json();
    assert_eq!(dropped["data"], json!({"name": name, "images": 1}));
}
