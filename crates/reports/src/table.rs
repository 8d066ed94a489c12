//! Tables as files that spreadsheets open.
//!
//! RFC 4180 in UTF-8, with the byte order mark without which Excel takes it for another encoding.
//! A cell that a spreadsheet would take for a formula gets an apostrophe in front: titles and
//! file names come from anywhere. One with a semicolon before such a sign loses its semicolons:
//! spreadsheets of many countries split cells there.

use lookalike_engine::{EngineError, ErrorKind};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a spreadsheet takes for the beginning of a formula, also in the wide forms of East Asian
/// scripts.
const FORMULA_SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The table with that header, a row each.
///
/// # Errors
/// It does not fit the memory.
pub fn table(
    header: Vec<String>,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<Vec<u8>, EngineError> {
    write(header, rows).map_err(|error| {
        EngineError::new(ErrorKind::Internal, "the table could not be written").because(error)
    })
}

fn write(
    header: Vec<String>,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.to_vec());
    for cells in std::iter::once(header).chain(rows) {
        writer.write_record(cells.into_iter().map(harmless))?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

/// The cell as no spreadsheet takes it for a formula. Numbers stay as they are.
fn harmless(cell: String) -> String {
    let starts = |cell: &str| {
        cell.trim_start_matches([' ', '"'])
            .starts_with(FORMULA_SIGNS)
    };
    let is_number = |cell: &str| cell.parse::<f64>().is_ok_and(f64::is_finite);
    let in_parts = cell.split(';').skip(1).any(starts);
    if (starts(&cell) || in_parts) && !is_number(&cell) {
        // The apostrophe guards the first part alone.
        format!("'{}", cell.replace(';', ","))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not() {
        for formula in [
            "=1+1",
            "+A1",
            "-cmd|' /C calc'!A0",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "-inf",
        ] {
            assert_eq!(harmless(formula.to_owned()), format!("'{formula}"));
        }
        for (formula, harmless_form) in [
            ("＝1+1", "'＝1+1"),
            (" =1+1", "' =1+1"),
            ("x;=1+1", "'x,=1+1"),
            ("x;y; \"@A1", "'x,y, \"@A1"),
        ] {
            assert_eq!(harmless(formula.to_owned()), harmless_form);
        }
        for plain in [
            "Doe; Roe",
            "chair; with arms - new",
            "-0.25",
            "-1e-5",
            "+3",
            "watch = band",
            "",
            "'=1",
        ] {
            assert_eq!(harmless(plain.to_owned()), plain);
        }
    }
}
