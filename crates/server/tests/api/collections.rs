//! Collections over HTTP: made, shown, dropped.

use lookalike_testkit::http::request;
use serde_json::{Value, json};

use crate::fixture::Server;

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
