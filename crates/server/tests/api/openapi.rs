//! The description of the API, and its pages.

use std::path::Path;

use crate::fixture::Server;

/// A copy of the description, for readers and for clients' generators. A change of the API shows
/// in its diff; `UPDATE_SNAPSHOTS=1 cargo test -p lookalike-server openapi` rewrites it.
#[test]
fn the_description_is_the_one_in_docs() {
    let server = Server::new();
    let answer = server.get("/openapi.json");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.json()["openapi"], "3.1.0");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let mut found = String::from_utf8(answer.body).unwrap();
    found.push('\n');
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&file, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap();
    assert!(
        found == expected,
        "docs/openapi.json is not what the server says; see the comment at this test"
    );
}

/// Section 8 of the specification, but for search by words.
#[test]
fn every_endpoint_is_described() {
    let server = Server::new();
    let description = server.get("/openapi.json").json();
    for endpoint in [
        "post /api/search",
        "post /api/search/vector",
        "post /api/search/item/{id}",
        "get /api/explain",
        "get /api/explain/query.png",
        "get /api/explain/item.png",
        "get /api/reports/{report}",
        "get /api/history",
        "delete /api/history",
        "get /api/history/{id}",
        "delete /api/history/{id}",
        "get /api/history/{id}/thumbnail/{position}",
        "post /api/history/{id}/search",
        "post /api/batch/start",
        "post /api/batch/upload",
        "get /api/batch/status",
        "post /api/batch/cancel",
        "post /api/batch/retry",
        "get /api/batch/jobs",
        "get /api/collection/stats",
        "get /api/collections",
        "post /api/preview",
        "post /api/preview/pages",
        "get /api/image/{file_name}",
        "get /api/image/full/{file_name}",
        "get /api/auth/rules",
        "post /api/auth/register",
        "post /api/auth/login",
        "post /api/auth/logout",
        "get /api/auth/me",
        "post /api/auth/password",
        "get /api/auth/tokens",
        "post /api/auth/tokens",
        "delete /api/auth/tokens/{id}",
        "get /api/users",
        "patch /api/users/{name}",
        "delete /api/users/{name}",
        "get /health",
        "get /health/live",
        "get /metrics",
    ] {
        let (method, path) = endpoint.split_once(' ').unwrap();
        let operation = &description["paths"][path][method];
        assert!(operation["operationId"].is_string(), "{endpoint}");
        assert!(operation["summary"].is_string(), "{endpoint}");
        assert!(operation["responses"]["200"].is_object(), "{endpoint}");
    }
}

#[test]
fn swagger_ui_comes_from_the_program() {
    let server = Server::new();
    let page = server.get("/docs");
    let text = String::from_utf8(page.body.clone()).unwrap();
    assert!(
        page.header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    for (name, kind) in [
        ("swagger-ui.css", "text/css"),
        ("swagger-ui-bundle.js", "text/javascript"),
        ("start.js", "text/javascript"),
    ] {
        let path = format!("/docs/{name}");
        assert!(text.contains(&path), "{name}");
        let plain = server.get(&path);
        assert_eq!(plain.status, 200, "{name}");
        assert!(plain.header("content-type").unwrap().starts_with(kind));
        assert_eq!(plain.header("content-encoding"), None);
    }
    assert!(
        !text.contains("http:") && !text.contains("https:"),
        "{text}"
    );
    let headers = [("accept-encoding", "gzip, br")];
    let packed = lookalike_testkit::http::request(
        server.address,
        "GET",
        "/docs/swagger-ui.css",
        &headers,
        &[],
    );
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert_eq!(&packed.body[..2], [0x1f, 0x8b]);
}
