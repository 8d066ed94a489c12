//! The table of products and their closest patents: a row for each match, and one for a product
//! without any.

use lookalike_engine::EngineError;
use lookalike_reports::document::day;
use lookalike_reports::table;

use crate::record::{ScreenMatch, ScreenedProduct};

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

/// The table, for spreadsheets.
///
/// # Errors
/// It does not fit the memory.
pub fn csv(products: &[ScreenedProduct]) -> Result<Vec<u8>, EngineError> {
    let rows = products.iter().flat_map(rows).map(Vec::from);
    table(HEADER.map(str::to_owned).to_vec(), rows)
}

fn rows(product: &ScreenedProduct) -> Vec<[String; 18]> {
    if product.matches.is_empty() {
        let mut cells = HEADER.map(|_| String::new());
        cells[0].clone_from(&product.product);
        cells[1] = product.pictures.to_string();
        return vec![cells];
    }
    let matches = product.matches.iter().zip(1..);
    matches.map(|(hit, rank)| row(product, rank, hit)).collect()
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
