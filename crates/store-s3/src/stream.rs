//! An object that is read bit by bit, from any place on.
//!
//! Opening it brings its first bytes along: sheets are some 50 kB, so that most are read with one
//! request. What comes after is asked for when it is read, by range, and only as long as the object
//! is the same; a connection that breaks is made again where it broke.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use ureq::BodyReader;
use ureq::http::{Method, StatusCode};

use crate::exchange::{Answer, Bucket, Request, bytes, header};
use crate::trouble::Trouble;

/// Bytes that come with opening.
const HEAD: u64 = 64 << 10;

pub(crate) struct Stream {
    bucket: Arc<Bucket>,
    key: String,
    etag: Option<String>,
    pub(crate) length: u64,
    head: Vec<u8>,
    position: u64,
    /// The rest, from `position` on.
    rest: Option<BodyReader<'static>>,
}

impl Stream {
    /// `None` where there is no such object.
    pub(crate) fn open(bucket: &Arc<Bucket>, key: String) -> Result<Option<Self>, Trouble> {
        let request =
            Request::new(Method::GET, &key).header("range", format!("bytes=0-{}", HEAD - 1));
        let opened = bucket.ask(&request, |answer| match answer.status() {
            StatusCode::NOT_FOUND => Ok(None),
            // There is no first byte.
            StatusCode::RANGE_NOT_SATISFIABLE => Ok(Some((0, None, Vec::new()))),
            _ => {
                let length = whole_length(&answer).ok_or_else(|| Trouble::odd("no length"))?;
                let etag = header(answer.headers(), "etag").map(str::to_owned);
                Ok(Some((length, etag, bytes(answer)?)))
            }
        })?;
        Ok(opened.map(|(length, etag, head)| Self {
            bucket: Arc::clone(bucket),
            key,
            etag,
            length,
            head,
            position: 0,
            rest: None,
        }))
    }

    fn ask_for_rest(&self) -> io::Result<BodyReader<'static>> {
        let range = format!("bytes={}-", self.position);
        let mut request = Request::new(Method::GET, &self.key).header("range", range);
        if let Some(etag) = &self.etag {
            request = request.header("if-match", etag.clone());
        }
        let answer = self.bucket.ask(&request, |answer| match answer.status() {
            StatusCode::PARTIAL_CONTENT => Ok(answer.into_body().into_reader()),
            StatusCode::OK => Err(Trouble::odd("all of the object instead of a range")),
            _ => Err(Trouble::Failed(
                "the object was replaced or deleted meanwhile".to_owned(),
            )),
        });
        answer.map_err(|trouble| {
            let error = trouble.into_error(&self.bucket.name, "read blob", &self.key);
            io::Error::other(error)
        })
    }
}

/// The length of the object of which the answer holds a part, or all.
fn whole_length(answer: &Answer) -> Option<u64> {
    let headers = answer.headers();
    let text = match header(headers, "content-range") {
        Some(range) => range.rsplit_once('/')?.1,
        None => header(headers, "content-length")?,
    };
    text.parse().ok()
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.length || buffer.is_empty() {
            return Ok(0);
        }
        if let Ok(start) = usize::try_from(self.position)
            && let Some(rest) = self.head.get(start..).filter(|rest| !rest.is_empty())
        {
            let count = rest.len().min(buffer.len());
            buffer[..count].copy_from_slice(&rest[..count]);
            self.position += count as u64;
            return Ok(count);
        }
        let mut last = io::Error::from(io::ErrorKind::UnexpectedEof);
        for _ in 0..self.bucket.patience.tries {
            let mut rest = match self.rest.take() {
                Some(rest) => rest,
                None => self.ask_for_rest()?,
            };
            match rest.read(buffer) {
                Ok(0) => {}
                Ok(count) => {
                    self.position += count as u64;
                    self.rest = Some(rest);
                    return Ok(count);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

impl Seek for Stream {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (from, by) = match to {
            SeekFrom::Start(position) => (position, 0),
            SeekFrom::End(by) => (self.length, by),
            SeekFrom::Current(by) => (self.position, by),
        };
        let position = from
            .checked_add_signed(by)
            .ok_or(io::ErrorKind::InvalidInput)?;
        if position != self.position {
            self.rest = None;
            self.position = position;
        }
        Ok(position)
    }
}
