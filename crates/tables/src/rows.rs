//! Rows of a table, in order or by place: whoever has to read a table twice keeps places, not rows.

use std::fs::File;
use std::path::{Path, PathBuf};

use csv::{ByteRecord, Position, Reader, ReaderBuilder};
use serde_json::{Map, Value};

use crate::error::{TableError, io_error};

/// Separators, the commoner one first.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// A longer row has a quote that nobody closed: addresses and descriptions are far shorter.
const MAX_ROW_BYTES: usize = 1 << 20;

/// Where a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Counted from 1, the header left out.
    pub number: u64,
    byte: u64,
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it is.
    pub place: Place,
    /// What it is about, as it is in the table, without white space around it.
    pub key: String,
    /// The other columns that aren't empty, all of them text.
    pub columns: Map<String, Value>,
    /// Why the row can't be used, if so.
    pub problem: Option<String>,
}

/// Reads rows in order or by place.
pub struct RowReader {
    path: PathBuf,
    reader: Reader<File>,
    /// A name for every column.
    names: Vec<String>,
    key_column: usize,
    next_number: u64,
}

impl RowReader {
    /// Opens a table; finds the separator and the column that says what rows are about.
    ///
    /// # Errors
    /// It can't be read, has no header or not that column.
    pub fn open(path: &Path, column: &str) -> Result<Self, TableError> {
        let mut widest: Vec<String> = Vec::new();
        for delimiter in DELIMITERS {
            let file = File::open(path).map_err(io_error(path))?;
            let mut reader = ReaderBuilder::new()
                .delimiter(delimiter)
                .flexible(true)
                .from_reader(file);
            let header = reader
                .byte_headers()
                .map_err(|error| table_error(path, error))?;
            let names = names(header).ok_or_else(|| TableError::NoTable {
                path: path.to_owned(),
                reason: "its header is not UTF-8; save it as \"CSV UTF-8\"".to_owned(),
            })?;
            if let Some(key_column) = names.iter().position(|name| name == column) {
                return Ok(Self {
                    path: path.to_owned(),
                    reader,
                    names,
                    key_column,
                    next_number: 1,
                });
            }
            if names.len() > widest.len() {
                widest = names;
            }
        }
        if widest.is_empty() {
            return Err(TableError::NoTable {
                path: path.to_owned(),
                reason: "it is empty; its first line must name the columns".to_owned(),
            });
        }
        Err(TableError::NoColumn {
            path: path.to_owned(),
            column: column.to_owned(),
            columns: widest,
        })
    }

    /// The names of the other columns, in order.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let others = self.names.iter().enumerate();
        others.filter_map(|(index, name)| (index != self.key_column).then_some(&**name))
    }

    /// The next row, if there is one.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn next_row(&mut self) -> Result<Option<Row>, TableError> {
        let mut record = ByteRecord::new();
        let read = self.reader.read_byte_record(&mut record);
        if !read.map_err(|error| table_error(&self.path, error))? {
            return Ok(None);
        }
        let place = Place {
            number: self.next_number,
            byte: record.position().map_or(0, Position::byte),
        };
        self.next_number += 1;
        Ok(Some(self.row(place, &record)))
    }

    /// The row at `place` again. The row after it is then the next one.
    ///
    /// # Errors
    /// The file can't be read, or has become shorter.
    pub fn row_at(&mut self, place: Place) -> Result<Row, TableError> {
        let mut position = Position::new();
        position.set_byte(place.byte);
        self.reader
            .seek(position)
            .map_err(|error| table_error(&self.path, error))?;
        self.next_number = place.number;
        self.next_row()?.ok_or_else(|| self.changed())
    }

    /// The error for a row that is another one than before.
    #[must_use]
    pub fn changed(&self) -> TableError {
        TableError::Changed {
            path: self.path.clone(),
        }
    }

    fn row(&self, place: Place, record: &ByteRecord) -> Row {
        let mut row = Row {
            place,
            key: String::new(),
            columns: Map::new(),
            problem: None,
        };
        let extra = record.iter().skip(self.names.len());
        if record.as_slice().len() > MAX_ROW_BYTES {
            row.problem =
                Some("the row is longer than a megabyte: is a quote left open in it?".to_owned());
            return row;
        }
        for (index, (name, field)) in self.names.iter().zip(record).enumerate() {
            let Ok(field) = std::str::from_utf8(field) else {
                row.problem = Some(format!("column `{name}` is not UTF-8"));
                continue;
            };
            let field = field.trim();
            if index == self.key_column {
                row.key = field.to_owned();
            } else if !field.is_empty() && !row.columns.contains_key(name) {
                row.columns.insert(name.clone(), field.into());
            }
        }
        if row.problem.is_none() && row.key.is_empty() {
            row.problem = Some(format!("column `{}` is empty", self.names[self.key_column]));
        }
        // A separator at the end of every line is harmless, one inside an address is not.
        if extra
            .into_iter()
            .any(|field| !field.trim_ascii().is_empty())
        {
            row.problem = Some(format!(
                "the row has {} columns, the header {}: quote what holds a separator",
                record.len(),
                self.names.len()
            ));
        }
        row
    }
}

/// The header's names; `None` if it is no UTF-8. Columns without a name, as data frames
/// write their index, are numbered.
fn names(header: &ByteRecord) -> Option<Vec<String>> {
    if header.iter().all(<[u8]>::is_empty) {
        return Some(Vec::new());
    }
    header
        .iter()
        .enumerate()
        .map(
            |(index, name)| match std::str::from_utf8(name).ok()?.trim() {
                "" => Some(format!("column_{}", index + 1)),
                name => Some(name.to_owned()),
            },
        )
        .collect()
}

fn table_error(path: &Path, error: csv::Error) -> TableError {
    let reason = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) => io_error(path)(error),
        _ => TableError::NoTable {
            path: path.to_owned(),
            reason,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &[u8], column: &str) -> Result<RowReader, TableError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        RowReader::open(file.path(), column)
    }

    fn rows(text: &[u8]) -> Vec<Row> {
        let mut reader = open(text, "image_url").unwrap();
        std::iter::from_fn(|| reader.next_row().unwrap()).collect()
    }

    #[test]
    fn separators_quotes_and_marks_are_understood() {
        for text in [
            "id,image_url,name\n7,http://a/b,\"red, \"\"round\"\"\nchair\"\n",
            "\u{feff}id,image_url,name\r\n7,http://a/b,\"red, \"\"round\"\"\nchair\"",
            "id;image_url;name\n7;http://a/b;\"red, \"\"round\"\"\nchair\"\n",
            "\u{feff}\"id\"\t\"image_url\"\t\"name\"\n7\thttp://a/b\t\"red, \"\"round\"\"\nchair\"\n",
            "\nid , image_url ,name\n\n7, http://a/b ,\"red, \"\"round\"\"\nchair\",\n\n",
        ] {
            let rows = rows(text.as_bytes());
            assert_eq!(rows.len(), 1, "{text:?}");
            assert_eq!((rows[0].place.number, &rows[0].problem), (1, &None));
            assert_eq!(rows[0].key, "http://a/b", "{text:?}");
            let columns = serde_json::json!({"id": "7", "name": "red, \"round\"\nchair"});
            assert_eq!(Value::from(rows[0].columns.clone()), columns);
        }
    }

    #[test]
    fn the_separator_is_the_one_that_shows_the_column() {
        let rows = rows(b"name, maker, year;image_url\nchair, oak, 1950;http://a/b?c=1,2\n");
        assert_eq!(rows[0].key, "http://a/b?c=1,2");
        assert_eq!(rows[0].columns["name, maker, year"], "chair, oak, 1950");
    }

    #[test]
    fn empty_values_are_left_out_and_the_first_of_two_columns_counts() {
        let rows = rows(b",image_url,a,a,b\n0,http://a/b,,2,\n1,http://a/c,1,2, \n");
        let columns = |row: &Row| Value::from(row.columns.clone());
        assert_eq!(
            columns(&rows[0]),
            serde_json::json!({"column_1": "0", "a": "2"})
        );
        assert_eq!(
            columns(&rows[1]),
            serde_json::json!({"column_1": "1", "a": "1"})
        );
    }

    #[test]
    fn bad_rows_fail_alone() {
        let long = "x".repeat(MAX_ROW_BYTES + 1);
        let text = format!(
            "name,image_url\nshort\nempty,\na,http://a/b,c\nb,http://a/d\n\"{long}\",http://a/e\n"
        );
        let mut bytes = text.into_bytes();
        bytes.extend(b"\xff,http://a/f\nlast,http://a/g");
        let problems: Vec<Option<String>> =
            rows(&bytes).into_iter().map(|row| row.problem).collect();
        let starts = [
            "column `image_url` is empty",
            "column `image_url` is empty",
            "the row has 3 columns, the header 2",
            "",
            "the row is longer",
            "column `name` is not UTF-8",
            "",
        ];
        assert_eq!(problems.len(), starts.len());
        for (problem, start) in problems.iter().zip(starts) {
            let problem = problem.clone().unwrap_or_default();
            assert!(problem.starts_with(start), "{problem} {start}");
            assert_eq!(problem.is_empty(), start.is_empty(), "{problem}");
        }
    }

    #[test]
    fn rows_are_found_again_by_their_place() {
        let text =
            "\u{feff}image_url,name\r\nhttp://a/1,\"x\ny\"\r\n\r\nhttp://a/2,z\r\nhttp://a/3,\n";
        let all = rows(text.as_bytes());
        let mut reader = open(text.as_bytes(), "image_url").unwrap();
        for index in [2, 0, 1, 1, 2, 0] {
            assert_eq!(reader.row_at(all[index].place).unwrap(), all[index]);
        }
        let behind = Place {
            number: 9,
            byte: text.len() as u64,
        };
        let error = reader.row_at(behind).unwrap_err();
        assert!(matches!(error, TableError::Changed { .. }), "{error}");
    }

    #[test]
    fn a_table_without_the_column_says_what_it_has() {
        for (text, listed) in [
            ("url,name\nx,y\n", "`url`, `name`"),
            ("url;the name\nx;y\n", "`url`, `the name`"),
            ("Image_URL\n", "`Image_URL`"),
        ] {
            let error = open(text.as_bytes(), "image_url").err().unwrap();
            let message = error.to_string();
            assert!(matches!(error, TableError::NoColumn { .. }), "{message}");
            assert!(message.ends_with(listed), "{message}");
        }
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for text in [
            &b""[..],
            b"\n\n",
            b"\xff\xfei\0m\0",
            b"\xc3\xfb\xb3\xc6,image_url\n",
        ] {
            let error = open(text, "image_url").err().unwrap();
            assert!(matches!(error, TableError::NoTable { .. }), "{error}");
        }
        let missing = RowReader::open(Path::new("/nowhere/data.csv"), "image_url");
        assert!(missing.err().unwrap().to_string().contains("/nowhere"));
    }
}
