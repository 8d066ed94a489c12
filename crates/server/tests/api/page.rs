//! The web page: its document at all of its places, and its files.

use lookalike_testkit::http::request;

use crate::fixture::Server;

/// Whether the page was built before the program; without it only a notice is served.
fn is_built(document: &str) -> bool {
    let built = document.contains("/assets/");
    assert!(built || document.contains("make web"));
    built
}

#[test]
fn every_place_of_the_page_is_the_same_document() {
    let server = Server::new();
    let document = server.get("/");
    for place in [
        "/",
        "/patents/USD1107373",
        "/items/7",
        "/compare/7?with=8",
        "/library",
        "/library/duplicates",
        "/import",
        "/history?page=2",
        "/account",
        "/login",
    ] {
        let answer = server.get(place);
        assert_eq!(answer.status, 200, "{place}");
        let kind = answer.header("content-type");
        assert_eq!(kind, Some("text/html; charset=utf-8"), "{place}");
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{place}");
        assert!(answer.body == document.body, "{place}");
    }
    for place in ["/api/patents", "/nothing", "/assets/nothing.js", "/assets/"] {
        assert_eq!(server.get(place).status, 404, "{place}");
    }
}

#[test]
fn files_with_names_that_change_are_kept_for_ever_and_packed() {
    let server = Server::new();
    let document = String::from_utf8(server.get("/").body).unwrap();
    if !is_built(&document) {
        return;
    }
    let scripts = document.split('"').filter(|part| part.ends_with(".js"));
    let script = scripts.clone().find(|path| path.starts_with("/assets/"));
    let script = script.unwrap();
    let plain = server.get(script);
    assert_eq!(plain.status, 200);
    assert_eq!(
        plain.header("content-type"),
        Some("text/javascript; charset=utf-8")
    );
    assert!(plain.header("cache-control").unwrap().contains("immutable"));
    assert_eq!(plain.header("content-encoding"), None);

    let headers = [("accept-encoding", "br, gzip")];
    let packed = request(server.address, "GET", script, &headers, b"");
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.body.starts_with(&[0x1f, 0x8b]));
    assert!(packed.body.len() * 2 < plain.body.len());
}

#[test]
fn files_of_fixed_names_are_asked_for_again() {
    let server = Server::new();
    if !is_built(&String::from_utf8(server.get("/").body).unwrap()) {
        return;
    }
    for (path, kind) in [
        ("/favicon.svg", "image/svg+xml"),
        ("/theme.js", "text/javascript; charset=utf-8"),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some(kind), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{path}");
    }
}

#[test]
fn a_wrong_address_shows_people_the_page_and_programs_an_error() {
    let server = Server::new();
    let document = server.get("/").body;
    let asked =
        |method, path, accept| request(server.address, method, path, &[("accept", accept)], b"");
    let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
    let shown = asked("GET", "/nothing/here", browser);
    assert_eq!(shown.status, 404);
    assert!(shown.body == document);
    for (method, path, accept) in [
        ("GET", "/nothing/here", "*/*"),
        ("GET", "/api/nothing", browser),
        ("GET", "/api", browser),
        ("POST", "/nothing/here", browser),
    ] {
        let answer = asked(method, path, accept);
        assert_eq!(answer.status, 404, "{method} {path}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
}
