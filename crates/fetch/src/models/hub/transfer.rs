//! The bytes of a file: resumed where they were, and checked when they are complete.

use std::fs;
use std::io::{ErrorKind, Read};

use ureq::http::StatusCode;

use super::announcement::Announcement;
use super::{ATTEMPTS, Failure, Pull};
use crate::models::ModelError;
use crate::models::partial::Partial;
use crate::models::web::{header, range_start};

/// Bytes per read, write and progress report.
const CHUNK_BYTES: usize = 1 << 20;

impl Pull<'_> {
    /// Fetches one file to its place, unless it is there.
    pub(super) fn fetch(
        &mut self,
        file: &str,
        announcement: &Announcement,
    ) -> Result<(), ModelError> {
        let place = self.target.join(file);
        if let Ok(metadata) = fs::metadata(&place) {
            // Files get their name when they are complete and verified.
            if announcement.size.is_none_or(|size| size == metadata.len()) {
                self.done_bytes += metadata.len();
                self.report(file);
                return Ok(());
            }
        }
        let mut partial = Partial::open(&self.target.join(format!("{file}.incomplete")))?;
        // Without a checksum nothing would tell that the halves fit together.
        if announcement.sha256.is_none()
            || announcement.size.is_some_and(|size| partial.length > size)
        {
            partial.restart()?;
        }
        let before = self.done_bytes;
        let mut attempt = 0;
        loop {
            let (start, resumed) = (partial.length, partial.length > 0);
            self.done_bytes = before + start;
            self.report(file);
            let result = match announcement.size {
                // Cut off between the last byte and the check.
                Some(size) if size == start && announcement.sha256.is_some() => Ok(()),
                _ => self.transfer_once(file, announcement, before, &mut partial),
            };
            let reason = match result {
                Ok(()) => match self.check(file, announcement, &partial) {
                    Ok(()) => break,
                    // The kept part may have been of another revision.
                    Err(ModelError::Checksum { .. }) if resumed => {
                        partial.restart()?;
                        continue;
                    }
                    Err(error) => {
                        partial.discard()?;
                        return Err(error);
                    }
                },
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing(reason)) => reason,
            };
            attempt = if partial.length > start {
                1
            } else {
                attempt + 1
            };
            if attempt >= ATTEMPTS {
                return Err(self.transfer(file, reason));
            }
            self.back_off(attempt);
        }
        self.done_bytes = before + partial.length;
        partial.finish(&place)?;
        self.report(file);
        Ok(())
    }

    /// Appends what the server sends from the end of `partial` on.
    fn transfer_once(
        &mut self,
        file: &str,
        announcement: &Announcement,
        before: u64,
        partial: &mut Partial,
    ) -> Result<(), Failure> {
        let mut answer = self.get(file, partial.length)?;
        let resumes = answer.status() == StatusCode::PARTIAL_CONTENT
            && header(answer.headers(), "content-range").and_then(range_start)
                == Some(partial.length);
        if answer.status() == StatusCode::RANGE_NOT_SATISFIABLE
            || (answer.status() == StatusCode::PARTIAL_CONTENT && !resumes)
        {
            partial.restart().map_err(Failure::Final)?;
            return Err(Failure::Passing(
                "the server sent another part than was asked for".to_owned(),
            ));
        }
        if !self.accept(answer.status())? {
            return Err(Failure::Final(self.not_on_hub(file)));
        }
        if !resumes {
            partial.restart().map_err(Failure::Final)?;
        }
        let length = header(answer.headers(), "content-length")
            .and_then(|length| length.parse::<u64>().ok());
        let here = length.map(|length| partial.length + length);
        // The length of a large file is announced with its checksum; that of a
        // small one is surer in this very answer.
        let expected = if announcement.sha256.is_some() {
            announcement.size.or(here)
        } else {
            here.or(announcement.size)
        };
        let mut reader = answer.body_mut().as_reader();
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let count = match reader.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(Failure::Passing(error.to_string())),
            };
            partial.append(&chunk[..count]).map_err(Failure::Final)?;
            if expected.is_some_and(|expected| partial.length > expected) {
                partial.restart().map_err(Failure::Final)?;
                return Err(Failure::Passing(
                    "more bytes arrived than were announced".to_owned(),
                ));
            }
            self.done_bytes = before + partial.length;
            self.report(file);
        }
        match expected {
            Some(expected) if partial.length < expected => Err(Failure::Passing(format!(
                "the connection ended after {} of {expected} bytes",
                partial.length
            ))),
            _ => Ok(()),
        }
    }

    fn check(
        &self,
        file: &str,
        announcement: &Announcement,
        partial: &Partial,
    ) -> Result<(), ModelError> {
        let found = partial.sha256();
        match &announcement.sha256 {
            Some(expected) if *expected != found => Err(ModelError::Checksum {
                repository: self.repository.to_owned(),
                file: file.to_owned(),
                expected: expected.clone(),
                found,
            }),
            _ => Ok(()),
        }
    }
}
