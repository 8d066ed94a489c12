//! The body of a form, of which no more waits in memory than a part's head may need.
//!
//! The parser of forms takes all that is there before it looks for the next boundary, and heads of
//! parts have no limit of their own: without this a client fills the memory with one endless head,
//! despite all limits for fields.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use http_body::Frame;

/// Bytes passed to the parser at a time.
const AT_ONCE: u64 = 128 << 10;

/// Bytes that the parser may hold without returning anything: more than it is passed at a time,
/// and many times the head of any honest part.
const MOST_KEPT: u64 = 1 << 20;

/// Bytes that the parser got since it last returned something.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<AtomicU64>);

impl Kept {
    /// The parser returned something.
    pub(crate) fn forget(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// The request with a body that fails when too much of it is kept.
pub(crate) fn metered(request: Request) -> (Request, Kept) {
    let kept = Kept::default();
    let meter = kept.clone();
    let request = request.map(|body| {
        Body::new(Metered {
            body,
            kept: meter,
            at_once: 0,
        })
    });
    (request, kept)
}

struct Metered {
    body: Body,
    kept: Kept,
    /// Since the parser was last left to work.
    at_once: u64,
}

impl HttpBody for Metered {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.at_once >= AT_ONCE {
            self.at_once = 0;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        let bytes = match &frame {
            Some(Ok(frame)) => frame.data_ref().map_or(0, |data| data.len() as u64),
            _ => 0,
        };
        self.at_once += bytes;
        if self.kept.0.fetch_add(bytes, Ordering::Relaxed) + bytes > MOST_KEPT {
            return Poll::Ready(Some(Err("the head of a part is too long".into())));
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }
}
