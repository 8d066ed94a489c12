//! `lookalike download`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::HumanBytes;
use lookalike_catalog::create_private_folder;
use lookalike_fetch::download::{
    DownloadProgress, DownloadReport, DownloadRequest, DownloadSettings, download,
};
use lookalike_work::Cancel;

use super::Outcome;
use crate::arguments::{DEFAULT_COLUMN, DownloadArguments, Format};
use crate::output::progress::{self, Step};
use crate::settings::Settings;
use crate::{interrupt, output};

/// Folder in the data directory.
const DOWNLOADS: &str = "downloads";

/// File in a table's folder that holds the table's path.
const OWNER_NOTE: &str = "table.txt";

/// Failures listed on the terminal.
const LISTED: usize = 20;

pub(super) fn run(arguments: DownloadArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let format = arguments.format.format;
    let report = fetch(&request(arguments, settings)?, settings)?;
    match format {
        Format::Json => output::json(&report)?,
        Format::Jsonl => output::json_lines([&report])?,
        Format::Table => print(&report)?,
    }
    note_hint(&report, settings);
    if report.total == 0 {
        output::note(settings, "the table has no rows");
    }
    Ok(if report.failed == 0 && !report.cancelled {
        Outcome::Done
    } else {
        Outcome::SomeFailed
    })
}

fn request(arguments: DownloadArguments, settings: &Settings) -> anyhow::Result<DownloadRequest> {
    let defaults = DownloadSettings::default();
    let parallel = usize::from(arguments.parallel);
    let directory = match arguments.out {
        Some(directory) => directory,
        None => default_directory(&arguments.table, settings)?,
    };
    Ok(DownloadRequest {
        table: arguments.table,
        column: arguments.column,
        directory,
        settings: DownloadSettings {
            parallel,
            delay: Duration::from_millis(arguments.delay_ms),
            allow_private: arguments.allow_private,
            limits: settings.limits.clone(),
            ..defaults
        },
    })
}

/// The folder of a table in the data directory: named after it, with a number where another
/// table of that name has one already. A note in the folder tells whose it is.
fn default_directory(table: &Path, settings: &Settings) -> anyhow::Result<PathBuf> {
    let table = table
        .canonicalize()
        .with_context(|| format!("can't read {}", table.display()))?;
    let name = table.file_stem().unwrap_or_default();
    let owner = table.to_string_lossy();
    let numbered = |number: u32| {
        let mut name = name.to_owned();
        if number > 1 {
            name.push(format!("-{number}"));
        }
        settings.data.join(DOWNLOADS).join(name)
    };
    let is_free_or_own = |directory: &PathBuf| {
        let note = std::fs::read_to_string(directory.join(OWNER_NOTE));
        note.map_or(true, |note| note == owner)
    };
    let directory = (1..)
        .map(numbered)
        .find(is_free_or_own)
        .expect("there is always another number");
    create_private_folder(&settings.data)
        .and_then(|()| std::fs::create_dir_all(&directory))
        .and_then(|()| std::fs::write(directory.join(OWNER_NOTE), owner.as_bytes()))
        .with_context(|| format!("can't write to {}", directory.display()))?;
    Ok(directory)
}

/// Downloads with a bar, until it is done or a signal comes.
fn fetch(request: &DownloadRequest, settings: &Settings) -> anyhow::Result<DownloadReport> {
    let cancel = Arc::new(Cancel::default());
    let cancelling = Arc::clone(&cancel);
    interrupt::on_signal(move || cancelling.cancel());
    let progress = DownloadProgress::default();
    let start = Instant::now();
    let step = || Step::of_download(&progress.snapshot(), start.elapsed());
    Ok(progress::follow(settings, "rows", step, || {
        download(request, &progress, &cancel)
    })?)
}

/// Downloads what a table of addresses lists, on the way to its import: the log lists what
/// there is to import.
pub(super) fn for_import(table: &Path, settings: &Settings) -> anyhow::Result<DownloadReport> {
    let request = DownloadRequest {
        table: table.to_owned(),
        column: DEFAULT_COLUMN.to_owned(),
        directory: default_directory(table, settings)?,
        settings: DownloadSettings {
            limits: settings.limits.clone(),
            ..DownloadSettings::default()
        },
    };
    let report = fetch(&request, settings)?;
    note_hint(&report, settings);
    anyhow::ensure!(
        !report.cancelled,
        "stopped before anything was imported; the same command goes on where it was"
    );
    Ok(report)
}

/// What can be done about rows that failed.
fn note_hint(report: &DownloadReport, settings: &Settings) {
    if report.met_private_address {
        output::note(
            settings,
            "addresses of private networks are asked with `lookalike download --allow-private` only",
        );
    }
}

fn print_failures(report: &DownloadReport) {
    for problem in report.failed_files.iter().take(LISTED) {
        eprintln!("failed: {}: {}", problem.file, problem.reason);
    }
    if report.failed_files.len() > LISTED {
        let rest = report.failed_files.len() - LISTED;
        eprintln!("failed: {rest} more; the log lists all");
    }
}

fn print(report: &DownloadReport) -> anyhow::Result<()> {
    print_failures(report);
    let end = if report.cancelled {
        "; stopped, the same command goes on where it was"
    } else {
        ""
    };
    output::text(&format!(
        "{} of {} rows downloaded ({}), {} skipped, {} failed, {:.1} s{end}\nlog: {}\n",
        report.downloaded,
        report.total,
        HumanBytes(report.bytes),
        report.skipped,
        report.failed,
        report.elapsed_sec,
        report.log.display(),
    ))
}
