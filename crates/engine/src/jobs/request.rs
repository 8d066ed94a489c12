//! What a job is to do, as the catalogue keeps it.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use lookalike_catalog::Job;
use serde::{Deserialize, Serialize};

use crate::import::{Originals, Shard};
use crate::{CollectionSettings, EngineError, ErrorKind};

/// An import to queue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JobRequest {
    /// Folders, archives, files, and logs of downloads; absolute.
    pub paths: Vec<PathBuf>,
    /// The collection; made if there is none of that name.
    pub collection: String,
    /// How it is made, or what it must be like.
    #[serde(default)]
    pub settings: CollectionSettings,
    /// Pictures embedded in one forward pass; `None`, recorded as 0, takes what suits the encoder.
    #[serde(default, with = "zero_for_none")]
    pub batch_size: Option<NonZeroUsize>,
    /// What happens to the originals.
    #[serde(default)]
    pub originals: Originals,
    /// Brings back what was deleted from there before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// Only the files that failed in this job.
    #[serde(default)]
    pub retry_of: Option<i64>,
    /// Only these of the files and archives there; `None` means all.
    #[serde(default)]
    pub only: Option<Vec<String>>,
    /// Only this part of all; `None` means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Files on disk outside these folders are refused, links followed; `None` allows all.
    #[serde(default)]
    pub within: Option<Vec<PathBuf>>,
    /// Files that were sent along, instead of `paths`.
    #[serde(default)]
    pub sent: Option<SentFiles>,
}

/// Files that were sent, where they lie until they are imported: see
/// [`Jobs::new_upload`](super::Jobs::new_upload).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SentFiles {
    /// The name of their folder, in the data directory wherever that is: a copy of the catalogue
    /// elsewhere must not reach for the files of this one.
    pub folder: String,
    /// How many there are.
    pub files: u64,
}

impl JobRequest {
    pub(super) fn of(job: &Job) -> Result<Self, EngineError> {
        serde_json::from_str(&job.request).map_err(|error| {
            EngineError::new(
                ErrorKind::Internal,
                format!("job {} is recorded in a form that can't be read", job.id),
            )
            .because(error)
        })
    }

    pub(super) fn to_json(&self) -> Result<String, EngineError> {
        serde_json::to_string(self).map_err(|error| {
            // Paths that are not Unicode can't be written as JSON.
            EngineError::invalid(format!("a path can't be recorded: {error}")).because(error)
        })
    }
}

/// As jobs were always recorded, so that one that an earlier program left is still the same job.
mod zero_for_none {
    use std::num::NonZeroUsize;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        value: &Option<NonZeroUsize>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.map_or(0, NonZeroUsize::get).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<NonZeroUsize>, D::Error> {
        usize::deserialize(deserializer).map(NonZeroUsize::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batch_sizes_are_recorded_as_they_always_were() {
        for (size, recorded) in [(None, 0), (NonZeroUsize::new(7), 7)] {
            let request = JobRequest {
                batch_size: size,
                ..JobRequest::default()
            };
            let json = request.to_json().unwrap();
            assert!(
                json.contains(&format!("\"batch_size\":{recorded},")),
                "{json}"
            );
            assert_eq!(serde_json::from_str::<JobRequest>(&json).unwrap(), request);
        }
    }
}
