//! Futures of wgpu, which are ready at once everywhere but in a browser.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;

/// What `future` gives.
pub(crate) fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        thread::yield_now();
    }
}
