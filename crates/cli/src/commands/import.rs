//! `lookalike import`.

use std::ffi::OsStr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use lookalike_banks::is_bank;
use lookalike_engine::import::{ImportReport, Originals as EngineOriginals};
use lookalike_engine::jobs::{JobReport, JobRequest, Jobs, LISTED_FILES};
use lookalike_engine::{CollectionSettings, DeviceInUse, Engine, ErrorKind};
use lookalike_watch::{Change, watch};
use lookalike_work::Cancel;

use super::{Outcome, import_report};
use crate::arguments::{CollectionArguments, Format, ImportArguments, Originals, VectorsArguments};
use crate::output::progress::{self, Bar, Step, TICK};
use crate::settings::Settings;
use crate::wiring::{Access, engine};
use crate::{interrupt, output, remote};

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

pub(super) fn run(mut arguments: ImportArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    for path in &mut arguments.paths {
        if super::bucket::is_bucket(path) {
            *path = super::bucket::fetch_all(path, arguments.shard, settings)?;
        }
    }
    let banks = arguments.paths.iter().filter(|path| is_bank(path)).count();
    if banks > 0 {
        anyhow::ensure!(
            banks == arguments.paths.len(),
            "banks of vectors and pictures can't be imported in one go: give them one by one"
        );
        return import_banks(arguments, settings);
    }
    let mut downloads = Vec::new();
    for path in &mut arguments.paths {
        let is_table = |ending: &OsStr| ending.eq_ignore_ascii_case("csv");
        if path.extension().is_some_and(is_table) {
            let download = super::download::for_import(path, settings)?;
            path.clone_from(&download.log);
            downloads.push(download);
        }
    }
    // A table of which nothing could be downloaded leaves nothing to import.
    let is_empty = |log: &PathBuf| log.metadata().is_ok_and(|metadata| metadata.len() == 0);
    arguments
        .paths
        .retain(|path| !(downloads.iter().any(|download| download.log == *path) && is_empty(path)));
    let format = arguments.format.format;
    let collection = arguments.collection.clone();
    let watches = arguments.watch;
    let mut device = None;
    let mut report = match engine(settings, Access::Write) {
        _ if arguments.paths.is_empty() && !arguments.retry_failed => JobReport::default(),
        Ok(engine) if watches => return watch_here(&engine, arguments, settings),
        Ok(engine) => {
            let report = import_here(&engine, arguments, settings)?;
            device = device_of(&engine, &collection);
            report
        }
        Err(error) if error.kind() != ErrorKind::Conflict => return Err(error.into()),
        Err(error) => match remote::Server::of(&settings.data) {
            Some(server) if watches => anyhow::bail!(
                "the server at {} owns {}; start it with `serve --watch DIR`, or stop it first",
                server.url(),
                settings.data.display()
            ),
            Some(server) => import_there(&server, arguments, settings)?,
            None => return Err(error.into()),
        },
    };
    for download in downloads {
        report.status.total += download.failed;
        report.status.failed += download.failed;
        report.failed_files.extend(download.failed_files);
    }
    finish(report, device, format, &collection, settings)
}

/// What the encoder of a collection computed on in this process.
fn device_of(engine: &Engine, collection: &str) -> Option<DeviceInUse> {
    let stores = engine.stores();
    let collection = stores.catalog().collection(collection).ok()?;
    stores.encoders().device_of(&collection)
}

/// The same import, as `lookalike features import` takes it.
fn import_banks(arguments: ImportArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let CollectionArguments {
        model,
        preprocess,
        size,
        metric,
        index,
    } = arguments.settings;
    anyhow::ensure!(
        !arguments.watch
            && !arguments.again
            && arguments.shard.is_none()
            && arguments.originals == Originals::Reference,
        "a bank of vectors takes no --watch, --again, --shard or --originals: its vectors are made already"
    );
    anyhow::ensure!(
        model.is_some() || (preprocess.is_none() && size.is_none()),
        "--preprocess and --size say how the encoder of a bank's vectors took pictures: name it by --model"
    );
    let vectors = VectorsArguments {
        collection: arguments.collection,
        metric,
        index,
        normalize: None,
        model,
        preprocess,
        size,
    };
    let format = arguments.format.format;
    super::features::import(arguments.paths, vectors, format, settings)
}

/// Imports, and then whatever changes, until a signal.
fn watch_here(
    engine: &Engine,
    arguments: ImportArguments,
    settings: &Settings,
) -> anyhow::Result<Outcome> {
    let format = arguments.format.format;
    let request = request(arguments);
    let jobs = jobs(engine, settings);
    let stop = Arc::new(Cancel::default());
    let stopping = Arc::clone(&stop);
    interrupt::on_signal(move || stopping.cancel());
    let mut printed = Ok(());
    watch(engine.stores(), &jobs, &request, &stop, |change| {
        printed = tell(change, format, &request.collection, settings);
        if printed.is_err() {
            // Nobody reads any more.
            stop.cancel();
        }
    })?;
    jobs.close();
    printed?;
    Ok(Outcome::Done)
}

/// Says what a watch found.
pub(super) fn tell(
    change: Change,
    format: Format,
    collection: &str,
    settings: &Settings,
) -> anyhow::Result<()> {
    match change {
        Change::Imported(report) => match &report.status.message {
            Some(message) => output::note(
                settings,
                &format!("not imported, tried again in a minute: {message}"),
            ),
            None if report.status.status == "cancelled" => output::note(
                settings,
                "the import was cancelled; what it left is tried again in a minute",
            ),
            None => {
                let report = report.into_import_report();
                match format {
                    Format::Table => import_report::print(&report, collection, "imported into")?,
                    Format::Json | Format::Jsonl => output::json_lines([&report])?,
                }
            }
        },
        Change::Missing(count) => output::note(
            settings,
            &format!("{count} files are gone; their images are marked as missing"),
        ),
        Change::Unreadable(problem) => output::note(
            settings,
            &format!("can't look into {}: {}", problem.file, problem.reason),
        ),
    }
    Ok(())
}

/// The queue of the data directory that this process owns.
pub(super) fn jobs(engine: &Engine, settings: &Settings) -> Jobs {
    engine.jobs(settings.data.clone())
}

/// Imports in this process.
fn import_here(
    engine: &Engine,
    arguments: ImportArguments,
    settings: &Settings,
) -> anyhow::Result<JobReport> {
    if let Ok(report) = engine.collections().report(&arguments.collection) {
        super::collections::note_hint(&report.into(), settings);
    }
    let jobs = jobs(engine, settings);
    let id = if arguments.retry_failed {
        jobs.retry(None)?
    } else {
        jobs.start(request(arguments))?
    };
    let cancelling = jobs.clone();
    interrupt::on_signal(move || {
        // Over already: then there is nothing to stop.
        let _ = cancelling.cancel(Some(id));
    });
    let step = || {
        jobs.report(Some(id), 0)
            .map_or_else(|_| Step::default(), |r| (&r.status).into())
    };
    Ok(progress::follow(settings, "images", step, || {
        jobs.wait(id)
    })?)
}

/// Lets the server that owns the data directory import.
fn import_there(
    server: &remote::Server,
    arguments: ImportArguments,
    settings: &Settings,
) -> anyhow::Result<JobReport> {
    anyhow::ensure!(
        arguments.shard.is_none(),
        "a part goes into a data directory of its own: name one by --data, and merge it later"
    );
    let id = if arguments.retry_failed {
        server.retry()?
    } else {
        server.start(&absolute(request(arguments))?)?
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
    let bar = Bar::new(settings, "images");
    loop {
        let report = server.report(id, 0)?;
        bar.show(&(&report.status).into());
        if report.is_over() {
            bar.finish();
            return server.report(id, LISTED_FILES);
        }
        thread::sleep(TICK);
    }
}

fn request(arguments: ImportArguments) -> JobRequest {
    JobRequest {
        paths: arguments.paths,
        collection: arguments.collection,
        settings: arguments.settings.into(),
        shard: arguments.shard,
        batch_size: arguments.batch_size.and_then(NonZeroUsize::new),
        originals: match arguments.originals {
            Originals::Reference => EngineOriginals::Reference,
            Originals::Copy => EngineOriginals::Copy,
            Originals::S3 => EngineOriginals::S3,
        },
        again: arguments.again,
        ..JobRequest::default()
    }
}

/// The server may work in another directory.
fn absolute(mut request: JobRequest) -> anyhow::Result<JobRequest> {
    for path in &mut request.paths {
        *path = std::path::absolute(&*path)?;
    }
    if let Some(model) = &mut request.settings.model
        && Path::new(model).exists()
        && let Some(absolute) = std::path::absolute(&*model)?.to_str()
    {
        *model = absolute.to_owned();
    }
    Ok(request)
}

fn finish(
    report: JobReport,
    device: Option<DeviceInUse>,
    format: Format,
    collection: &str,
    settings: &Settings,
) -> anyhow::Result<Outcome> {
    let message = report.status.message.clone();
    let report = ImportReport {
        device,
        ..report.into_import_report()
    };
    match format {
        Format::Json => output::json(&report)?,
        Format::Jsonl => output::json_lines([&report])?,
        Format::Table => import_report::print(&report, collection, "imported into")?,
    }
    if let Some(message) = message {
        anyhow::bail!("{message}");
    }
    if report.total == 0 {
        output::note(settings, "no images found");
    }
    Ok(if report.failed == 0 && !report.cancelled {
        Outcome::Done
    } else {
        Outcome::SomeFailed
    })
}
