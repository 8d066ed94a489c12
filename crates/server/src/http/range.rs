//! Parts of files: what a `Range` asks for (RFC 9110, section 14).

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::stream;

/// What is sent of a file.
#[derive(Debug, PartialEq, Eq)]
enum Sent {
    All,
    Part(Range<u64>),
    Nothing,
}

/// A file, or the part of it that is wanted. Several parts at once are sent as all of it.
pub(crate) fn part(
    length: u64,
    mut reader: impl Read + Seek + Send + 'static,
    wanted: Option<&HeaderValue>,
) -> Response {
    let sent = wanted.map_or(Sent::All, |wanted| {
        sent(wanted.to_str().unwrap_or_default(), length)
    });
    let bytes = [(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"))];
    match sent {
        Sent::All => {
            let size = [(header::CONTENT_LENGTH, length)];
            (bytes, size, stream::body(Box::new(reader))).into_response()
        }
        Sent::Part(part) => {
            let size = [(header::CONTENT_LENGTH, part.end - part.start)];
            let range = format!("bytes {}-{}/{length}", part.start, part.end - 1);
            let range = [(header::CONTENT_RANGE, range)];
            // What can't be read there fails when it is read: this only says where to begin.
            let body = match reader.seek(SeekFrom::Start(part.start)) {
                Ok(_) => stream::body(Box::new(reader.take(part.end - part.start))),
                Err(_) => Body::empty(),
            };
            (StatusCode::PARTIAL_CONTENT, bytes, size, range, body).into_response()
        }
        Sent::Nothing => {
            let range = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, bytes, range).into_response()
        }
    }
}

fn sent(wanted: &str, length: u64) -> Sent {
    let range = wanted
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'));
    let Some((from, to)) = range else {
        return Sent::All;
    };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let part = match (from.trim(), to.trim()) {
        ("", last) => match number(last) {
            Some(last) => length.saturating_sub(last)..length,
            None => return Sent::All,
        },
        (from, "") => match number(from) {
            Some(from) => from..length,
            None => return Sent::All,
        },
        (from, to) => match (number(from), number(to)) {
            (Some(from), Some(to)) if from <= to => from..to.saturating_add(1).min(length),
            _ => return Sent::All,
        },
    };
    if part.start >= part.end {
        return Sent::Nothing;
    }
    Sent::Part(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (wanted, expected) in [
            ("bytes=0-9", Sent::Part(0..10)),
            ("bytes=90-", Sent::Part(90..100)),
            ("bytes=90-1000", Sent::Part(90..100)),
            ("bytes=-5", Sent::Part(95..100)),
            ("bytes=-1000", Sent::Part(0..100)),
            ("bytes=100-", Sent::Nothing),
            ("bytes=-0", Sent::Nothing),
            ("bytes=9-0", Sent::All),
            ("bytes=0-1,5-6", Sent::All),
            ("bytes=x-", Sent::All),
            ("lines=0-9", Sent::All),
            ("", Sent::All),
        ] {
            assert_eq!(sent(wanted, 100), expected, "{wanted}");
        }
        assert_eq!(sent("bytes=0-0", 0), Sent::Nothing);
    }
}
