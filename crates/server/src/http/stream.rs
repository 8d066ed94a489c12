//! Bodies that are read from disk as fast as the client takes them.

use std::io::{self, Read};

use axum::body::{Body, Bytes};
use http_body_util::channel::Channel;

/// Bytes read at a time.
const CHUNK: usize = 256 << 10;

/// A body of all that `reader` gives. Of a client that takes nothing, two chunks wait in memory.
pub(crate) fn body(mut reader: Box<dyn Read + Send>) -> Body {
    let (mut sender, body) = Channel::<Bytes, io::Error>::new(1);
    tokio::spawn(async move {
        loop {
            let read = tokio::task::spawn_blocking(move || {
                let mut chunk = Vec::new();
                let result = reader.by_ref().take(CHUNK as u64).read_to_end(&mut chunk);
                (reader, result.map(|_| chunk))
            });
            let chunk = match read.await {
                Ok((rest, chunk)) => {
                    reader = rest;
                    chunk
                }
                Err(error) => return sender.abort(io::Error::other(error)),
            };
            match chunk {
                Ok(chunk) if chunk.is_empty() => return,
                Ok(chunk) => {
                    if sender.send_data(chunk.into()).await.is_err() {
                        // The client has gone.
                        return;
                    }
                }
                Err(error) => return sender.abort(error),
            }
        }
    });
    Body::new(body)
}
