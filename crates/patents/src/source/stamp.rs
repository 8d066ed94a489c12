//! By what a changed file is told from an unchanged one.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

/// What tells a changed file from an unchanged one without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Length of the contents; for a file in an archive, as the archive claims.
    pub size_bytes: u64,
    /// Nanoseconds from 1970, negative before. For a file in an archive, those of the archive on
    /// disk when it was listed.
    pub modified_ns: i64,
}

impl Stamp {
    /// Those of a file on disk.
    #[must_use]
    pub fn of(metadata: &fs::Metadata) -> Self {
        Self {
            size_bytes: metadata.len(),
            // Systems that keep no time of change count as unchanged since 1970.
            modified_ns: metadata.modified().map_or(0, nanoseconds),
        }
    }
}

fn nanoseconds(time: SystemTime) -> i64 {
    let clamp = |nanoseconds: u128| i64::try_from(nanoseconds).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => clamp(after.as_nanos()),
        Err(before) => -clamp(before.duration().as_nanos()),
    }
}
