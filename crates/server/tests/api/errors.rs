//! Wrong requests: the fitting status, the envelope, and a message that says what to do.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use lookalike_server::ServerOptions;
use lookalike_testkit::http::{Answer, request};

use crate::fixture::{Server, picture};

fn refused(answer: &Answer, status: u16, part: &str) {
    let body = answer.json();
    assert_eq!(answer.status, status, "{body}");
    assert_eq!(body["code"], status, "{body}");
    assert!(body["data"].is_null());
    let message = body["message"].as_str().unwrap();
    assert!(message.contains(part), "{message}");
}

#[test]
fn parameters_out_of_range_are_named() {
    let server = Server::new();
    let file = picture(1);
    let refuse = |name: &str, value: &str, status, part| {
        let answer = server.search(&[("file", Some("x"), &file), (name, None, value.as_bytes())]);
        refused(&answer, status, part);
    };
    refuse("top_k", "0", 400, "1 to 1000");
    refuse("top_k", "1001", 400, "1 to 1000");
    refuse("top_k", "many", 400, "top_k is `many`");
    refuse("top_groups", "201", 400, "1 to 200");
    refuse("min_score", "NaN", 400, "min_score");
    refuse("region", "1,1,1,1", 400, "x,y,w,h");
    refuse("status", "dead", 400, "in_force or expired");
    refuse("patent_id", "US9999999B2", 400, "9999999");
    refuse("colour", "red", 400, "no parameter `colour`");
    refuse("collection", "nope", 404, "no collection named `nope`");
}

#[test]
fn what_is_no_picture_is_refused_by_its_fault() {
    let server = Server::new();
    refused(&server.search(&[]), 400, "send one as `file`");
    refused(
        &server.search(&[("image", Some("x"), b"x")]),
        400,
        "send it as `file`",
    );
    refused(
        &server.search(&[("file", Some("x.png"), b"hello")]),
        415,
        "no image format",
    );
    let mut cut = picture(1);
    cut.truncate(cut.len() / 2);
    refused(&server.search(&[("file", Some("x.png"), &cut)]), 422, "png");
    let answer = server.post("/api/search", b"plain");
    refused(&answer, 400, "multipart/form-data");
    let headers = [("content-type", "multipart/form-data; boundary=x")];
    let broken = request(
        server.address,
        "POST",
        "/api/search",
        &headers,
        b"--x\r\nnonsense",
    );
    assert_eq!(broken.status, 400, "{:?}", broken.json());
    refused(
        &server.post("/api/search/vector", b"[1]"),
        400,
        "not what is expected",
    );
    refused(
        &server.post("/api/search/vector", b"{\"vector\":[1]}"),
        400,
        "vectors of 256",
    );
    refused(
        &server.post("/api/search/item/99", b""),
        404,
        "no item with id 99",
    );
    refused(&server.post("/api/search/item/x", b""), 400, "no item's id");
}

#[test]
fn bodies_above_the_limit_are_refused() {
    let server = Server::with(ServerOptions {
        max_body_bytes: 1000,
        ..ServerOptions::default()
    });
    let large = vec![0; 3 << 20];
    let answer = server.search(&[("file", Some("x.png"), &large)]);
    assert_eq!(answer.status, 413);
    assert_eq!(server.post("/api/preview", &large).status, 413);
    // And the server goes on.
    assert_eq!(server.get("/health/live").status, 200);
}

fn impatient() -> Server {
    Server::with(ServerOptions {
        body_timeout: Duration::from_millis(200),
        ..ServerOptions::default()
    })
}

fn assert_cut_off(slow: &mut TcpStream) {
    let mut text = [0; 64];
    let read = slow.read(&mut text).unwrap();
    let text = String::from_utf8_lossy(&text[..read]).into_owned();
    assert!(text.starts_with("HTTP/1.1 408"), "{text}");
}

#[test]
fn slow_clients_are_cut_off_and_harm_nobody() {
    let server = impatient();
    let mut slow = TcpStream::connect(server.address).unwrap();
    slow.write_all(
        b"POST /api/search HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\
          content-type: multipart/form-data; boundary=x\r\n\r\n--x\r\n",
    )
    .unwrap();
    let answer = server.search(&[("file", Some("x.png"), &picture(1))]);
    assert_eq!(answer.status, 200);
    assert_cut_off(&mut slow);
}

#[test]
fn uploads_that_drip_are_cut_off() {
    let server = impatient();
    let mut slow = TcpStream::connect(server.address).unwrap();
    slow.write_all(
        b"POST /api/batch/upload HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\
          content-type: multipart/form-data; boundary=x\r\n\r\n--x\r\n\
          content-disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n",
    )
    .unwrap();
    // Something comes all the time.
    let drips = slow.try_clone().unwrap();
    let dripping = std::thread::spawn(move || {
        while (&drips).write_all(b"a").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    assert_cut_off(&mut slow);
    drop(slow.shutdown(std::net::Shutdown::Both));
    dripping.join().unwrap();
}

#[test]
fn unknown_paths_and_methods_get_the_envelope() {
    let server = Server::new();
    refused(&server.get("/api/nothing"), 404, "/api/nothing");
    refused(&server.get("/api/search"), 405, "does not take GET");
    let stats = server.get("/api/collection/stats?collection=x");
    refused(&stats, 404, "no collection named `x`");
}

#[test]
fn every_answer_keeps_browsers_out_of_trouble() {
    let server = Server::new();
    for path in ["/", "/assets/nothing.js", "/api/nothing", "/health"] {
        let answer = server.get(path);
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
    }
}

#[test]
fn only_sites_that_were_named_may_use_the_api() {
    let friend = "https://friend.example";
    let server = Server::with(ServerOptions {
        cors_origins: vec![friend.parse().unwrap()],
        ..ServerOptions::default()
    });
    let ask = |origin| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
        ];
        let allowed = request(server.address, "OPTIONS", "/api/search", &headers, &[]);
        let allowed = allowed.header("access-control-allow-origin") == Some(origin);
        let headers = [("origin", origin), ("content-type", "application/json")];
        let answer = request(
            server.address,
            "POST",
            "/api/search/item/1",
            &headers,
            b"{}",
        );
        (allowed, answer.status)
    };
    assert_eq!(ask(friend), (true, 200));
    assert_eq!(ask("https://stranger.example"), (false, 403));
    assert_eq!(ask("null"), (false, 403));
    assert_eq!(ask(&format!("http://{}", server.address)), (false, 200));
}

#[test]
fn a_client_may_make_so_many_requests_a_minute() {
    let server = Server::with(ServerOptions {
        max_requests_per_minute: Some(3),
        ..ServerOptions::default()
    });
    for _ in 0..3 {
        assert_eq!(server.get("/api/collections").status, 200);
    }
    let answer = server.get("/api/collections");
    refused(&answer, 429, "try again");
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
}

#[test]
fn a_name_of_another_site_does_not_lead_here() {
    let server = Server::with(ServerOptions {
        hosts: Some(vec!["designs.example.org".to_owned()]),
        ..ServerOptions::default()
    });
    let status = |host: &str| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        let head =
            format!("GET /api/collections HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text[9..12].to_owned()
    };
    assert_eq!(status("designs.example.org"), "200");
    assert_eq!(status("localhost:8080"), "200");
    assert_eq!(status("evil.example"), "403");
}
