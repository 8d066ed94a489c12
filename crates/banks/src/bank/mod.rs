//! Feature banks: vectors with what is known about each, in the forms that people keep them.

mod folder;
mod index_json;
mod npz;
mod origin;
mod table;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use lookalike_work::FileProblem;

use crate::BankError;
use crate::array::{Array, MatrixReader};
use crate::error;
use crate::facts::{Facts, Writer};
use crate::lines::JsonLines;
use crate::names::{IMAGE_EMBEDDINGS, IMAGE_INDEX};

pub use folder::{FEATURES_INDEX, FOLDER_ORIGIN};
pub use origin::Origin;
use table::{About, Table};

/// Bytes of rows in flight: what is read, and what it becomes, before the next transaction.
const BLOCK_BYTES: usize = 16 << 20;

/// Most rows in one transaction. A commit costs about a millisecond, and memory grows with
/// this number, as does what a kill throws away.
const BLOCK_ROWS: usize = 2000;

/// An opened bank: its shape is known, its rows come block by block.
pub struct Bank {
    /// The file or folder.
    pub path: PathBuf,
    /// Numbers in a vector.
    pub dim: usize,
    /// Rows that will come, the failed ones included.
    pub rows: u64,
    /// Where the vectors were made, if the bank says so.
    pub origin: Option<Origin>,
    /// What was noticed while it was opened.
    pub warnings: Vec<String>,
    source: Box<dyn RowSource>,
}

/// A row of a bank, or why it is none.
pub type Row = Result<GoodRow, FileProblem>;

/// A vector and what is known of it.
#[derive(Debug)]
pub struct GoodRow {
    /// How problems name it.
    pub label: String,
    /// What is known of it.
    pub facts: Facts,
    /// As long as the bank says; all numbers finite.
    pub vector: Vec<f32>,
}

trait RowSource {
    /// The next rows, none at the end.
    fn next_rows(&mut self) -> Result<Vec<Row>, BankError>;
}

impl Bank {
    /// Opens a bank, telling its form by content and by the names of files.
    ///
    /// # Errors
    /// It is of no known form, cut off, damaged, or its parts do not belong together.
    pub fn open(path: &Path) -> Result<Self, BankError> {
        let metadata = fs::metadata(path).map_err(|error| error::reading(path, error))?;
        if metadata.is_dir() {
            return Self::open_folder(path);
        }
        if !metadata.is_file() {
            return Err(unknown(path));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let name = path.file_name().unwrap_or_default();
        if name == FEATURES_INDEX {
            return folder::open(folder);
        }
        if name == IMAGE_INDEX || name == IMAGE_EMBEDDINGS && folder.join(IMAGE_INDEX).is_file() {
            return index_json::open(folder);
        }
        let mut start = Vec::new();
        fs::File::open(path)
            .and_then(|file| file.take(6).read_to_end(&mut start))
            .map_err(|error| error::reading(path, error))?;
        if start.starts_with(b"PK") {
            return npz::open(path);
        }
        if start == b"\x93NUMPY" {
            return open_npy(path);
        }
        let array = path.with_extension("npy");
        let is_lines = path.extension().is_some_and(|ending| ending == "jsonl");
        if is_lines && array.is_file() {
            return open_npy(&array);
        }
        Err(unknown(path))
    }

    fn open_folder(path: &Path) -> Result<Self, BankError> {
        if path.join(IMAGE_INDEX).is_file() {
            return index_json::open(path);
        }
        folder::open(path)
    }

    /// The next rows, none at the end.
    ///
    /// # Errors
    /// The bank can't be read any further.
    pub fn next_rows(&mut self) -> Result<Vec<Row>, BankError> {
        self.source.next_rows()
    }

    /// Who wrote the bank.
    fn writer(origin: Option<&Origin>) -> Writer {
        match origin {
            Some(_) => Writer::Lookalike,
            None => Writer::Other,
        }
    }
}

/// Whether `path` is meant as a bank by its name, or by the names in the folder that it is.
#[must_use]
pub fn is_bank(path: &Path) -> bool {
    let indexes = [FEATURES_INDEX, IMAGE_INDEX];
    if path.is_dir() {
        return indexes.iter().any(|index| path.join(index).is_file());
    }
    let is_index = path
        .file_name()
        .is_some_and(|name| indexes.iter().any(|index| name == *index));
    let ending = path.extension().unwrap_or_default();
    is_index || ending.eq_ignore_ascii_case("npz") || ending.eq_ignore_ascii_case("npy")
}

/// A `.npy` with a row per image, and what is known of them beside it.
fn open_npy(path: &Path) -> Result<Bank, BankError> {
    let matrix =
        MatrixReader::new(Array::open(path)?).map_err(|what| error::malformed(path, what))?;
    let lines = path.with_extension("jsonl");
    let origin = Origin::read(&path.with_extension("collection.json"))?;
    let about = if lines.is_file() {
        let count = JsonLines::count(&lines)?;
        if count != matrix.rows() {
            let what = format!(
                "has {count} lines for the {} rows of {}; there must be one for each",
                matrix.rows(),
                path.display()
            );
            return Err(error::malformed(&lines, what));
        }
        About::Lines(JsonLines::open(&lines)?)
    } else {
        About::Nothing
    };
    Ok(Bank {
        path: path.to_path_buf(),
        dim: matrix.dim(),
        rows: matrix.rows(),
        source: Box::new(Table::new(
            path,
            matrix,
            about,
            Bank::writer(origin.as_ref()),
        )),
        origin,
        warnings: Vec::new(),
    })
}

fn unknown(path: &Path) -> BankError {
    BankError::Unknown {
        path: path.to_owned(),
    }
}

/// The vector if all its numbers are numbers.
fn finite(vector: Vec<f32>) -> Result<Vec<f32>, String> {
    match vector.iter().position(|value| !value.is_finite()) {
        None => Ok(vector),
        Some(place) => Err(format!(
            "number {place} of its vector is {}, not a finite float32",
            vector[place]
        )),
    }
}
