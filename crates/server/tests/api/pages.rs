//! Files of several pages: looked at, chosen from, searched with.

use std::path::Path;

use lookalike_imaging::Format;
use lookalike_testkit::http::{form, request};
use serde_json::json;

use crate::fixture::{Server, picture};

/// The invented patent's PDF: a front page, a page of text, two drawing sheets.
fn patent() -> Vec<u8> {
    fixture("patent.pdf")
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pdf");
    std::fs::read(folder.join(name)).unwrap()
}

#[test]
fn pages_of_a_pdf_are_offered_and_shown() {
    let server = Server::new();
    let (kind, body) = form(&[("file", Some("x.pdf"), &patent())]);
    let headers = [("content-type", kind.as_str())];
    let by_form = request(
        server.address,
        "POST",
        "/api/preview/pages",
        &headers,
        &body,
    );
    let plain = server.post("/api/preview/pages", &patent());
    for answer in [&by_form, &plain] {
        assert_eq!(answer.status, 200);
        let data = &answer.json()["data"];
        assert_eq!(data["patent_id"], "USD900123");
        let pages = data["pages"].as_array().unwrap();
        let usual: Vec<_> = pages.iter().map(|page| page["is_usual"].clone()).collect();
        assert_eq!(json!(usual), json!([false, false, true, true]));
        assert!(pages.iter().all(|page| page["thumbnail"].is_string()));
    }
    let picture = server.post("/api/preview/pages", &picture(1));
    assert_eq!(picture.json()["data"]["pages"], json!([]));
    for path in ["/api/preview", "/api/preview?page=3"] {
        let shown = server.post(path, &patent());
        assert_eq!(shown.status, 200, "{path}");
        assert_eq!(Format::sniff(&shown.body), Some(Format::Jpeg));
    }
    assert_eq!(server.post("/api/preview?page=5", &patent()).status, 400);
    let encrypted = server.post("/api/preview/pages", &fixture("bad/encrypted.pdf"));
    assert_eq!(encrypted.status, 415);
    let cut_off = server.post("/api/preview/pages", &fixture("bad/cut-off.pdf"));
    assert_eq!(cut_off.status, 422);
}

#[test]
fn a_pdf_is_searched_with_by_its_sheets_or_by_the_pages_named() {
    let server = Server::new();
    let patent = patent();
    let pages_of = |fields: &[(&str, Option<&str>, &[u8])]| {
        let answer = server.search(fields);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, 200, "{text}");
        let queries = answer.json()["data"]["query_info"]["queries"].clone();
        let queries = queries.as_array().unwrap().clone();
        let page = |query: &serde_json::Value| query["page"].as_u64();
        queries.iter().map(page).collect::<Vec<_>>()
    };
    let pdf = ("file", Some("a.pdf"), patent.as_slice());
    assert_eq!(pages_of(&[pdf]), [Some(3), Some(4)]);
    assert_eq!(pages_of(&[pdf, ("page", None, b"4")]), [Some(4)]);
    let image = picture(1);
    let image = ("file", Some("b.png"), image.as_slice());
    assert_eq!(
        pages_of(&[image, pdf, ("page", None, b"2:1")]),
        [None, Some(1)]
    );
    for (fields, status) in [
        (vec![pdf, ("page", None, b"9".as_slice())], 400),
        (vec![image, pdf, ("page", None, b"3")], 400),
        (vec![pdf, ("page", None, b"x")], 400),
        (vec![image, ("page", None, b"2")], 400),
    ] {
        assert_eq!(server.search(&fields).status, status);
    }
}

#[test]
fn an_uploaded_pdf_is_an_image_a_page_and_a_patents_its_sheets() {
    let server = Server::new();
    let send = |name: &str, bytes: &[u8], fields: &[(&str, Option<&str>, &[u8])]| {
        let mut all = vec![("file", Some(name), bytes)];
        all.extend_from_slice(fields);
        let (kind, body) = form(&all);
        let headers = [("content-type", kind.as_str())];
        request(server.address, "POST", "/api/images", &headers, &body)
    };
    let answer = send("download.pdf", &patent(), &[("tags", None, b"mine")]);
    assert_eq!(answer.status, 201, "{answer:?}");
    let data = answer.json()["data"].clone();
    let items = data["items"].as_array().unwrap();
    let told: Vec<_> = items
        .iter()
        .map(|item| {
            json!([
                item["patent_id"],
                item["page_num"],
                item["file_page"],
                item["tags"]
            ])
        })
        .collect();
    assert_eq!(
        json!(told),
        json!([
            ["USD900123", "D00001", 3, ["mine"]],
            ["USD900123", "D00002", 4, ["mine"]]
        ])
    );
    // As of any other upload, the image itself is the answer too.
    assert_eq!(
        (&data["id"], &data["title"]),
        (&items[0]["id"], &json!("FOLDING STOOL WITH ROUND SEAT"))
    );
    let patent_page = server.get("/api/patents/D900123").json()["data"].clone();
    assert_eq!(patent_page["items"].as_array().unwrap().len(), 2);
    let shown = server.get(items[1]["image_url"].as_str().unwrap());
    assert_eq!(Format::sniff(&shown.body), Some(Format::Jpeg));

    let again = send("again.pdf", &patent(), &[]);
    assert_eq!(again.status, 200);
    assert_eq!(again.json()["data"]["items"][1]["id"], items[1]["id"]);
    let contradicted = send("x.pdf", &patent(), &[("patent_id", None, b"USD5")]);
    assert_eq!(contradicted.status, 400);

    let fax = send("fax.pdf", &fixture("fax.pdf"), &[("view", None, b"front")]);
    assert_eq!(fax.status, 201);
    let data = fax.json()["data"].clone();
    assert_eq!(
        json!([
            data["patent_id"],
            data["file_page"],
            data["view"],
            data["left_out"]
        ]),
        json!([null, 1, "front", []])
    );
    assert_eq!(
        send("x.pdf", &fixture("bad/encrypted.pdf"), &[]).status,
        415
    );
}
