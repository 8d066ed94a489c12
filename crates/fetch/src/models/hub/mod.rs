//! Downloads models: resumable, verified, and visible only when complete.
//!
//! A file grows as `<file>.incomplete` and gets its name when its length and,
//! for large files, its SHA-256 are those that the hub announces. Redirects are
//! followed by hand, because the token must not follow them to another host,
//! and because the announcement stands in the redirecting answer.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use ureq::http::{Response, StatusCode};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};

use super::partial::Partial;
use super::resolve::shards;
use super::web::{
    absolute, header, is_loopback, plain_header, range_start, same_origin, sha256_of_etag,
};
use super::{
    CONFIG, HubEnvironment, Located, ModelError, PREPROCESSOR, WEIGHTS, WEIGHTS_INDEX, io_error,
    locate,
};

/// How a download is going. The total grows while files are being looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullProgress {
    /// The file being fetched.
    pub file: String,
    /// Bytes that are here, of all files, those of earlier runs included.
    pub done_bytes: u64,
    /// Bytes of all files, as far as announced.
    pub total_bytes: u64,
}

/// Tries without any progress before a transfer is given up.
const ATTEMPTS: u32 = 5;

/// Tries to reach the hub at all: a machine without network should say so soon.
const FIRST_ATTEMPTS: u32 = 2;

/// The hub redirects once or twice; more is a loop.
const MAX_REDIRECTS: u32 = 8;

/// Bytes per read, write and progress report.
const CHUNK_BYTES: usize = 1 << 20;

/// Makes sure that the model is on this machine, downloading it if it is not,
/// and returns its folder.
///
/// # Errors
/// [`ModelError`]. What has arrived stays and is taken up by the next call,
/// except a file whose checksum is wrong.
pub fn pull(
    name: &str,
    data_dir: &Path,
    environment: &HubEnvironment,
    progress: &mut dyn FnMut(PullProgress),
) -> Result<PathBuf, ModelError> {
    let (repository, target) = match locate(name, data_dir, environment)? {
        Located::Local(path) => return Ok(path),
        Located::Remote { repository, target } => (repository, target),
        Located::Builtin => {
            let reason = "it is inside the program and needs no download".to_owned();
            return Err(ModelError::BadPath {
                path: name.into(),
                reason,
            });
        }
    };
    let no_copy = |reason: &str| ModelError::NoCopy {
        name: name.to_owned(),
        repository: repository.clone(),
        endpoint: environment.endpoint.clone(),
        target: target.clone(),
        reason: reason.to_owned(),
    };
    if environment.offline {
        return Err(no_copy("HF_HUB_OFFLINE is set"));
    }
    let mut pull = Pull {
        environment,
        tls: tls(environment)?,
        repository: &repository,
        target: &target,
        revision: "main".to_owned(),
        progress,
        done_bytes: 0,
        total_bytes: 0,
    };
    // Nothing is created on disk before the hub has answered.
    let config = match pull.announcement(CONFIG, FIRST_ATTEMPTS) {
        Ok(config) => config.ok_or_else(|| pull.not_on_hub(CONFIG))?,
        Err(ModelError::Transfer { reason, .. }) => return Err(no_copy(&reason)),
        Err(error) => return Err(error),
    };
    // All files from one state of the repository, even if it changes meanwhile.
    if let Some(commit) = config.commit.clone() {
        pull.revision = commit;
    }
    fs::create_dir_all(&target).map_err(io_error(&target))?;
    pull.all_files(config)?;
    Ok(target)
}

/// What the hub says of a file before it is fetched.
struct Announcement {
    size: Option<u64>,
    /// In lower-case hex; only large files have one.
    sha256: Option<String>,
    commit: Option<String>,
}

/// Why one request or transfer failed.
enum Failure {
    /// Worth another try.
    Passing(String),
    /// Not.
    Final(ModelError),
}

struct Pull<'a> {
    environment: &'a HubEnvironment,
    tls: TlsConfig,
    repository: &'a str,
    target: &'a Path,
    revision: String,
    progress: &'a mut dyn FnMut(PullProgress),
    done_bytes: u64,
    total_bytes: u64,
}

impl Pull<'_> {
    /// Looks all files up, so that the total is known, then fetches them, the
    /// configuration last: a folder with one looks like a model.
    fn all_files(&mut self, config: Announcement) -> Result<(), ModelError> {
        let mut files = Vec::new();
        if let Some(weights) = self.announcement(WEIGHTS, ATTEMPTS)? {
            files.push((WEIGHTS.to_owned(), weights));
        } else {
            let index = self
                .announcement(WEIGHTS_INDEX, ATTEMPTS)?
                .ok_or_else(|| self.not_on_hub(WEIGHTS))?;
            self.count(&index);
            self.fetch(WEIGHTS_INDEX, &index)?;
            let index = self.target.join(WEIGHTS_INDEX);
            for shard in shards(&index).map_err(|reason| self.transfer(WEIGHTS_INDEX, reason))? {
                let announcement = self
                    .announcement(&shard, ATTEMPTS)?
                    .ok_or_else(|| self.not_on_hub(&shard))?;
                files.push((shard, announcement));
            }
        }
        if let Some(preprocessor) = self.announcement(PREPROCESSOR, ATTEMPTS)? {
            files.push((PREPROCESSOR.to_owned(), preprocessor));
        }
        files.push((CONFIG.to_owned(), config));
        for (_, announcement) in &files {
            self.count(announcement);
        }
        for (file, announcement) in &files {
            self.fetch(file, announcement)?;
        }
        Ok(())
    }

    fn count(&mut self, announcement: &Announcement) {
        self.total_bytes += announcement.size.unwrap_or(0);
    }

    fn report(&mut self, file: &str) {
        (self.progress)(PullProgress {
            file: file.to_owned(),
            done_bytes: self.done_bytes,
            // Unannounced sizes show only once the bytes are here.
            total_bytes: self.total_bytes.max(self.done_bytes),
        });
    }

    /// What the hub says of `file`; `None` if it has none.
    fn announcement(&self, file: &str, attempts: u32) -> Result<Option<Announcement>, ModelError> {
        let mut attempt = 1;
        loop {
            match self.try_announcement(file) {
                Ok(announcement) => return Ok(announcement),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing(reason)) if attempt >= attempts => {
                    return Err(self.transfer(file, reason));
                }
                Err(Failure::Passing(_)) => self.back_off(attempt),
            }
            attempt += 1;
        }
    }

    fn try_announcement(&self, file: &str) -> Result<Option<Announcement>, Failure> {
        let mut url = self.url(file);
        let mut commit = None;
        for _ in 0..MAX_REDIRECTS {
            let request = self.agent(&url).head(&url);
            let answer = self
                .authorised(request, &url)
                .call()
                .map_err(|error| passing(&error))?;
            let headers = answer.headers();
            commit = commit.or_else(|| plain_header(headers, "x-repo-commit"));
            let linked = header(headers, "x-linked-etag").and_then(sha256_of_etag);
            if answer.status().is_redirection() && linked.is_none() {
                url = self.redirected(&url, &answer)?;
                continue;
            }
            if !answer.status().is_redirection() && !self.accept(answer.status())? {
                return Ok(None);
            }
            let own = || header(headers, "etag").and_then(sha256_of_etag);
            let length = if answer.status().is_redirection() {
                None
            } else {
                header(headers, "content-length")
            };
            let size = header(headers, "x-linked-size")
                .or(length)
                .and_then(|size| size.parse().ok());
            // Some servers answer HEAD with a length of 0 whatever the file.
            let size = size.filter(|size| *size > 0);
            return Ok(Some(Announcement {
                size,
                sha256: linked.or_else(own),
                commit,
            }));
        }
        Err(Failure::Passing(format!(
            "more than {MAX_REDIRECTS} redirects"
        )))
    }

    /// Whether the file is there.
    fn accept(&self, status: StatusCode) -> Result<bool, Failure> {
        match status.as_u16() {
            200..=299 => Ok(true),
            404 => Ok(false),
            status @ (401 | 403) => Err(Failure::Final(ModelError::Denied {
                repository: self.repository.to_owned(),
                endpoint: self.environment.endpoint.clone(),
                status,
            })),
            status => Err(Failure::Passing(format!(
                "the server answers with status {status}"
            ))),
        }
    }

    /// Fetches one file to its place, unless it is there.
    fn fetch(&mut self, file: &str, announcement: &Announcement) -> Result<(), ModelError> {
        let place = self.target.join(file);
        if let Ok(metadata) = fs::metadata(&place) {
            // Files get their name when they are complete and verified.
            if announcement.size.is_none_or(|size| size == metadata.len()) {
                self.done_bytes += metadata.len();
                self.report(file);
                return Ok(());
            }
        }
        let mut partial = Partial::open(&self.target.join(format!("{file}.incomplete")))?;
        // Without a checksum nothing would tell that the halves fit together.
        if announcement.sha256.is_none()
            || announcement.size.is_some_and(|size| partial.length > size)
        {
            partial.restart()?;
        }
        let before = self.done_bytes;
        let mut attempt = 0;
        loop {
            let (start, resumed) = (partial.length, partial.length > 0);
            self.done_bytes = before + start;
            self.report(file);
            let result = match announcement.size {
                // Cut off between the last byte and the check.
                Some(size) if size == start && announcement.sha256.is_some() => Ok(()),
                _ => self.transfer_once(file, announcement, before, &mut partial),
            };
            let reason = match result {
                Ok(()) => match self.check(file, announcement, &partial) {
                    Ok(()) => break,
                    // The kept part may have been of another revision.
                    Err(ModelError::Checksum { .. }) if resumed => {
                        partial.restart()?;
                        continue;
                    }
                    Err(error) => {
                        partial.discard()?;
                        return Err(error);
                    }
                },
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing(reason)) => reason,
            };
            attempt = if partial.length > start {
                1
            } else {
                attempt + 1
            };
            if attempt >= ATTEMPTS {
                return Err(self.transfer(file, reason));
            }
            self.back_off(attempt);
        }
        self.done_bytes = before + partial.length;
        partial.finish(&place)?;
        self.report(file);
        Ok(())
    }

    /// Appends what the server sends from the end of `partial` on.
    fn transfer_once(
        &mut self,
        file: &str,
        announcement: &Announcement,
        before: u64,
        partial: &mut Partial,
    ) -> Result<(), Failure> {
        let mut answer = self.get(file, partial.length)?;
        let resumes = answer.status() == StatusCode::PARTIAL_CONTENT
            && header(answer.headers(), "content-range").and_then(range_start)
                == Some(partial.length);
        if answer.status() == StatusCode::RANGE_NOT_SATISFIABLE
            || (answer.status() == StatusCode::PARTIAL_CONTENT && !resumes)
        {
            partial.restart().map_err(Failure::Final)?;
            return Err(Failure::Passing(
                "the server sent another part than was asked for".to_owned(),
            ));
        }
        if !self.accept(answer.status())? {
            return Err(Failure::Final(self.not_on_hub(file)));
        }
        if !resumes {
            partial.restart().map_err(Failure::Final)?;
        }
        let length = header(answer.headers(), "content-length")
            .and_then(|length| length.parse::<u64>().ok());
        let here = length.map(|length| partial.length + length);
        // The length of a large file is announced with its checksum; that of a
        // small one is surer in this very answer.
        let expected = if announcement.sha256.is_some() {
            announcement.size.or(here)
        } else {
            here.or(announcement.size)
        };
        let mut reader = answer.body_mut().as_reader();
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let count = match reader.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(Failure::Passing(error.to_string())),
            };
            partial.append(&chunk[..count]).map_err(Failure::Final)?;
            if expected.is_some_and(|expected| partial.length > expected) {
                partial.restart().map_err(Failure::Final)?;
                return Err(Failure::Passing(
                    "more bytes arrived than were announced".to_owned(),
                ));
            }
            self.done_bytes = before + partial.length;
            self.report(file);
        }
        match expected {
            Some(expected) if partial.length < expected => Err(Failure::Passing(format!(
                "the connection ended after {} of {expected} bytes",
                partial.length
            ))),
            _ => Ok(()),
        }
    }

    fn get(&self, file: &str, start: u64) -> Result<Response<Body>, Failure> {
        let mut url = self.url(file);
        for _ in 0..MAX_REDIRECTS {
            let mut request = self.agent(&url).get(&url);
            if start > 0 {
                request = request.header("range", format!("bytes={start}-"));
            }
            let answer = self
                .authorised(request, &url)
                .call()
                .map_err(|error| passing(&error))?;
            if !answer.status().is_redirection() {
                return Ok(answer);
            }
            url = self.redirected(&url, &answer)?;
        }
        Err(Failure::Passing(format!(
            "more than {MAX_REDIRECTS} redirects"
        )))
    }

    fn check(
        &self,
        file: &str,
        announcement: &Announcement,
        partial: &Partial,
    ) -> Result<(), ModelError> {
        let found = partial.sha256();
        match &announcement.sha256 {
            Some(expected) if *expected != found => Err(ModelError::Checksum {
                repository: self.repository.to_owned(),
                file: file.to_owned(),
                expected: expected.clone(),
                found,
            }),
            _ => Ok(()),
        }
    }

    fn url(&self, file: &str) -> String {
        format!(
            "{}/{}/resolve/{}/{file}",
            self.environment.endpoint, self.repository, self.revision
        )
    }

    /// The token goes to the hub itself and to nobody it points to.
    fn authorised<State>(
        &self,
        request: ureq::RequestBuilder<State>,
        url: &str,
    ) -> ureq::RequestBuilder<State> {
        match &self.environment.token {
            Some(token) if same_origin(url, &self.environment.endpoint) => {
                request.header("authorization", format!("Bearer {token}"))
            }
            _ => request,
        }
    }

    /// Where an answer points to, as an absolute address.
    fn redirected(&self, url: &str, answer: &Response<Body>) -> Result<String, Failure> {
        let location = header(answer.headers(), "location");
        let target = location.and_then(|location| absolute(url, location));
        target.ok_or_else(|| Failure::Passing(format!("{url} redirects to nowhere: {location:?}")))
    }

    /// Proxies of the environment (`HTTPS_PROXY`, `NO_PROXY` ...) are used,
    /// except to this machine itself.
    fn agent(&self, url: &str) -> Agent {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .tls_config(self.tls.clone())
            .user_agent(concat!("lookalike/", env!("CARGO_PKG_VERSION")))
            // A compressed answer has another length than the file.
            .accept_encoding("identity")
            .timeout_connect(Some(Duration::from_secs(15)))
            .timeout_recv_response(Some(Duration::from_secs(60)))
            .timeout_per_read(Some(Duration::from_secs(60)));
        if is_loopback(url) {
            config.proxy(None).build().into()
        } else {
            config.build().into()
        }
    }

    fn back_off(&self, attempt: u32) {
        thread::sleep(self.environment.retry_delay * 2u32.pow(attempt.saturating_sub(1).min(6)));
    }

    fn transfer(&self, file: &str, reason: String) -> ModelError {
        ModelError::Transfer {
            repository: self.repository.to_owned(),
            file: file.to_owned(),
            reason,
        }
    }

    fn not_on_hub(&self, file: &str) -> ModelError {
        ModelError::NotOnHub {
            repository: self.repository.to_owned(),
            endpoint: self.environment.endpoint.clone(),
            file: file.to_owned(),
        }
    }
}

/// Trusts the public certificates, or those of the user's bundle instead.
fn tls(environment: &HubEnvironment) -> Result<TlsConfig, ModelError> {
    let Some(bundle) = &environment.ca_bundle else {
        return Ok(TlsConfig::default());
    };
    let pem = fs::read(bundle).map_err(io_error(bundle))?;
    let certificates: Vec<_> = parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&certificates))
        .build())
}

fn passing(error: &ureq::Error) -> Failure {
    Failure::Passing(error.to_string())
}
