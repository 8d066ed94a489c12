//! Where the vectors of a bank were made: what our own export says of its collection.

use std::path::Path;

use lookalike_catalog::{Metric, NewCollection, PreprocessKind};
use serde::{Deserialize, Serialize};

use crate::{BankError, error};

/// Tells the record from other things called `collection`.
const KIND: &str = "lookalike feature bank";

/// Raised when the meaning of a field changes.
const VERSION: u32 = 1;

/// Largest record file. Ours take some hundred bytes.
const MAX_BYTES: u64 = 64 << 10;

/// The collection that a bank was exported from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    kind: String,
    version: u32,
    /// Its name.
    pub collection: String,
    /// Its encoder, if it has one.
    pub model: Option<String>,
    /// Of the weights.
    pub model_fingerprint: Option<String>,
    /// How pictures were prepared, if they were.
    pub preprocess: Option<PreprocessKind>,
    /// Side of the prepared pictures in pixels.
    pub size: Option<u32>,
    /// How its vectors are compared.
    pub metric: Metric,
    /// Whether its vectors have length 1.
    pub normalize: bool,
    /// Numbers in a vector.
    pub dim: usize,
}

impl Origin {
    /// The record of a collection.
    #[must_use]
    pub fn new(spec: &NewCollection) -> Self {
        Self {
            kind: KIND.to_owned(),
            version: VERSION,
            collection: spec.name.clone(),
            model: spec.model.clone(),
            model_fingerprint: spec.model_fingerprint.clone(),
            preprocess: spec.preprocess,
            size: spec.size,
            metric: spec.metric,
            normalize: spec.normalize,
            dim: spec.dim,
        }
    }

    /// Reads the record; `None` when the text is something else.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, String> {
        let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
            return Ok(None);
        };
        if value.get("kind").and_then(|kind| kind.as_str()) != Some(KIND) {
            return Ok(None);
        }
        let version = value.get("version").and_then(serde_json::Value::as_u64);
        if version != Some(u64::from(VERSION)) {
            return Err(format!(
                "was written by another version of lookalike (version {}, this program knows \
                 {VERSION})",
                version.unwrap_or(0)
            ));
        }
        serde_json::from_value(value)
            .map(Some)
            .map_err(|error| format!("has a damaged record of its collection: {error}"))
    }

    /// Reads the record in a file of its own, if there is one.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, BankError> {
        let Ok(metadata) = std::fs::metadata(path) else {
            return Ok(None);
        };
        if !metadata.is_file() || metadata.len() > MAX_BYTES {
            return Ok(None);
        }
        let text = std::fs::read_to_string(path).map_err(|error| error::reading(path, error))?;
        Self::parse(&text).map_err(|what| error::malformed(path, what))
    }
}
