//! `lookalike merge`.

use std::path::Path;
use std::sync::Arc;

use lookalike_catalog::Catalog;
use lookalike_engine::{EvidenceAccess, EvidenceStore};
use lookalike_safekeeping::{MergeReport, Merger, Other};
use lookalike_storage::blob::FolderBlobs;
use lookalike_work::Cancel;
use serde::Serialize;

use super::Outcome;
use crate::arguments::{Format, MergeArguments};
use crate::settings::Settings;
use crate::wiring::{Access, engine};
use crate::{interrupt, output};

/// What was taken in from where.
#[derive(Serialize)]
struct Merged {
    library: String,
    #[serde(flatten)]
    report: MergeReport,
}

pub(super) fn run(arguments: &MergeArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let engine = engine(settings, Access::Write)?;
    let cancel = Arc::new(Cancel::default());
    let cancelling = Arc::clone(&cancel);
    interrupt::on_signal(move || cancelling.cancel());
    let merger = Merger::new(engine.stores(), &cancel);
    // All are looked at first: none is half taken in because the next can't be.
    let others = arguments.others.iter().map(|directory| open(directory));
    let others: Vec<Other> = others.collect::<anyhow::Result<_>>()?;
    for other in &others {
        merger.check(other)?;
    }
    let mut all = Vec::new();
    for other in &others {
        if cancel.is_cancelled() {
            break;
        }
        let library = other.directory.display().to_string();
        let report = merger.run(other, |report| {
            tracing::debug!("{library}: {} items", report.items);
        })?;
        output::note(settings, &line(&library, &report));
        all.push(Merged { library, report });
    }
    match arguments.format.format {
        Format::Json => output::json(&all)?,
        Format::Jsonl => output::json_lines(&all)?,
        Format::Table => {}
    }
    Ok(if cancel.is_cancelled() {
        Outcome::SomeFailed
    } else {
        Outcome::Done
    })
}

/// For writing, although nothing is: so that nobody else does, and an older one is brought up to date.
fn open(directory: &Path) -> anyhow::Result<Other> {
    // Otherwise one would be made.
    Catalog::open(directory)?;
    Ok(Other {
        directory: directory.to_path_buf(),
        catalog: Catalog::open_for_writing(directory)?,
        blobs: FolderBlobs::new(directory.join("blobs")),
        evidence: EvidenceStore::new(directory.join("evidence"), EvidenceAccess::Read),
    })
}

fn line(library: &str, report: &MergeReport) -> String {
    let before = match report.taken_before {
        0 => String::new(),
        count => format!(", {count} taken in before"),
    };
    let end = if report.cancelled {
        "; stopped, the same command goes on"
    } else {
        ""
    };
    let trash = match report.trash {
        0 => String::new(),
        count => format!(", {count} in the trash"),
    };
    format!(
        "{library}: {} images, {} new, {} known{before}{trash}; {} patents, {} decisions, {} \
         pictures copied{end}",
        report.items, report.added, report.known, report.patents, report.decisions, report.blobs
    )
}
