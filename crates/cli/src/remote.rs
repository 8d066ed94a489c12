//! The server that owns a data directory, as other commands reach it.
//!
//! A server leaves a note in its directory that says where it listens, and a secret by which
//! whoever may read the directory is known as its owner. The note counts only while the
//! directory is locked: a server that was killed leaves one behind.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use lookalike_catalog::Catalog;
use lookalike_engine::jobs::{JobReport, JobRequest};
use lookalike_wire as wire;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const NOTE: &str = "server.json";

/// How long the server may take for an answer: none of these calls waits for an import.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Where a server is and how its owner shows itself.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Server {
    process: u32,
    url: String,
    token: String,
}

/// The note of a server, removed when it ends.
pub(crate) struct Note(PathBuf);

impl Note {
    /// Leaves a note for a server that owns `data` and listens on `address`.
    pub(crate) fn leave(data: &Path, address: SocketAddr, token: &str) -> io::Result<Self> {
        let path = data.join(NOTE);
        // A new file, so that nobody has it open from before with wider rights.
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let server = Server {
            process: std::process::id(),
            url: format!("http://{}", reachable(address)),
            token: token.to_owned(),
        };
        let mut file = private_file(&path)?;
        serde_json::to_writer(&mut file, &server)?;
        file.flush()?;
        Ok(Self(path))
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::warn!("{} could not be removed: {error}", self.0.display());
        }
    }
}

/// A new secret: 32 hexadecimal digits.
pub(crate) fn new_token() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).context("the system gives no random numbers")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

impl Server {
    /// The server that owns `data`, if it is one that does. Ask only when the directory is
    /// locked.
    pub(crate) fn of(data: &Path) -> Option<Self> {
        let note = std::fs::read(data.join(NOTE)).ok()?;
        let server: Self = serde_json::from_slice(&note).ok()?;
        // Another process may have come after a server that was killed.
        let owner = Catalog::owner(data)?;
        (owner == format!("process {}", server.process)).then_some(server)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Queues an import; returns its job.
    pub(crate) fn start(&self, request: &JobRequest) -> anyhow::Result<i64> {
        let settings = &request.settings;
        let body = json!({
            "paths": serde_json::to_value(&request.paths)?,
            "collection": request.collection,
            "model": settings.model,
            "preprocess": settings.preprocess.map(|kind| kind.to_string()),
            "size": settings.size,
            "metric": settings.metric.map(|metric| metric.to_string()),
            "index": settings.index,
            "batch_size": request.batch_size.map_or(0, NonZeroUsize::get),
            "originals": request.originals,
            "again": request.again,
        });
        self.post("start", &body)
            .map(|started: Started| started.job_id)
    }

    /// Queues the failed files of the last job.
    pub(crate) fn retry(&self) -> anyhow::Result<i64> {
        self.post("retry", &json!({}))
            .map(|started: Started| started.job_id)
    }

    pub(crate) fn cancel(&self, job: i64) -> anyhow::Result<()> {
        self.post("cancel", &json!({ "job_id": job }))
            .map(|_: Value| ())
    }

    /// How the job is going, with at most `listed` of the files that failed.
    pub(crate) fn report(&self, job: i64, listed: usize) -> anyhow::Result<JobReport> {
        let url = &self.url;
        let call = agent()
            .get(format!(
                "{url}/api/batch/status?job_id={job}&listed={listed}"
            ))
            .header("x-lookalike-owner", &self.token);
        self.answer(call.call())
            .map(|report: wire::JobReport| report.into())
    }

    /// Asks for a change as the owner of the data directory; a body of `null` is none.
    pub(crate) fn send<T: DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        body: &Value,
    ) -> anyhow::Result<T> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("content-type", "application/json")
            .header("x-lookalike-owner", &self.token);
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        self.answer(agent().run(request.body(body)?))
    }

    fn post<T: DeserializeOwned>(&self, what: &str, body: &Value) -> anyhow::Result<T> {
        self.send("POST", &format!("/api/batch/{what}"), body)
    }

    fn answer<T: DeserializeOwned>(
        &self,
        response: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> anyhow::Result<T> {
        let unreachable = || {
            format!(
                "the server at {} owns the data directory but does not answer",
                self.url
            )
        };
        let mut response = response.with_context(unreachable)?;
        let body = response
            .body_mut()
            .read_to_vec()
            .with_context(unreachable)?;
        let envelope: Envelope = serde_json::from_slice(&body).with_context(unreachable)?;
        match envelope.data {
            Some(data) => Ok(serde_json::from_value(data)?),
            None => anyhow::bail!("{}", envelope.message),
        }
    }
}

#[derive(Deserialize)]
struct Started {
    job_id: i64,
}

#[derive(Deserialize)]
struct Envelope {
    message: String,
    data: Option<Value>,
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        // Errors come in an envelope with their reason.
        .http_status_as_error(false)
        // It is on this machine, whatever proxy the environment names.
        .proxy(None)
        .build()
        .into()
}

/// Whoever listens on all addresses is reached on the machine's own.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// A new file that only its owner may read.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}
