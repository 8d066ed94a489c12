//! What the hub says of a file before it is fetched: in the headers of the answer that redirects to
//! a large one, or of its own answer.

use super::requests::{MAX_REDIRECTS, passing};
use super::{Failure, Pull};
use crate::models::ModelError;
use crate::models::web::{header, plain_header, sha256_of_etag};

/// What the hub says of a file before it is fetched.
pub(super) struct Announcement {
    pub(super) size: Option<u64>,
    /// In lower-case hex; only large files have one.
    pub(super) sha256: Option<String>,
    pub(super) commit: Option<String>,
}

impl Pull<'_> {
    /// What the hub says of `file`; `None` if it has none.
    pub(super) fn announcement(
        &self,
        file: &str,
        attempts: u32,
    ) -> Result<Option<Announcement>, ModelError> {
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
}
