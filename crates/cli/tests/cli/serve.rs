//! `lookalike serve`: says where, answers, sees what others import, ends at a signal.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Stdio};

use lookalike_testkit::http::{form, request};

use crate::support::{Scratch, files};

pub(crate) struct Serving {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Serving {
    pub(crate) fn start(scratch: &Scratch) -> Self {
        Self::of(scratch.command(&["serve", "--listen", "127.0.0.1:0"]))
    }

    pub(crate) fn of(mut command: std::process::Command) -> Self {
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines
            .find_map(|line| {
                let line = line.unwrap();
                let (_, rest) = line.split_once("serving on http://")?;
                rest.split(' ').next()?.parse().ok()
            })
            .expect("it says where");
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn serving_starts_empty_and_sees_what_is_imported_beside_it() {
    let scratch = Scratch::new();
    scratch.synth(2, 0);
    let mut serving = Serving::start(&scratch);
    let get = |path: &str| request(serving.address, "GET", path, &[], &[]);
    assert_eq!(get("/health").json()["status"], "ok");
    assert_eq!(get("/api/collection/stats").status, 404);

    let report = scratch.json(&["import", "designs/patents", "--format", "json"]);
    let stats = get("/api/collection/stats").json();
    assert_eq!(stats["data"]["num_entities"], report["imported"]);
    // The server owns the directory, so it was the server that imported.
    let jobs = get("/api/batch/jobs").json();
    assert_eq!(jobs["data"]["jobs"][0]["imported"], report["imported"]);

    let sheet = files(&scratch.path("designs/patents"), &["tif"]).remove(2);
    let (kind, body) = form(&[("file", Some("sheet.tif"), &std::fs::read(&sheet).unwrap())]);
    let headers = [("content-type", kind.as_str())];
    let answer = request(serving.address, "POST", "/api/search", &headers, &body).json();
    let group = &answer["data"]["results"][0];
    assert!(group["max_score"].as_f64().unwrap() > 0.999, "{answer:#}");
    let page = &group["pages"][0];
    let thumbnail = get(page["thumbnail_url"].as_str().unwrap());
    assert_eq!(thumbnail.header("content-type"), Some("image/jpeg"));

    #[cfg(unix)]
    {
        let id = serving.child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-TERM", &id])
            .status();
        assert!(sent.unwrap().success());
        assert_eq!(serving.child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn a_port_in_use_is_an_error_that_says_so() {
    let scratch = Scratch::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let message = scratch.fails(&["serve", "--listen", &address], 1);
    assert!(
        message.contains(&address) && message.contains("--listen"),
        "{message}"
    );
}
