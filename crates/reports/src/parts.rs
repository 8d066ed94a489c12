//! What several parts of a report are made of.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::document::escaped;
use crate::words::Words;

pub(crate) fn chip(band: &str, words: &Words) -> String {
    format!("<span class=\"band {band}\">{}</span>", words.reading(band))
}

pub(crate) fn entry(html: &mut String, name: &str, value: &str) {
    let (name, value) = (escaped(name), escaped(value));
    html.push_str(&format!("<dt>{name}</dt><dd><bdi>{value}</bdi></dd>\n"));
}

pub(crate) fn image(html: &mut String, jpeg: &[u8], text: &str) {
    html.push_str(&format!(
        "<img alt=\"{}\" src=\"data:image/jpeg;base64,",
        escaped(text)
    ));
    STANDARD.encode_string(jpeg, html);
    html.push_str("\">");
}
