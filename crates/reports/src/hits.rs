//! The hits of a report: five or six to a sheet of paper, and those that were chosen at the end
//! once more, larger, beside the query.

use lookalike_encoders::Band;
use lookalike_engine::search::{GroupedHits, PageHit};

use crate::annotations::shown;
use crate::document::{day, escaped};
use crate::facts::{Facts, ReportPictures, best_pages};
use crate::parts::{chip, entry, image};
use crate::words::Words;

pub(crate) fn results(html: &mut String, facts: &Facts, pictures: &ReportPictures, words: &Words) {
    html.push_str(&format!("<h2>{}</h2>\n", words.results));
    if facts.groups().is_empty() {
        html.push_str(&format!("<p>{}</p>\n", words.nothing));
        return;
    }
    bands(html, facts, words);
    for (rank, hits) in facts.ranked() {
        group(html, rank, hits, facts, pictures, words);
    }
    if facts.is_selection() {
        html.push_str(&format!("<h2>{}</h2>\n", words.side_by_side));
        for (rank, hits) in facts.ranked() {
            beside_query(html, rank, hits, pictures, words);
        }
    }
}

/// How many hits there are of each band, and what bands are.
fn bands(html: &mut String, facts: &Facts, words: &Words) {
    let bands: Vec<&'static str> = facts.ranked().filter_map(|(_, group)| group.band).collect();
    let known = !bands.is_empty();
    if known {
        html.push_str("<p>");
        for band in Band::ALL.map(Band::name) {
            let count = bands.iter().filter(|other| **other == band).count();
            if count > 0 {
                html.push_str(&format!(
                    "<span class=\"count\">{} {count}</span>",
                    chip(band, words)
                ));
            }
        }
        html.push_str("</p>\n");
    }
    let note = if known { words.guide } else { words.no_bands };
    html.push_str(&format!("<p class=\"guide\">{note}</p>\n"));
}

fn header(html: &mut String, rank: usize, group: &GroupedHits, starred: bool, words: &Words) {
    let name = escaped(&name(group));
    let title = match &group.title {
        Some(title) => format!("{name} · <bdi>{}</bdi>", escaped(title)),
        None => name,
    };
    let star = if starred {
        format!("<span class=\"star\" title=\"{}\">★</span>", words.starred)
    } else {
        String::new()
    };
    html.push_str(&format!(
        "<header class=\"group\"><span class=\"rank\">{rank}</span>\
         <h3><bdi>{title}</bdi></h3>{star}<span class=\"score\">{} {:.3}</span>{}</header>\n",
        words.score,
        group.max_score,
        group
            .band
            .map_or_else(String::new, |band| chip(band, words)),
    ));
}

fn name(group: &GroupedHits) -> String {
    let name = group.patent_id.as_deref().or(match &group.pages[..] {
        [page] => Some(page.file_name.as_str()),
        _ => None,
    });
    name.unwrap_or(&group.group_id).to_owned()
}

fn group(
    html: &mut String,
    rank: usize,
    group: &GroupedHits,
    facts: &Facts,
    pictures: &ReportPictures,
    words: &Words,
) {
    let mark = facts.marks.hits.get(&group.group_id);
    html.push_str("<article>\n");
    header(
        html,
        rank,
        group,
        mark.is_some_and(|mark| mark.starred),
        words,
    );
    let known = facts_of_patent(group, words).join(" · ");
    if !known.is_empty() {
        html.push_str(&format!("<p class=\"facts\">{known}</p>\n"));
    }
    if let Some(mark) = mark.filter(|mark| !mark.note.is_empty()) {
        html.push_str(&format!("<p class=\"note\">{}</p>\n", escaped(&mark.note)));
    }
    html.push_str("<div class=\"pages\">\n");
    let shown = best_pages(group, facts.smaller_is_better());
    for hit in &shown {
        page(html, hit, pictures, words);
    }
    html.push_str("</div>\n");
    if shown.len() < group.pages.len() {
        let more = group.pages.len() - shown.len();
        html.push_str(&format!("<p class=\"more\">+ {more} {}</p>\n", words.more));
    }
    html.push_str("</article>\n");
}

/// A hit's best picture and the query's, as large as fit beside each other, with the claim.
fn beside_query(
    html: &mut String,
    rank: usize,
    group: &GroupedHits,
    pictures: &ReportPictures,
    words: &Words,
) {
    html.push_str("<article class=\"beside\">\n");
    header(html, rank, group, false, words);
    html.push_str("<div class=\"pair\">\n");
    let query = pictures.queries.first().and_then(Option::as_ref);
    let best = group
        .pages
        .iter()
        .filter_map(|page| Some((page, pictures.large.get(&page.id)?)))
        .next();
    if let Some(jpeg) = query {
        html.push_str("<figure><div class=\"frame\">");
        image(html, jpeg, words.query);
        html.push_str(&format!(
            "</div><figcaption>{}</figcaption></figure>\n",
            words.query
        ));
    }
    if let Some((page, jpeg)) = best {
        html.push_str("<figure><div class=\"frame\">");
        image(html, jpeg, &page.file_name);
        html.push_str("</div>");
        caption(html, page);
    }
    html.push_str("</div>\n<dl>\n");
    for (name, value) in [
        (words.inventors, &group.inventor_names),
        (words.claim, &group.claim_text),
    ] {
        if let Some(value) = value {
            entry(html, name, value);
        }
    }
    html.push_str("</dl>\n</article>\n");
}

fn facts_of_patent(group: &GroupedHits, words: &Words) -> Vec<String> {
    let status = group.status.map(|status| match status {
        "in_force" => words.in_force.to_owned(),
        _ => words.expired.to_owned(),
    });
    let applicant = match (&group.applicant_name, &group.applicant_country) {
        (Some(name), Some(country)) => Some(format!("{name} ({country})")),
        (name, _) => name.clone(),
    };
    let bare = |value: String| format!("<bdi>{}</bdi>", escaped(&value));
    let named = |name: &str, value: String| format!("{name} {}", bare(value));
    let facts = [
        group
            .loc_class
            .clone()
            .map(|class| named(words.loc_class, class)),
        applicant.map(bare),
        group
            .filing_date
            .map(|date| named(words.filing_date, day(date))),
        group.pub_date.map(|date| named(words.pub_date, day(date))),
        group
            .expiry_date
            .map(|date| named(words.expiry_date, day(date))),
        status.map(bare),
    ];
    let said = group.annotations.iter();
    let said = said.map(|(name, value)| named(&escaped(name), shown(value)));
    facts.into_iter().flatten().chain(said).collect()
}

fn page(html: &mut String, page: &PageHit, pictures: &ReportPictures, words: &Words) {
    html.push_str("<figure><div class=\"frame\">");
    match pictures.items.get(&page.id) {
        Some(jpeg) => image(html, jpeg, &page.file_name),
        None => html.push_str(words.no_picture),
    }
    html.push_str("</div>");
    caption(html, page);
}

fn caption(html: &mut String, page: &PageHit) {
    let name = page.page_num.as_deref().unwrap_or(&page.file_name);
    html.push_str(&format!(
        "<figcaption><bdi>{}</bdi> · {:.3}</figcaption></figure>\n",
        escaped(name),
        page.score
    ));
}
