//! Lists what a folder of PDFs holds, as a line of JSON each; writes the drawing
//! sheets as PNG too if told where to:
//!
//! ```text
//! cargo run --release -p lookalike-pdf --example patents -- FOLDER [SHEETS]
//! ```

#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use lookalike_imaging::{Limits, encode_png};
use lookalike_patents::Cited;
use lookalike_pdf::{Document, PatentPdf};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().ok_or("give a folder of PDFs")?;
    let sheets = arguments.next();
    let entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "pdf"));
    files.sort();
    for file in files {
        println!("{}", read(&file, sheets.as_deref())?);
    }
    Ok(())
}

fn read(file: &Path, sheets: Option<&Path>) -> Result<Value, Box<dyn Error>> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let start = Instant::now();
    let document = match Document::open(std::fs::read(file)?, &Limits::default()) {
        Ok(document) => document,
        Err(error) => return Ok(json!({"file": name, "error": error.to_string()})),
    };
    let Some(patent) = document.patent(Some(&name)) else {
        let pages: Vec<Value> = (0..document.page_count())
            .map(|page| match document.page_image(page) {
                Ok(page) => json!([page.image.width(), page.image.height()]),
                Err(error) => json!(error.to_string()),
            })
            .collect();
        return Ok(json!({"file": name, "patent": null, "pages": pages}));
    };
    let milliseconds = start.elapsed().as_secs_f64() * 1e3 / document.page_count() as f64;
    if let Some(folder) = sheets {
        write_sheets(&document, &patent, folder)?;
    }
    Ok(describe(&name, &patent, milliseconds))
}

fn write_sheets(
    document: &Document,
    patent: &PatentPdf,
    folder: &Path,
) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    for (index, sheet) in patent.sheets.iter().enumerate() {
        let page = document.page_image(sheet.page)?.image;
        let crop = sheet.crop;
        let drawn = page
            .crop(crop.left, crop.top, crop.width, crop.height)
            .ok_or("a sheet reaches beyond its page")?;
        let name = format!("{}-D{:05}.png", patent.grant.patent_id.padded(), index + 1);
        std::fs::write(folder.join(name), encode_png(&drawn)?)?;
    }
    Ok(())
}

fn describe(name: &str, patent: &PatentPdf, milliseconds: f64) -> Value {
    let grant = &patent.grant;
    let sheets = patent.sheets.iter().map(|sheet| {
        let crop = sheet.crop;
        json!([sheet.page, crop.left, crop.top, crop.width, crop.height])
    });
    let cited = grant
        .citations
        .iter()
        .map(|citation| match &citation.cited {
            Cited::Design(id) => id.to_string(),
            Cited::Patent { number, .. } => number.clone(),
            Cited::Literature(text) => text.clone(),
        });
    let figures = grant.figures.iter().map(|figure| {
        let view = figure.view.map(|view| view.as_str());
        json!([figure.label, view])
    });
    json!({
        "file": name,
        "patent": grant.patent_id.as_str(),
        "title": grant.title,
        "pub_date": grant.pub_date,
        "filing_date": grant.filing_date,
        "grant_term": grant.grant_term,
        "loc_class": grant.loc_class,
        "us_class": grant.us_class,
        "further_us_classes": grant.further_us_classes,
        "application_number": grant.application_number,
        "applicant": grant.applicant_name,
        "country": grant.applicant_country,
        "inventors": grant.inventor_names,
        "assignee": grant.assignee_name,
        "claim": grant.claim_text,
        "figures": figures.collect::<Vec<_>>(),
        "cited": cited.collect::<Vec<_>>(),
        "pages": patent.pages.iter().map(|kind| format!("{kind:?}")).collect::<Vec<_>>(),
        "sheets": sheets.collect::<Vec<_>>(),
        "warnings": grant.warnings,
        "ms_per_page": (milliseconds * 10.0).round() / 10.0,
    })
}
