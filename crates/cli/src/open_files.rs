//! How many files the process may have open at once.
//!
//! Systems start programs with a low limit (1,024 on most) for the sake of old ones that break beyond it,
//! and let them raise it. A server has a file for each connection, so that a thousand idle ones would
//! keep all others out.

/// Raises the limit as far as the system lets this process.
#[cfg(unix)]
pub(crate) fn raise_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    if limit.current == limit.maximum {
        return;
    }
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!("the limit of open files could not be raised: {error}");
    }
}

#[cfg(not(unix))]
pub(crate) fn raise_limit() {}
