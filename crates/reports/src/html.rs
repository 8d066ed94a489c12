//! The document.
//!
//! Everything that is not a report's own words is escaped and isolated in direction: titles, file
//! names and tags come from anywhere.

use lookalike_engine::search::{QueryDescription, QueryKind};

use crate::document::escaped;
use crate::facts::{Facts, ReportPictures};
use crate::options::ReportOptions;
use crate::parts::image;
use crate::style::{STYLE, content_security_policy};
use crate::words::Words;
use crate::{hits, record};

/// The report.
pub(crate) fn document(
    facts: &Facts,
    pictures: &ReportPictures,
    options: &ReportOptions,
) -> String {
    let words = options.language.words();
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{} {}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        words.tag,
        content_security_policy(),
        escaped(title(facts, words)),
        options.time(facts.past.at),
    );
    head(&mut html, facts, pictures, options);
    hits::results(&mut html, facts, pictures, words);
    record::record(&mut html, facts, options);
    html.push_str("</body>\n</html>\n");
    html
}

/// What whoever searched calls it, or what it is.
fn title<'a>(facts: &'a Facts, words: &Words) -> &'a str {
    match facts.marks.title.as_str() {
        "" => words.title,
        title => title,
    }
}

fn head(html: &mut String, facts: &Facts, pictures: &ReportPictures, options: &ReportOptions) {
    let words = options.language.words();
    html.push_str(&format!("<h1>{}</h1>\n", escaped(title(facts, words))));
    let matter = match facts.marks.matter.as_str() {
        "" => String::new(),
        matter => format!("{}: <bdi>{}</bdi> · ", words.matter, escaped(matter)),
    };
    html.push_str(&format!(
        "<p class=\"when\">{matter}{}: {} · {}: {}</p>\n",
        words.searched_at,
        options.time(facts.past.at),
        words.reported_at,
        options.time(facts.now),
    ));
    if !facts.marks.note.is_empty() {
        html.push_str(&format!(
            "<p class=\"note\">{}</p>\n",
            escaped(&facts.marks.note)
        ));
    }
    html.push_str(&format!(
        "<section class=\"query\">\n<div class=\"{}\">\n",
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
    record::parameters(html, facts, options);
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
