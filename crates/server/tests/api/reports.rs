//! Searches as documents.

use lookalike_testkit::http::request;

use crate::fixture::{Server, picture};

fn token(server: &Server) -> String {
    let fields: [(&str, Option<&str>, &[u8]); 2] = [
        ("file", Some("q.png"), &picture(1)),
        ("min_score", None, b"-1"),
    ];
    let answer = server.search(&fields).json();
    answer["data"]["query_token"].as_str().unwrap().to_owned()
}

#[test]
fn a_search_is_a_document_that_loads_nothing() {
    let server = Server::new();
    let answer = server.get(&format!("/api/reports/{}.html", token(&server)));
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; img-src data:; style-src 'sha256-"),
        "{policy}"
    );
    let html = String::from_utf8(answer.body).unwrap();
    assert!(html.contains("USD1107373 · <bdi>Watch &lt;band&gt;</bdi>"));
    assert!(html.contains("&lt;b&gt;odd &amp; 100%.png") && !html.contains("<b>"));
    // The query's picture and those of three hits.
    assert_eq!(html.matches("src=\"data:image/jpeg;base64,/9j/").count(), 4);
    assert!(!html.contains("<script") && !html.contains("no picture"));
}

#[test]
fn it_speaks_the_readers_language() {
    let server = Server::new();
    let path = format!("/api/reports/{}.html", token(&server));
    let language = |query: &str, header: &str| {
        let headers = [("accept-language", header)];
        let answer = request(
            server.address,
            "GET",
            &format!("{path}{query}"),
            &headers,
            b"",
        );
        let html = String::from_utf8(answer.body).unwrap();
        let (_, tag) = html.split_once("<html lang=\"").unwrap();
        tag.split('"').next().unwrap().to_owned()
    };
    assert_eq!(language("", "zh-CN,zh;q=0.9,en;q=0.8"), "zh-Hans");
    assert_eq!(language("?lang=en", "zh-CN"), "en");
    assert_eq!(language("?lang=zh", ""), "zh-Hans");
    assert_eq!(server.get(&format!("{path}?lang=de")).status, 400);
}

#[test]
fn a_search_is_a_table() {
    let server = Server::new();
    let token = token(&server);
    let answer = server.get(&format!("/api/reports/{token}.csv"));
    assert_eq!(
        answer.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    let disposition = format!("attachment; filename=\"lookalike-{token}.csv\"");
    assert_eq!(
        answer.header("content-disposition"),
        Some(disposition.as_str())
    );
    let text = String::from_utf8(answer.body).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}group_rank,group_id,"));
    assert!(lines[1].starts_with("1,USD1107373,"), "{}", lines[1]);
    for part in [",near_identical,", ",Watch <band>,10-02,D10/32,2025-12-30,"] {
        assert!(lines[1].contains(part), "{part}: {}", lines[1]);
    }
    assert_eq!(lines.len(), 5, "a header, three hits and the end");
}

#[test]
fn unknown_reports_are_not_there() {
    let server = Server::new();
    let token = token(&server);
    for report in [
        "0.html",
        "0.csv",
        "x",
        "..html",
        &format!("{token}.pdf"),
        &token,
    ] {
        let answer = server.get(&format!("/api/reports/{report}"));
        assert_eq!(answer.status, 404, "{report}");
        assert_eq!(answer.json()["code"], 404);
    }
}
