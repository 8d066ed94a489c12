//! `lookalike users`, alone and with a running server.

use std::io::Write;
use std::process::{Output, Stdio};

use lookalike_testkit::http::request;
use serde_json::json;

use crate::serve::Serving;
use crate::support::Scratch;

const PASSWORD: &str = "correct horse";

/// Runs a command that reads a password from standard input.
fn with_password(scratch: &Scratch, arguments: &[&str], password: &str) -> Output {
    let mut child = scratch
        .command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // It may refuse the name before it reads.
    let _ = writeln!(input, "{password}");
    drop(input);
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn succeeds(output: &Output) {
    assert!(output.status.success(), "{}", said(output));
}

/// The same commands with the same results, whoever owns the directory.
fn look_after_users(scratch: &Scratch) {
    let first = with_password(scratch, &["users", "add", "ann"], PASSWORD);
    succeeds(&first);
    assert!(
        said(&first).contains("added `ann` as admin"),
        "{}",
        said(&first)
    );
    let add = ["users", "add", "bob", "--role", "editor"];
    succeeds(&with_password(scratch, &add, PASSWORD));
    let again = with_password(scratch, &add, PASSWORD);
    assert_eq!(again.status.code(), Some(1));
    assert!(
        said(&again).contains("`bob` exists already"),
        "{}",
        said(&again)
    );
    let short = with_password(scratch, &["users", "add", "eve"], "short");
    assert!(said(&short).contains("8 to 1024"), "{}", said(&short));
    let slash = with_password(scratch, &["users", "remove", "../x"], PASSWORD);
    assert!(
        said(&slash).contains("can't name a user"),
        "{}",
        said(&slash)
    );
    let password = ["users", "password", "bob"];
    succeeds(&with_password(scratch, &password, "battery staple"));
    succeeds(&scratch.run(&["users", "role", "bob", "reader"]));
    let message = scratch.fails(&["users", "role", "ann", "reader"], 1);
    assert!(message.contains("last administrator"), "{message}");
    scratch.fails(&["users", "role", "ann", "king"], 2);
    let users = scratch.json(&["users", "list", "--format", "json"]);
    let roles: Vec<_> = users
        .as_array()
        .unwrap()
        .iter()
        .map(|user| &user["role"])
        .collect();
    assert_eq!(roles, [&json!("admin"), &json!("reader")]);
    assert!(!users.to_string().contains("argon2"));
    let made = scratch.json(&["users", "token", "ann", "--days", "7", "--format", "json"]);
    assert!(made["token"].as_str().unwrap().starts_with("lk_"));
    assert_eq!(made["name"], "command line");
    let plain = scratch.run(&["users", "token", "bob", "--label", "nightly"]);
    let text = String::from_utf8(plain.stdout).unwrap();
    assert!(
        text.starts_with("lk_") && text.lines().count() == 1,
        "{text}"
    );
    succeeds(&scratch.run(&["users", "remove", "bob"]));
    let message = scratch.fails(&["users", "token", "bob"], 1);
    assert!(message.contains("no user `bob`"), "{message}");
}

#[test]
fn users_are_looked_after_without_a_server() {
    look_after_users(&Scratch::new());
}

#[test]
fn users_are_looked_after_beside_a_server_that_knows_them_at_once() {
    let scratch = Scratch::new();
    let mut command = scratch.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("LOOKALIKE_ACCOUNTS", "on");
    let serving = Serving::of(command);
    let get = |headers: &[(&str, &str)]| {
        request(serving.address, "GET", "/api/users", headers, &[]).status
    };
    assert_eq!(get(&[]), 401);
    look_after_users(&scratch);
    let made = scratch.json(&["users", "token", "ann", "--format", "json"]);
    let authorization = format!("Bearer {}", made["token"].as_str().unwrap());
    assert_eq!(get(&[("authorization", &authorization)]), 200);
    let login = |password: &str| {
        let body = json!({"name": "ann", "password": password}).to_string();
        let headers = [("content-type", "application/json")];
        request(
            serving.address,
            "POST",
            "/api/auth/login",
            &headers,
            body.as_bytes(),
        )
        .status
    };
    assert_eq!((login("wrong guess"), login(PASSWORD)), (401, 200));
    // The command line imports there as the directory's owner.
    scratch.synth(1, 0);
    let report = scratch.json(&["import", "designs/patents", "--format", "json"]);
    assert!(report["imported"].as_u64().unwrap() > 0);
}

#[test]
fn a_wrong_setting_is_told() {
    let scratch = Scratch::new();
    for (name, value, word) in [
        ("LOOKALIKE_ACCOUNTS", "maybe", "`on` or `off`"),
        ("LOOKALIKE_REGISTRATION", "ajar", "`open` or `closed`"),
        ("LOOKALIKE_TRUSTED_PROXIES", "127.0.0.1, here", "`here`"),
    ] {
        let output = scratch
            .command(&["users", "list"])
            .env(name, value)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains(word), "{}", said(&output));
    }
}
