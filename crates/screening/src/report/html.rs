//! One HTML document with its pictures inside.
//!
//! Everything that is not the report's own words is escaped: names of files and titles come from
//! anywhere.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lookalike_engine::{Content, Engine, View};
use lookalike_reports::document::{day, escaped, policy_of};

use crate::record::{ScreenMatch, ScreenedProduct};
use crate::screenings::ScreenReport;

const STYLE: &str = include_str!("style.css");

/// Pictures of designs in one document: some ten megabytes.
const MOST_PICTURES: usize = 2000;

static POLICY: LazyLock<String> = LazyLock::new(|| policy_of(STYLE));

/// What a browser may load for the document: its own style and the pictures inside it.
#[must_use]
pub fn content_security_policy() -> &'static str {
    &POLICY
}

/// The document. Pictures of designs come from `engine`; those that are gone are left out.
#[must_use]
pub fn html(engine: &Engine, report: &ScreenReport) -> String {
    let status = &report.status;
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Screening {}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1>Screening {}</h1>\n<p class=\"when\">{} · {} of {} products · {}</p>\n",
        content_security_policy(),
        status.job_id,
        status.job_id,
        escaped(&status.folder),
        status.processed,
        status.total,
        escaped(&parameters(report)),
    );
    let mut left = MOST_PICTURES;
    for product in &report.products {
        write_product(&mut html, engine, product, &mut left);
    }
    html.push_str("</body>\n</html>\n");
    html
}

fn parameters(report: &ScreenReport) -> String {
    let all = report.status.parameters.iter();
    let all: Vec<String> = all
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    all.join(" · ")
}

fn write_product(html: &mut String, engine: &Engine, product: &ScreenedProduct, left: &mut usize) {
    html.push_str("<article>\n<div>");
    if let Some(jpeg) = &product.thumbnail {
        image(html, jpeg, &product.product);
    }
    html.push_str(&format!(
        "</div>\n<div>\n<h2><bdi>{}</bdi></h2>\n",
        escaped(&product.product)
    ));
    if product.matches.is_empty() {
        html.push_str("<p class=\"problem\">Nothing is close enough.</p>\n");
    } else {
        html.push_str(
            "<table>\n<tr><th></th><th>Score</th><th></th><th>Design</th><th>Status</th>\
             <th>Found by</th></tr>\n",
        );
        for hit in &product.matches {
            write_match(html, engine, hit, left);
        }
        html.push_str("</table>\n");
    }
    for problem in &product.failed {
        html.push_str(&format!(
            "<p class=\"problem\"><bdi>{}</bdi>: {}</p>\n",
            escaped(&problem.file),
            escaped(&problem.reason)
        ));
    }
    html.push_str("</div>\n</article>\n");
}

fn write_match(html: &mut String, engine: &Engine, hit: &ScreenMatch, left: &mut usize) {
    html.push_str("<tr><td>");
    let picture = (*left > 0).then(|| thumbnail(engine, hit)).flatten();
    if let Some(jpeg) = picture {
        *left -= 1;
        image(
            html,
            &jpeg,
            hit.patent_id.as_deref().unwrap_or(&hit.file_name),
        );
    }
    let name = hit.patent_id.as_deref().unwrap_or(&hit.file_name);
    let title = hit.title.as_deref().unwrap_or_default();
    let expires = hit.expiry_date.map(day).unwrap_or_default();
    html.push_str(&format!(
        "</td><td class=\"number\">{:.3}</td><td>{}</td><td><bdi>{} {}</bdi></td><td>{} {expires}\
         </td><td><bdi>{}</bdi></td></tr>\n",
        hit.score,
        escaped(&words(hit.band.as_deref())),
        escaped(name),
        escaped(title),
        escaped(&words(hit.status.as_deref())),
        escaped(&hit.picture),
    ));
}

/// `near_identical` as people read it.
fn words(name: Option<&str>) -> String {
    name.unwrap_or_default().replace('_', " ")
}

/// The stored thumbnail in Base64.
fn thumbnail(engine: &Engine, hit: &ScreenMatch) -> Option<String> {
    let pictures = engine.pictures();
    let item = pictures
        .find(&hit.file_name, Some(hit.id.unsigned_abs()))
        .ok()?;
    let picture = pictures.picture(&item, View::Thumbnail).ok()?;
    match picture.content {
        Content::Bytes(bytes) => Some(STANDARD.encode(bytes)),
        Content::Stream(_) => None,
    }
}

fn image(html: &mut String, jpeg: &str, text: &str) {
    html.push_str(&format!(
        "<img alt=\"{}\" src=\"data:image/jpeg;base64,{jpeg}\">",
        escaped(text)
    ));
}
