//! Attacks on accounts, one test each.

use std::io::Write;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, OnceLock};

use lookalike_accounts::Role;
use lookalike_server::AccessRules;
use lookalike_testkit::http::{Answer, request};
use serde_json::{Value, json};

use crate::accounts::{Browser, PASSWORD, add, options, rules, send, try_log_in, with_rules};
use crate::fixture::Server;

/// Endpoints that take no login.
const OPEN: &[&str] = &[
    "get /health",
    "get /health/live",
    "get /api/auth/rules",
    "post /api/auth/login",
    "post /api/auth/logout",
    "post /api/auth/register",
];

/// Endpoints that readers may call although they are no plain reading.
const READERS: &[&str] = &[
    "post /api/search",
    "post /api/search/text",
    "post /api/search/vector",
    "post /api/search/item/{id}",
    "post /api/history/{id}/search",
    "post /api/shared/{query_token}/search",
    "post /api/marks/{query_token}",
    "post /api/saved-searches",
    "post /api/saved-searches/{id}/run",
    "delete /api/saved-searches/{id}",
    "delete /api/history/{id}",
    "delete /api/history",
    "post /api/preview",
    "post /api/preview/figures",
    "post /api/preview/pages",
    "post /api/auth/password",
    "post /api/auth/tokens",
    "delete /api/auth/tokens/{id}",
];

/// Endpoints that only read, but what readers don't see: what was deleted.
const EDITORS: &[&str] = &["get /api/trash", "get /api/trash/{id}/thumbnail"];

/// Endpoints of administrators.
const ADMINS: &[&str] = &[
    "delete /api/collections/{name}",
    "get /metrics",
    "get /api/users",
    "patch /api/users/{name}",
    "delete /api/users/{name}",
    "get /api/users/{name}/tokens",
    "delete /api/users/{name}/tokens/{id}",
];

/// Every endpoint that the server describes, as in the lists above.
fn endpoints(server: &Server) -> Vec<String> {
    let description = server.get("/openapi.json").json();
    let paths = description["paths"].as_object().unwrap().iter();
    let all: Vec<String> = paths
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(move |method| format!("{method} {path}"))
        })
        .collect();
    for listed in OPEN.iter().chain(READERS).chain(EDITORS).chain(ADMINS) {
        assert!(all.iter().any(|endpoint| endpoint == listed), "{listed}");
    }
    all
}

/// The least role that may call an endpoint: whatever is not listed and no plain reading is for
/// editors. A new endpoint that lets others in fails these tests until somebody lists it.
fn least(endpoint: &str) -> Option<Role> {
    match endpoint {
        open if OPEN.contains(&open) => None,
        admins if ADMINS.contains(&admins) => Some(Role::Admin),
        editors if EDITORS.contains(&editors) => Some(Role::Editor),
        readers if READERS.contains(&readers) || readers.starts_with("get ") => Some(Role::Reader),
        _ => Some(Role::Editor),
    }
}

fn call(server: &Server, endpoint: &str, headers: &[(&str, &str)]) -> Answer {
    let (method, path) = endpoint.split_once(' ').unwrap();
    let mut filled = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        filled += before;
        filled += "999";
        rest = after.split_once('}').unwrap().1;
    }
    filled += rest;
    send(server, &method.to_uppercase(), &filled, headers, &json!({}))
}

#[test]
fn no_endpoint_answers_a_role_that_is_too_low() {
    let server = with_rules(rules());
    add(&server, "ann", "admin");
    let roles = [("rea", Role::Reader), ("edi", Role::Editor)];
    for (name, role) in roles {
        add(&server, name, role.name());
    }
    let known = roles.map(|(name, role)| {
        let browser = Browser::log_in(&server, name);
        let authorization = format!("Bearer {}", browser.token());
        (browser, authorization, role)
    });
    for endpoint in endpoints(&server) {
        let Some(least) = least(&endpoint) else {
            continue;
        };
        assert_eq!(call(&server, &endpoint, &[]).status, 401, "{endpoint}");
        let made_up = format!("lookalike_session={}", "A".repeat(43));
        let answer = call(&server, &endpoint, &[("cookie", &made_up)]);
        assert_eq!(answer.status, 401, "{endpoint}");
        for (browser, authorization, role) in &known {
            let by_cookie = [
                ("cookie", browser.cookie.as_str()),
                ("x-csrf-token", browser.csrf_token.as_str()),
            ];
            let by_token = [("authorization", authorization.as_str())];
            for headers in [&by_cookie[..], &by_token[..]] {
                let status = call(&server, &endpoint, headers).status;
                assert_eq!(
                    status != 403,
                    *role >= least,
                    "{endpoint} by {role}: {status}"
                );
                assert_ne!(status, 401, "{endpoint} by {role}");
            }
        }
    }
}

#[test]
fn anonymous_callers_see_nothing_that_belongs_to_a_user() {
    let server = with_rules(AccessRules {
        anonymous_search: true,
        ..rules()
    });
    add(&server, "ann", "admin");
    let of_users = |endpoint: &String| {
        least(endpoint).is_some()
            && ["/history", "/saved-searches", "/api/auth/"]
                .iter()
                .any(|part| endpoint.contains(part))
    };
    for endpoint in endpoints(&server).iter().filter(|one| of_users(one)) {
        assert_eq!(call(&server, endpoint, &[]).status, 401, "{endpoint}");
    }
    assert_eq!(call(&server, "post /api/search/item/{id}", &[]).status, 404);
    assert_eq!(server.post("/api/search/item/1", b"").status, 200);
    // Nor is anything kept of them for the data directory's owner, who has no account either.
    let owner = [("x-lookalike-owner", "owner's secret")];
    let history = call(&server, "get /api/history", &owner);
    assert_eq!(history.json()["data"]["total"], 0, "{}", history.json());
}

#[test]
fn no_endpoint_changes_anything_by_a_cookie_alone() {
    let server = with_rules(rules());
    add(&server, "ann", "admin");
    let (ann, other) = (
        Browser::log_in(&server, "ann"),
        Browser::log_in(&server, "ann"),
    );
    let cookie = ("cookie", ann.cookie.as_str());
    for endpoint in endpoints(&server) {
        if endpoint.starts_with("get ") || endpoint == "post /api/auth/login" {
            continue;
        }
        for csrf_token in [None, Some(""), Some("x"), Some(other.csrf_token.as_str())] {
            let mut headers = vec![cookie];
            headers.extend(csrf_token.map(|token| ("x-csrf-token", token)));
            let answer = call(&server, &endpoint, &headers);
            assert_eq!(answer.status, 403, "{endpoint} with {csrf_token:?}");
            let message = answer.json()["message"].as_str().unwrap().to_owned();
            assert!(message.contains("X-CSRF-Token"), "{endpoint}: {message}");
        }
    }
    let cancel = |headers: &[(&str, &str)]| call(&server, "post /api/batch/cancel", headers).status;
    let right = ("x-csrf-token", ann.csrf_token.as_str());
    assert_eq!(cancel(&[cookie, right]), 200);
    let elsewhere = ("origin", "http://evil.example");
    assert_eq!(cancel(&[cookie, right, elsewhere]), 403);
    let authorization = format!("Bearer {}", ann.token());
    assert_eq!(cancel(&[("authorization", &authorization)]), 200);
}

#[test]
fn a_session_id_from_elsewhere_is_never_taken_over() {
    let server = with_rules(rules());
    add(&server, "ann", "admin");
    let planted = format!("lookalike_session={}", "A".repeat(43));
    let log_in = |cookie: &str| {
        let body = json!({"name": "ann", "password": PASSWORD});
        let headers = [("cookie", cookie)];
        let login = send(&server, "POST", "/api/auth/login", &headers, &body);
        Browser::of(&server, &login)
    };
    let me = |cookie: &str| {
        let headers = [("cookie", cookie)];
        request(server.address, "GET", "/api/auth/me", &headers, &[]).status
    };
    let first = log_in(&planted);
    assert_ne!(first.cookie, planted);
    assert_eq!((me(&planted), me(&first.cookie)), (401, 200));
    let second = log_in(&first.cookie);
    assert_ne!(second.cookie, first.cookie);
    assert_eq!((me(&first.cookie), me(&second.cookie)), (401, 200));
}

#[test]
fn guessing_is_slowed_down_and_logs_nobody_out() {
    let server = with_rules(rules());
    add(&server, "ann", "admin");
    let ann = Browser::log_in(&server, "ann");
    for _ in 0..5 {
        assert_eq!(try_log_in(&server, "ann", "wrong guess").status, 401);
    }
    let refused = try_log_in(&server, "ann", PASSWORD);
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), Some("1"));
    // Whatever address the attempts pretend to come from.
    let body = json!({"name": "ann", "password": "x"});
    let headers = [("x-forwarded-for", "198.51.100.7")];
    let refused = send(&server, "POST", "/api/auth/login", &headers, &body);
    assert_eq!(refused.status, 429);
    assert_eq!(ann.get("/api/auth/me").status, 200);
}

#[test]
fn a_trusted_proxy_says_who_guesses() {
    let server = with_rules(AccessRules {
        trusted_proxies: vec!["127.0.0.1".parse().unwrap()],
        ..rules()
    });
    add(&server, "ann", "admin");
    let guess = |name: &str, address: &str| {
        let body = json!({"name": name, "password": "wrong guess"});
        let headers = [("x-forwarded-for", address)];
        send(&server, "POST", "/api/auth/login", &headers, &body).status
    };
    for _ in 0..5 {
        assert_eq!(guess("ann", "198.51.100.7"), 401);
    }
    assert_eq!(guess("ann", "198.51.100.7"), 429);
    // Nobody is kept out elsewhere by that; a whole address is, by many names.
    assert_eq!(guess("ann", "198.51.100.8"), 401);
    for number in 0..16 {
        assert_eq!(guess(&format!("user{number}"), "198.51.100.7"), 401);
    }
    assert_eq!(guess("user16", "198.51.100.7"), 429);
    assert_eq!(guess("user16", "198.51.100.8"), 401);
}

#[test]
fn the_cookie_is_kept_from_pages_and_other_sites() {
    let server = with_rules(AccessRules {
        trusted_proxies: vec!["127.0.0.1".parse().unwrap()],
        ..rules()
    });
    add(&server, "ann", "admin");
    let cookie = |headers: &[(&str, &str)]| {
        let body = json!({"name": "ann", "password": PASSWORD});
        let login = send(&server, "POST", "/api/auth/login", headers, &body);
        let cookie = login.header("set-cookie").unwrap().to_owned();
        let (value, flags) = cookie.split_once("; ").unwrap();
        assert!(value.starts_with("lookalike_session="), "{cookie}");
        flags.to_owned()
    };
    let flags = "Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax";
    assert_eq!(cookie(&[]), flags);
    let by_tls = [("x-forwarded-proto", "https")];
    assert_eq!(cookie(&by_tls), format!("{flags}; Secure"));
    // Who is no trusted proxy can't say how a request came.
    let server = with_rules(rules());
    add(&server, "ann", "admin");
    let body = json!({"name": "ann", "password": PASSWORD});
    let login = send(&server, "POST", "/api/auth/login", &by_tls, &body);
    assert!(login.header("set-cookie").unwrap().ends_with(flags));
}

#[test]
fn sessions_end_after_30_days_unused_and_after_90_days() {
    static SECONDS: AtomicI64 = AtomicI64::new(1_795_000_000);
    let clock = || jiff::Timestamp::from_second(SECONDS.load(Ordering::Relaxed)).unwrap();
    let server = Server::with_clock(options(rules()), clock);
    add(&server, "ann", "admin");
    let (idle, used) = (
        Browser::log_in(&server, "ann"),
        Browser::log_in(&server, "ann"),
    );
    let pass_days = |days: i64| SECONDS.fetch_add(days * 24 * 60 * 60, Ordering::Relaxed);
    for _ in 0..4 {
        pass_days(20);
        assert_eq!(used.get("/api/auth/me").status, 200);
    }
    assert_eq!(idle.get("/api/auth/me").status, 401);
    pass_days(10);
    assert_eq!(used.get("/api/auth/me").status, 401);
}

/// All that this process logs.
fn log() -> &'static Mutex<Vec<u8>> {
    static LOG: OnceLock<Mutex<Vec<u8>>> = OnceLock::new();
    LOG.get_or_init(Mutex::default)
}

struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        log().lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn passwords_sessions_and_tokens_are_in_no_log() {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(|| Log)
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let server = with_rules(rules());
    add(&server, "ann", "admin");
    let ann = Browser::log_in(&server, "ann");
    let token = ann.token();
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    send(&server, "GET", "/api/auth/me", &headers, &Value::Null);
    try_log_in(&server, "ann", "mistyped secret");
    try_log_in(&server, "secret in the wrong field", "x");
    let change = json!({"old_password": PASSWORD, "new_password": "battery staple"});
    assert_eq!(ann.send("POST", "/api/auth/password", &change).status, 200);
    // A password that is no text, and one in the address.
    let wrong = json!({"name": "ann", "password": 8_412_739});
    send(&server, "POST", "/api/auth/login", &[], &wrong);
    tracing::error!("the end of the log");
    let log = String::from_utf8(log().lock().unwrap().clone()).unwrap();
    assert!(log.contains("the end of the log"));
    assert!(log.contains("request"), "requests are logged at this level");
    let (_, session) = ann.cookie.split_once('=').unwrap();
    for secret in [
        PASSWORD,
        "battery staple",
        "mistyped secret",
        "secret in the wrong field",
        "8412739",
        "owner's secret",
        "argon2id",
        token.as_str(),
        session,
        ann.csrf_token.as_str(),
    ] {
        assert!(!log.contains(secret), "`{secret}` was logged");
    }
}
