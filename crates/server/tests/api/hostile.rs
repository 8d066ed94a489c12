//! Requests that somebody means harm by, one test a kind.

use lookalike_testkit::http::{form, request};
use serde_json::{Value, json};

use crate::accounts::{Browser, PASSWORD, add, rules, send, try_log_in, with_rules};
use crate::fixture::{Server, picture};

#[test]
fn methods_that_clients_make_up_are_counted_as_one() {
    let server = Server::new();
    for number in 0..20 {
        let method = format!("MADEUP{number}");
        let answer = request(server.address, &method, "/health/live", &[], &[]);
        assert_eq!(answer.status, 405);
    }
    let long = "M".repeat(1000);
    let answer = request(server.address, &long, "/health/live", &[], &[]);
    assert_eq!(answer.status, 405);
    assert!(answer.body.len() < 200, "it is not said back");
    let metrics = String::from_utf8(server.get("/metrics").body).unwrap();
    assert!(metrics.contains("method=\"other\""), "{metrics}");
    assert!(!metrics.contains("MADEUP") && !metrics.contains("MMM"));
    // Nor is a head of any length taken.
    let head = "M".repeat(100_000);
    let refused = std::panic::catch_unwind(|| {
        request(server.address, &head, "/health/live", &[], &[]).status
    });
    assert!(refused.is_err() || refused.is_ok_and(|status| status >= 400));
    assert_eq!(server.get("/health/live").status, 200);
}

#[test]
fn parameters_that_would_be_passed_over_are_refused() {
    let server = Server::new();
    let (kind, body) = form(&[("file", Some("a.png"), &picture(7))]);
    let headers = [("content-type", kind.as_str())];
    for path in [
        "/api/images",
        "/api/search",
        "/api/preview",
        "/api/batch/upload",
    ] {
        let path = format!("{path}?collection=elsewhere");
        let answer = request(server.address, "POST", &path, &headers, &body);
        assert_eq!(answer.status, 400, "{path}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        let says_why = message.contains("in its body") || message.contains("`collection`");
        assert!(says_why, "{message}");
    }
    let item = send(
        &server,
        "POST",
        "/api/search/item/1?top_k=3",
        &[],
        &json!({}),
    );
    assert_eq!(item.status, 400);
    assert_eq!(server.get("/api/images").json()["data"]["total"], 3);
}

#[test]
fn filters_beyond_all_bounds_are_the_clients_fault() {
    let server = Server::new();
    let words: Vec<String> = (0..5_000).map(|number| format!("k{number}")).collect();
    for filter in [
        json!({"keyword": words}),
        json!({"applicant": ["x".repeat(60_000)]}),
        json!({"file_name": ["\u{0}"]}),
    ] {
        let answer = send(&server, "POST", "/api/search/item/1", &[], &filter);
        assert_eq!(answer.status, 400, "{}", answer.json()["message"]);
    }
}

#[test]
fn pages_of_other_sites_have_no_work_done_and_show_no_pictures() {
    let server = Server::new();
    let get = |path: &str, mode: &str, site: &str| {
        let headers = [("sec-fetch-mode", mode), ("sec-fetch-site", site)];
        request(server.address, "GET", path, &headers, &[])
    };
    for path in ["/api/duplicates?threshold=0.7", "/api/image/plain.png"] {
        assert_eq!(get(path, "no-cors", "cross-site").status, 403, "{path}");
        assert_eq!(get(path, "cors", "same-origin").status, 200, "{path}");
    }
    // A link from elsewhere.
    assert_eq!(get("/", "navigate", "cross-site").status, 200);
    let shown = server.get("/api/image/plain.png");
    let policy = shown.header("cross-origin-resource-policy");
    assert_eq!(policy, Some("same-origin"));
}

#[test]
fn a_request_names_one_host_and_paths_are_text() {
    let server = Server::new();
    let answer = request(
        server.address,
        "GET",
        "/health",
        &[("host", "localhost")],
        &[],
    );
    assert_eq!(answer.status, 400);
    let answer = server.get("/api/image/%ff");
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["code"], 400);
}

#[test]
fn bodies_of_logins_are_small() {
    let server = with_rules(rules());
    let long = try_log_in(&server, "ann", &"x".repeat(20_000));
    assert_eq!(long.status, 413);
    let half = try_log_in(&server, "ann", &"x".repeat(10_000));
    assert_eq!(half.status, 401);
}

#[test]
fn an_administrators_token_is_not_good_for_accounts() {
    let server = with_rules(rules());
    add(&server, "boss", "admin");
    add(&server, "edi", "editor");
    let boss = Browser::log_in(&server, "boss");
    let authorization = format!("Bearer {}", boss.token());
    let headers = [("authorization", authorization.as_str())];
    let call = |method: &str, path: &str, body: &Value| send(&server, method, path, &headers, body);
    let refused = [
        (
            "PATCH",
            "/api/users/boss",
            json!({"password": "taken over"}),
        ),
        ("PATCH", "/api/users/edi", json!({"role": "admin"})),
        ("DELETE", "/api/users/edi", Value::Null),
        (
            "POST",
            "/api/auth/register",
            json!({"name": "eve", "password": PASSWORD, "role": "admin"}),
        ),
    ];
    for (method, path, body) in &refused {
        let answer = call(method, path, body);
        assert_eq!(answer.status, 403, "{method} {path}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains("not with a token"), "{message}");
    }
    assert_eq!(call("GET", "/api/users", &Value::Null).status, 200);
    // Whoever logged in may, and sees and revokes what others made.
    let edi = Browser::log_in(&server, "edi");
    let (one, two) = (edi.token(), edi.token());
    let is_known = |token: &str| {
        let authorization = format!("Bearer {token}");
        let headers = [("authorization", authorization.as_str())];
        send(&server, "GET", "/api/auth/me", &headers, &Value::Null).status == 200
    };
    let tokens = boss.get("/api/users/edi/tokens").json();
    let number = tokens["data"][1]["id"].as_i64().unwrap();
    assert!(tokens["data"][0]["token"].is_null(), "{tokens}");
    let path = format!("/api/users/edi/tokens/{number}");
    assert_eq!(boss.send("DELETE", &path, &Value::Null).status, 200);
    assert_eq!(boss.send("DELETE", &path, &Value::Null).status, 404);
    assert_eq!((is_known(&one), is_known(&two)), (false, true));
    // Another password ends the tokens that somebody else may have made.
    let reset = json!({"password": "battery staple"});
    assert_eq!(boss.send("PATCH", "/api/users/edi", &reset).status, 200);
    assert!(!is_known(&two));
}

#[test]
fn editors_do_not_delete_everything_by_a_filter_that_all_pass() {
    let server = with_rules(rules());
    add(&server, "boss", "admin");
    add(&server, "edi", "editor");
    let (boss, edi) = (
        Browser::log_in(&server, "boss"),
        Browser::log_in(&server, "edi"),
    );
    let all_pass = json!({"filter": {"exclude_item_id": [999]}});
    let refused = edi.send("DELETE", "/api/images", &all_pass);
    assert_eq!(refused.status, 403, "{}", refused.json());
    let some = json!({"filter": {"file_name": "plain"}});
    let deleted = edi.send("DELETE", "/api/images", &some).json();
    assert_eq!(deleted["data"]["deleted"], 1);
    let deleted = boss.send("DELETE", "/api/images", &all_pass).json();
    assert_eq!(deleted["data"]["deleted"], 2);
}

#[test]
fn names_of_files_are_read_as_downloads_write_them() {
    let server = Server::new();
    let (kind, body) = form(&[("file", Some("X"), &picture(9))]);
    let body = String::from_utf8_lossy(&body).into_owned();
    let plain = "filename=\"X\"";
    let at = body.find(plain).unwrap();
    let (_, raw) = form(&[("file", Some("X"), &picture(9))]);
    let named = [
        &raw[..at],
        b"filename*=UTF-8''%e5%9b%be%e7%ba%b8.png",
        &raw[at + plain.len()..],
    ]
    .concat();
    let headers = [("content-type", kind.as_str())];
    let answer = request(server.address, "POST", "/api/images", &headers, &named);
    assert_eq!(answer.json()["data"]["file_name"], "图纸.png");
    let answer = request(
        server.address,
        "POST",
        "/api/batch/upload",
        &headers,
        &named,
    );
    assert_eq!(answer.status, 200, "{}", answer.json());
}
