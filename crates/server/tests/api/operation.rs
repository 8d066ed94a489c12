//! What the server's operator looks at.

use lookalike_testkit::http::request;

use crate::fixture::{Server, picture};

#[test]
fn metrics_count_requests_and_stages() {
    let server = Server::new();
    for _ in 0..2 {
        // In one pose: each is a picture of its own.
        let fields: [(&str, Option<&str>, &[u8]); 2] = [
            ("file", Some("x.png"), &picture(1)),
            ("poses", None, b"upright"),
        ];
        let answer = server.search(&fields);
        assert_eq!(answer.status, 200);
    }
    assert_eq!(server.get("/api/nothing/at/all").status, 404);
    let answer = server.get("/metrics");
    let kind = answer.header("content-type").unwrap();
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    let text = String::from_utf8(answer.body).unwrap();
    for line in [
        "lookalike_http_requests_total{method=\"POST\",route=\"/api/search\",status=\"200\"} 2",
        "lookalike_http_requests_total{method=\"GET\",route=\"other\",status=\"404\"} 1",
        "lookalike_http_request_duration_seconds_count{route=\"/api/search\"} 2",
        "lookalike_search_stage_duration_seconds_count{stage=\"features\"} 2",
        "lookalike_embedded_queries_total 1",
        "lookalike_forward_passes_total 1",
        "lookalike_embedding_cache_total{result=\"hit\"} 1",
        "lookalike_searches_waiting 0",
        "lookalike_upload_memory_bytes 0",
        "lookalike_jobs_running 0",
    ] {
        assert!(text.lines().any(|other| other == line), "{line}\n{text}");
    }
    assert!(text.ends_with("# EOF\n"));
}

#[test]
fn every_request_has_a_name() {
    let server = Server::new();
    let first = server.get("/health/live");
    let second = server.get("/api/nothing");
    let (first, second) = (first.header("x-request-id"), second.header("x-request-id"));
    assert!(first.is_some_and(|id| id.len() == 16), "{first:?}");
    assert_ne!(first, second);
    let named = |id| {
        let headers = [("x-request-id", id)];
        let answer = request(server.address, "GET", "/health/live", &headers, &[]);
        answer.header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(named("from-the-proxy.1"), "from-the-proxy.1");
    assert_ne!(named("<script>"), "<script>");
    assert_ne!(named(&"x".repeat(65)), "x".repeat(65));
}

#[test]
fn a_data_directory_that_was_moved_away_is_told() {
    let server = Server::new();
    let data = server.directory.path().join("data");
    let health = server.get("/health");
    assert_eq!(health.status, 200);
    assert!(health.json()["components"]["disk"]["free_bytes"].as_u64() > Some(0));
    std::fs::rename(&data, server.directory.path().join("moved")).unwrap();
    let health = server.get("/health");
    assert_eq!(health.status, 503);
    assert_eq!(health.json()["status"], "degraded");
    assert_eq!(health.json()["components"]["catalog"]["status"], "error");
}
