//! Requests and answers: signed, repeated where that may help.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use jiff::Timestamp;
use ureq::http::{HeaderMap, Method, Response, StatusCode};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};

use crate::address::{Address, query};
use crate::answers::Complaint;
use crate::credentials::Credentials;
use crate::retry::{LastFailure, Patience};
use crate::settings::{S3Settings, SettingsError};
use crate::sign::{Signer, Unsigned, sha256};
use crate::trouble::Trouble;

/// Of a complaint or a listing: a thousand keys of the greatest length, encoded, are less.
const MOST_XML: u64 = 16 << 20;

/// Connections kept open: as many as threads put blobs together, and some that read.
const IDLE_CONNECTIONS: usize = 16;

/// A bucket, and how it is asked.
#[derive(Debug)]
pub(crate) struct Bucket {
    agent: Agent,
    address: Address,
    /// Empty, or with a slash at its end.
    pub(crate) prefix: String,
    region: String,
    credentials: Credentials,
    pub(crate) patience: Patience,
    last_failure: LastFailure,
    /// For people.
    pub(crate) name: String,
}

/// What is asked for.
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    /// The whole key; empty for the bucket itself.
    pub(crate) key: &'a str,
    pub(crate) parameters: &'a [(&'a str, &'a str)],
    /// Names in lower case.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<&'a [u8]>,
}

impl<'a> Request<'a> {
    pub(crate) fn new(method: Method, key: &'a str) -> Self {
        Self {
            method,
            key,
            parameters: &[],
            headers: Vec::new(),
            body: None,
        }
    }

    pub(crate) fn parameters(self, parameters: &'a [(&'a str, &'a str)]) -> Self {
        Self { parameters, ..self }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn body(self, body: &'a [u8]) -> Self {
        Self {
            body: Some(body),
            ..self
        }
    }
}

/// An answer that is a success, or says that something is not there or not so.
pub(crate) type Answer = Response<Body>;

impl Bucket {
    pub(crate) fn new(settings: &S3Settings) -> Result<Self, SettingsError> {
        let tls = match &settings.ca_file {
            Some(path) => trusted(path)?,
            None => TlsConfig::default(),
        };
        let address = Address::new(&settings.endpoint, &settings.bucket, settings.addressing)?;
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .tls_config(tls)
            .user_agent(concat!("lookalike/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .max_idle_connections(IDLE_CONNECTIONS)
            .max_idle_connections_per_host(IDLE_CONNECTIONS)
            .timeout_connect(Some(Duration::from_secs(5)))
            .timeout_recv_response(Some(Duration::from_secs(30)))
            .timeout_per_read(Some(Duration::from_secs(30)))
            .timeout_per_write(Some(Duration::from_secs(30)));
        if address.is_loopback() {
            config = config.proxy(None);
        }
        let prefix = settings.prefix.trim_matches('/');
        Ok(Self {
            agent: config.build().into(),
            address,
            prefix: match prefix {
                "" => String::new(),
                prefix => format!("{prefix}/"),
            },
            region: settings.region.clone(),
            credentials: settings.credentials.clone(),
            patience: Patience::default(),
            last_failure: LastFailure::default(),
            name: format!(
                "{}/{}",
                settings.endpoint.trim_end_matches('/'),
                settings.bucket
            ),
        })
    }

    /// The answer to a request, and what `read` makes of it; both again as long as that may help.
    pub(crate) fn ask<T>(
        &self,
        request: &Request<'_>,
        mut read: impl FnMut(Answer) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let tries = if self.last_failure.is_recent() {
            1
        } else {
            self.patience.tries
        };
        let mut done = 0;
        loop {
            done += 1;
            match self.ask_once(request).and_then(&mut read) {
                Err(Trouble::Passing { reason, wait }) if done < tries => {
                    let wait = self.patience.wait(done, wait);
                    tracing::debug!(
                        "{} {}: {reason}; again in {} ms",
                        request.method,
                        request.key,
                        wait.as_millis()
                    );
                    sleep(wait);
                }
                result => {
                    let failed = matches!(result, Err(Trouble::Passing { .. }));
                    self.last_failure.note(failed);
                    return result;
                }
            }
        }
    }

    fn ask_once(&self, request: &Request<'_>) -> Result<Answer, Trouble> {
        let path = self.address.path(request.key);
        let query = query(request.parameters);
        let signer = Signer {
            credentials: &self.credentials,
            region: &self.region,
            now: Timestamp::now(),
        };
        let added = signer.headers(&Unsigned {
            method: request.method.as_str(),
            host: &self.address.host,
            path: &path,
            query: &query,
            headers: &request.headers,
            body_hash: &sha256(request.body.unwrap_or_default()),
        });
        let mut http = ureq::http::Request::builder()
            .method(&request.method)
            .uri(self.address.url(&path, &query));
        for (name, value) in request.headers.iter().chain(&added) {
            http = http.header(*name, value);
        }
        let bad = |error: ureq::http::Error| Trouble::Failed(error.to_string());
        let answer = match request.body {
            Some(body) => self.agent.run(http.body(body).map_err(bad)?),
            None => self.agent.run(http.body(()).map_err(bad)?),
        };
        let answer = answer.map_err(Trouble::of_transport)?;
        let status = answer.status();
        let is_answered = [
            StatusCode::NOT_FOUND,
            StatusCode::PRECONDITION_FAILED,
            StatusCode::RANGE_NOT_SATISFIABLE,
        ];
        if status.is_success() {
            return Ok(answer);
        }
        let region = header(answer.headers(), "x-amz-bucket-region").map(str::to_owned);
        let wait = header(answer.headers(), "retry-after")
            .and_then(|seconds| seconds.parse().ok())
            .map(Duration::from_secs);
        let (parts, body) = answer.into_parts();
        // A complaint that can't be read is none.
        let complaint = Complaint::read(&text(body).unwrap_or_default());
        if is_answered.contains(&status) && complaint.code != "NoSuchBucket" {
            return Ok(Response::from_parts(
                parts,
                Body::builder().data(Vec::new()),
            ));
        }
        Err(Trouble::of_answer(
            status,
            &complaint,
            region.as_deref(),
            wait,
        ))
    }
}

pub(crate) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// An answer's body as text.
pub(crate) fn text(body: Body) -> Result<String, Trouble> {
    let mut bytes = Vec::new();
    let read = body.into_reader().take(MOST_XML).read_to_end(&mut bytes);
    read.map_err(|error| Trouble::passing(&error))?;
    String::from_utf8(bytes).map_err(|_| Trouble::odd("text that is not UTF-8"))
}

/// All of an answer's body.
pub(crate) fn bytes(answer: Answer) -> Result<Vec<u8>, Trouble> {
    let announced =
        header(answer.headers(), "content-length").and_then(|length| length.parse().ok());
    let mut bytes = Vec::new();
    let read = answer.into_body().into_reader().read_to_end(&mut bytes);
    read.map_err(|error| Trouble::passing(&error))?;
    if announced.is_some_and(|length: usize| length != bytes.len()) {
        return Err(Trouble::passing(&"its answer was cut off"));
    }
    Ok(bytes)
}

fn trusted(path: &Path) -> Result<TlsConfig, SettingsError> {
    let pem = fs::read(path).map_err(|source| SettingsError::Certificates {
        path: path.to_owned(),
        source,
    })?;
    let certificates: Vec<_> = parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(SettingsError::NoCertificate {
            path: path.to_owned(),
        });
    }
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&certificates))
        .build())
}
