//! A web server on loopback that answers as a test tells it to: late, in drips, cut off, or
//! in contradiction to its own headers. Counts what arrives and how much of it at once.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

/// What to answer.
#[derive(Clone, Debug)]
pub struct WebAnswer {
    /// Such as 200.
    pub status: u16,
    /// Names and values, besides the length of the body.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Vec<u8>,
    /// The length that is announced: by default that of the body; `None` for none at all.
    pub content_length: Option<usize>,
    /// Time before the answer begins.
    pub delay: Duration,
    /// Time between single bytes of the body, if it is to drip.
    pub drip: Option<Duration>,
}

impl WebAnswer {
    /// A whole answer at once.
    #[must_use]
    pub fn new(status: u16, body: &[u8]) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.to_vec(),
            content_length: Some(body.len()),
            delay: Duration::ZERO,
            drip: None,
        }
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// The server, stopped when it is dropped. A thread for every connection, a request for each.
#[derive(Debug)]
pub struct WebImitation {
    shared: Arc<Shared>,
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    stopping: AtomicBool,
    running: AtomicUsize,
    most_running: AtomicUsize,
    requests: Mutex<Vec<String>>,
}

impl WebImitation {
    /// Starts a server. `answer` gets the path of a request and how many have asked for that
    /// path before.
    ///
    /// # Panics
    /// No port on loopback is free.
    #[must_use]
    pub fn start(answer: impl Fn(&str, usize) -> WebAnswer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let shared = Arc::new(Shared::default());
        let server = Arc::clone(&shared);
        let answer = Arc::new(answer);
        let thread = spawn(move || {
            for stream in listener.incoming() {
                if server.stopping.load(Ordering::SeqCst) {
                    break;
                }
                let (server, answer) = (Arc::clone(&server), Arc::clone(&answer));
                // A client that hangs up early is part of the tests.
                if let Ok(stream) = stream {
                    spawn(move || server.serve(stream, &*answer));
                }
            }
        });
        Self {
            shared,
            address,
            thread: Some(thread),
        }
    }

    /// The address of a path (beginning with a slash) on this server.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Paths of all requests so far, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.shared.requests().clone()
    }

    /// The largest number of requests that were in work at the same time.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        self.shared.most_running.load(Ordering::SeqCst)
    }
}

impl Drop for WebImitation {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // Wakes the server from waiting.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn requests(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, mut stream: TcpStream, answer: &dyn Fn(&str, usize) -> WebAnswer) {
        let Some(path) = read_path(&stream) else {
            return;
        };
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_running.fetch_max(running, Ordering::SeqCst);
        let before = {
            let mut requests = self.requests();
            let before = requests.iter().filter(|other| **other == path).count();
            requests.push(path.clone());
            before
        };
        let answer = answer(&path, before);
        sleep(answer.delay);
        let head = head(&answer);
        // Counted down before the client can know that the answer is there.
        if answer.drip.is_none() {
            self.running.fetch_sub(1, Ordering::SeqCst);
        }
        let _ = stream.write_all(head.as_bytes());
        match answer.drip {
            None => {
                let _ = stream.write_all(&answer.body);
            }
            Some(pause) => {
                for byte in &answer.body {
                    if self.stopping.load(Ordering::SeqCst) || stream.write_all(&[*byte]).is_err() {
                        break;
                    }
                    sleep(pause);
                }
                self.running.fetch_sub(1, Ordering::SeqCst);
            }
        }
    }
}

fn head(answer: &WebAnswer) -> String {
    let mut head = format!("HTTP/1.1 {} Answer\r\nConnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if let Some(length) = answer.content_length {
        head += &format!("Content-Length: {length}\r\n");
    }
    head + "\r\n"
}

/// The path of the request, once its headers have come.
fn read_path(stream: &TcpStream) -> Option<String> {
    let mut lines = BufReader::new(stream).lines();
    let path = lines.next()?.ok()?.split(' ').nth(1)?.to_owned();
    for line in lines {
        if line.ok()?.is_empty() {
            return Some(path);
        }
    }
    None
}
