//! Screenings: how they are going, and what they found.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::FileProblem;
use crate::addresses::thumbnail_url;
use crate::convert::{Of, same_fields};

/// How a screening is going, or went.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScreenStatus {
    /// Its number.
    pub job_id: i64,
    /// `queued`, `running`, `cancelling`, `cancelled`, `completed` or `failed`.
    pub status: &'static str,
    /// The folder of products.
    pub folder: String,
    /// The parameters of each search, under the names and in the forms that searches take.
    #[schema(value_type = Object)]
    pub parameters: Map<String, Value>,
    /// Why it failed.
    pub message: Option<String>,
    /// Products there are, once they are counted.
    pub total: u64,
    /// Products that are done.
    pub processed: u64,
    /// Pictures that could not be searched with.
    pub failed: u64,
    /// 0 to 100.
    pub progress_percent: f64,
    /// Products a second: of the run that is under way, else of all of them.
    pub products_per_second: f64,
    /// Seconds that it ran, over all runs.
    pub elapsed_sec: f64,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds.
    pub finished_at: Option<i64>,
}

same_fields!(lookalike_screening::ScreenStatus => ScreenStatus {
    job_id, status, folder, parameters, message, total, processed, failed, progress_percent,
    products_per_second, elapsed_sec, created_at, finished_at,
});

/// A screening with what it found so far.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScreenReport {
    /// How it is going.
    #[serde(flatten)]
    pub status: ScreenStatus,
    /// Products that are done, those with the closest match first.
    pub products: Vec<ScreenedProduct>,
}

same_fields!(lookalike_screening::ScreenReport => ScreenReport { status, products });

/// A product and the designs closest to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScreenedProduct {
    /// Its name: its folder, or what the names of its pictures have in common.
    pub product: String,
    /// Pictures that it was searched with.
    pub pictures: u64,
    /// The closest patents, and images without a patent, the closest first.
    pub matches: Vec<ScreenMatch>,
    /// Pictures that could not be searched with.
    pub failed: Vec<FileProblem>,
}

impl Of<lookalike_screening::ScreenedProduct> for ScreenedProduct {
    fn of(product: lookalike_screening::ScreenedProduct) -> Self {
        let lookalike_screening::ScreenedProduct {
            product,
            pictures,
            matches,
            failed,
            // For documents alone.
            thumbnail: _,
        } = product;
        Self {
            product,
            pictures,
            matches: Of::of(matches),
            failed: Of::of(failed),
        }
    }
}

/// A patent, or an image without one, that is close to a product.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScreenMatch {
    /// `patent_id`, else `item-<id>`.
    pub group_id: String,
    /// Canonical patent id.
    pub patent_id: Option<String>,
    /// Title of the patent.
    pub title: Option<String>,
    /// Locarno class.
    pub loc_class: Option<String>,
    /// Applicant.
    pub applicant_name: Option<String>,
    /// `in_force` or `expired` on the day of the screening.
    pub status: Option<String>,
    /// YYYYMMDD.
    pub expiry_date: Option<u32>,
    /// The best score of any of the product's pictures; for `l2` the smallest distance.
    pub score: f32,
    /// What the score means by the encoder's own measure; null where the metric is not `cosine`.
    pub band: Option<String>,
    /// The product's picture that has this score: its path below the folder.
    pub picture: String,
    /// The item that was found.
    pub id: i64,
    /// Its collection.
    pub collection: String,
    /// Its file name.
    pub file_name: String,
    /// Such as `D00001`.
    pub page_num: Option<String>,
    /// The pose of the picture by which it was found.
    pub pose: String,
    /// Path of the item's thumbnail in the API.
    pub thumbnail_url: String,
}

impl Of<lookalike_screening::ScreenMatch> for ScreenMatch {
    fn of(hit: lookalike_screening::ScreenMatch) -> Self {
        let lookalike_screening::ScreenMatch {
            group_id,
            patent_id,
            title,
            loc_class,
            applicant_name,
            status,
            expiry_date,
            score,
            band,
            picture,
            id,
            collection,
            file_name,
            page_num,
            pose,
        } = hit;
        Self {
            thumbnail_url: thumbnail_url(id, &file_name),
            group_id,
            patent_id,
            title,
            loc_class,
            applicant_name,
            status,
            expiry_date,
            score,
            band,
            picture,
            id,
            collection,
            file_name,
            page_num,
            pose,
        }
    }
}
