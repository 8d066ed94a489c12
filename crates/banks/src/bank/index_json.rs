//! The earlier system's store: `image_index.json` with records whose `embedding_index` is
//! their row in `image_embeddings.npy`.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use lookalike_work::FileProblem;
use serde_json::{Map, Value};

use super::Bank;
use super::table::{About, Table};
use crate::BankError;
use crate::array::{Array, MatrixReader};
use crate::error;
use crate::facts::{Writer, plain_text};
use crate::names::{IMAGE_EMBEDDINGS, IMAGE_INDEX};

/// Largest record file: it is one JSON document and held in memory as a whole.
const MAX_BYTES: u64 = 1 << 30;

pub(crate) fn open(folder: &Path) -> Result<Bank, BankError> {
    let index = folder.join(IMAGE_INDEX);
    let embeddings = folder.join(IMAGE_EMBEDDINGS);
    let matrix = MatrixReader::new(Array::open(&embeddings)?)
        .map_err(|what| error::malformed(&embeddings, what))?;
    let mut by_row: HashMap<u64, Vec<Map<String, Value>>> = HashMap::new();
    let mut stray = Vec::new();
    for (key, record) in records(&index)? {
        match row(record, matrix.rows()) {
            Ok((row, record)) => by_row
                .entry(row)
                .or_default()
                .push(with_key(record, key.as_deref())),
            Err((record, reason)) => stray.push(FileProblem {
                file: format!("{} record {}", index.display(), name(&key, &record)),
                reason,
            }),
        }
    }
    let pointed: u64 = by_row.values().map(|records| records.len() as u64).sum();
    let unpointed = matrix.rows() - by_row.len() as u64;
    Ok(Bank {
        path: embeddings.clone(),
        dim: matrix.dim(),
        rows: pointed + unpointed + stray.len() as u64,
        source: Box::new(Table::new(
            &embeddings,
            matrix,
            About::Records { by_row, stray },
            Writer::Other,
        )),
        origin: None,
        warnings: Vec::new(),
    })
}

/// The records with the keys they stand under, in a map, a list, or either of them under
/// `images`.
fn records(path: &Path) -> Result<Vec<(Option<String>, Value)>, BankError> {
    let failed = |error| error::reading(path, error);
    let file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    if length > MAX_BYTES {
        let what = format!(
            "{} MB of JSON are above the limit of {} MB; save it as .npy with a .jsonl",
            length >> 20,
            MAX_BYTES >> 20
        );
        return Err(error::malformed(path, what));
    }
    let mut document: Value = serde_json::from_reader(BufReader::new(file))
        .map_err(|error| error::malformed(path, format!("no JSON: {error}")))?;
    if let Some(images @ (Value::Object(_) | Value::Array(_))) = document.get_mut("images") {
        document = images.take();
    }
    match document {
        Value::Object(records) => Ok(records
            .into_iter()
            .map(|(key, record)| (Some(key), record))
            .collect()),
        Value::Array(records) => Ok(records.into_iter().map(|record| (None, record)).collect()),
        _ => Err(error::malformed(
            path,
            "neither a list nor a map of records",
        )),
    }
}

/// The row that a record points to, and the record without the pointer.
fn row(record: Value, rows: u64) -> Result<(u64, Map<String, Value>), (Value, String)> {
    let Value::Object(mut fields) = record else {
        return Err((record, "is no JSON object".to_owned()));
    };
    let found = fields.get("embedding_index").cloned();
    match found.as_ref().map(Value::as_u64) {
        Some(Some(row)) if row < rows => {
            fields.remove("embedding_index");
            Ok((row, fields))
        }
        None | Some(None) if found.as_ref().is_none_or(Value::is_null) => {
            Err((fields.into(), "has no embedding_index".to_owned()))
        }
        _ => {
            let found = found.unwrap_or_default();
            let reason = format!("its embedding_index {found} is none of the {rows} rows");
            Err((fields.into(), reason))
        }
    }
}

/// The key names the image: by its MD5, or by an id.
fn with_key(mut record: Map<String, Value>, key: Option<&str>) -> Map<String, Value> {
    let Some(key) = key else { return record };
    let is_md5 = key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_md5 {
        record.entry("md5").or_insert_with(|| key.into());
    }
    if record.get("id").and_then(plain_text).is_none() {
        record.insert("id".to_owned(), key.into());
    }
    record
}

fn name(key: &Option<String>, record: &Value) -> String {
    let fields = ["id", "md5", "file_name", "filename", "path"];
    let named = || {
        fields
            .iter()
            .find_map(|field| plain_text(record.get(field)?))
    };
    key.clone().or_else(named).unwrap_or_else(|| "?".to_owned())
}
