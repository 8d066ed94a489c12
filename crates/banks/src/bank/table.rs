//! Banks whose vectors are the rows of one matrix.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use lookalike_work::FileProblem;
use serde_json::{Map, Value};

use super::{BLOCK_BYTES, BLOCK_ROWS, GoodRow, Row, RowSource, finite};
use crate::BankError;
use crate::array::{ColumnReader, MatrixReader};
use crate::error;
use crate::facts::{Facts, Writer};
use crate::lines::JsonLines;

/// A matrix, and what tells about its rows.
pub(crate) struct Table {
    path: PathBuf,
    stem: String,
    matrix: MatrixReader,
    about: About,
    writer: Writer,
    next: u64,
    block_rows: usize,
}

/// What tells about the rows of a matrix.
pub(crate) enum About {
    /// Nothing: rows are named by the file and their number.
    Nothing,
    /// A line for each row.
    Lines(JsonLines),
    /// Arrays with a value for each row, by the field they fill.
    Columns(Vec<Column>),
    /// The records that point to each row, and those that point to none.
    Records {
        by_row: HashMap<u64, Vec<Map<String, Value>>>,
        stray: Vec<FileProblem>,
    },
}

/// An array with a value for each row.
pub(crate) struct Column {
    /// The field that it fills.
    pub(crate) field: String,
    pub(crate) reader: ColumnReader,
}

impl Table {
    pub(crate) fn new(path: &Path, matrix: MatrixReader, about: About, writer: Writer) -> Self {
        let values: usize = match &about {
            About::Columns(columns) => columns
                .iter()
                .map(|column| column.reader.element().size())
                .sum(),
            _ => 0,
        };
        // Twice: as it is read, and as it becomes vectors and texts. Doubles count most.
        let row_bytes = 2 * (matrix.dim() * size_of::<f64>() + values);
        Self {
            path: path.to_path_buf(),
            stem: path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            block_rows: (BLOCK_BYTES / row_bytes.max(1)).clamp(1, BLOCK_ROWS),
            matrix,
            about,
            writer,
            next: 0,
        }
    }

    fn block(&mut self) -> io::Result<(Vec<f32>, usize)> {
        let vectors = self.matrix.read(self.block_rows)?;
        let rows = vectors.len() / self.matrix.dim();
        Ok((vectors, rows))
    }

    /// The records about the next `count` rows: none, one or several for each.
    fn records(&mut self, count: usize) -> Result<Vec<Records>, BankError> {
        let rows = self.next..self.next + count as u64;
        match &mut self.about {
            About::Nothing => Ok(rows.map(|_| Ok(vec![Map::new()])).collect()),
            About::Lines(lines) => rows
                .map(|_| {
                    Ok(match lines.next_record()? {
                        Some(record) => record.map(|record| vec![record]),
                        // Counted before: the file has been cut since.
                        None => Err("its line is missing".to_owned()),
                    })
                })
                .collect(),
            About::Columns(columns) => {
                let mut records = vec![Map::new(); count];
                for column in columns {
                    let values = column
                        .reader
                        .read(count)
                        .map_err(|error| error::reading(&self.path, error))?;
                    for (record, value) in records.iter_mut().zip(values) {
                        record.insert(column.field.clone(), value);
                    }
                }
                Ok(records.into_iter().map(|record| Ok(vec![record])).collect())
            }
            About::Records { by_row, .. } => Ok(rows
                .map(|row| {
                    by_row
                        .remove(&row)
                        .ok_or_else(|| "no record points to it".to_owned())
                })
                .collect()),
        }
    }

    fn stray(&mut self) -> Vec<Row> {
        match &mut self.about {
            About::Records { stray, .. } => std::mem::take(stray).into_iter().map(Err).collect(),
            _ => Vec::new(),
        }
    }
}

/// What is known of one row, or why it is not known.
type Records = Result<Vec<Map<String, Value>>, String>;

impl RowSource for Table {
    fn next_rows(&mut self) -> Result<Vec<Row>, BankError> {
        let (vectors, count) = self
            .block()
            .map_err(|error| error::reading(&self.path, error))?;
        if count == 0 {
            return Ok(self.stray());
        }
        let records = self.records(count)?;
        let dim = self.matrix.dim();
        let mut rows = Vec::with_capacity(count);
        for (vector, records) in vectors.chunks_exact(dim).zip(records) {
            let number = self.next;
            self.next += 1;
            let label = format!("{} row {number}", self.path.display());
            let row = finite(vector.to_vec()).and_then(|vector| Ok((vector, records?)));
            match row {
                Err(reason) => rows.push(Err(FileProblem {
                    file: label,
                    reason,
                })),
                Ok((vector, records)) => rows.extend(records.into_iter().map(|record| {
                    let mut facts = Facts::new(record, self.writer);
                    facts
                        .file_name
                        .get_or_insert_with(|| format!("{}-{number}", self.stem));
                    Ok(GoodRow {
                        label: label.clone(),
                        facts,
                        vector: vector.clone(),
                    })
                })),
            }
        }
        Ok(rows)
    }
}
