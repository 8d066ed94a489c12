//! `lookalike download`.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use lookalike_engine::download::{
    DownloadProgress, DownloadReport, DownloadRequest, DownloadSettings, download,
};
use lookalike_engine::import::Cancel;

use super::Outcome;
use crate::arguments::{DownloadArguments, Format};
use crate::settings::Settings;
use crate::{interrupt, output};

/// Folder in the data directory.
const DOWNLOADS: &str = "downloads";

/// How often the bar moves.
const TICK: Duration = Duration::from_millis(100);

/// Failures listed on the terminal.
const LISTED: usize = 20;

pub(super) fn run(arguments: DownloadArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let format = arguments.format.format;
    let request = request(arguments, settings);
    let cancel = Arc::new(Cancel::default());
    let cancelling = Arc::clone(&cancel);
    interrupt::on_signal(move || cancelling.cancel());
    let progress = DownloadProgress::default();
    let report = with_bar(&progress, settings, || {
        download(&request, &progress, &cancel)
    })?;
    match format {
        Format::Json => output::json(&report)?,
        Format::Jsonl => output::json_lines([&report])?,
        Format::Table => print(&report)?,
    }
    if report.total == 0 {
        output::note(settings, "the table has no rows");
    }
    Ok(match report.failed == 0 && !report.cancelled {
        true => Outcome::Done,
        false => Outcome::SomeFailed,
    })
}

fn request(arguments: DownloadArguments, settings: &Settings) -> DownloadRequest {
    let defaults = DownloadSettings::default();
    let parallel = usize::from(arguments.parallel);
    let directory = arguments.out.unwrap_or_else(|| {
        let name: PathBuf = arguments.table.file_stem().unwrap_or_default().into();
        settings.data.join(DOWNLOADS).join(name)
    });
    DownloadRequest {
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
    }
}

/// Runs `work` with a bar on standard error that follows `progress`.
fn with_bar<T>(progress: &DownloadProgress, settings: &Settings, work: impl FnOnce() -> T) -> T {
    if settings.quiet || !std::io::stderr().is_terminal() {
        return work();
    }
    let bar = ProgressBar::new(0);
    let template = "{wide_bar} {pos}/{len} rows  {msg}  {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸ "));
    }
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let counts = progress.snapshot();
                bar.set_length(counts.total);
                bar.set_position(counts.processed());
                let failed = match counts.failed {
                    0 => String::new(),
                    failed => format!(", {failed} failed"),
                };
                bar.set_message(format!("{}{failed}", HumanBytes(counts.bytes)));
                thread::sleep(TICK);
            }
            bar.finish_and_clear();
        });
        let result = work();
        done.store(true, Ordering::Relaxed);
        result
    })
}

fn print(report: &DownloadReport) -> anyhow::Result<()> {
    for problem in report.failed_files.iter().take(LISTED) {
        eprintln!("failed: {}: {}", problem.file, problem.reason);
    }
    if report.failed_files.len() > LISTED {
        let rest = report.failed_files.len() - LISTED;
        eprintln!("failed: {rest} more; the log lists all");
    }
    let end = match report.cancelled {
        true => "; stopped, the same command goes on where it was",
        false => "",
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
