//! Imports through the API.

use std::time::Duration;

use lookalike_server::{ImportRoots, ServerOptions};
use lookalike_testkit::http::{Answer, form, request};
use serde_json::{Value, json};

use crate::fixture::{GRANT, Server, picture};

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

fn post(server: &Server, path: &str, body: &Value) -> Answer {
    let body = body.to_string();
    request(server.address, "POST", path, JSON, body.as_bytes())
}

/// A folder beside the imported one, with three pictures and a broken one.
fn folder(server: &Server) -> String {
    let folder = server.directory.path().join("more");
    std::fs::create_dir(&folder).unwrap();
    for seed in 5..8 {
        std::fs::write(folder.join(format!("{seed}.png")), picture(seed)).unwrap();
    }
    std::fs::write(folder.join("broken.jpg"), b"\xff\xd8\xff").unwrap();
    folder.to_str().unwrap().to_owned()
}

fn until_over(server: &Server) -> Value {
    loop {
        let status = server.get("/api/batch/status").json()["data"].take();
        if !["queued", "running"].contains(&status["status"].as_str().unwrap()) {
            return status;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn anywhere() -> ServerOptions {
    ServerOptions {
        import_roots: ImportRoots::Anywhere,
        ..ServerOptions::default()
    }
}

#[test]
fn an_import_is_started_followed_and_listed() {
    let server = Server::with(anywhere());
    let idle = server.get("/api/batch/status").json();
    assert_eq!(idle["data"]["status"], "idle");
    let path = folder(&server);
    let started = post(&server, "/api/batch/start", &json!({ "path": path }));
    assert_eq!(started.status, 200);
    let id = started.json()["data"]["job_id"].as_i64().unwrap();
    let status = until_over(&server);
    assert_eq!(status["status"], "completed");
    for (field, value) in [
        ("total", 4),
        ("processed", 4),
        ("skipped", 0),
        ("failed", 1),
    ] {
        assert_eq!(status[field], value, "{field}: {status}");
    }
    assert_eq!(status["progress_percent"], 100.0);
    assert_eq!(status["estimated_remaining_sec"], 0.0);
    assert!(
        status["avg_speed"]
            .as_str()
            .unwrap()
            .ends_with(" images/sec")
    );
    assert!(status["elapsed_sec"].as_f64().unwrap() > 0.0);
    let failed = &status["failed_files"][0];
    assert!(failed["file"].as_str().unwrap().ends_with("broken.jpg"));
    assert!(!failed["reason"].as_str().unwrap().is_empty());
    let stats = server.get("/api/collection/stats").json();
    assert_eq!(stats["data"]["num_entities"], 6);

    std::fs::write(server.directory.path().join("more/broken.jpg"), picture(9)).unwrap();
    let retried = post(&server, "/api/batch/retry", &json!({}));
    assert_eq!(retried.status, 200);
    assert_eq!(until_over(&server)["imported"], 1);
    let jobs = server.get("/api/batch/jobs").json();
    let jobs = jobs["data"]["jobs"].as_array().unwrap();
    assert_eq!(jobs.len(), 2);
    assert_eq!(
        (&jobs[0]["retry_of"], &jobs[1]["job_id"]),
        (&json!(id), &json!(id))
    );
    let over = post(&server, "/api/batch/cancel", &json!({ "job_id": id }));
    assert_eq!(
        (over.status, over.json()["code"].as_i64()),
        (409, Some(409))
    );
    let none = post(&server, "/api/batch/cancel", &json!({}));
    assert_eq!(none.json()["data"]["job_ids"], json!([]));
}

#[test]
fn wrong_requests_are_told_what_is_wrong() {
    let server = Server::with(anywhere());
    for (body, status, word) in [
        (json!({}), 400, "path"),
        (json!({ "path": "relative" }), 400, "absolute"),
        (json!({ "path": "/no/such/folder" }), 404, "/no/such/folder"),
        (json!({ "path": "/", "colour": "red" }), 400, "colour"),
        (json!({ "path": "/", "metric": "taxicab" }), 400, "taxicab"),
        (json!({ "path": "/", "size": 0 }), 400, "size"),
        (json!({ "path": "/", "index": "foo" }), 400, "foo"),
        (json!({ "path": "/", "collection": ".x" }), 400, ".x"),
    ] {
        let answer = post(&server, "/api/batch/start", &body);
        assert_eq!(answer.status, status, "{body}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(word), "{message}");
    }
    let body = br#"{"path": "/"}"#;
    let form = [("content-type", "text/plain")];
    let answer = request(server.address, "POST", "/api/batch/start", &form, body);
    assert_eq!(answer.status, 415);
    assert_eq!(server.get("/api/batch/status?job_id=99").status, 404);
    for path in ["/api/batch/status?job_id=x", "/api/batch/jobs?limit=-1"] {
        let answer = server.get(path);
        assert_eq!(
            (answer.status, answer.json()["code"].as_i64()),
            (400, Some(400))
        );
    }
    // A page of another site, in the user's browser.
    let cancel = |origin: &str| {
        let headers = [("origin", origin)];
        request(server.address, "POST", "/api/batch/cancel", &headers, &[]).status
    };
    assert_eq!((cancel("http://evil.example"), cancel("null")), (403, 403));
    assert_eq!(cancel(&format!("http://{}", server.address)), 200);
}

#[test]
fn only_configured_folders_are_imported_unless_the_owner_asks() {
    let server = Server::with(ServerOptions {
        import_roots: ImportRoots::Below(vec!["/no/such/root".into()]),
        owner_token: Some("secret".into()),
        ..ServerOptions::default()
    });
    let path = folder(&server);
    let body = json!({ "path": path });
    for path in [&path, "/no/such/root/../../etc", "/no/such/folder"] {
        let refused = post(&server, "/api/batch/start", &json!({ "path": path }));
        assert_eq!(refused.status, 403, "{path}");
    }
    let start = |token: &str| {
        let headers = [JSON[0], ("x-lookalike-owner", token)];
        let body = body.to_string();
        let answer = request(
            server.address,
            "POST",
            "/api/batch/start",
            &headers,
            body.as_bytes(),
        );
        answer.status
    };
    assert_eq!(
        (start(""), start("secre"), start("secrets")),
        (403, 403, 403)
    );
    assert_eq!(start("secret"), 200);
    assert_eq!(until_over(&server)["imported"], 3);
}

#[test]
fn files_that_are_sent_along_are_imported() {
    let server = Server::with(ServerOptions {
        import_roots: ImportRoots::Below(Vec::new()),
        // Larger than any other body may be.
        max_body_bytes: 1000,
        max_upload_bytes: 2_000_000,
        ..ServerOptions::default()
    });
    let upload = |fields: &[(&str, Option<&str>, &[u8])]| {
        let (kind, body) = form(fields);
        let headers = [("content-type", kind.as_str())];
        request(server.address, "POST", "/api/batch/upload", &headers, &body)
    };
    let grant = GRANT.replace("D1107373", "D1107374");
    let grant = grant.replace("USD1107373-20251230-D00001", "USD1107374-20251230-D00001");
    let patent = "week/USD1107374-20251230/USD1107374-20251230";
    let answer = upload(&[
        ("collection", None, b"sent"),
        ("size", None, b"112"),
        ("file", Some(&format!("{patent}.XML")), grant.as_bytes()),
        ("file", Some(&format!("{patent}-D00001.TIF")), &picture(6)),
        ("file", Some("week/broken.png"), &[b'x'; 1_500_000]),
    ]);
    assert_eq!(answer.status, 200, "{:?}", answer.json());
    let status = until_over(&server);
    assert_eq!(
        (&status["status"], &status["imported"], &status["failed"]),
        (&json!("completed"), &json!(1), &json!(1))
    );
    assert_eq!(
        (&status["uploaded_files"], &status["paths"]),
        (&json!(3), &json!([]))
    );
    assert_eq!(status["failed_files"][0]["file"], "week/broken.png");
    let patent = server.get("/api/patents/USD1107374?collection=sent").json();
    assert_eq!(patent["data"]["title"], "Watch <band>");
    let item = &patent["data"]["items"][0];
    let full = server.get(item["image_url"].as_str().unwrap());
    assert_eq!(full.status, 200);

    let many = vec![0; 2_100_000];
    for (fields, status, word) in [
        (vec![], 400, "no file"),
        (vec![("colour", None, &b"red"[..])], 400, "colour"),
        (vec![("size", None, &b"-1"[..])], 400, "size"),
        (vec![("file", None, &b"nameless"[..])], 400, "name"),
        (vec![("file", Some("a.png"), &many[..])], 413, "2000000"),
    ] {
        let answer = upload(&fields);
        assert_eq!(answer.status, status, "{word}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(word), "{message}");
    }
    // Only that of the job with a failed file stays; the others are removed aside.
    let folder = server.directory.path().join("data/uploads");
    while std::fs::read_dir(&folder).unwrap().count() != 1 {
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_part_with_an_endless_head_is_cut_off() {
    let server = Server::with(anywhere());
    let body = [b"--x\r\nX-Endless: ".as_slice(), &[b'a'; 8 << 20]].concat();
    let headers = [("content-type", "multipart/form-data; boundary=x")];
    for path in ["/api/batch/upload", "/api/search", "/api/images"] {
        let answer = request(server.address, "POST", path, &headers, &body);
        assert_eq!(answer.status, 400, "{path}");
    }
    // A large file is none, however fast it comes.
    let large = vec![b'x'; 8 << 20];
    let (kind, body) = form(&[("file", Some("large.png"), &large)]);
    let headers = [("content-type", kind.as_str())];
    let answer = request(server.address, "POST", "/api/batch/upload", &headers, &body);
    assert_eq!(answer.status, 200);
    assert_eq!(until_over(&server)["failed"], 1);
    let answer = request(server.address, "POST", "/api/search", &headers, &body);
    assert_eq!(answer.status, 415);
}

#[test]
fn models_are_taken_by_name_where_folders_are_not() {
    let server = Server::new();
    let body = json!({ "name": "c", "model": "/etc/passwd" });
    assert_eq!(post(&server, "/api/collections", &body).status, 403);
    for model in ["/etc", "./models", "..", "a/b", "weights.npz"] {
        let body = json!({ "path": "/no/such/folder", "model": model });
        let answer = post(&server, "/api/batch/start", &body);
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert_eq!(answer.status, 403, "{model}");
        assert!(message.contains("by name"), "{message}");
        let fields = [
            ("model", None, model.as_bytes()),
            ("file", Some("a.png"), b"x"),
        ];
        let (kind, body) = form(&fields);
        let headers = [("content-type", kind.as_str())];
        let answer = request(server.address, "POST", "/api/batch/upload", &headers, &body);
        assert_eq!(answer.status, 403, "{model}");
    }
}
