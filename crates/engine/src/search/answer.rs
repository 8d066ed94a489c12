//! What a search answers.

use lookalike_catalog::{Annotations, Item, ItemFilter};
use lookalike_imaging::Pose;
use lookalike_imaging::photo::Form;

use super::description::QueryDescription;
use super::words::reasons::FoundBy;
use crate::PictureFigure;

/// The answer to a search.
#[derive(Clone, Debug)]
pub struct SearchAnswer {
    /// Best group first.
    pub results: Vec<GroupedHits>,
    /// Where the time went.
    pub timing: Timing,
    /// What was asked, with defaults filled in.
    pub query_info: QueryInfo,
    /// Identifies the query for reports and explanations.
    pub query_token: String,
    /// The hits one by one, best first.
    pub ranked: Vec<RankedItem>,
}

/// A hit with everything known of its item.
#[derive(Clone, Debug)]
pub struct RankedItem {
    /// 1 for the best.
    pub rank: usize,
    /// As in [`PageHit`].
    pub score: f32,
    /// As in [`PageHit`].
    pub score_first: Option<f32>,
    /// As in [`PageHit`].
    pub pose: Pose,
    /// As in [`PageHit`].
    pub form: Form,
    /// As in [`PageHit`].
    pub figure: Option<PictureFigure>,
    /// As in [`PageHit`].
    pub found_by: Option<FoundBy>,
    /// The item.
    pub item: Item,
    /// `in_force` or `expired` today; null without a patent.
    pub status: Option<&'static str>,
}

/// The hits of one patent, or of one image without a patent.
#[derive(Clone, Debug)]
pub struct GroupedHits {
    /// `patent_id`, else `item-<id>`.
    pub group_id: String,
    /// Canonical patent id.
    pub patent_id: Option<String>,
    /// The group's best score; for `l2` the smallest distance. For several queries the mean
    /// over them of the group's best score for each.
    pub max_score: f32,
    /// What the best score means by the model's own measure: `near_identical`, `high`,
    /// `moderate`, `weak` or `hardly`; null where the metric is not `cosine`.
    pub band: Option<&'static str>,
    /// Title of the patent.
    pub title: Option<String>,
    /// Locarno class.
    pub loc_class: Option<String>,
    /// US class.
    pub us_class: Option<String>,
    /// YYYYMMDD.
    pub pub_date: Option<u32>,
    /// YYYYMMDD.
    pub filing_date: Option<u32>,
    /// YYYYMMDD.
    pub expiry_date: Option<u32>,
    /// `in_force` or `expired` today.
    pub status: Option<&'static str>,
    /// Applicant.
    pub applicant_name: Option<String>,
    /// Applicant's country code.
    pub applicant_country: Option<String>,
    /// Comma-separated.
    pub inventor_names: Option<String>,
    /// The claim.
    pub claim_text: Option<String>,
    /// What tables that were joined by number say of the patent, by column.
    pub annotations: Annotations,
    /// Drawings of the patent; 1 for an image without a patent.
    pub image_count: u32,
    /// The hits, by page.
    pub pages: Vec<PageHit>,
}

/// One hit of a group.
#[derive(Clone, Debug)]
pub struct PageHit {
    /// Item id.
    pub id: i64,
    /// Its collection.
    pub collection: String,
    /// Its file name.
    pub file_name: String,
    /// Such as `D00001`.
    pub page_num: Option<String>,
    /// 0-based order within the patent.
    pub image_index: Option<u32>,
    /// Cosine, inner product or Euclidean distance; on second look the cosine mixed with how well
    /// places match, on the scale of the encoder's cosines. Of words that were found in texts: how
    /// high it stands, 1 for the first by texts, or by texts and by meaning.
    pub score: f32,
    /// The score before the second look; `None` where there was none.
    pub score_first: Option<f32>,
    /// The pose of the query by which it was found.
    pub pose: Pose,
    /// The form of the query by which it was found.
    pub form: Form,
    /// Pixels of the image, upright.
    pub width: u32,
    /// Pixels of the image, upright.
    pub height: u32,
    /// The figure that was found; `None` where the whole sheet was, or what is not a drawing.
    pub figure: Option<PictureFigure>,
    /// Why words found it; `None` where none were looked for alone.
    pub found_by: Option<FoundBy>,
}

/// Where the time went, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timing {
    /// Decoding, preprocessing, embedding.
    pub feature_extraction_ms: f64,
    /// Filters and index.
    pub vector_search_ms: f64,
    /// Merging, grouping, metadata.
    pub post_process_ms: f64,
    /// All of it.
    pub total_ms: f64,
}

/// What was asked, with defaults filled in.
#[derive(Clone, Debug)]
pub struct QueryInfo {
    /// Items asked for; null when groups were counted.
    pub top_k: Option<usize>,
    /// Groups asked for.
    pub top_groups: Option<usize>,
    /// Worst score for `cosine` and `ip`; null when there is none.
    pub min_score: Option<f32>,
    /// Largest distance for `l2`.
    pub max_distance: Option<f32>,
    /// Lists looked at, if that was asked for.
    pub nprobe: Option<usize>,
    /// Candidates kept, if that was asked for.
    pub ef_search: Option<usize>,
    /// Whether exactness was asked for.
    pub exact: bool,
    /// How many items were compared again by what matches where, of all collections together.
    pub rerank: usize,
    /// Items that hits were to be more like.
    pub like: Vec<u64>,
    /// Items that hits were to be less like.
    pub unlike: Vec<u64>,
    /// The poses in which the queries were searched for.
    pub poses: Vec<Pose>,
    /// The forms in which they were searched for.
    pub forms: Vec<Form>,
    /// Items returned.
    pub total_matched: usize,
    /// Collections searched.
    pub collections: Vec<String>,
    /// Filters in canonical form.
    pub filters: ItemFilter,
    /// What was searched for, unless that is one whole picture.
    pub queries: Vec<QueryDescription>,
    /// What was wrong with the files searched for although they could be read, such as a sheet of
    /// which rows are damaged; what could not be done as it was asked for, and what to do about it.
    pub warnings: Vec<String>,
}
