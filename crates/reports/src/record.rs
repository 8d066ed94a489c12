//! How a search was made, so that it can be repeated and filed.

use lookalike_storage::Metric;
use serde_json::{Value, json};

use crate::document::{day, escaped};
use crate::facts::Facts;
use crate::options::ReportOptions;
use crate::parameters;
use crate::parts::entry;

/// A limit at or below which every cosine is.
const NO_LIMIT: f64 = -1.0;

/// Beside the query: what was searched, with what, and how much was found.
pub(crate) fn parameters(html: &mut String, facts: &Facts, options: &ReportOptions) {
    let language = options.language;
    let words = language.words();
    for collection in &facts.collections {
        entry(html, words.collections, &collection.name);
    }
    let mut given = facts.past.request.parameters();
    let info = &facts.past.answer.query_info;
    if let Some(min_score) = info.min_score {
        given.insert("min_score".into(), json!(min_score));
    }
    let is_cosine =
        |collection: &crate::facts::CollectionFacts| collection.metric == Metric::Cosine;
    let limits_nothing = |value: &Value| value.as_f64().is_none_or(|limit| limit <= NO_LIMIT);
    for (name, value) in given {
        if name == "collection" || name == "region" {
            continue;
        }
        if name == "min_score" && facts.collections.iter().all(is_cosine) && limits_nothing(&value)
        {
            entry(html, parameters::name(&name, language), words.any);
            continue;
        }
        let text = parameters::value(&name, &value, words);
        entry(html, parameters::name(&name, language), &text);
    }
    let found = format!(
        "{} {} {} {}",
        info.total_matched,
        words.images_in,
        facts.groups().len(),
        words.groups
    );
    entry(html, words.found, &found);
    if facts.is_selection() {
        entry(html, words.shown, &facts.ranked().count().to_string());
    }
}

/// At the end: versions, checksums, and what the collections held.
pub(crate) fn record(html: &mut String, facts: &Facts, options: &ReportOptions) {
    let words = options.language.words();
    html.push_str(&format!(
        "<section class=\"record\">\n<h2>{}</h2>\n<dl>\n",
        words.record
    ));
    entry(html, words.program, &facts.program);
    entry(html, words.search_id, &facts.past.answer.query_token);
    entry(html, words.searched_at, &options.time(facts.past.at));
    let duration = format!("{:.0} ms", facts.past.answer.timing.total_ms);
    entry(html, words.duration, &duration);
    for collection in &facts.collections {
        html.push_str(&format!(
            "</dl>\n<h3><bdi>{}</bdi></h3>\n<dl>\n",
            escaped(&collection.name)
        ));
        let encoder = collection
            .encoder
            .as_deref()
            .unwrap_or(words.brought_vectors);
        entry(html, words.encoder, encoder);
        if let Some(checksum) = &collection.checksum {
            entry(html, words.checksum, checksum);
        }
        entry(html, words.metric, &collection.metric.to_string());
        entry(html, words.revision, &collection.revision);
        let holds = format!(
            "{} {} {} {}",
            collection.items, words.images_of, collection.patents, words.patents
        );
        entry(html, words.holds, &holds);
        if let Some((first, last, days)) = collection.granted {
            let covered = format!(
                "{} – {} ({days} {})",
                day(first),
                day(last),
                words.grant_days
            );
            entry(html, words.coverage, &covered);
        }
    }
    html.push_str("</dl>\n</section>\n");
}
