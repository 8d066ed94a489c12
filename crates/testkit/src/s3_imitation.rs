//! A server on loopback that answers as S3 does, from memory, and fails as a test tells it to.
//!
//! One bucket, `bucket`, in the path; the access key is `key`. It looks at no signature: what signs is
//! tested with published examples, and against a real server by `make test-stores`.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is answered with that status and S3's word for it.
    Answer(u16, &'static str),
    /// It is done, and the answer never comes.
    LostAnswer,
    /// The connection is closed at once.
    Closed,
    /// The answer's body is cut in the middle.
    Cut,
    /// It is answered late.
    Slow(Duration),
}

#[derive(Clone, Debug)]
struct Object {
    bytes: Vec<u8>,
    md5: Option<String>,
}

impl Object {
    fn tag(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.bytes.hash(&mut hasher);
        format!("\"{:016x}\"", hasher.finish())
    }
}

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<String, Object>,
    uploads: BTreeMap<String, (Object, BTreeMap<u32, Vec<u8>>)>,
    faults: VecDeque<Fault>,
    always: Option<Fault>,
    requests: Vec<String>,
}

/// The server, stopped when it is dropped.
#[derive(Debug)]
pub struct S3Imitation {
    state: Arc<Mutex<State>>,
    stopping: Arc<AtomicBool>,
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl S3Imitation {
    /// Starts a server with an empty bucket.
    ///
    /// # Panics
    /// No port on loopback is free.
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let state = Arc::new(Mutex::new(State::default()));
        let stopping = Arc::new(AtomicBool::new(false));
        let thread = spawn({
            let (state, stopping) = (Arc::clone(&state), Arc::clone(&stopping));
            move || {
                for stream in listener.incoming() {
                    if stopping.load(Ordering::SeqCst) {
                        return;
                    }
                    if let Ok(stream) = stream {
                        let state = Arc::clone(&state);
                        spawn(move || serve(&state, stream));
                    }
                }
            }
        });
        Self {
            state,
            stopping,
            address,
            thread: Some(thread),
        }
    }

    /// Such as `http://127.0.0.1:41234`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next requests fail in turn.
    pub fn fail_next(&self, faults: impl IntoIterator<Item = Fault>) {
        lock(&self.state).faults.extend(faults);
    }

    /// All requests fail so, or none any more.
    pub fn fail_always(&self, fault: Option<Fault>) {
        lock(&self.state).always = fault;
    }

    /// The keys that are there, in order.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        lock(&self.state).objects.keys().cloned().collect()
    }

    /// The bytes of an object.
    #[must_use]
    pub fn object(&self, key: &str) -> Option<Vec<u8>> {
        lock(&self.state)
            .objects
            .get(key)
            .map(|object| object.bytes.clone())
    }

    /// Puts an object as somebody else would.
    pub fn put(&self, key: &str, bytes: &[u8]) {
        let object = Object {
            bytes: bytes.to_vec(),
            md5: None,
        };
        lock(&self.state).objects.insert(key.to_owned(), object);
    }

    /// Requests since the last call, such as `GET /bucket/key`; without their parameters.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.state).requests)
    }
}

impl Drop for S3Imitation {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Request {
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Reply {
    fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    fn error(status: u16, code: &str) -> Self {
        Self::new(
            status,
            format!("<Error><Code>{code}</Code><Message>told to</Message></Error>"),
        )
    }
}

/// A request a connection.
fn serve(state: &Mutex<State>, mut stream: TcpStream) {
    let fault = {
        let mut state = lock(state);
        let next = state.faults.pop_front();
        next.or(state.always)
    };
    if fault == Some(Fault::Closed) {
        return;
    }
    let Some(request) = read(&stream) else { return };
    lock(state)
        .requests
        .push(format!("{} {}", request.method, request.path));
    if let Some(Fault::Slow(time)) = fault {
        sleep(time);
    }
    let reply = match fault {
        Some(Fault::Answer(status, code)) => Reply::error(status, code),
        _ => answer(&mut lock(state), &request),
    };
    if fault == Some(Fault::LostAnswer) {
        return;
    }
    let length = reply
        .headers
        .iter()
        .find(|(name, _)| *name == "content-length");
    let length = length.map_or(reply.body.len().to_string(), |(_, length)| length.clone());
    let mut head = format!(
        "HTTP/1.1 {} x\r\nconnection: close\r\ncontent-length: {length}\r\n",
        reply.status
    );
    for (name, value) in reply
        .headers
        .iter()
        .filter(|(name, _)| *name != "content-length")
    {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head += "\r\n";
    let body = match fault {
        Some(Fault::Cut) => &reply.body[..reply.body.len() / 2],
        _ => &reply.body[..],
    };
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body);
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut parts = line.split(' ');
    let (method, target) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = query.split('&').filter(|pair| !pair.is_empty());
    let query = query.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let query = query
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Request {
        method,
        path: decoded(path),
        query,
        headers,
        body,
    })
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
                let digits = str::from_utf8(&digits).unwrap_or("00");
                u8::from_str_radix(digits, 16).unwrap_or(0)
            }
            byte => byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn answer(state: &mut State, request: &Request) -> Reply {
    let authorization = request
        .headers
        .get("authorization")
        .map_or("", String::as_str);
    if !authorization.starts_with("AWS4-HMAC-SHA256 Credential=key/") {
        return Reply::error(403, "InvalidAccessKeyId");
    }
    let path = request.path.trim_start_matches('/');
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    if bucket != "bucket" {
        return Reply::error(404, "NoSuchBucket");
    }
    let query = |name: &str| request.query.get(name).map(String::as_str);
    match (request.method.as_str(), key) {
        ("GET", "") => list(state, &query),
        ("GET" | "HEAD", key) => get(state, request, key),
        ("POST", key) if query("uploads").is_some() => begin(state, request, key),
        ("PUT", key) => match (query("uploadId"), query("partNumber")) {
            (Some(id), Some(number)) => put_part(state, request, id, number),
            _ => put(state, request, key),
        },
        ("POST", key) => match query("uploadId").and_then(|id| state.uploads.remove(id)) {
            Some((mut object, parts)) => {
                object.bytes = parts.into_values().flatten().collect();
                state.objects.insert(key.to_owned(), object);
                Reply::new(200, "<CompleteMultipartUploadResult/>")
            }
            None => Reply::error(404, "NoSuchUpload"),
        },
        ("DELETE", key) => {
            match query("uploadId") {
                Some(id) => drop(state.uploads.remove(id)),
                None => drop(state.objects.remove(key)),
            }
            Reply::new(204, "")
        }
        _ => Reply::error(405, "MethodNotAllowed"),
    }
}

fn object(request: &Request) -> Object {
    Object {
        bytes: request.body.clone(),
        md5: request.headers.get("x-amz-meta-md5").cloned(),
    }
}

fn put(state: &mut State, request: &Request, key: &str) -> Reply {
    if request.headers.contains_key("if-none-match") && state.objects.contains_key(key) {
        return Reply::error(412, "PreconditionFailed");
    }
    let object = object(request);
    let mut reply = Reply::new(200, "");
    reply.headers.push(("etag", object.tag()));
    state.objects.insert(key.to_owned(), object);
    reply
}

fn begin(state: &mut State, request: &Request, key: &str) -> Reply {
    let id = format!("{key}-{}", state.uploads.len());
    state
        .uploads
        .insert(id.clone(), (object(request), BTreeMap::new()));
    Reply::new(
        200,
        format!(
            "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
        ),
    )
}

fn put_part(state: &mut State, request: &Request, id: &str, number: &str) -> Reply {
    let (Some((_, parts)), Ok(number)) = (state.uploads.get_mut(id), number.parse()) else {
        return Reply::error(404, "NoSuchUpload");
    };
    parts.insert(number, request.body.clone());
    let mut reply = Reply::new(200, "");
    reply.headers.push(("etag", format!("\"part-{number}\"")));
    reply
}

fn get(state: &State, request: &Request, key: &str) -> Reply {
    let Some(object) = state.objects.get(key) else {
        return match request.method.as_str() {
            "HEAD" => Reply::new(404, ""),
            _ => Reply::error(404, "NoSuchKey"),
        };
    };
    if request
        .headers
        .get("if-match")
        .is_some_and(|tag| *tag != object.tag())
    {
        return Reply::error(412, "PreconditionFailed");
    }
    let length = object.bytes.len();
    let mut reply = Reply::new(200, object.bytes.clone());
    if let Some(range) = request
        .headers
        .get("range")
        .and_then(|range| range.strip_prefix("bytes="))
    {
        let (from, to) = range.split_once('-').unwrap_or((range, ""));
        let from: usize = from.parse().unwrap_or(0);
        let end = to.parse().map_or(length, |to: usize| (to + 1).min(length));
        if from >= length {
            return Reply::error(416, "InvalidRange");
        }
        reply = Reply::new(206, &object.bytes[from..end]);
        let range = format!("bytes {from}-{}/{length}", end - 1);
        reply.headers.push(("content-range", range));
    }
    reply.headers.push(("etag", object.tag()));
    reply
        .headers
        .extend(object.md5.clone().map(|md5| ("x-amz-meta-md5", md5)));
    if request.method == "HEAD" {
        reply.headers.push(("content-length", length.to_string()));
        reply.body.clear();
    }
    reply
}

fn list<'q>(state: &State, query: &impl Fn(&str) -> Option<&'q str>) -> Reply {
    let prefix = query("prefix").unwrap_or_default();
    let after = query("continuation-token")
        .or(query("start-after"))
        .unwrap_or_default();
    let most = query("max-keys")
        .and_then(|most| most.parse().ok())
        .unwrap_or(1000);
    let above = state
        .objects
        .range::<str, _>((Bound::Excluded(after), Bound::Unbounded));
    let mut found = above.filter(|(key, _)| key.starts_with(prefix));
    let mut xml = "<ListBucketResult>".to_owned();
    let mut last = None;
    for (key, object) in found.by_ref().take(most) {
        let size = object.bytes.len();
        let _ = write!(
            xml,
            "<Contents><Key>{key}</Key><Size>{size}</Size></Contents>"
        );
        last = Some(key);
    }
    let is_cut = found.next().is_some();
    let _ = write!(xml, "<IsTruncated>{is_cut}</IsTruncated>");
    if let Some(last) = last.filter(|_| is_cut) {
        let _ = write!(xml, "<NextContinuationToken>{last}</NextContinuationToken>");
    }
    Reply::new(200, xml + "</ListBucketResult>")
}
