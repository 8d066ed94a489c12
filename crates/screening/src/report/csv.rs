//! The table of products and their closest patents: a row for each match, and one for a product
//! without any.

use lookalike_engine::{EngineError, ErrorKind};
use lookalike_reports::harmless;

use super::day;
use crate::record::{ScreenMatch, ScreenedProduct};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

const HEADER: [&str; 18] = [
    "product",
    "pictures",
    "rank",
    "score",
    "band",
    "group_id",
    "patent_id",
    "title",
    "loc_class",
    "applicant_name",
    "status",
    "expiry_date",
    "picture",
    "pose",
    "item_id",
    "collection",
    "file_name",
    "page_num",
];

/// RFC 4180 in UTF-8 with a byte order mark; cells that a spreadsheet would take for a formula are
/// disarmed.
///
/// # Errors
/// It does not fit the memory.
pub fn csv(products: &[ScreenedProduct]) -> Result<Vec<u8>, EngineError> {
    write(products).map_err(|error| {
        EngineError::new(ErrorKind::Internal, "the table could not be written").because(error)
    })
}

fn write(products: &[ScreenedProduct]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.to_vec());
    writer.write_record(HEADER)?;
    for product in products {
        if product.matches.is_empty() {
            let mut cells = HEADER.map(|_| String::new());
            cells[0].clone_from(&product.product);
            cells[1] = product.pictures.to_string();
            writer.write_record(cells.map(harmless))?;
        }
        for (rank, hit) in product.matches.iter().enumerate() {
            writer.write_record(row(product, rank + 1, hit).map(harmless))?;
        }
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

fn row(product: &ScreenedProduct, rank: usize, hit: &ScreenMatch) -> [String; 18] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        product.product.clone(),
        product.pictures.to_string(),
        rank.to_string(),
        hit.score.to_string(),
        text(&hit.band),
        hit.group_id.clone(),
        text(&hit.patent_id),
        text(&hit.title),
        text(&hit.loc_class),
        text(&hit.applicant_name),
        text(&hit.status),
        hit.expiry_date.map(day).unwrap_or_default(),
        hit.picture.clone(),
        hit.pose.clone(),
        hit.id.to_string(),
        hit.collection.clone(),
        hit.file_name.clone(),
        text(&hit.page_num),
    ]
}
