//! The table of hits.
//!
//! RFC 4180 in UTF-8, with the byte order mark without which Excel takes it for another encoding.
//! A cell that a spreadsheet would take for a formula gets an apostrophe in front: titles and
//! file names come from anywhere. One with a semicolon before such a sign loses its semicolons:
//! spreadsheets of many countries split cells there.

use lookalike_engine::search::PageHit;
use lookalike_engine::{EngineError, ErrorKind};

use crate::facts::{Facts, day};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a spreadsheet takes for the beginning of a formula, also in the wide forms of East Asian
/// scripts.
const FORMULA_SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

const HEADER: [&str; 22] = [
    "group_rank",
    "group_id",
    "group_score",
    "band",
    "item_id",
    "collection",
    "file_name",
    "page_num",
    "score",
    "patent_id",
    "title",
    "loc_class",
    "us_class",
    "pub_date",
    "filing_date",
    "expiry_date",
    "status",
    "applicant_name",
    "applicant_country",
    "inventor_names",
    "claim_text",
    "thumbnail_url",
];

/// `thumbnail_url` says where a hit's thumbnail is found: an address of whoever serves it.
pub(crate) fn table(
    facts: &Facts,
    thumbnail_url: &dyn Fn(&PageHit) -> String,
) -> Result<Vec<u8>, EngineError> {
    write(facts, thumbnail_url).map_err(|error| {
        EngineError::new(ErrorKind::Internal, "the report could not be written").because(error)
    })
}

fn write(facts: &Facts, thumbnail_url: &dyn Fn(&PageHit) -> String) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.to_vec());
    writer.write_record(HEADER)?;
    for (rank, group) in facts.groups().iter().enumerate() {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let date = |date: Option<u32>| date.map(day).unwrap_or_default();
        for page in &group.pages {
            let cells = [
                (rank + 1).to_string(),
                group.group_id.clone(),
                group.max_score.to_string(),
                group.band.unwrap_or_default().to_owned(),
                page.id.to_string(),
                page.collection.clone(),
                page.file_name.clone(),
                text(&page.page_num),
                page.score.to_string(),
                text(&group.patent_id),
                text(&group.title),
                text(&group.loc_class),
                text(&group.us_class),
                date(group.pub_date),
                date(group.filing_date),
                date(group.expiry_date),
                group.status.unwrap_or_default().to_owned(),
                text(&group.applicant_name),
                text(&group.applicant_country),
                text(&group.inventor_names),
                text(&group.claim_text),
                thumbnail_url(page),
            ];
            writer.write_record(cells.map(harmless))?;
        }
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

/// The cell as no spreadsheet takes it for a formula. Numbers stay as they are.
#[must_use]
pub fn harmless(cell: String) -> String {
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
