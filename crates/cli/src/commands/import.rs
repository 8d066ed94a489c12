//! `lookalike import`.

use std::sync::Arc;
use std::thread;

use lookalike_engine::import::{ImportReport, Originals as EngineOriginals};
use lookalike_engine::jobs::{JobOptions, JobReport, JobRequest, Jobs};
use lookalike_engine::{CollectionSettings, Engine};

use super::Outcome;
use crate::arguments::{CollectionArguments, Format, ImportArguments, Originals};
use crate::output::progress::{self, Bar, Step, TICK};
use crate::settings::Settings;
use crate::wiring::{Access, engine};
use crate::{interrupt, output, remote};

/// Problems listed on the terminal.
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
    let collection = arguments.collection.clone();
    let report = match engine(settings, Access::Write) {
        Ok(engine) => import_here(engine, arguments, settings)?,
        Err(error) => match remote::Server::of(&settings.data) {
            Some(server) => import_there(&server, arguments, settings)?,
            None => return Err(error.into()),
        },
    };
    finish(report, format, &collection, settings)
}

/// Imports in this process.
fn import_here(
    engine: Engine,
    arguments: ImportArguments,
    settings: &Settings,
) -> anyhow::Result<JobReport> {
    let jobs = Jobs::new(
        Arc::new(engine),
        JobOptions {
            workers: settings.workers(),
            progress_dir: settings.data.clone(),
        },
    );
    let id = match arguments.retry_failed {
        true => jobs.retry(None)?,
        false => jobs.start(request(arguments))?,
    };
    let cancelling = jobs.clone();
    interrupt::on_signal(move || {
        // Over already: then there is nothing to stop.
        let _ = cancelling.cancel(Some(id));
    });
    let step = || {
        jobs.report(Some(id))
            .map_or_else(|_| Step::default(), |r| (&r.status).into())
    };
    Ok(progress::follow(settings, step, || jobs.wait(id))?)
}

/// Lets the server that owns the data directory import.
fn import_there(
    server: &remote::Server,
    arguments: ImportArguments,
    settings: &Settings,
) -> anyhow::Result<JobReport> {
    let id = match arguments.retry_failed {
        true => server.retry()?,
        false => server.start(&absolute(request(arguments))?)?,
    };
    output::note(
        settings,
        &format!("importing in the server at {}", server.url()),
    );
    let cancelling = server.clone();
    interrupt::on_signal(move || {
        if let Err(error) = cancelling.cancel(id) {
            eprintln!("the server could not be told to stop: {error:#}");
        }
    });
    let bar = Bar::new(settings);
    loop {
        let report = server.report(id)?;
        bar.show(&(&report.status).into());
        if report.is_over() {
            bar.finish();
            return Ok(report);
        }
        thread::sleep(TICK);
    }
}

fn request(arguments: ImportArguments) -> JobRequest {
    JobRequest {
        paths: arguments.paths,
        collection: arguments.collection,
        settings: arguments.settings.into(),
        batch_size: arguments.batch_size.unwrap_or(0),
        originals: match arguments.originals {
            Originals::Reference => EngineOriginals::Reference,
            Originals::Copy => EngineOriginals::Copy,
        },
        retry_of: None,
    }
}

/// The server may work in another directory.
fn absolute(mut request: JobRequest) -> anyhow::Result<JobRequest> {
    for path in &mut request.paths {
        *path = std::path::absolute(&*path)?;
    }
    Ok(request)
}

fn finish(
    report: JobReport,
    format: Format,
    collection: &str,
    settings: &Settings,
) -> anyhow::Result<Outcome> {
    if let Some(message) = &report.status.message {
        anyhow::bail!("{message}");
    }
    let report = report.into_import_report();
    match format {
        Format::Json => output::json(&report)?,
        Format::Jsonl => output::json_lines([&report])?,
        Format::Table => print(&report, collection, "imported into")?,
    }
    if report.total == 0 {
        output::note(settings, "no images found");
    }
    Ok(match report.failed == 0 && !report.cancelled {
        true => Outcome::Done,
        false => Outcome::SomeFailed,
    })
}

pub(super) fn print(report: &ImportReport, collection: &str, verb: &str) -> anyhow::Result<()> {
    for (what, problems) in [
        ("failed", &report.failed_files),
        ("warning", &report.warnings),
    ] {
        for problem in problems.iter().take(LISTED) {
            eprintln!("{what}: {}: {}", problem.file, problem.reason);
        }
        if problems.len() > LISTED {
            let rest = problems.len() - LISTED;
            eprintln!("{what}: {rest} more; --format json lists them");
        }
    }
    let end = match report.cancelled {
        true => "; stopped, the same command goes on where it was",
        false => "",
    };
    output::text(&format!(
        "{} of {} images {verb} `{collection}`, {} skipped, {} failed, {:.1} s, \
         {:.1} images/s{end}\n",
        report.imported,
        report.total,
        report.skipped,
        report.failed,
        report.elapsed_sec,
        report.images_per_second,
    ))
}
