//! Banks with a `.npy` for each image: with an index of what belongs to which, or without.

use std::fs;
use std::path::{Path, PathBuf};

use lookalike_work::FileProblem;
use serde_json::{Map, Value};

use super::origin::Origin;
use super::{Bank, GoodRow, Row, RowSource, finite, unknown};
use crate::BankError;
use crate::array::read_single;
use crate::error;
use crate::facts::{Facts, Writer};
use crate::lines::JsonLines;

/// The index: a line for each image, with its `path` and its `feature`.
pub const FEATURES_INDEX: &str = "features_index.jsonl";

/// The record of the collection that the vectors come from.
pub const FOLDER_ORIGIN: &str = "collection.json";

/// Files read for one block: the vectors of most of them are a few kilobytes.
const BLOCK_FILES: usize = 500;

/// A folder of arrays.
struct Folder {
    folder: PathBuf,
    entries: Entries,
    dim: usize,
    writer: Writer,
}

enum Entries {
    Indexed(JsonLines),
    /// File names, ascending.
    Files(std::vec::IntoIter<String>),
}

/// The name of an array's file and what is known of it, or a broken line.
type Entry = Result<(String, Map<String, Value>), String>;

pub(crate) fn open(folder: &Path) -> Result<Bank, BankError> {
    let index = folder.join(FEATURES_INDEX);
    let names = if index.is_file() {
        None
    } else {
        Some(arrays(folder)?)
    };
    let rows = match &names {
        Some(names) => names.len() as u64,
        None => JsonLines::count(&index)?,
    };
    let entries = || -> Result<Entries, BankError> {
        Ok(match &names {
            Some(names) => Entries::Files(names.clone().into_iter()),
            None => Entries::Indexed(JsonLines::open(&index)?),
        })
    };
    if names.as_ref().is_some_and(Vec::is_empty) {
        return Err(unknown(folder));
    }
    let dim = first_dim(folder, entries()?)?;
    let origin = Origin::read(&folder.join(FOLDER_ORIGIN))?;
    Ok(Bank {
        path: folder.to_path_buf(),
        dim,
        rows,
        source: Box::new(Folder {
            folder: folder.to_path_buf(),
            entries: entries()?,
            dim,
            writer: Bank::writer(origin.as_ref()),
        }),
        origin,
        warnings: Vec::new(),
    })
}

/// The length of the first vector that can be read: the others must have it too.
fn first_dim(folder: &Path, mut entries: Entries) -> Result<usize, BankError> {
    let mut reason = None;
    while let Some(entry) = entries.next_entry()? {
        match entry.map(|(file, _)| read_single(&folder.join(file))) {
            Ok(Ok(vector)) => return Ok(vector.len()),
            Ok(Err(error)) => reason = reason.or(Some(error.to_string())),
            Err(broken) => reason = reason.or(Some(broken)),
        }
    }
    let reason = reason.unwrap_or_else(|| format!("{FEATURES_INDEX} is empty"));
    Err(error::malformed(
        folder,
        format!("none of its vectors can be read; the first: {reason}"),
    ))
}

/// Names of the arrays in the folder, ascending.
fn arrays(folder: &Path) -> Result<Vec<String>, BankError> {
    let failed = |error| error::reading(folder, error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        if let Some(name) = name.to_str()
            && name.ends_with(".npy")
        {
            names.push(name.to_owned());
        }
    }
    names.sort_unstable();
    Ok(names)
}

impl Entries {
    fn next_entry(&mut self) -> Result<Option<Entry>, BankError> {
        match self {
            Self::Files(names) => Ok(names.next().map(|name| Ok((name, Map::new())))),
            Self::Indexed(lines) => Ok(lines.next_record()?.map(|line| {
                let mut record = line?;
                match record.remove("feature") {
                    Some(Value::String(file)) => Ok((file, record)),
                    _ => Err("its line names no file as `feature`".to_owned()),
                }
            })),
        }
    }
}

impl Folder {
    fn row(&self, entry: Entry) -> Row {
        let (file, record) = entry.map_err(|reason| FileProblem {
            file: self.folder.join(FEATURES_INDEX).display().to_string(),
            reason,
        })?;
        let path = self.folder.join(&file);
        let label = path.display().to_string();
        let vector = read_single(&path)
            .map_err(|error| error.to_string())
            .and_then(finite)
            .and_then(|vector| {
                if vector.len() == self.dim {
                    Ok(vector)
                } else {
                    Err(format!(
                        "its vector has {} numbers, the others have {}",
                        vector.len(),
                        self.dim
                    ))
                }
            });
        match vector {
            Err(reason) => Err(FileProblem {
                file: label,
                reason,
            }),
            Ok(vector) => {
                let mut facts = Facts::new(record, self.writer);
                facts.file_name.get_or_insert_with(|| stem(&path));
                Ok(GoodRow {
                    label,
                    facts,
                    vector,
                })
            }
        }
    }
}

impl RowSource for Folder {
    fn next_rows(&mut self) -> Result<Vec<Row>, BankError> {
        let mut rows = Vec::new();
        while rows.len() < BLOCK_FILES
            && let Some(entry) = self.entries.next_entry()?
        {
            rows.push(self.row(entry));
        }
        Ok(rows)
    }
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
