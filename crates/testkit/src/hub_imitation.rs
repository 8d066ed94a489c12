//! A model hub on loopback, with the habits of the real one: metadata in the
//! headers of redirects, large files on another host, tokens, broken transfers.
//!
//! Plain sockets and one connection at a time: a test should see exactly what
//! was asked for, in order.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Commit that the imitation's `main` stands for.
pub const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// A file of a repository.
#[derive(Clone, Debug)]
pub struct HubFile {
    /// What is sent.
    pub bytes: Vec<u8>,
    /// For large files: the SHA-256 that is announced. They are sent by the
    /// second server, behind a redirect.
    pub sha256: Option<String>,
}

/// How the hub behaves.
#[derive(Clone, Debug, Default)]
pub struct HubSettings {
    /// Files by `owner/name/file`.
    pub files: BTreeMap<String, HubFile>,
    /// Required on the first server, if set.
    pub token: Option<String>,
    /// So many transfers of large files end after half of what was left.
    pub cut_transfers: usize,
    /// So many requests are answered with status 503 before the first good one.
    pub unavailable: usize,
    /// Sends whole files whatever part is asked for.
    pub ignores_ranges: bool,
}

/// One request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubRequest {
    /// `HEAD` or `GET`.
    pub method: String,
    /// Path on its server.
    pub path: String,
    /// Whether it came to the second server, where large files are.
    pub to_storage: bool,
    /// The `Range` header.
    pub range: Option<String>,
    /// The `Authorization` header.
    pub authorization: Option<String>,
}

/// Two servers on free ports, stopped when it is dropped.
#[derive(Debug)]
pub struct HubImitation {
    shared: Arc<Shared>,
    hub: SocketAddr,
    storage: SocketAddr,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    settings: HubSettings,
    cuts_left: AtomicUsize,
    refusals_left: AtomicUsize,
    stopping: AtomicBool,
    requests: Mutex<Vec<HubRequest>>,
}

impl HubImitation {
    /// Starts both servers.
    ///
    /// # Panics
    /// No port on loopback is free.
    #[must_use]
    pub fn start(settings: HubSettings) -> Self {
        let listen = || TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let (hub_listener, storage_listener) = (listen(), listen());
        let address = |listener: &TcpListener| {
            listener
                .local_addr()
                .expect("a bound socket has an address")
        };
        let (hub, storage) = (address(&hub_listener), address(&storage_listener));
        let shared = Arc::new(Shared {
            cuts_left: AtomicUsize::new(settings.cut_transfers),
            refusals_left: AtomicUsize::new(settings.unavailable),
            settings,
            stopping: AtomicBool::new(false),
            requests: Mutex::default(),
        });
        let serve = |listener: TcpListener, to_storage: bool| {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || {
                for stream in listener.incoming() {
                    if shared.stopping.load(Ordering::SeqCst) {
                        break;
                    }
                    // A client that hangs up early is part of the tests.
                    if let Ok(stream) = stream {
                        let _ = shared.answer(&stream, to_storage, storage);
                    }
                }
            })
        };
        let threads = vec![serve(hub_listener, false), serve(storage_listener, true)];
        Self {
            shared,
            hub,
            storage,
            threads,
        }
    }

    /// What to set as `HF_ENDPOINT`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.hub)
    }

    /// All requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<HubRequest> {
        self.shared
            .requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for HubImitation {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        for address in [self.hub, self.storage] {
            // Wakes the server from waiting.
            let _ = TcpStream::connect(address);
        }
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn answer(
        &self,
        stream: &TcpStream,
        to_storage: bool,
        storage: SocketAddr,
    ) -> std::io::Result<()> {
        let Some(request) = read_request(stream, to_storage)? else {
            return Ok(());
        };
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request.clone());
        let mut answer = Answer {
            stream,
            head_only: request.method == "HEAD",
        };
        if take_one(&self.refusals_left) {
            return answer.status("503 Service Unavailable", "");
        }
        if to_storage {
            return match self
                .settings
                .files
                .get(request.path.trim_start_matches('/'))
            {
                Some(file) => self.send(&mut answer, file, request.range.as_deref(), ""),
                None => answer.status("404 Not Found", ""),
            };
        }
        let wanted = self
            .settings
            .token
            .as_ref()
            .map(|token| format!("Bearer {token}"));
        if wanted.is_some() && wanted != request.authorization {
            return answer.status("401 Unauthorized", "X-Error-Code: GatedRepo\r\n");
        }
        // owner/name/resolve/revision/file
        let parts: Vec<&str> = request
            .path
            .trim_start_matches('/')
            .splitn(5, '/')
            .collect();
        let key = match parts[..] {
            [owner, name, "resolve", "main" | COMMIT, file] => format!("{owner}/{name}/{file}"),
            _ => return answer.status("404 Not Found", ""),
        };
        match self.settings.files.get(&key) {
            None => answer.status("404 Not Found", "X-Error-Code: EntryNotFound\r\n"),
            Some(file) => match &file.sha256 {
                None => self.send(&mut answer, file, None, &format!("X-Repo-Commit: {COMMIT}\r\nETag: \"{COMMIT}\"\r\n")),
                Some(sha256) => answer.status(
                    "302 Found",
                    &format!(
                        "X-Repo-Commit: {COMMIT}\r\nX-Linked-Size: {}\r\nX-Linked-ETag: \"{sha256}\"\r\n\
                         Location: http://{storage}/{key}\r\n",
                        file.bytes.len()
                    ),
                ),
            },
        }
    }

    fn send(
        &self,
        answer: &mut Answer<'_>,
        file: &HubFile,
        range: Option<&str>,
        headers: &str,
    ) -> std::io::Result<()> {
        let start = range
            .filter(|_| !self.settings.ignores_ranges)
            .and_then(|range| {
                range
                    .strip_prefix("bytes=")?
                    .strip_suffix('-')?
                    .parse::<usize>()
                    .ok()
            });
        let length = file.bytes.len();
        let (status, headers) = match start {
            Some(start) if start >= length => {
                return answer.status("416 Range Not Satisfiable", "");
            }
            Some(start) => {
                let range = format!(
                    "{headers}Content-Range: bytes {start}-{}/{length}\r\n",
                    length - 1
                );
                ("206 Partial Content", range)
            }
            None => ("200 OK", headers.to_owned()),
        };
        let body = &file.bytes[start.unwrap_or(0)..];
        let cut = file.sha256.is_some() && !answer.head_only && take_one(&self.cuts_left);
        let sent = if cut { &body[..body.len() / 2] } else { body };
        answer.body(status, &headers, body.len(), sent)
    }
}

/// Takes one of what is left, if any.
fn take_one(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
        left.checked_sub(1)
    })
    .is_ok()
}

struct Answer<'a> {
    stream: &'a TcpStream,
    head_only: bool,
}

impl Answer<'_> {
    fn status(&mut self, status: &str, headers: &str) -> std::io::Result<()> {
        self.body(status, headers, 0, b"")
    }

    /// `sent` may be less than the `length` that is announced.
    fn body(
        &mut self,
        status: &str,
        headers: &str,
        length: usize,
        sent: &[u8],
    ) -> std::io::Result<()> {
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n"
        );
        self.stream.write_all(head.as_bytes())?;
        if !self.head_only {
            self.stream.write_all(sent)?;
        }
        self.stream.flush()
    }
}

fn read_request(stream: &TcpStream, to_storage: bool) -> std::io::Result<Option<HubRequest>> {
    let mut lines = BufReader::new(stream).lines();
    let Some(first) = lines.next().transpose()? else {
        return Ok(None);
    };
    let mut words = first.split(' ');
    let mut request = HubRequest {
        method: words.next().unwrap_or_default().to_owned(),
        path: words.next().unwrap_or_default().to_owned(),
        to_storage,
        range: None,
        authorization: None,
    };
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "range" => request.range = Some(value.trim().to_owned()),
            "authorization" => request.authorization = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    Ok(Some(request))
}
