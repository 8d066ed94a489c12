//! Near duplicates over HTTP: found in the background, decided about.

use std::time::{Duration, Instant};

use lookalike_testkit::http::{Answer, form, request};
use serde_json::{Value, json};

use crate::fixture::{Server, picture};

fn upload(server: &Server, name: &str) -> Value {
    let (kind, body) = form(&[("file", Some(name), &picture(2))]);
    let headers = [("content-type", kind.as_str())];
    let answer = request(server.address, "POST", "/api/images", &headers, &body);
    answer.json()["data"]["id"].clone()
}

/// The answer once the search is over.
fn ready(server: &Server, query: &str) -> Value {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let answer = server.get(&format!("/api/duplicates{query}"));
        assert_eq!(answer.status, 200, "{query}");
        let data = answer.json()["data"].clone();
        if data["status"] == "ready" {
            return data;
        }
        assert_eq!(data["status"], "running");
        assert!(Instant::now() < end, "{data}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn decide(server: &Server, body: &Value) -> Answer {
    let headers = [("content-type", "application/json")];
    let body = body.to_string();
    request(
        server.address,
        "POST",
        "/api/duplicates/decisions",
        &headers,
        body.as_bytes(),
    )
}

#[test]
fn duplicates_are_found_kept_apart_or_deleted() {
    let server = Server::new();
    // The fixture has a `plain.png` of the same bytes.
    let (one, other) = (upload(&server, "one.png"), upload(&server, "other.png"));
    let found = ready(&server, "?threshold=1");
    assert_eq!(
        (&found["total"], &found["is_complete"]),
        (&json!(1), &json!(true))
    );
    let group = &found["groups"][0];
    assert_eq!(
        (&group["size"], &group["representative"]["file_name"]),
        (&json!(3), &json!("plain.png"))
    );
    assert_eq!(group["members"][0]["same_bytes"], true);
    assert_eq!(group["members"][0]["item"]["id"], one);
    let plain = group["representative"]["id"].clone();

    let apart = json!({"decision": "not_duplicate", "items": [plain, one]});
    assert_eq!(decide(&server, &apart).status, 200);
    let group = ready(&server, "?threshold=1")["groups"][0].clone();
    assert_eq!(
        (&group["size"], &group["members"][0]["item"]["id"]),
        (&json!(2), &other)
    );
    let keep = json!({"decision": "keep", "keep": plain, "delete": [other]});
    assert_eq!(decide(&server, &keep).json()["data"]["deleted"], 1);
    assert_eq!(ready(&server, "?threshold=1")["total"], 0);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let server = Server::new();
    for wrong in [
        "?threshold=0.2",
        "?threshold=2",
        "?threshold=x",
        "?page=0&threshold=1",
        "?colour=red",
    ] {
        if wrong.starts_with("?page") {
            ready(&server, "?threshold=1");
        }
        assert_eq!(
            server.get(&format!("/api/duplicates{wrong}")).status,
            400,
            "{wrong}"
        );
    }
    assert_eq!(server.get("/api/duplicates?collection=none").status, 404);
    for wrong in [
        json!({"decision": "not_duplicate", "items": [1]}),
        json!({"decision": "not_duplicate", "items": [1, 1]}),
        json!({"decision": "keep", "keep": 1, "delete": []}),
        json!({"decision": "keep", "keep": 1, "delete": [1, 2]}),
        json!({"decision": "merge", "items": [1, 2]}),
        json!({}),
    ] {
        assert_eq!(decide(&server, &wrong).status, 400, "{wrong}");
    }
    let missing = json!({"decision": "keep", "keep": 999, "delete": [1, 2]});
    assert_eq!(decide(&server, &missing).status, 404);
    assert_eq!(
        server.get("/api/images").json()["data"]["total"],
        3,
        "nothing was deleted"
    );
    let cancelled = request(server.address, "DELETE", "/api/duplicates", &[], &[]);
    assert_eq!(cancelled.json()["data"]["cancelled"], 0);
}
