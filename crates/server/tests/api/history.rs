//! A user's own searches.

use lookalike_imaging::{DecodeOptions, decode};
use lookalike_testkit::http::{Answer, form, request};
use serde_json::{Value, json};

use crate::fixture::{Server, picture};

fn call(server: &Server, method: &str, path: &str, body: &Value) -> Answer {
    let headers = [("content-type", "application/json")];
    let body = body.to_string();
    request(server.address, method, path, &headers, body.as_bytes())
}

fn list(server: &Server) -> Value {
    server.get("/api/history").json()["data"].clone()
}

#[test]
fn searches_are_listed_shown_and_made_again() {
    let server = Server::new();
    let fields: [(&str, Option<&str>, &[u8]); 5] = [
        ("file", Some("q.png"), &picture(2)),
        ("file", Some("r.png"), &picture(1)),
        ("min_score", None, b"0.3"),
        ("top_k", None, b"3"),
        // Kept are vectors, not what lies where: searched again there is no second look.
        ("rerank", None, b"0"),
    ];
    let found = server.search(&fields).json()["data"].clone();
    let page = list(&server);
    assert_eq!(
        (&page["total"], &page["page"], &page["page_size"]),
        (&json!(1), &json!(1), &json!(20))
    );
    let entry = &page["items"][0];
    let id = &entry["id"];
    assert_eq!(entry["kind"], "pictures");
    assert_eq!(entry["created_at"], 1_795_262_400);
    assert_eq!(entry["collections"], json!(["default"]));
    assert_eq!(
        entry["parameters"],
        json!({"collection": ["default"], "top_k": 3, "min_score": 0.3, "rerank": 0})
    );
    assert_eq!(
        entry["queries"],
        json!([
            {"kind": "picture", "file_name": "q.png"},
            {"kind": "picture", "file_name": "r.png"}
        ])
    );
    assert_eq!(entry["total_matched"], found["query_info"]["total_matched"]);
    assert_eq!(entry["query_token"], found["query_token"]);
    let best = &found["results"][0]["pages"][0];
    assert_eq!(entry["top_hits"][0]["id"], best["id"]);
    assert_eq!(entry["top_hits"][0]["thumbnail_url"], best["thumbnail_url"]);
    assert_eq!(
        entry["top_hits"][0]["group_id"],
        found["results"][0]["group_id"]
    );
    assert_eq!(
        server.get(&format!("/api/history/{id}")).json()["data"],
        *entry
    );
    for (position, url) in entry["thumbnail_urls"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
    {
        assert_eq!(*url, format!("/api/history/{id}/thumbnail/{position}"));
        let answer = server.get(url.as_str().unwrap());
        assert_eq!(answer.header("content-type"), Some("image/jpeg"));
        let image = decode(&answer.body, &DecodeOptions::default())
            .unwrap()
            .image;
        assert_eq!((image.width(), image.height()), (90, 60));
    }

    let again = format!("/api/history/{id}/search");
    let same = call(&server, "POST", &again, &json!({})).json()["data"].clone();
    assert_eq!(same["results"], found["results"]);
    let fewer = json!({"top_groups": 1, "min_score": null});
    let fewer = call(&server, "POST", &again, &fewer).json()["data"].clone();
    assert_eq!(fewer["query_info"]["top_groups"], 1);
    assert_eq!(fewer["query_info"]["min_score"], 0.5);
    assert_eq!(fewer["results"][0]["pages"][0], *best);
    let entries = list(&server);
    assert_eq!(
        entries["total"], 2,
        "the same search is one entry, another a second"
    );
    assert_eq!(
        entries["items"][0]["thumbnail_urls"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let other = call(&server, "POST", &again, &json!({"region": "0,0,1,0.5"}));
    assert_eq!(other.status, 400);
}

#[test]
fn items_and_vectors_have_no_picture_of_their_own() {
    let server = Server::new();
    call(
        &server,
        "POST",
        "/api/search/item/1",
        &json!({"exclude_item_id": [1]}),
    );
    let vector = json!({"vector": vec![0.5; 256], "top_k": 1});
    call(&server, "POST", "/api/search/vector", &vector);
    let page = list(&server);
    let kinds: Vec<&Value> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["kind"])
        .collect();
    assert_eq!(kinds, ["vector", "item"]);
    let item = server.get("/api/images/1").json()["data"].take();
    assert_eq!(
        page["items"][1]["queries"],
        json!([{"kind": "item", "id": 1, "file_name": item["file_name"]}])
    );
    assert_eq!(page["items"][0]["thumbnail_urls"], json!([]));
    for entry in page["items"].as_array().unwrap() {
        let again = format!("/api/history/{}/search", entry["id"]);
        let answer = call(&server, "POST", &again, &json!({}));
        assert_eq!(answer.status, 200, "{}", answer.json());
        assert_eq!(
            answer.json()["data"]["query_info"]["total_matched"],
            entry["total_matched"]
        );
    }
}

#[test]
fn searches_can_be_left_out_and_deleted() {
    let server = Server::new();
    let search = |top_k: &[u8], history: &[u8]| {
        let fields: [(&str, Option<&str>, &[u8]); 3] = [
            ("file", Some("q.png"), &picture(2)),
            ("top_k", None, top_k),
            ("history", None, history),
        ];
        assert_eq!(server.search(&fields).status, 200);
    };
    search(b"1", b"false");
    assert_eq!(list(&server)["total"], 0);
    for top_k in [b"1", b"2", b"3"] {
        search(top_k, b"true");
    }
    let page = server.get("/api/history?page=2&page_size=2").json()["data"].clone();
    assert_eq!(
        (&page["total"], &page["items"][0]["parameters"]["top_k"]),
        (&json!(3), &json!(1))
    );
    let first = format!("/api/history/{}", page["items"][0]["id"]);
    let deleted = call(&server, "DELETE", &first, &json!({})).json();
    assert_eq!(deleted["data"], json!({"deleted": 1}));
    assert_eq!(call(&server, "DELETE", &first, &json!({})).status, 404);
    let deleted = call(&server, "DELETE", "/api/history", &json!({})).json();
    assert_eq!(deleted["data"], json!({"deleted": 2}));
    assert_eq!(list(&server)["total"], 0);
}

#[test]
fn wrong_requests_are_refused_with_a_reason() {
    let server = Server::new();
    for (path, status) in [
        ("/api/history?page=0", 400),
        ("/api/history?page_size=101", 400),
        ("/api/history?user=1", 400),
        ("/api/history/x", 400),
        ("/api/history/1", 404),
        ("/api/history/9223372036854775808", 400),
        ("/api/history/1/thumbnail/0", 404),
        ("/api/history/1/thumbnail/-1", 400),
        ("/api/history?page=18446744073709551615&page_size=100", 200),
    ] {
        assert_eq!(server.get(path).status, status, "{path}");
    }
    let answer = call(&server, "POST", "/api/history/7/search", &json!({}));
    assert_eq!(answer.status, 404);
}

#[test]
fn a_saved_search_is_run_again_over_what_is_new() {
    let server = Server::new();
    let found = server
        .search(&[("file", Some("q.png"), &picture(2))])
        .json()["data"]
        .clone();
    let save = |name: &str, token: &Value| {
        let body = json!({"name": name, "query_token": token});
        call(&server, "POST", "/api/saved-searches", &body)
    };
    let saved = save(" Watch bands ", &found["query_token"]);
    assert_eq!(saved.status, 201, "{}", saved.json());
    let saved = saved.json()["data"].clone();
    assert_eq!(saved["name"], "Watch bands");
    assert_eq!(saved["search"]["query_token"], found["query_token"]);
    let id = &saved["id"];
    let listed = || server.get("/api/saved-searches").json()["data"].clone();
    assert_eq!(listed(), json!([saved]));

    let run = format!("/api/saved-searches/{id}/run");
    assert_eq!(
        call(&server, "POST", &run, &json!({})).json()["data"],
        saved
    );
    assert_eq!(listed()[0]["new_images"], 0);
    let new = picture(7);
    let upload: [(&str, Option<&str>, &[u8]); 1] = [("file", Some("new.png"), &new)];
    let (kind, body) = form(&upload);
    let headers = [("content-type", kind.as_str())];
    let added = request(server.address, "POST", "/api/images", &headers, &body);
    let added = added.json()["data"]["id"].clone();
    assert_eq!(listed()[0]["new_images"], 1);
    let before = call(&server, "POST", &run, &json!({})).json()["data"].clone();
    let again = format!("/api/history/{id}/search");
    let changes = json!({"after_item": before["seen_item"], "min_score": -1});
    let answer = call(&server, "POST", &again, &changes).json()["data"].clone();
    assert_eq!(answer["query_info"]["total_matched"], 1, "{answer}");
    assert_eq!(answer["results"][0]["pages"][0]["id"], added);

    // Cleared, the history still has it.
    call(&server, "DELETE", "/api/history", &json!({}));
    assert_eq!(list(&server)["total"], 1);
    let forget = format!("/api/saved-searches/{id}");
    assert_eq!(call(&server, "DELETE", &forget, &json!({})).status, 200);
    assert_eq!(call(&server, "DELETE", &forget, &json!({})).status, 404);
    assert_eq!(call(&server, "POST", &run, &json!({})).status, 404);
    assert_eq!(listed(), json!([]));
    call(&server, "DELETE", "/api/history", &json!({}));
    assert_eq!(list(&server)["total"], 0);
}

#[test]
fn names_of_saved_searches_are_checked() {
    let server = Server::new();
    let token = |number: u32| {
        let answer = server.search(&[("file", Some("q.png"), &picture(number))]);
        answer.json()["data"]["query_token"].clone()
    };
    let (one, other) = (token(1), token(2));
    for (name, token, status) in [
        (" ", &one, 400),
        ("two\nlines", &one, 400),
        (&*"x".repeat(201), &one, 400),
        ("灯具", &one, 201),
        ("灯具", &other, 409),
        ("Lamps", &json!("f".repeat(32)), 404),
    ] {
        let body = json!({"name": name, "query_token": token});
        let answer = call(&server, "POST", "/api/saved-searches", &body);
        assert_eq!(answer.status, status, "{name}: {}", answer.json());
    }
}
