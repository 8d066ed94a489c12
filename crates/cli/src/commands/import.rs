//! `lookalike import`.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use lookalike_engine::CollectionSettings;
use lookalike_engine::import::{
    Cancel, ImportReport, ImportRequest, Originals as EngineOriginals, Progress,
};

use super::Outcome;
use crate::arguments::{CollectionArguments, Format, ImportArguments, Originals};
use crate::settings::Settings;
use crate::wiring::{Access, engine};
use crate::{interrupt, output};

/// How often the bar moves.
const TICK: Duration = Duration::from_millis(100);

/// Problems listed on the terminal; all of them are in the JSON and the progress file.
const LISTED: usize = 20;

impl From<CollectionArguments> for CollectionSettings {
    fn from(arguments: CollectionArguments) -> Self {
        Self {
            model: arguments.model,
            preprocess: arguments.preprocess,
            size: arguments.size,
            metric: arguments.metric,
            index: arguments.index,
        }
    }
}

pub(super) fn run(arguments: ImportArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let format = arguments.format.format;
    let engine = engine(settings, Access::Write)?;
    let request = ImportRequest {
        paths: arguments.paths,
        collection: arguments.collection,
        settings: arguments.settings.into(),
        batch_size: arguments.batch_size,
        originals: match arguments.originals {
            Originals::Reference => EngineOriginals::Reference,
            Originals::Copy => EngineOriginals::Copy,
        },
        workers: settings.workers(),
        progress_dir: settings.data.clone(),
    };
    let cancel = Arc::new(Cancel::default());
    interrupt::cancel_on_signal(&cancel);
    let progress = Progress::default();
    let report = with_bar(&progress, settings, || {
        engine.import(&request, &progress, &cancel)
    })?;
    match format {
        Format::Json => output::json(&report)?,
        Format::Jsonl => output::json_lines([&report])?,
        Format::Table => print(&report, &request.collection)?,
    }
    if report.total == 0 {
        output::note(settings, "no images found");
    }
    Ok(match report.failed == 0 && !report.cancelled {
        true => Outcome::Done,
        false => Outcome::SomeFailed,
    })
}

/// Runs `work` with a bar on standard error that follows `progress`.
fn with_bar<T>(progress: &Progress, settings: &Settings, work: impl FnOnce() -> T) -> T {
    if settings.quiet || !std::io::stderr().is_terminal() {
        return work();
    }
    let bar = ProgressBar::new(0);
    let template = "{wide_bar} {pos}/{len} images  {msg}  {eta} left";
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
                bar.set_message(format!("{:.1}/s{failed}", bar.per_sec()));
                thread::sleep(TICK);
            }
            bar.finish_and_clear();
        });
        let result = work();
        done.store(true, Ordering::Relaxed);
        result
    })
}

fn print(report: &ImportReport, collection: &str) -> anyhow::Result<()> {
    for (what, problems) in [
        ("failed", &report.failed_files),
        ("warning", &report.warnings),
    ] {
        for problem in problems.iter().take(LISTED) {
            eprintln!("{what}: {}: {}", problem.file, problem.reason);
        }
        if problems.len() > LISTED {
            let rest = problems.len() - LISTED;
            eprintln!("{what}: {rest} more; --format json lists all");
        }
    }
    let end = match report.cancelled {
        true => "; stopped, the same command goes on where it was",
        false => "",
    };
    output::text(&format!(
        "{} of {} images imported into `{collection}`, {} skipped, {} failed, {:.1} s, \
         {:.1} images/s{end}\n",
        report.imported,
        report.total,
        report.skipped,
        report.failed,
        report.elapsed_sec,
        report.images_per_second,
    ))
}
