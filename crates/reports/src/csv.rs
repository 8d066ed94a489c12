//! The table of hits.

use std::collections::BTreeSet;

use lookalike_catalog::HitMark;
use lookalike_engine::EngineError;
use lookalike_engine::search::{GroupedHits, PageHit};

use crate::annotations::shown;
use crate::document::day;
use crate::facts::Facts;
use crate::table::table;

const HEADER: [&str; 24] = [
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
    "starred",
    "note",
];

/// `thumbnail_url` says where a hit's thumbnail is found: an address of whoever serves it.
pub(crate) fn of_hits(
    facts: &Facts,
    thumbnail_url: &dyn Fn(&PageHit) -> String,
) -> Result<Vec<u8>, EngineError> {
    let nothing = HitMark::default();
    let annotated = annotated(facts);
    let header = HEADER.iter().copied().chain(annotated.iter().copied());
    let header = header.map(str::to_owned).collect();
    let rows = facts.ranked().flat_map(|(rank, group)| {
        let mark = facts.marks.hits.get(&group.group_id).unwrap_or(&nothing);
        let pages = group.pages.iter();
        let annotated = &annotated;
        pages.map(move |page| {
            let mut cells = row(rank, group, page, thumbnail_url(page), mark).to_vec();
            let said = |name: &&str| group.annotations.get(*name).map(shown).unwrap_or_default();
            cells.extend(annotated.iter().map(said));
            cells
        })
    });
    table(header, rows)
}

/// The columns that tables brought along for any of the patents, by name, behind the usual ones; not
/// those that bear the name of one.
fn annotated(facts: &Facts) -> Vec<&str> {
    let groups = facts.ranked().map(|(_, group)| group);
    let names = groups.flat_map(|group| group.annotations.keys());
    let names: BTreeSet<&str> = names.map(String::as_str).collect();
    let own = |name: &&str| !HEADER.contains(name);
    names.into_iter().filter(own).collect()
}

fn row(
    rank: usize,
    group: &GroupedHits,
    page: &PageHit,
    thumbnail_url: String,
    mark: &HitMark,
) -> [String; 24] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let date = |date: Option<u32>| date.map(day).unwrap_or_default();
    [
        rank.to_string(),
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
        thumbnail_url,
        if mark.starred { "yes" } else { "" }.to_owned(),
        mark.note.clone(),
    ]
}
