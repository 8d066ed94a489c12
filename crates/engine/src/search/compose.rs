//! Composes the answer: the final ranking with the items' and patents' data.

use std::collections::HashMap;

use lookalike_catalog::{Collection, Item};
use lookalike_encoders::Bands;
use lookalike_patents::status;
use lookalike_storage::Metric;

use super::answer::{GroupedHits, PageHit, QueryInfo, RankedItem, SearchAnswer, Timing};
use super::checked::CheckedRequest;
use super::description::{QueryDescription, QueryKind};
use super::found::Found;
use super::fuse::Ranking;
use super::request::Limit;
use super::words::reasons::FoundBy;
use crate::{EngineError, PictureFigure, Stores};

/// The answer, but for times and token.
pub(super) fn compose(
    stores: &Stores,
    ranking: &Ranking,
    request: &CheckedRequest<'_>,
    collections: &[Collection],
) -> Result<SearchAnswer, EngineError> {
    let ids: Vec<u64> = ranking
        .hits
        .iter()
        .map(|placed| placed.hit.item_id)
        .collect();
    let items: HashMap<i64, Item> = stores
        .catalog()
        .items(&ids)?
        .into_iter()
        .map(|item| (item.id, item))
        .collect();
    let found: Vec<(u64, u8)> = ranking
        .hits
        .iter()
        .map(|placed| (placed.hit.item_id, placed.hit.figure_index))
        .collect();
    let figures = stores.catalog().figures(&found)?;
    let today = stores.today();
    let bands = bands_by_name(stores, collections, ranking);
    let mut found_by = found_by(stores, ranking)?;
    let mut results: HashMap<usize, GroupedHits> = HashMap::new();
    let mut ranked: Vec<RankedItem> = Vec::new();
    for placed in &ranking.hits {
        // An item deleted since the index was searched is not a hit any more.
        let Some(item) = items.get(&(placed.hit.item_id as i64)) else {
            continue;
        };
        let (key, score) = &ranking.groups[placed.group];
        let group = results.entry(placed.group).or_insert_with(|| {
            let bands = bands.get(item.collection.as_str());
            new_group(key, *score, item, bands, today)
        });
        let first_scores = &ranking.second_look.first_scores;
        let score_first = first_scores.get(&placed.hit.item_id).copied();
        let index = placed.hit.figure_index;
        let figure = figures.get(&(placed.hit.item_id, index));
        let figure = figure.and_then(|figure| PictureFigure::new(index, figure));
        let found_by = found_by.remove(&placed.hit.item_id);
        group.pages.push(PageHit {
            figure: figure.clone(),
            found_by: found_by.clone(),
            score_first,
            ..page(item, &placed.hit)
        });
        ranked.push(RankedItem {
            rank: ranked.len() + 1,
            score: placed.hit.score,
            score_first,
            pose: placed.hit.asked.pose,
            form: placed.hit.asked.form,
            figure,
            found_by,
            status: group.status,
            item: item.clone(),
        });
    }
    let mut results: Vec<(usize, GroupedHits)> = results.into_iter().collect();
    results.sort_by_key(|(place, _)| *place);
    let mut results: Vec<GroupedHits> = results.into_iter().map(|(_, group)| group).collect();
    for group in &mut results {
        group
            .pages
            .sort_by(|a, b| a.page_num.cmp(&b.page_num).then(a.id.cmp(&b.id)));
    }
    Ok(SearchAnswer {
        results,
        timing: Timing::default(),
        query_info: query_info(ranking, ranked.len(), request),
        query_token: String::new(),
        ranked,
    })
}

fn query_info(ranking: &Ranking, total: usize, request: &CheckedRequest<'_>) -> QueryInfo {
    let (top_k, top_groups) = match request.limit {
        Limit::Items(count) => (Some(count), None),
        Limit::Groups(count) => (None, Some(count)),
    };
    let (min_score, max_distance) = match ranking.metric {
        Metric::L2 => (None, ranking.threshold),
        _ => (ranking.threshold, None),
    };
    let mut queries = request.descriptions();
    let one_whole_picture = |query: &QueryDescription| {
        query.kind == QueryKind::Picture && query.page.is_none() && query.region.is_none()
    };
    if queries.len() == 1 && one_whole_picture(&queries[0]) {
        queries.clear();
    }
    QueryInfo {
        top_k,
        top_groups,
        min_score,
        max_distance,
        nprobe: request.effort.nprobe,
        ef_search: request.effort.ef_search,
        exact: request.effort.exact,
        rerank: ranking.second_look.first_scores.len(),
        like: request.like.clone(),
        unlike: request.unlike.clone(),
        // Who searched says it.
        poses: Vec::new(),
        forms: Vec::new(),
        total_matched: total,
        collections: request.collections.clone(),
        filters: request.filter.clone(),
        queries,
        warnings: ranking
            .second_look
            .lacking
            .iter()
            .map(|name| lacking(name))
            .collect(),
    }
}

fn lacking(collection: &str) -> String {
    format!(
        "collection `{collection}` keeps nothing to compare hits by on second look, as it was made \
         by an earlier version; embed it again to have that"
    )
}

/// How scores are read, of the collections whose metric is cosine. Those of words are on a scale of
/// their own, for which models rarely say how; where texts took part they are ranks.
fn bands_by_name<'a>(
    stores: &Stores,
    collections: &'a [Collection],
    ranking: &Ranking,
) -> HashMap<&'a str, Bands> {
    let encoders = stores.encoders();
    let bands = |collection: &Collection| match &ranking.reasons {
        None => Some(encoders.bands(collection)),
        Some(reasons) if reasons.by_meaning_alone => encoders.bands_of_words(collection),
        Some(_) => None,
    };
    collections
        .iter()
        .filter(|collection| collection.spec.metric == Metric::Cosine)
        .filter_map(|collection| Some((collection.spec.name.as_str(), bands(collection)?)))
        .collect()
}

/// Why words found what they found, by item.
fn found_by(stores: &Stores, ranking: &Ranking) -> Result<HashMap<u64, FoundBy>, EngineError> {
    let Some(reasons) = &ranking.reasons else {
        return Ok(HashMap::new());
    };
    let mut found: HashMap<u64, FoundBy> = HashMap::new();
    let mut by_texts = Vec::new();
    for placed in &ranking.hits {
        let id = placed.hit.item_id;
        let reason = reasons.of_items.get(&id).copied().unwrap_or_default();
        let of_item = found.entry(id).or_default();
        of_item.meaning = reason.meaning;
        of_item.probability = reason.probability;
        if reason.by_texts {
            by_texts.push(id);
        }
    }
    if !by_texts.is_empty() {
        let fields = stores
            .catalog()
            .fields_with_words(&reasons.words, &by_texts)?;
        for (id, field) in fields {
            found.entry(id).or_default().texts.push(field);
        }
    }
    Ok(found)
}

fn new_group(key: &str, score: f32, item: &Item, bands: Option<&Bands>, today: u32) -> GroupedHits {
    let patent = item.patent.clone();
    GroupedHits {
        group_id: key.to_owned(),
        patent_id: item.patent_id.clone(),
        max_score: score,
        band: bands.map(|bands| bands.of(score).name()),
        title: patent.title,
        loc_class: patent.loc_class,
        us_class: patent.us_class,
        pub_date: patent.pub_date,
        filing_date: patent.filing_date,
        expiry_date: patent.expiry_date,
        status: patent
            .expiry_date
            .map(|expiry| status(expiry, today).as_str()),
        applicant_name: patent.applicant_name,
        applicant_country: patent.applicant_country,
        inventor_names: patent.inventor_names,
        claim_text: patent.claim_text,
        annotations: patent.annotations,
        image_count: match item.patent_id {
            Some(_) => patent.image_count,
            None => 1,
        },
        pages: Vec::new(),
    }
}

fn page(item: &Item, hit: &Found) -> PageHit {
    PageHit {
        id: item.id,
        collection: item.collection.clone(),
        file_name: item.file_name.clone(),
        page_num: item.page_num.clone(),
        image_index: item.image_index,
        score: hit.score,
        score_first: None,
        pose: hit.asked.pose,
        form: hit.asked.form,
        width: item.width,
        height: item.height,
        figure: None,
        found_by: None,
    }
}
