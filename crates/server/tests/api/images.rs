//! Images over HTTP: lists, uploads, edits, deletion, counts, patents.

use lookalike_testkit::http::{Answer, form, request};
use serde_json::{Value, json};

use crate::accounts::{Browser, add, rules, with_rules};
use crate::fixture::{Server, picture};

fn send(server: &Server, method: &str, path: &str, body: &Value) -> Answer {
    let headers = [("content-type", "application/json")];
    request(
        server.address,
        method,
        path,
        &headers,
        body.to_string().as_bytes(),
    )
}

fn upload(server: &Server, fields: &[(&str, Option<&str>, &[u8])]) -> Answer {
    let (kind, body) = form(fields);
    let headers = [("content-type", kind.as_str())];
    request(server.address, "POST", "/api/images", &headers, &body)
}

fn list(server: &Server, query: &str) -> Value {
    let answer = server.get(&format!("/api/images{query}"));
    assert_eq!(answer.status, 200, "{query}");
    answer.json()["data"].clone()
}

#[test]
fn lists_are_paged_sorted_and_filtered() {
    let server = Server::new();
    let all = list(&server, "");
    assert_eq!(
        (&all["total"], &all["page"], &all["page_size"]),
        (&json!(3), &json!(1), &json!(50))
    );
    let names = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|item| item["file_name"].as_str().unwrap().to_owned())
            .collect()
    };
    let page = list(&server, "?sort=file_name&order=desc&page=2&page_size=2");
    assert_eq!(names(&page), ["<b>odd & 100%.png"]);
    let page = list(&server, "?loc_class=10&keyword=watch");
    assert_eq!(names(&page), ["USD1107373-20251230-D00001.TIF"]);
    let item = &page["items"][0];
    assert_eq!(
        (&item["status"], &item["title"]),
        (&json!("in_force"), &json!("Watch <band>"))
    );
    assert!(item["original_path"].as_str().unwrap().ends_with(".TIF"));
    for url in ["thumbnail_url", "image_url"] {
        assert_eq!(server.get(item[url].as_str().unwrap()).status, 200);
    }
    assert_eq!(names(&list(&server, "?file_name=PLAIN")), ["plain.png"]);
    for wrong in [
        "?sort=colour",
        "?order=up",
        "?page=0",
        "?page_size=501",
        "?page=x",
        "?colour=red",
        "?pub_date_from=1",
        "?status=lost",
        "?attributes=x",
    ] {
        let answer = server.get(&format!("/api/images{wrong}"));
        assert_eq!(answer.status, 400, "{wrong}");
        assert!(answer.json()["data"].is_null());
    }
    assert_eq!(server.get("/api/images?collection=none").status, 404);
}

#[test]
fn an_upload_is_described_edited_found_and_deleted() {
    let server = Server::new();
    let bytes = picture(7);
    let markup = "<script>alert('x')</script>";
    let answer = upload(
        &server,
        &[
            (
                "file",
                Some("../../<img src=x>\\..\\etc/pass wd.png"),
                &bytes,
            ),
            ("description", None, markup.as_bytes()),
            ("tags", None, markup.as_bytes()),
            ("tags", None, b"red"),
            ("attributes", None, br#"{"category": "cat"}"#),
            ("patent_id", None, b"US D939,806 S1"),
        ],
    );
    assert_eq!(answer.status, 201);
    let item = answer.json()["data"].clone();
    assert_eq!(item["file_name"], "pass wd.png", "no part of a path");
    assert_eq!(item["original_path"], Value::Null);
    assert_eq!(
        (&item["tags"], &item["patent_id"]),
        (&json!([markup, "red"]), &json!("USD939806"))
    );
    // Markup comes back as text, as JSON, which no browser takes for a page.
    assert_eq!(item["description"], markup);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let original = server.get(item["image_url"].as_str().unwrap());
    assert_eq!((original.status, &original.body), (200, &bytes));
    let data = server.directory.path();
    assert!(!data.join("pass wd.png").exists() && !data.parent().unwrap().join("etc").exists());

    let id = item["id"].as_u64().unwrap();
    let path = format!("/api/images/{id}");
    let total = |query: &str| list(&server, query)["total"].clone();
    assert_eq!(
        (total("?tags=red"), total("?attributes=category=cat")),
        (json!(1), json!(1))
    );
    let edited = send(
        &server,
        "PATCH",
        &path,
        &json!({"tags": null, "description": "a chair"}),
    );
    assert_eq!(edited.status, 200);
    let edited = edited.json()["data"].clone();
    assert_eq!(
        (&edited["tags"], &edited["patent_id"]),
        (&json!([]), &json!("USD939806"))
    );
    assert_eq!(
        (total("?tags=red"), total("?keyword=chair")),
        (json!(0), json!(1))
    );
    assert_eq!(server.get(&path).json()["data"]["description"], "a chair");
    for wrong in [
        json!({"colour": 1}),
        json!({"patent_id": "x"}),
        json!({"tags": "red"}),
        json!([1]),
    ] {
        assert_eq!(send(&server, "PATCH", &path, &wrong).status, 400, "{wrong}");
    }
    let vector = server.get(&format!("{path}/vector")).json()["data"].clone();
    assert_eq!(
        vector["vector"].as_array().unwrap().len() as u64,
        vector["dim"].as_u64().unwrap()
    );

    let patent = server.get("/api/patents/D939806").json()["data"].clone();
    assert_eq!(
        (
            &patent["patent_id"],
            patent["items"].as_array().unwrap().len()
        ),
        (&json!("USD939806"), 1)
    );
    assert_eq!(patent["citations"], json!([]), "its grant is not here");
    assert_eq!(
        patent["cited_by"],
        json!([{"patent_id": "USD1107373", "title": "Watch <band>",
            "category": "cited by examiner"}])
    );
    let citing = server.get("/api/patents/D1107373").json()["data"].clone();
    assert_eq!(citing["citations"][0]["date"], 20_220_100);
    assert_eq!(
        citing["cites"],
        json!([{"patent_id": "USD939806", "title": null, "category": "cited by examiner"}]),
        "known by its image alone"
    );
    assert_eq!(server.get("/api/patents/D1").status, 404);
    assert_eq!(server.get("/api/patents/..%2F..%2Fetc").status, 400);

    assert_eq!(
        request(server.address, "DELETE", &path, &[], &[]).json()["data"]["deleted"],
        1
    );
    for gone in [&path, &format!("{path}/vector")] {
        assert_eq!(server.get(gone).status, 404);
    }
    assert_eq!(
        request(server.address, "DELETE", &path, &[], &[]).status,
        404
    );
    assert_eq!(server.get("/api/images/x").status, 400);
}

#[test]
fn uploads_that_are_none_are_refused() {
    let server = Server::new();
    let bytes = picture(7);
    let file = ("file", Some("a.png"), bytes.as_slice());
    assert_eq!(
        upload(&server, &[("file", Some("a.png"), b"text")]).status,
        415
    );
    assert_eq!(
        upload(&server, &[("file", Some("a.png"), &bytes[..40])]).status,
        422
    );
    for fields in [
        vec![],
        vec![file, file],
        vec![file, ("colour", None, b"red".as_slice())],
        vec![file, ("attributes", None, b"[1]")],
        vec![file, ("patent_id", None, b"chair")],
        vec![("picture", Some("a.png"), bytes.as_slice())],
    ] {
        assert_eq!(upload(&server, &fields).status, 400);
    }
    assert_eq!(list(&server, "")["total"], 3);
}

#[test]
fn only_what_was_said_is_tagged() {
    let server = Server::new();
    let tag = |body: Value| send(&server, "PATCH", "/api/images", &body);
    for wrong in [
        json!({"add_tags": ["red"]}),
        json!({"all": false, "add_tags": ["red"]}),
        json!({"filter": {}, "add_tags": ["red"]}),
        json!({"ids": [1], "tags": ["red"]}),
        json!({"ids": [1], "add_tags": "red"}),
        json!({"all": true, "add_tags": ["x".repeat(101)]}),
    ] {
        assert_eq!(tag(wrong.clone()).status, 400, "{wrong}");
    }
    let plain = json!({"filter": {"file_name": ["plain"]}, "add_tags": ["red"]});
    assert_eq!(tag(plain).json()["data"]["changed"], 1);
    let all = json!({"all": true, "add_tags": ["blue"], "remove_tags": ["red"]});
    assert_eq!(tag(all).json()["data"]["changed"], 3);
    assert_eq!(list(&server, "?tags=blue")["total"], 3);
    assert_eq!(list(&server, "?tags=red")["total"], 0);
}

#[test]
fn only_what_was_said_is_deleted() {
    let server = Server::new();
    let delete = |body: Value| send(&server, "DELETE", "/api/images", &body);
    for nothing in [
        json!({}),
        json!({"all": false}),
        json!({"filter": {}}),
        json!({"filter": {"tags": []}}),
        json!({"filter": {"tags": "", "keyword": null}}),
        json!({"filter": {"colour": "red"}}),
        json!({"ids": [1], "all": true}),
        json!({"everything": true}),
        json!({"ids": ["x"]}),
    ] {
        assert_eq!(delete(nothing.clone()).status, 400, "{nothing}");
    }
    assert_eq!(
        delete(json!({"all": true, "collection": "none"})).status,
        404
    );
    assert_eq!(list(&server, "")["total"], 3);
    assert_eq!(delete(json!({"ids": []})).json()["data"]["deleted"], 0);
    assert_eq!(
        delete(json!({"filter": {"file_name": ["plain"]}})).json()["data"]["deleted"],
        1
    );
    let first = list(&server, "")["items"][0]["id"].clone();
    assert_eq!(
        delete(json!({"ids": [first, 99999]})).json()["data"]["deleted"],
        1
    );
    assert_eq!(delete(json!({"all": true})).json()["data"]["deleted"], 1);
    assert_eq!(list(&server, "")["total"], 0);
}

#[test]
fn what_was_deleted_is_listed_restored_and_deleted_for_good() {
    let server = Server::new();
    let id = list(&server, "")["items"][0]["id"].as_u64().unwrap();
    let edit = json!({"tags": ["mine"]});
    send(&server, "PATCH", &format!("/api/images/{id}"), &edit);
    let deleted = send(&server, "DELETE", &format!("/api/images/{id}"), &json!({})).json();
    let number = &deleted["data"]["deletion"];
    let trash = || server.get("/api/trash").json()["data"].clone();
    let listed = trash();
    assert_eq!((&listed["total"], &listed["days"]), (&json!(1), &json!(30)));
    let item = &listed["items"][0];
    assert_eq!(
        (&item["id"], &item["tags"], &item["deletion"]),
        (&json!(id), &json!(["mine"]), number)
    );
    assert_eq!(
        item["expires_at"].as_i64().unwrap() - item["deleted_at"].as_i64().unwrap(),
        2_592_000
    );
    let picture = server.get(item["thumbnail_url"].as_str().unwrap());
    assert_eq!(
        (picture.status, picture.header("content-type")),
        (200, Some("image/jpeg"))
    );
    assert_eq!(server.get("/api/trash/99999/thumbnail").status, 404);

    let restore = |body: Value| send(&server, "POST", "/api/images/restore", &body);
    for wrong in [
        json!({}),
        json!({"ids": [id], "all": true}),
        json!({"all": false}),
    ] {
        assert_eq!(restore(wrong.clone()).status, 400, "{wrong}");
    }
    assert_eq!(restore(json!({"deletion": 99999})).status, 404);
    assert_eq!(
        restore(json!({"deletion": number})).json()["data"]["restored"],
        1
    );
    assert_eq!(list(&server, "?tags=mine")["items"][0]["id"], id);
    assert_eq!(trash()["total"], 0);

    send(&server, "DELETE", "/api/images", &json!({"all": true}));
    assert_eq!(trash()["total"], 3);
    let empty = |body: Value| send(&server, "DELETE", "/api/trash", &body).json();
    assert_eq!(empty(json!({"ids": [id]}))["data"]["deleted"], 1);
    assert_eq!(empty(json!({"all": true}))["data"]["deleted"], 2);
    assert_eq!(trash()["total"], 0);
    assert_eq!(restore(json!({"all": true})).json()["data"]["restored"], 0);
}

#[test]
fn pictures_are_filtered_by_folder_format_day_and_attributes() {
    let server = Server::new();
    let pictures = server.directory.path().join("pictures");
    let pictures = std::fs::canonicalize(pictures).unwrap();
    let total = |query: &str| {
        let listed = server
            .get(&format!("/api/images?collection=default&{query}"))
            .json();
        let counted = server.get(&format!("/api/facets?{query}")).json();
        let mut fields = vec![
            ("file", Some("x.png"), picture(1)),
            ("min_score", None, b"-1".to_vec()),
        ];
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap();
            fields.push((name, None, value.replace("%3D", "=").into_bytes()));
        }
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, file, value)| (*name, *file, &value[..]))
            .collect();
        let searched = server.search(&fields).json();
        let total = listed["data"]["total"].clone();
        assert_eq!(counted["data"]["total"], total, "{query}");
        let groups = searched["data"]["results"].as_array().map(Vec::len);
        assert_eq!(groups.map(Value::from), Some(total.clone()), "{query}");
        total
    };
    let folder = |name: &str| format!("folder={}/{name}", pictures.display());
    assert_eq!(total(&folder("")), 3);
    assert_eq!(total(&folder("USD1107373-20251230")), 1);
    assert_eq!(total(&folder("USD1107373")), 0);
    assert_eq!(total("format=PNG"), 3);
    assert_eq!(total("format=jpg"), 0);
    assert_eq!(total("created_from=2026-11-21&created_to=2026-11-21"), 3);
    assert_eq!(total("created_from=20261122"), 0);
    let tag = json!({"attributes": {"maker": ["Oak", "Elm"]}});
    let changed = send(&server, "PATCH", "/api/images/2", &tag);
    assert_eq!(changed.status, 200);
    assert_eq!(total("attributes=maker%3DElm"), 1);
    assert_eq!(total("attributes=maker%3DElm&format=gif"), 0);
    let facets = server.get("/api/facets").json()["data"].clone();
    assert_eq!(
        facets["attributes"],
        json!([{"name": "maker", "values": [
            {"value": "Elm", "count": 1}, {"value": "Oak", "count": 1},
        ]}])
    );
    let patent = pictures.join("USD1107373-20251230");
    assert_eq!(
        facets["folder"],
        json!([{"value": patent.to_str().unwrap(), "count": 1}])
    );
    for wrong in ["format=docx", "folder=photos", "created_from=2026-13-01"] {
        assert_eq!(server.get(&format!("/api/facets?{wrong}")).status, 400);
    }
}

#[test]
fn facets_count_under_filters() {
    let server = Server::new();
    let facets = |query: &str| server.get(&format!("/api/facets{query}"));
    let all = facets("").json()["data"].clone();
    assert_eq!(all["total"], 3);
    assert_eq!(all["loc_class"], json!([{"value": "10-02", "count": 1}]));
    assert_eq!(all["format"], json!([{"value": "png", "count": 3}]));
    assert_eq!(all["pub_year"], json!([{"value": "2025", "count": 1}]));
    assert_eq!(all["us_class"], json!([{"value": "D10/32", "count": 1}]));
    assert_eq!(facets("?us_class=D1032").json()["data"]["total"], 1);
    assert_eq!(facets("?us_class=D1").json()["data"]["total"], 0);
    assert_eq!(facets("?us_class=02-04x").status, 400);
    let other = facets("?loc_class=06").json()["data"].clone();
    assert_eq!(
        (&other["total"], &other["loc_class"]),
        (&json!(0), &all["loc_class"])
    );
    assert_eq!(other["status"], json!([]));
    for wrong in ["?top=0", "?top=101", "?colour=red"] {
        assert_eq!(facets(wrong).status, 400);
    }
}

#[test]
fn readers_see_no_paths_and_only_admins_delete_everything() {
    let server = with_rules(rules());
    add(&server, "ann", "admin");
    add(&server, "edi", "editor");
    add(&server, "rea", "reader");
    let browsers = ["rea", "edi", "ann"].map(|name| Browser::log_in(&server, name));
    let item = "/api/patents/USD1107373";
    for (browser, sees_paths) in browsers.iter().zip([false, true, true]) {
        let list = browser.get("/api/images").json()["data"]["items"][0].clone();
        let one = browser.get(&format!("/api/images/{}", list["id"])).json()["data"].clone();
        let patent = browser.get(item).json()["data"]["items"][0].clone();
        for shown in [list, one, patent] {
            assert_eq!(shown["original_path"].is_string(), sees_paths, "{shown}");
        }
    }
    let all = json!({"all": true});
    let [reader, editor, admin] = &browsers;
    for browser in [reader, editor] {
        assert_eq!(browser.send("DELETE", "/api/images", &all).status, 403);
    }
    let none = json!({"ids": []});
    assert_eq!(editor.send("DELETE", "/api/images", &none).status, 200);
    assert_eq!(
        admin.send("DELETE", "/api/images", &all).json()["data"]["deleted"],
        3
    );
}

#[test]
fn ids_that_no_item_can_have_are_not_found() {
    let server = Server::new();
    for id in [
        "0",
        "99",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
    ] {
        for path in [
            format!("/api/images/{id}"),
            format!("/api/images/{id}/vector"),
        ] {
            assert_eq!(server.get(&path).status, 404, "{path}");
        }
        let search = server.post(&format!("/api/search/item/{id}"), b"");
        assert_eq!(search.status, 404, "{id}");
        let explain = server.get(&format!("/api/explain?item={id}&query_item=1"));
        assert_eq!(explain.status, 404, "{id}");
    }
}
