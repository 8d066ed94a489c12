//! Banks in a `.npz`: a matrix of features, and an array for everything known of its rows.

use std::path::Path;

use lookalike_npy::ElementError;

use super::origin::Origin;
use super::table::{About, Column, Table};
use super::{BLOCK_BYTES, Bank};
use crate::BankError;
use crate::archive::Archive;
use crate::array::{ColumnReader, MatrixReader};
use crate::error;

/// Names of the matrix, the first one there counts.
const FEATURES: [&str; 4] = ["features", "embeddings", "vectors", "feats"];

/// The member that tells the collection of our own banks.
const COLLECTION: &str = "collection";

/// Members with something about each row, and the field that they fill. What is not listed
/// becomes an attribute of its own name.
const FIELDS: [(&str, &str); 10] = [
    ("paths", "path"),
    ("files", "path"),
    ("filenames", "path"),
    ("file_names", "file_name"),
    ("ids", "id"),
    ("patent_ids", "patent_id"),
    ("descriptions", "description"),
    // The attribute of an item that has one of them.
    ("labels", "label"),
    ("categories", "category"),
    ("classes", "class"),
];

pub(crate) fn open(path: &Path) -> Result<Bank, BankError> {
    let archive = Archive::open(path)?;
    let malformed = |what: String| error::malformed(path, what);
    let features = matrix_name(&archive).map_err(malformed)?;
    let in_member = |what: String| malformed(format!("member `{features}` {what}"));
    let matrix = MatrixReader::new(archive.array(&features)?).map_err(in_member)?;
    let mut warnings = Vec::new();
    let mut columns: Vec<Column> = Vec::new();
    let mut origin = None;
    for name in archive.names().filter(|name| *name != features) {
        let in_member = |what: String| malformed(format!("member `{name}` {what}"));
        let array = archive.array(name)?;
        if let Err(error @ ElementError::Objects) = &array.element {
            return Err(in_member(error.to_string()));
        }
        let shape = array.shape.clone();
        let mut reader = match ColumnReader::new(array) {
            Ok(reader) => reader,
            Err(error) => {
                warnings.push(format!("member `{name}` {error}; left out"));
                continue;
            }
        };
        if reader.element().size() > BLOCK_BYTES {
            return Err(in_member(format!(
                "has texts of {} MB, above the limit of {} MB",
                reader.element().size() >> 20,
                BLOCK_BYTES >> 20
            )));
        }
        if name == COLLECTION && shape.iter().product::<usize>() == 1 {
            let values = reader
                .read(1)
                .map_err(|error| error::reading(path, error))?;
            let text = values.first().and_then(|value| value.as_str());
            origin = Origin::parse(text.unwrap_or_default()).map_err(in_member)?;
            if origin.is_some() {
                continue;
            }
            // Something else of that name, and read already: once more from the start.
            reader = ColumnReader::new(archive.array(name)?)
                .map_err(|error| in_member(error.to_string()))?;
        }
        let known = FIELDS.iter().find(|(member, _)| *member == name);
        if shape[..] != [matrix.rows() as usize] {
            let what = format!(
                "has the shape {shape:?}; expected one value for each of the {} rows of \
                 `{features}`",
                matrix.rows()
            );
            match known {
                // Names that belong to other rows would be worse than none.
                Some(_) => return Err(in_member(what)),
                None => warnings.push(format!("member `{name}` {what}; left out")),
            }
            continue;
        }
        let field = known.map_or(name, |(_, field)| field);
        if columns.iter().any(|column| column.field == field) {
            // Two names for one thing: the second stays visible under its own.
            columns.push(Column {
                field: name.to_owned(),
                reader,
            });
            continue;
        }
        columns.push(Column {
            field: field.to_owned(),
            reader,
        });
    }
    Ok(Bank {
        path: path.to_path_buf(),
        dim: matrix.dim(),
        rows: matrix.rows(),
        source: Box::new(Table::new(
            path,
            matrix,
            About::Columns(columns),
            Bank::writer(origin.as_ref()),
        )),
        origin,
        warnings,
    })
}

/// The member that holds the vectors.
fn matrix_name(archive: &Archive) -> Result<String, String> {
    if let Some(name) = FEATURES
        .iter()
        .find(|name| archive.names().any(|member| member == **name))
    {
        return Ok((*name).to_owned());
    }
    let candidates: Vec<&str> = archive
        .names()
        .filter(|name| {
            archive.array(name).is_ok_and(|array| {
                array.shape.len() == 2 && array.element.is_ok_and(|element| element.is_float())
            })
        })
        .collect();
    match candidates[..] {
        [name] => Ok(name.to_owned()),
        [] => Err(format!(
            "holds no two-dimensional array of floats; name it `features` (it has: {})",
            archive.names().collect::<Vec<_>>().join(", ")
        )),
        _ => Err(format!(
            "holds several two-dimensional arrays of floats ({}); name one of them `features`",
            candidates.join(", ")
        )),
    }
}
