//! The document.
//!
//! Everything that is not a report's own words is escaped and isolated in direction: titles, file
//! names and tags come from anywhere.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lookalike_encoders::Band;
use lookalike_engine::search::{GroupedHits, PageHit, QueryDescription, QueryKind};
use serde_json::{Value, json};

use crate::document::{day, escaped};
use crate::facts::{Facts, ReportPictures};
use crate::parameters;
use crate::style::{STYLE, content_security_policy};
use crate::words::{Language, Words};

/// A group of this many pages fits on a sheet of paper and is not torn apart.
const PAGES_TOGETHER: usize = 10;

/// The report in `language`.
pub(crate) fn document(facts: &Facts, pictures: &ReportPictures, language: Language) -> String {
    let words = language.words();
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{} {}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        words.tag,
        content_security_policy(),
        words.title,
        facts.past.at.strftime("%Y-%m-%d %H:%M"),
    );
    head(&mut html, facts, pictures, language);
    results(&mut html, facts, pictures, words);
    html.push_str("</body>\n</html>\n");
    html
}

fn head(html: &mut String, facts: &Facts, pictures: &ReportPictures, language: Language) {
    let words = language.words();
    let time = |time: jiff::Timestamp| time.strftime("%Y-%m-%d %H:%M UTC").to_string();
    html.push_str(&format!(
        "<h1>{}</h1>\n<p class=\"when\">{}: {} · {}: {}</p>\n<section class=\"query\">\n\
         <div class=\"{}\">\n",
        words.title,
        words.searched_at,
        time(facts.past.at),
        words.reported_at,
        time(facts.now),
        match facts.past.request.queries.len() {
            1 => "single",
            _ => "several",
        },
    ));
    let descriptions = facts.past.request.descriptions();
    for (position, description) in descriptions.iter().enumerate() {
        let jpeg = pictures.queries.get(position).and_then(Option::as_ref);
        query(html, description, jpeg, words);
    }
    html.push_str("</div>\n<dl>\n");
    for collection in &facts.collections {
        let encoder = collection
            .encoder
            .as_deref()
            .unwrap_or(words.brought_vectors);
        entry(html, words.collections, &collection.name);
        let metric = collection.metric;
        entry(html, words.encoder, &format!("{encoder} ({metric})"));
    }
    let parameter = |html: &mut String, name: &str, value: &Value| {
        let text = parameters::value(name, value, words);
        entry(html, parameters::name(name, language), &text);
    };
    for (name, value) in facts.past.request.parameters() {
        if name != "collection" && name != "region" {
            parameter(html, &name, &value);
        }
    }
    let info = &facts.past.answer.query_info;
    if facts.past.request.min_score.is_none()
        && let Some(min_score) = info.min_score
    {
        parameter(html, "min_score", &json!(min_score.to_string()));
    }
    let found = format!(
        "{} {} {} {}",
        info.total_matched,
        words.images_in,
        facts.groups().len(),
        words.groups
    );
    entry(html, words.found, &found);
    let duration = format!("{:.0} ms", facts.past.answer.timing.total_ms);
    entry(html, words.duration, &duration);
    html.push_str("</dl>\n</section>\n");
}

fn query(html: &mut String, description: &QueryDescription, jpeg: Option<&Vec<u8>>, words: &Words) {
    let mut caption = match (description.kind, description.id) {
        (QueryKind::Picture, _) => words.picture.to_owned(),
        (QueryKind::Item, Some(id)) => format!("{} {id}", words.item),
        (QueryKind::Item, None) => words.item.to_owned(),
        (QueryKind::Vector, _) => words.vector.to_owned(),
        (QueryKind::Text, _) => {
            let text = description.text.as_deref().unwrap_or_default();
            format!("{} “{text}”", words.words)
        }
    };
    if let Some(name) = &description.file_name {
        caption.push_str(&format!(" {name}"));
    }
    if let Some([x, y, width, height]) = description.region {
        let percent = |part: f64| (part * 100.0).round();
        caption.push_str(&format!(
            ", {} {}–{} % × {}–{} %",
            words.region,
            percent(x),
            percent(x + width),
            percent(y),
            percent(y + height)
        ));
    }
    html.push_str("<figure>");
    if let Some(jpeg) = jpeg {
        image(html, jpeg, words.query);
    }
    html.push_str(&format!(
        "<figcaption>{}</figcaption></figure>\n",
        escaped(&caption)
    ));
}

fn results(html: &mut String, facts: &Facts, pictures: &ReportPictures, words: &Words) {
    html.push_str(&format!("<h2>{}</h2>\n", words.results));
    if facts.groups().is_empty() {
        html.push_str(&format!("<p>{}</p>\n", words.nothing));
        return;
    }
    let bands: Vec<&'static str> = facts
        .groups()
        .iter()
        .filter_map(|group| group.band)
        .collect();
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
    for (index, hits) in facts.groups().iter().enumerate() {
        group(html, index + 1, hits, pictures, words);
    }
}

fn group(
    html: &mut String,
    rank: usize,
    group: &GroupedHits,
    pictures: &ReportPictures,
    words: &Words,
) {
    let class = if group.pages.len() <= PAGES_TOGETHER {
        "short"
    } else {
        "long"
    };
    let name = group.patent_id.as_deref().or(match &group.pages[..] {
        [page] => Some(page.file_name.as_str()),
        _ => None,
    });
    let name = escaped(name.unwrap_or(&group.group_id));
    let title = match &group.title {
        Some(title) => format!("{name} · <bdi>{}</bdi>", escaped(title)),
        None => name,
    };
    html.push_str(&format!(
        "<article class=\"{class}\">\n<header class=\"group\"><span class=\"rank\">{rank}</span>\
         <h3><bdi>{title}</bdi></h3><span class=\"score\">{} {:.3}</span>{}</header>\n\
         <div class=\"body\">\n",
        words.score,
        group.max_score,
        group
            .band
            .map_or_else(String::new, |band| chip(band, words)),
    ));
    facts_of_patent(html, group, words);
    html.push_str("<div class=\"pages\">\n");
    for hit in &group.pages {
        page(html, hit, pictures, words);
    }
    html.push_str("</div>\n</div>\n</article>\n");
}

fn facts_of_patent(html: &mut String, group: &GroupedHits, words: &Words) {
    let status = group.status.map(|status| match status {
        "in_force" => words.in_force.to_owned(),
        _ => words.expired.to_owned(),
    });
    let applicant = match (&group.applicant_name, &group.applicant_country) {
        (Some(name), Some(country)) => Some(format!("{name} ({country})")),
        (name, _) => name.clone(),
    };
    let short = [
        (words.loc_class, group.loc_class.clone()),
        (words.us_class, group.us_class.clone()),
        (words.filing_date, group.filing_date.map(day)),
        (words.pub_date, group.pub_date.map(day)),
        (words.expiry_date, group.expiry_date.map(day)),
        (words.status, status),
        (words.applicant, applicant),
    ];
    let long = [
        (words.inventors, group.inventor_names.clone()),
        (words.claim, group.claim_text.clone()),
    ];
    if short.iter().chain(&long).all(|(_, value)| value.is_none()) {
        return;
    }
    html.push_str("<dl class=\"facts\">\n");
    for (name, value) in short {
        if let Some(value) = value {
            entry(html, name, &value);
        }
    }
    for (name, value) in long {
        if let Some(value) = value {
            html.push_str(&format!(
                "<dt>{name}</dt><dd class=\"wide\"><bdi>{}</bdi></dd>\n",
                escaped(&value)
            ));
        }
    }
    html.push_str("</dl>\n");
}

fn page(html: &mut String, page: &PageHit, pictures: &ReportPictures, words: &Words) {
    html.push_str("<figure><div class=\"frame\">");
    match pictures.items.get(&page.id) {
        Some(jpeg) => image(html, jpeg, &page.file_name),
        None => html.push_str(words.no_picture),
    }
    let name = page.page_num.as_deref().unwrap_or(&page.file_name);
    html.push_str(&format!(
        "</div><figcaption><bdi>{}</bdi> · {:.3}</figcaption></figure>\n",
        escaped(name),
        page.score
    ));
}

fn chip(band: &str, words: &Words) -> String {
    format!("<span class=\"band {band}\">{}</span>", words.reading(band))
}

fn entry(html: &mut String, name: &str, value: &str) {
    let (name, value) = (escaped(name), escaped(value));
    html.push_str(&format!("<dt>{name}</dt><dd><bdi>{value}</bdi></dd>\n"));
}

fn image(html: &mut String, jpeg: &[u8], text: &str) {
    html.push_str(&format!(
        "<img alt=\"{}\" src=\"data:image/jpeg;base64,",
        escaped(text)
    ));
    STANDARD.encode_string(jpeg, html);
    html.push_str("\">");
}
