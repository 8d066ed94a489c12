//! What tables say of patents, joined to them by number: legal status, family, columns of one's own.
//!
//! The table is the truth of its columns: for each patent in it, they are set to what it says, and
//! taken away where it is silent. So the same table again changes nothing, a mended one mends, and a run
//! that was cut off is made good by the next. Columns of other tables stay.

mod error;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use lookalike_catalog::Annotations;
use lookalike_engine::Stores;
use lookalike_patents::PatentId;
use lookalike_tables::{RowReader, unite};
use lookalike_work::Cancel;
use serde::Serialize;

pub use error::AnnotateError;

/// Patents changed by one transaction.
const PATENTS: usize = 1_000;

/// Numbers that a report names; the others are counted.
const MOST_NAMED: usize = 20;

/// Patents of a table, which is held in memory.
const MOST_PATENTS: usize = 2_000_000;

/// Characters of a value.
const MOST_CHARACTERS: usize = 10_000;

/// A table to join.
#[derive(Clone, Debug)]
pub struct AnnotateRequest {
    /// CSV in UTF-8 with a header line; commas, semicolons or tabs.
    pub table: PathBuf,
    /// Name of the column with the patents' numbers, in any spelling.
    pub column: String,
    /// What is done with it.
    pub mode: Mode,
}

/// What is done with a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It is joined.
    Write,
    /// It is only said what would change.
    DryRun,
}

/// What became of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AnnotateReport {
    /// Names of the columns that were joined.
    pub columns: Vec<String>,
    /// Rows of the table.
    pub rows: u64,
    /// Patents of the table that are known here.
    pub patents: u64,
    /// Those of them of which the table says something new.
    pub changed: u64,
    /// Patents of the table of which there is neither a grant nor an image here.
    pub unknown: u64,
    /// The first of them.
    pub unknown_numbers: Vec<String>,
    /// Rows whose number can't be read, or which are damaged.
    pub failed: u64,
    /// The first of them, with the reason.
    pub failed_rows: Vec<String>,
    /// Whether it was cancelled; made again it goes on.
    pub cancelled: bool,
}

/// Joins a table to the patents that it names; `tell` is called with what has been done so far.
///
/// # Errors
/// The table can't be read, lacks the column or has no other, or the catalogue can't be written.
pub fn annotate(
    stores: &Stores,
    request: &AnnotateRequest,
    cancel: &Cancel,
    mut tell: impl FnMut(&AnnotateReport),
) -> Result<AnnotateReport, AnnotateError> {
    let mut report = AnnotateReport::default();
    let patents = read(request, &mut report)?;
    let patents: Vec<(String, Annotations)> = patents.into_iter().collect();
    for some in patents.chunks(PATENTS) {
        if cancel.is_cancelled() {
            report.cancelled = true;
            break;
        }
        join(stores, some, request.mode, &mut report)?;
        tell(&report);
    }
    Ok(report)
}

/// What the table says, by canonical number.
fn read(
    request: &AnnotateRequest,
    report: &mut AnnotateReport,
) -> Result<BTreeMap<String, Annotations>, AnnotateError> {
    let mut rows = RowReader::open(&request.table, &request.column)?;
    report.columns = rows.columns().map(str::to_owned).collect();
    if report.columns.is_empty() {
        return Err(AnnotateError::NothingToJoin {
            path: request.table.clone(),
            column: request.column.clone(),
        });
    }
    let mut patents: BTreeMap<String, Annotations> = BTreeMap::new();
    while let Some(row) = rows.next_row()? {
        report.rows += 1;
        let number = row
            .key
            .parse::<PatentId>()
            .map_err(|error| error.to_string());
        let too_long = row.columns.iter().find(|(_, value)| {
            let text = value.as_str().unwrap_or_default();
            text.chars().count() > MOST_CHARACTERS
        });
        let problem = match (row.problem, too_long, &number) {
            (Some(problem), _, _) => Some(problem),
            (None, Some((name, _)), _) => Some(format!(
                "column `{name}` has more than {MOST_CHARACTERS} characters"
            )),
            (None, None, Err(problem)) => Some(problem.clone()),
            (None, None, Ok(_)) => None,
        };
        if let Some(problem) = problem {
            report.failed += 1;
            if report.failed_rows.len() < MOST_NAMED {
                report
                    .failed_rows
                    .push(format!("row {}: {problem}", row.place.number));
            }
            continue;
        }
        if let Ok(number) = number {
            unite(patents.entry(number.to_string()).or_default(), row.columns);
        }
        if patents.len() > MOST_PATENTS {
            return Err(AnnotateError::TooLarge {
                path: request.table.clone(),
                most: MOST_PATENTS,
            });
        }
    }
    Ok(patents)
}

fn join(
    stores: &Stores,
    patents: &[(String, Annotations)],
    mode: Mode,
    report: &mut AnnotateReport,
) -> Result<(), AnnotateError> {
    let mut changed = Vec::new();
    for (number, said) in patents {
        if !stores.catalog().knows_patent(number)? {
            report.unknown += 1;
            if report.unknown_numbers.len() < MOST_NAMED {
                report.unknown_numbers.push(number.clone());
            }
            continue;
        }
        report.patents += 1;
        let known = stores.catalog().annotations(number)?;
        let mut joined = known.clone();
        joined.retain(|name, _| !report.columns.contains(name));
        joined.extend(said.clone());
        if joined != known {
            changed.push((number, joined));
        }
    }
    report.changed += changed.len() as u64;
    if mode == Mode::Write && !changed.is_empty() {
        stores.catalog().write(stores.now().as_second(), |tx| {
            changed
                .iter()
                .try_for_each(|(number, joined)| tx.set_annotations(number, joined))
        })?;
    }
    Ok(())
}
