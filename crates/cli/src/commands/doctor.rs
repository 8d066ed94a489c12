//! `lookalike doctor`.

use std::sync::Arc;
use std::time::Instant;

use lookalike_catalog::{Catalog, CatalogError};
use lookalike_encoders::{Builtin, Precision, Registry};
use lookalike_engine::{BUILTIN, EngineError, ErrorKind, Tidied};
use lookalike_kernels::Isa;
use lookalike_safekeeping::{Depth, Examination, Examined, Examiner, Repair};
use lookalike_store_s3::S3Blobs;
use lookalike_work::Cancel;
use serde::Serialize;

use super::Outcome;
use crate::arguments::{DoctorArguments, Format};
use crate::device;
use crate::interrupt;
use crate::output::{self, Align, Column, Table};
use crate::settings::Settings;
use crate::wiring::{Access, engine, load_options};

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    Warning,
    Failed,
}

#[derive(Serialize)]
struct Check {
    check: &'static str,
    state: State,
    detail: String,
}

pub(super) fn run(arguments: &DoctorArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let mut checks = vec![
        cpu(settings),
        card(),
        builtin(settings),
        data_directory(settings),
        collections(settings),
    ];
    checks.extend(object_store(settings));
    if arguments.sweep {
        checks.push(sweep(settings));
    }
    checks.extend(vector_server(settings));
    checks.extend(examination(arguments, settings));
    match arguments.format.format {
        Format::Json => output::json(&checks)?,
        Format::Jsonl => output::json_lines(&checks)?,
        Format::Table => output::text(&table(&checks))?,
    }
    let failed = checks.iter().any(|check| check.state == State::Failed);
    Ok(if failed {
        Outcome::SomeFailed
    } else {
        Outcome::Done
    })
}

fn cpu(settings: &Settings) -> Check {
    let available: Vec<&str> = Isa::available().into_iter().map(Isa::name).collect();
    Check {
        check: "cpu",
        state: State::Ok,
        detail: format!(
            "{} threads, {} in use (available: {})",
            settings.workers(),
            Isa::active(),
            available.join(", ")
        ),
    }
}

/// The graphics cards.
fn card() -> Check {
    Check {
        check: "graphics card",
        state: State::Ok,
        detail: device::describe(),
    }
}

fn builtin(settings: &Settings) -> Check {
    let load = || {
        let options = load_options(settings, Precision::Auto)?;
        let model = Registry::default().builtin(Builtin::Current, &options)?;
        let description = &model.facts().description;
        let device = model.device();
        let notes: String = device
            .notes()
            .iter()
            .map(|note| format!("; {note}"))
            .collect();
        Ok::<_, anyhow::Error>(format!(
            "{BUILTIN}, {} dimensions at {} px, loads and runs on {} ({}){notes}",
            description.dim,
            description.input.default,
            device.name(),
            device.instructions()
        ))
    };
    let (state, detail) = match load() {
        Ok(detail) => (State::Ok, detail),
        Err(error) => (State::Failed, error.to_string()),
    };
    Check {
        check: "encoder",
        state,
        detail,
    }
}

fn data_directory(settings: &Settings) -> Check {
    let directory = settings.data.display();
    let (state, detail) = match Catalog::open(&settings.data) {
        Ok(catalog) => {
            let megabytes = catalog.size_bytes() as f64 / 1e6;
            (
                State::Ok,
                format!("{directory}, catalogue of {megabytes:.1} MB"),
            )
        }
        Err(CatalogError::Missing { .. }) => (
            State::Warning,
            format!("{directory} holds no catalogue yet; `lookalike import PATH` makes it"),
        ),
        Err(error) => (State::Failed, error.to_string()),
    };
    Check {
        check: "data",
        state,
        detail,
    }
}

fn collections(settings: &Settings) -> Check {
    let names = || {
        let engine = engine(settings, Access::Read)?;
        let mut lines = Vec::new();
        for report in engine.collections().reports()? {
            let encoder = report.model.map_or("no encoder".to_owned(), |model| {
                let state = match (&model.precision, model.trained) {
                    (None, _) => " (not found)",
                    (_, Some(false)) => " (untrained)",
                    _ => "",
                };
                let hint = super::collections::hint(&report.name, model.superseded_by.as_deref());
                let hint = hint.map_or_else(String::new, |hint| format!(": {hint}"));
                format!("{}{state}{hint}", model.name)
            });
            lines.push(format!(
                "{} ({} images, {encoder})",
                report.name, report.num_entities
            ));
        }
        Ok::<_, EngineError>(lines)
    };
    let (state, detail) = match names() {
        Ok(lines) if lines.is_empty() => (State::Ok, "none yet".to_owned()),
        Ok(lines) => (State::Ok, lines.join(", ")),
        Err(error) if error.kind() == ErrorKind::NotFound => (State::Ok, "none yet".to_owned()),
        Err(error) => (State::Failed, error.to_string()),
    };
    Check {
        check: "collections",
        state,
        detail,
    }
}

/// The server that holds vectors, where there is one, and the memory that it takes for them.
fn vector_server(settings: &Settings) -> Option<Check> {
    settings.milvus.as_ref()?;
    let look = || {
        let engine = engine(settings, Access::Read)?;
        let Some(server) = engine.stores().vectors().health() else {
            return Ok(String::new());
        };
        let version = server.version?;
        let mut bytes = 0;
        for collection in engine.stores().catalog().collections()? {
            let rows = engine.stores().catalog().figure_rows(&collection)?.len();
            bytes += rows * collection.spec.dim * size_of::<f32>();
        }
        let megabytes = bytes as f64 / 1e6;
        Ok::<_, EngineError>(format!(
            "version {version} at {} answers; the vectors as flat or ivf_flat take about \
             {megabytes:.0} MB of its memory",
            server.address
        ))
    };
    let (state, detail) = match look() {
        Ok(detail) => (State::Ok, detail),
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        Err(error) => (State::Failed, error.to_string()),
    };
    Some(Check {
        check: "milvus",
        state,
        detail,
    })
}

/// Whether the bucket answers, if there is one.
fn object_store(settings: &Settings) -> Option<Check> {
    let bucket = settings.object_store.as_ref()?;
    let ask = || -> Result<String, String> {
        let blobs = S3Blobs::new(bucket).map_err(|error| error.to_string())?;
        let begun = Instant::now();
        blobs.check().map_err(|error| error.to_string())?;
        let milliseconds = begun.elapsed().as_millis();
        Ok(format!("{} answers within {milliseconds} ms", blobs.name()))
    };
    Some(Check::of("object store", ask()))
}

/// Removes what no image refers to.
fn sweep(settings: &Settings) -> Check {
    let sweep = || -> Result<String, String> {
        if settings.object_store.is_none() {
            return Err("no bucket is named in the settings".to_owned());
        }
        let engine = engine(settings, Access::Write).map_err(|error| error.to_string())?;
        let swept = engine.stores().sweep_objects();
        let Tidied { looked_at, removed } = swept.map_err(|error| error.to_string())?;
        Ok(format!(
            "{looked_at} objects, {removed} that nothing referred to were removed"
        ))
    };
    Check::of("sweep", sweep())
}

impl Check {
    fn of(check: &'static str, result: Result<String, String>) -> Self {
        let (state, detail) = match result {
            Ok(detail) => (State::Ok, detail),
            Err(detail) => (State::Failed, detail),
        };
        Self {
            check,
            state,
            detail,
        }
    }
}

/// What the data directory holds, against what it should.
fn examination(arguments: &DoctorArguments, settings: &Settings) -> Vec<Check> {
    let (access, repair) = if arguments.repair {
        (Access::Write, Repair::Derived)
    } else {
        (Access::Read, Repair::Nothing)
    };
    let depth = if arguments.deep {
        Depth::Deep
    } else {
        Depth::Quick
    };
    let examine = || {
        if arguments.repair && !settings.data.is_dir() {
            return Ok(None);
        }
        let engine = engine(settings, access)?;
        let cancel = Arc::new(Cancel::default());
        let cancelling = Arc::clone(&cancel);
        interrupt::on_signal(move || cancelling.cancel());
        Examiner::new(&engine).run(depth, repair, &cancel).map(Some)
    };
    match examine() {
        Ok(None) => Vec::new(),
        Ok(Some(found)) => checks_of(&found),
        // Told already.
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => vec![Check {
            check: "examination",
            state: State::Failed,
            detail: error.to_string(),
        }],
    }
}

fn checks_of(found: &Examination) -> Vec<Check> {
    let all = [
        ("catalogue", &found.catalog, State::Failed),
        ("embeddings", &found.embeddings, State::Failed),
        ("indexes", &found.indexes, State::Failed),
        ("thumbnails", &found.thumbnails, State::Failed),
        ("copies", &found.copies, State::Failed),
        // They are others' files, which come and go.
        ("originals", &found.originals, State::Warning),
    ];
    all.map(|(check, examined, wrong)| Check {
        check,
        state: if examined.is_wrong() {
            wrong
        } else {
            State::Ok
        },
        detail: detail(examined),
    })
    .into()
}

fn detail(examined: &Examined) -> String {
    if examined.wrong == 0 {
        return format!("{} looked at, all right", examined.looked_at);
    }
    let repaired = match examined.repaired {
        0 => String::new(),
        count => format!(", {count} made again"),
    };
    let more = examined.wrong - examined.troubles.len() as u64;
    let more = match more {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    format!(
        "{} of {} wrong{repaired}: {}{more}",
        examined.wrong,
        examined.looked_at,
        examined.troubles.join("; ")
    )
}

fn table(checks: &[Check]) -> String {
    let mut table = Table::new([
        Column("check", Align::Left),
        Column("state", Align::Left),
        Column("detail", Align::Left),
    ]);
    for check in checks {
        let state = match check.state {
            State::Ok => "ok",
            State::Warning => "warning",
            State::Failed => "FAILED",
        };
        table.row([
            check.check.to_owned(),
            state.to_owned(),
            check.detail.clone(),
        ]);
    }
    table.render()
}
