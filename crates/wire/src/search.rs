//! What a search answers.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::addresses::{image_url, thumbnail_url};
use crate::convert::{Of, same_fields, same_variants};
use crate::{Item, ItemFilter, PictureFigure};

/// The answer to a search. Its serialised form is what the API's `data` holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchAnswer {
    /// Best group first.
    pub results: Vec<GroupedHits>,
    /// Where the time went.
    pub timing: Timing,
    /// What was asked, with defaults filled in.
    pub query_info: QueryInfo,
    /// Identifies the query for reports and explanations.
    pub query_token: String,
}

impl From<lookalike_engine::search::SearchAnswer> for SearchAnswer {
    fn from(answer: lookalike_engine::search::SearchAnswer) -> Self {
        let lookalike_engine::search::SearchAnswer {
            results,
            timing,
            query_info,
            query_token,
            // The same hits one by one: lines of their own on the command line.
            ranked: _,
        } = answer;
        Self {
            results: Of::of(results),
            timing: timing.into(),
            query_info: query_info.into(),
            query_token,
        }
    }
}

/// A hit with everything known of its item.
#[derive(Clone, Debug, Serialize)]
pub struct RankedItem {
    /// 1 for the best.
    pub rank: usize,
    /// As in [`PageHit`].
    pub score: f32,
    /// As in [`PageHit`].
    pub score_first: Option<f32>,
    /// As in [`PageHit`].
    pub pose: &'static str,
    /// As in [`PageHit`].
    pub form: &'static str,
    /// As in [`PageHit`].
    pub figure: Option<PictureFigure>,
    /// As in [`PageHit`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_by: Option<FoundBy>,
    /// The item.
    #[serde(flatten)]
    pub item: Item,
    /// `in_force` or `expired` today; null without a patent.
    pub status: Option<&'static str>,
    /// Path of the thumbnail in the API.
    pub thumbnail_url: String,
    /// Path of the browser-viewable original in the API.
    pub image_url: String,
}

impl From<lookalike_engine::search::RankedItem> for RankedItem {
    fn from(hit: lookalike_engine::search::RankedItem) -> Self {
        let lookalike_engine::search::RankedItem {
            rank,
            score,
            score_first,
            pose,
            form,
            figure,
            found_by,
            item,
            status,
        } = hit;
        Self {
            rank,
            score,
            score_first,
            pose: pose.name(),
            form: form.name(),
            figure: figure.map(PictureFigure::from),
            found_by: found_by.map(FoundBy::from),
            status,
            thumbnail_url: thumbnail_url(item.id, &item.file_name),
            image_url: image_url(item.id, &item.file_name),
            item: item.into(),
        }
    }
}

/// The hits of one patent, or of one image without a patent.
#[derive(Clone, Debug, Serialize, ToSchema)]
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
    /// What tables that were joined by number say of the patent (`lookalike annotate`), by column:
    /// text, or a list of texts. Left out where they say nothing.
    #[schema(value_type = Object)]
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub annotations: Map<String, Value>,
    /// Drawings of the patent; 1 for an image without a patent.
    pub image_count: u32,
    /// The hits, by page.
    pub pages: Vec<PageHit>,
}

same_fields!(lookalike_engine::search::GroupedHits => GroupedHits {
    group_id, patent_id, max_score, band, title, loc_class, us_class, pub_date, filing_date,
    expiry_date, status, applicant_name, applicant_country, inventor_names, claim_text, annotations,
    image_count,
    pages,
});

/// One hit of a group.
#[derive(Clone, Debug, Serialize, ToSchema)]
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
    /// The score before the second look; null where there was none.
    pub score_first: Option<f32>,
    /// The pose of the query by which it was found: `upright` as it came, `turned_90`, `turned_180` or
    /// `turned_270` clockwise, `mirrored` left for right, or `mirrored_turned_90` and so on, which is
    /// mirrored first.
    pub pose: &'static str,
    /// The form of the query by which it was found: `as_is` as it came, or of a photo `cut_out` or as a
    /// `drawing`.
    pub form: &'static str,
    /// Path of the thumbnail in the API.
    pub thumbnail_url: String,
    /// Pixels of the image, upright.
    pub width: u32,
    /// Pixels of the image, upright.
    pub height: u32,
    /// The figure that was found; null where the whole sheet was, or what is not a drawing.
    pub figure: Option<PictureFigure>,
    /// Why words found it; absent where none were looked for alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_by: Option<FoundBy>,
}

/// Why a search by words found a picture.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FoundBy {
    /// How well the picture fits the words by the model's measure, where that found it.
    pub meaning: Option<f32>,
    /// How probable the model holds it that the picture and the words belong together, 0 to 1; null of
    /// models that were not trained to say so, and of composed words.
    pub probability: Option<f32>,
    /// The texts that words were found in: `title`, `description`, `tags`, `claim`, `names`,
    /// `figures` or `number`.
    pub texts: Vec<&'static str>,
}

impl From<lookalike_engine::search::FoundBy> for FoundBy {
    fn from(source: lookalike_engine::search::FoundBy) -> Self {
        let lookalike_engine::search::FoundBy {
            meaning,
            probability,
            texts,
        } = source;
        Self {
            meaning,
            probability,
            texts: texts.into_iter().map(|field| field.name()).collect(),
        }
    }
}

impl Of<lookalike_engine::search::PageHit> for PageHit {
    fn of(page: lookalike_engine::search::PageHit) -> Self {
        let lookalike_engine::search::PageHit {
            id,
            collection,
            file_name,
            page_num,
            image_index,
            score,
            score_first,
            pose,
            form,
            width,
            height,
            figure,
            found_by,
        } = page;
        Self {
            thumbnail_url: thumbnail_url(id, &file_name),
            id,
            collection,
            file_name,
            page_num,
            image_index,
            score,
            score_first,
            pose: pose.name(),
            form: form.name(),
            width,
            height,
            figure: figure.map(PictureFigure::from),
            found_by: found_by.map(FoundBy::from),
        }
    }
}

/// Where the time went, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct Timing {
    /// Decoding, preprocessing, embedding.
    pub feature_extraction_ms: f64,
    /// Filters and index.
    pub vector_search_ms: f64,
    /// The same, for clients of the earlier system.
    pub milvus_search_ms: f64,
    /// Merging, grouping, metadata.
    pub post_process_ms: f64,
    /// All of it.
    pub total_ms: f64,
}

impl From<lookalike_engine::search::Timing> for Timing {
    fn from(timing: lookalike_engine::search::Timing) -> Self {
        let lookalike_engine::search::Timing {
            feature_extraction_ms,
            vector_search_ms,
            post_process_ms,
            total_ms,
        } = timing;
        Self {
            feature_extraction_ms,
            vector_search_ms,
            milvus_search_ms: vector_search_ms,
            post_process_ms,
            total_ms,
        }
    }
}

/// What was asked, with defaults filled in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QueryInfo {
    /// Items asked for; null when groups were counted.
    pub top_k: Option<usize>,
    /// Groups asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_groups: Option<usize>,
    /// Worst score for `cosine` and `ip`; null when there is none.
    pub min_score: Option<f32>,
    /// Largest distance for `l2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_distance: Option<f32>,
    /// Lists looked at, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nprobe: Option<usize>,
    /// Candidates kept, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ef_search: Option<usize>,
    /// Whether exactness was asked for.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub exact: bool,
    /// How many of the first hits were compared again by what matches where, at least as many as
    /// were wanted; 0 if none were.
    pub rerank: usize,
    /// Items that hits were to be more like.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub like: Vec<u64>,
    /// Items that hits were to be less like.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unlike: Vec<u64>,
    /// The poses in which the queries were searched for, as in [`PageHit`].
    pub poses: Vec<&'static str>,
    /// The forms in which they were searched for, as in [`PageHit`].
    pub forms: Vec<&'static str>,
    /// Items returned.
    pub total_matched: usize,
    /// Collections searched.
    pub collections: Vec<String>,
    /// Filters in canonical form.
    pub filters: ItemFilter,
    /// What was searched for, unless that is one whole picture.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queries: Vec<QueryDescription>,
    /// What was wrong with the files searched for although they could be read, such as a sheet of
    /// which rows are damaged; what could not be done as it was asked for, and what to do about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

same_fields!(lookalike_engine::search::QueryInfo => QueryInfo {
    top_k, top_groups, min_score, max_distance, nprobe, ef_search, exact, rerank, like, unlike, poses, forms,
    total_matched, collections, filters, queries, warnings,
});

impl Of<lookalike_engine::search::Pose> for &'static str {
    fn of(pose: lookalike_engine::search::Pose) -> Self {
        pose.name()
    }
}

impl Of<lookalike_engine::search::Form> for &'static str {
    fn of(form: lookalike_engine::search::Form) -> Self {
        form.name()
    }
}

/// What a query is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueryKind {
    /// A picture that came with the search.
    Picture,
    /// A stored item.
    Item,
    /// A vector.
    Vector,
    /// Words.
    Text,
}

same_variants!(lookalike_engine::search::QueryKind => QueryKind { Picture, Item, Vector, Text });

/// A query in words: what the answer and the history say of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QueryDescription {
    /// What it is.
    pub kind: QueryKind,
    /// The item's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// The name of the file that the picture came as, or of the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The page of that file, counted from 1, if it holds several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// The part of the picture that counted: x, y, width and height in fractions of its sides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<[f64; 4]>,
    /// The words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What they are composed of, if of several parts or of what hits are to be unlike: `dog - leash`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<Term>,
    /// The sentences that they were put into.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub templates: Vec<String>,
}

/// A part of a query in words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Term {
    /// Its words.
    pub text: String,
    /// What it counts beside the others: 1, or less than 0 for what hits are to be unlike.
    pub weight: f32,
}

same_fields!(lookalike_engine::search::Term => Term { text, weight });

same_fields!(lookalike_engine::search::QueryDescription => QueryDescription {
    kind, id, file_name, page, region, text, terms, templates,
});
