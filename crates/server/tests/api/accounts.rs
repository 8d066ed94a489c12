//! Accounts over HTTP: registering, logging in and out, tokens, users.

use std::collections::BTreeSet;

use lookalike_server::{AccessRules, ServerOptions};
use lookalike_testkit::http::{Answer, request};
use serde_json::{Value, json};

use crate::fixture::Server;

pub(crate) const PASSWORD: &str = "correct horse";

/// A server that has accounts.
pub(crate) fn with_rules(access: AccessRules) -> Server {
    Server::with(options(access))
}

pub(crate) fn options(access: AccessRules) -> ServerOptions {
    ServerOptions {
        owner_token: Some("owner's secret".into()),
        access,
        ..ServerOptions::default()
    }
}

pub(crate) fn rules() -> AccessRules {
    AccessRules {
        accounts: true,
        ..AccessRules::default()
    }
}

pub(crate) fn send(
    server: &Server,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Answer {
    let mut headers = headers.to_vec();
    headers.push(("content-type", "application/json"));
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    request(server.address, method, path, &headers, body.as_bytes())
}

/// Whoever may read the data directory adds a user.
pub(crate) fn add(server: &Server, name: &str, role: &str) {
    let owner = [("x-lookalike-owner", "owner's secret")];
    let body = json!({"name": name, "password": PASSWORD, "role": role});
    let answer = send(server, "POST", "/api/auth/register", &owner, &body);
    assert_eq!(answer.status, 200, "{}", answer.json());
}

pub(crate) fn try_log_in(server: &Server, name: &str, password: &str) -> Answer {
    let body = json!({"name": name, "password": password});
    send(server, "POST", "/api/auth/login", &[], &body)
}

/// What a browser keeps of a login.
pub(crate) struct Browser<'a> {
    server: &'a Server,
    pub(crate) cookie: String,
    pub(crate) csrf_token: String,
}

impl<'a> Browser<'a> {
    pub(crate) fn log_in(server: &'a Server, name: &str) -> Self {
        Self::of(server, &try_log_in(server, name, PASSWORD))
    }

    pub(crate) fn of(server: &'a Server, login: &Answer) -> Self {
        let body = login.json();
        assert_eq!(login.status, 200, "{body}");
        let cookie = login.header("set-cookie").unwrap();
        Self {
            server,
            cookie: cookie.split(';').next().unwrap().to_owned(),
            csrf_token: body["data"]["csrf_token"].as_str().unwrap().to_owned(),
        }
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("x-csrf-token", self.csrf_token.as_str()),
        ];
        send(self.server, method, path, &headers, body)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        let headers = [("cookie", self.cookie.as_str())];
        request(self.server.address, "GET", path, &headers, &[])
    }

    pub(crate) fn token(&self) -> String {
        let made = self.send("POST", "/api/auth/tokens", &json!({"name": "script"}));
        assert_eq!(made.status, 200, "{}", made.json());
        made.json()["data"]["token"].as_str().unwrap().to_owned()
    }
}

fn by_token(server: &Server, token: &str, method: &str, path: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    send(server, method, path, &headers, &Value::Null)
}

#[test]
fn the_first_to_register_is_the_administrator_and_lets_others_in() {
    let server = with_rules(rules());
    assert_eq!(server.get("/api/collections").status, 401);
    let register = |name: &str| {
        let body = json!({"name": name, "password": PASSWORD});
        send(&server, "POST", "/api/auth/register", &[], &body)
    };
    let who_may = || server.get("/api/auth/rules").json()["data"].take();
    let rules = json!({"accounts": true, "anonymous_search": false, "registration": "first"});
    assert_eq!(who_may(), rules);
    let ann = register("Ann").json();
    assert_eq!(ann["data"]["role"], "admin", "{ann}");
    assert_eq!(who_may()["registration"], "closed");
    assert_eq!(register("bob").status, 403);
    let ann = Browser::log_in(&server, "ann");
    let add = |body: Value| ann.send("POST", "/api/auth/register", &body);
    let bob = json!({"username": "bob", "password": PASSWORD, "role": "editor"});
    assert_eq!(add(bob.clone()).json()["data"]["role"], "editor");
    assert_eq!(add(bob).status, 409);
    for wrong in [
        json!({"name": "eve", "password": "short"}),
        json!({"name": "e v e", "password": PASSWORD}),
        json!({"name": "eve", "password": PASSWORD, "role": "king"}),
        json!({"name": "eve"}),
    ] {
        assert_eq!(add(wrong.clone()).status, 400, "{wrong}");
    }
    let bob = Browser::log_in(&server, "bob");
    let eve = json!({"name": "eve", "password": PASSWORD});
    assert_eq!(bob.send("POST", "/api/auth/register", &eve).status, 403);
}

#[test]
fn strangers_register_as_readers_where_that_is_open() {
    let server = with_rules(AccessRules {
        open_registration: true,
        ..rules()
    });
    add(&server, "ann", "admin");
    let rules = server.get("/api/auth/rules").json();
    assert_eq!(rules["data"]["registration"], "open");
    let register = |body: Value| send(&server, "POST", "/api/auth/register", &[], &body);
    let bob = register(json!({"name": "bob", "password": PASSWORD}));
    assert_eq!(bob.json()["data"]["role"], "reader");
    let eve = register(json!({"name": "eve", "password": PASSWORD, "role": "admin"}));
    assert_eq!(eve.status, 403);
}

#[test]
fn a_session_lasts_from_login_to_logout() {
    let server = with_rules(rules());
    add(&server, "ann", "admin");
    let login = try_log_in(&server, "ANN", PASSWORD);
    assert_eq!(login.header("cache-control"), Some("no-store"));
    let ann = Browser::of(&server, &login);
    let me = ann.get("/api/auth/me");
    assert_eq!(me.header("cache-control"), Some("no-store"));
    assert_eq!(me.json()["data"], login.json()["data"]);
    assert_eq!(me.json()["data"]["user"]["name"], "ann");
    assert_eq!(me.json()["data"]["accounts"], true);
    assert_eq!(ann.get("/api/collections").status, 200);
    let search = ann.send("POST", "/api/search/item/1", &Value::Null);
    assert_eq!(search.status, 200);
    let gone = ann.send("POST", "/api/auth/logout", &Value::Null);
    assert_eq!(gone.status, 200);
    assert!(gone.header("set-cookie").unwrap().contains("Max-Age=0"));
    let me = ann.get("/api/auth/me");
    assert_eq!(me.status, 401);
    assert!(me.header("www-authenticate").unwrap().starts_with("Bearer"));
    // Once more does no harm.
    assert_eq!(
        ann.send("POST", "/api/auth/logout", &Value::Null).status,
        200
    );
}

#[test]
fn the_own_password_is_changed_by_whoever_knows_it() {
    let server = with_rules(rules());
    add(&server, "ann", "admin");
    let (ann, elsewhere) = (
        Browser::log_in(&server, "ann"),
        Browser::log_in(&server, "ann"),
    );
    let change = |old: &str, new: &str| {
        let body = json!({"old_password": old, "new_password": new});
        ann.send("POST", "/api/auth/password", &body).status
    };
    assert_eq!(change("wrong", "battery staple"), 403);
    assert_eq!(change(PASSWORD, "short"), 400);
    assert_eq!(change(PASSWORD, "battery staple"), 200);
    assert_eq!(ann.get("/api/auth/me").status, 200);
    assert_eq!(elsewhere.get("/api/auth/me").status, 401);
    assert_eq!(try_log_in(&server, "ann", PASSWORD).status, 401);
    assert_eq!(try_log_in(&server, "ann", "battery staple").status, 200);
}

#[test]
fn a_token_does_what_its_user_may_until_it_is_revoked() {
    let server = with_rules(rules());
    add(&server, "ann", "admin");
    add(&server, "bob", "editor");
    let bob = Browser::log_in(&server, "bob");
    let token = bob.token();
    assert!(token.starts_with("lk_"));
    let ask = |method: &str, path: &str| by_token(&server, &token, method, path);
    let me = ask("GET", "/api/auth/me").json();
    assert_eq!(me["data"]["user"]["name"], "bob");
    assert_eq!(me["data"]["csrf_token"], Value::Null);
    assert_eq!(ask("POST", "/api/batch/cancel").status, 200);
    assert_eq!(ask("GET", "/api/users").status, 403);
    assert_eq!(ask("POST", "/api/auth/password").status, 400);
    let authorization = format!("bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    let more = json!({"name": "another"});
    let made = send(&server, "POST", "/api/auth/tokens", &headers, &more);
    assert_eq!(made.status, 403);
    let tokens = bob.get("/api/auth/tokens").json();
    assert_eq!(tokens["data"][0]["name"], "script");
    assert!(!tokens.to_string().contains("lk_"));
    let ann = Browser::log_in(&server, "ann");
    let path = format!("/api/auth/tokens/{}", tokens["data"][0]["id"]);
    assert_eq!(ann.send("DELETE", &path, &Value::Null).status, 404);
    assert_eq!(bob.send("DELETE", &path, &Value::Null).status, 200);
    assert_eq!(ask("GET", "/api/auth/me").status, 401);
    for wrong in [
        json!({"name": ""}),
        json!({"name": "x", "days": 0}),
        json!({}),
    ] {
        assert_eq!(bob.send("POST", "/api/auth/tokens", &wrong).status, 400);
    }
    let for_ann = json!({"name": "x", "user": "ann"});
    assert_eq!(bob.send("POST", "/api/auth/tokens", &for_ann).status, 400);
    let owner = [("x-lookalike-owner", "owner's secret")];
    let made = send(&server, "POST", "/api/auth/tokens", &owner, &for_ann).json();
    let token = made["data"]["token"].as_str().unwrap();
    assert_eq!(by_token(&server, token, "GET", "/api/users").status, 200);
    // A wrong token is no reason to look at the cookie.
    let headers = [
        ("cookie", ann.cookie.as_str()),
        ("authorization", "Bearer lk_no"),
    ];
    assert_eq!(
        send(&server, "GET", "/api/auth/me", &headers, &Value::Null).status,
        401
    );
}

#[test]
fn administrators_look_after_users() {
    let server = with_rules(rules());
    add(&server, "ann", "admin");
    add(&server, "bob", "reader");
    let (ann, bob) = (
        Browser::log_in(&server, "ann"),
        Browser::log_in(&server, "bob"),
    );
    let users = ann.get("/api/users").json();
    assert_eq!(users["data"][1]["name"], "bob");
    assert!(!users.to_string().contains("argon2"));
    let change = |name: &str, body: Value| ann.send("PATCH", &format!("/api/users/{name}"), &body);
    assert_eq!(
        bob.send("POST", "/api/batch/cancel", &json!({})).status,
        403
    );
    let promoted = change("BOB", json!({"role": "editor"})).json();
    assert_eq!(promoted["data"]["role"], "editor");
    assert_eq!(
        bob.send("POST", "/api/batch/cancel", &json!({})).status,
        200
    );
    assert_eq!(change("bob", json!({"password": "set by ann"})).status, 200);
    assert_eq!(bob.get("/api/auth/me").status, 401);
    assert_eq!(try_log_in(&server, "bob", "set by ann").status, 200);
    assert_eq!(change("bob", json!({"disabled": true})).status, 200);
    assert_eq!(try_log_in(&server, "bob", "set by ann").status, 401);
    assert_eq!(change("ann", json!({"role": "reader"})).status, 409);
    assert_eq!(change("nobody", json!({})).status, 404);
    assert_eq!(change("bob", json!({"colour": "red"})).status, 400);
    let remove = |name: &str| ann.send("DELETE", &format!("/api/users/{name}"), &Value::Null);
    assert_eq!(remove("ann").status, 409);
    assert_eq!(remove("bob").status, 200);
    assert_eq!(remove("bob").status, 404);
}

fn group_ids(answer: &Value) -> BTreeSet<String> {
    let groups = answer["results"].as_array().unwrap().iter();
    groups.map(|group| group["group_id"].to_string()).collect()
}

#[test]
fn a_search_is_shown_and_made_again_by_whoever_was_given_its_token() {
    let server = with_rules(AccessRules {
        anonymous_search: true,
        ..rules()
    });
    add(&server, "ann", "admin");
    add(&server, "bob", "reader");
    let ann = Browser::log_in(&server, "ann");
    let found = ann.send("POST", "/api/search/item/1", &json!({"min_score": 0.1}));
    let found = found.json()["data"].clone();
    let token = found["query_token"].as_str().unwrap();
    let bob = Browser::log_in(&server, "bob");
    let shared = format!("/api/shared/{token}");
    let entry = bob.get(&shared).json()["data"].clone();
    assert_eq!(entry["query_token"], token);
    assert_eq!(entry["queries"][0]["kind"], "item");
    let again = bob.send("POST", &format!("{shared}/search"), &json!({}));
    // The query's vectors are kept, what lies where in it is not: there is no second look.
    assert_eq!(group_ids(&again.json()["data"]), group_ids(&found));
    // It is a search of his own now, and strangers who may search may see it too.
    assert_eq!(bob.get("/api/history").json()["data"]["total"], 1);
    assert_eq!(server.get(&shared).status, 200);
    // By its number it is its maker's alone, and once she deletes it nobody's.
    let own = format!("/api/history/{}", entry["id"]);
    assert_eq!(bob.get(&own).status, 404);
    assert_eq!(ann.send("DELETE", &own, &Value::Null).status, 200);
    assert_eq!(bob.get(&shared).status, 404);
}

#[test]
fn anonymous_callers_search_where_that_is_on() {
    let server = with_rules(AccessRules {
        anonymous_search: true,
        ..rules()
    });
    assert_eq!(server.get("/api/collections").status, 200);
    assert_eq!(server.post("/api/search/item/1", b"").status, 200);
    assert_eq!(server.post("/api/batch/cancel", b"").status, 401);
    assert_eq!(server.get("/api/auth/me").status, 401);
    assert_eq!(server.get("/metrics").status, 401);
}

#[test]
fn without_accounts_everybody_is_the_local_user() {
    let server = with_rules(AccessRules::default());
    let me = server.get("/api/auth/me").json();
    assert_eq!(
        me["data"],
        json!({"accounts": false, "user": null, "role": "admin", "csrf_token": null})
    );
    assert_eq!(server.get("/api/users").json()["data"], json!([]));
    assert_eq!(server.get("/metrics").status, 200);
    assert_eq!(server.post("/api/batch/cancel", b"").status, 200);
    // Accounts can be made ready before they are switched on.
    add(&server, "ann", "admin");
    let ann = Browser::log_in(&server, "ann");
    assert_eq!(
        ann.get("/api/auth/me").json()["data"]["user"]["name"],
        "ann"
    );
}

#[test]
fn health_has_details_for_those_who_are_logged_in() {
    let server = with_rules(rules());
    add(&server, "ann", "admin");
    let health = server.get("/health");
    assert_eq!(health.status, 200);
    assert_eq!(
        health.json()["components"]["catalog"],
        json!({"status": "ok"})
    );
    assert_eq!(server.get("/health/live").status, 200);
    for page in ["/", "/patents/USD1", "/docs", "/openapi.json"] {
        assert_eq!(server.get(page).status, 200, "{page}");
    }
    let ann = Browser::log_in(&server, "ann");
    let known = ann.get("/health").json();
    assert_eq!(known["components"]["catalog"]["collections"], 1);
    assert_eq!(ann.get("/metrics").status, 200);
}

#[test]
fn a_set_up_code_is_asked_of_strangers_for_the_first_account_only() {
    let server = Server::with(ServerOptions {
        setup_code: Some("c0de".into()),
        ..options(rules())
    });
    let registration = || server.get("/api/auth/rules").json()["data"]["registration"].clone();
    assert_eq!(registration(), "first_by_code");
    let register = |name: &str, code: Value| {
        let body = json!({"name": name, "password": PASSWORD, "setup_code": code});
        send(&server, "POST", "/api/auth/register", &[], &body)
    };
    for code in [Value::Null, json!(""), json!("c0d"), json!("c0de2")] {
        let answer = register("boss", code);
        assert_eq!(answer.status, 403);
        let message = answer.json()["message"].to_string();
        assert!(message.contains("set-up code"), "{message}");
    }
    let answer = register("boss", json!(" c0de "));
    assert_eq!(answer.status, 200, "{}", answer.json());
    assert_eq!(answer.json()["data"]["role"], "admin");
    assert_eq!(registration(), "closed");
    assert_eq!(register("second", json!("c0de")).status, 403);
}

#[test]
fn the_owner_needs_no_set_up_code() {
    let server = Server::with(ServerOptions {
        setup_code: Some("c0de".into()),
        ..options(rules())
    });
    add(&server, "boss", "admin");
}
