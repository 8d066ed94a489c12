//! `lookalike collections`.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;

use lookalike_engine::import::Control;
use lookalike_engine::{ReEmbedRequest, Unchanged};
use lookalike_imaging::PreprocessKind;
use lookalike_wire::CollectionReport;

use super::{Outcome, import_report};
use crate::arguments::{CollectionsCommand, Format, ReEmbedArguments};
use crate::interrupt;
use crate::output::{self, Align, Column, Table, progress};
use crate::settings::Settings;
use crate::wiring::{Access, engine};

pub(super) fn run(command: CollectionsCommand, settings: &Settings) -> anyhow::Result<Outcome> {
    match command {
        CollectionsCommand::List(format) => {
            let reports = engine(settings, Access::Read)?
                .collections()
                .reports()?
                .into_iter();
            let reports: Vec<CollectionReport> = reports.map(Into::into).collect();
            match format.format {
                Format::Json => output::json(&reports)?,
                Format::Jsonl => output::json_lines(&reports)?,
                Format::Table => output::text(&list(&reports))?,
            }
        }
        CollectionsCommand::Stats { name, format } => {
            let report = engine(settings, Access::Read)?
                .collections()
                .report(&name)?
                .into();
            print(&report, format.format)?;
            note_hint(&report, settings);
        }
        CollectionsCommand::RebuildIndex { name, format } => {
            let report = engine(settings, Access::Write)?
                .collections()
                .rebuild_index(&name)?;
            print(&report.into(), format.format)?;
        }
        CollectionsCommand::Create {
            name,
            settings: collection,
            format,
        } => {
            let engine = engine(settings, Access::Write)?;
            engine.collections().create(&name, &collection.into())?;
            print(&engine.collections().report(&name)?.into(), format.format)?;
        }
        CollectionsCommand::Templates {
            name,
            templates,
            format,
        } => {
            let engine = engine(settings, Access::Write)?;
            engine.collections().set_templates(&name, &templates)?;
            print(&engine.collections().report(&name)?.into(), format.format)?;
        }
        CollectionsCommand::ReEmbed(arguments) => return re_embed(arguments, settings),
        CollectionsCommand::Drop { name, yes } => {
            let engine = engine(settings, Access::Write)?;
            let images = engine.collections().count(&name)?;
            if !yes && !confirm(&name, images)? {
                anyhow::bail!("`{name}` was not dropped; say --yes to drop it without being asked");
            }
            engine.collections().drop(&name)?;
            output::note(settings, &format!("dropped `{name}` with {images} images"));
        }
    }
    Ok(Outcome::Done)
}

/// What is to be gained for a collection by re-embedding it, if anything.
pub(super) fn hint(name: &str, superseded_by: Option<&str>) -> Option<String> {
    let better = superseded_by?;
    Some(format!(
        "made with the former built-in encoder; `lookalike collections re-embed {name}` goes over \
         to {better}, which finds more"
    ))
}

/// Says so.
pub(super) fn note_hint(report: &CollectionReport, settings: &Settings) {
    let model = report.model.as_ref();
    let better = model.and_then(|model| model.superseded_by.as_deref());
    if let Some(hint) = hint(&report.name, better) {
        output::note(
            settings,
            &format!("collection `{}` was {hint}", report.name),
        );
    }
}

fn re_embed(arguments: ReEmbedArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let engine = engine(settings, Access::Write)?;
    let figures = arguments.figures.then_some(PreprocessKind::Figure);
    let request = ReEmbedRequest {
        collection: arguments.name,
        model: arguments.model,
        preprocess: arguments.preprocess.or(figures),
        size: arguments.size,
        unchanged: if arguments.figures {
            Unchanged::EmbeddedAnew
        } else {
            Unchanged::Refused
        },
        into: arguments.into,
        leave_out_missing: arguments.leave_out_missing,
    };
    let control = Arc::new(Control::default());
    let cancelling = Arc::clone(&control);
    interrupt::on_signal(move || cancelling.cancel.cancel());
    let report = progress::follow(
        settings,
        "images",
        || progress::Step::of(&control),
        || engine.re_embedder().run(&request, &control),
    )?;
    match arguments.format.format {
        Format::Json => output::json(&report)?,
        Format::Jsonl => output::json_lines([&report])?,
        Format::Table => {
            let name = request.into.as_ref().unwrap_or(&request.collection);
            import_report::print(&report, name, "re-embedded in")?;
        }
    }
    let switched = report.failed == 0 || request.leave_out_missing;
    if !report.cancelled && !switched {
        output::note(
            settings,
            "the collection is as it was; repair these files and run this again, or leave them \
             out with --leave-out-missing",
        );
    }
    Ok(if switched && !report.cancelled {
        Outcome::Done
    } else {
        Outcome::SomeFailed
    })
}

fn confirm(name: &str, images: u64) -> io::Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("drop `{name}` with {images} images? [y/N] ");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}

fn print(report: &CollectionReport, format: Format) -> anyhow::Result<()> {
    match format {
        Format::Json => output::json(report),
        Format::Jsonl => output::json_lines([report]),
        Format::Table => output::text(&details(report)),
    }
}

fn list(reports: &[CollectionReport]) -> String {
    let mut table = Table::new([
        Column("name", Align::Left),
        Column("images", Align::Right),
        Column("patents", Align::Right),
        Column("encoder", Align::Left),
        Column("preprocess", Align::Left),
        Column("size", Align::Right),
        Column("metric", Align::Left),
        Column("index", Align::Left),
    ]);
    for report in reports {
        table.row([
            report.name.clone(),
            report.num_entities.to_string(),
            report.num_patents.to_string(),
            encoder(report),
            report.preprocess.clone().unwrap_or_else(|| "-".to_owned()),
            report
                .size
                .map_or_else(|| "-".to_owned(), |size| size.to_string()),
            report.metric.clone(),
            report.index.kind.clone(),
        ]);
    }
    table.render()
}

fn details(report: &CollectionReport) -> String {
    let formats: Vec<String> = report
        .formats
        .iter()
        .map(|(format, count)| format!("{format} {count}"))
        .collect();
    let mut table = Table::new([Column("collection", Align::Left), Column("", Align::Left)]);
    for (name, value) in [
        ("name", report.name.clone()),
        ("images", report.num_entities.to_string()),
        ("patents", report.num_patents.to_string()),
        ("encoder", encoder(report)),
        ("dimension", report.dim.to_string()),
        (
            "preprocess",
            report.preprocess.clone().unwrap_or_else(|| "-".to_owned()),
        ),
        (
            "size",
            report
                .size
                .map_or_else(|| "-".to_owned(), |size| format!("{size} px")),
        ),
        ("metric", report.metric.clone()),
        (
            "index",
            format!("{} ({})", report.index.kind, report.index.state),
        ),
        ("formats", formats.join(", ")),
        (
            "storage",
            format!("{:.1} MB", report.storage_bytes as f64 / 1e6),
        ),
    ] {
        table.row([name.to_owned(), value]);
    }
    let text = table.render();
    // The heading only names the columns for the layout.
    text.split_once('\n')
        .map_or(String::new(), |(_, rows)| rows.to_owned())
}

fn encoder(report: &CollectionReport) -> String {
    match &report.model {
        Some(model) => {
            let precision = model.precision.as_deref().unwrap_or("not found");
            let untrained = if model.trained == Some(false) {
                ", untrained"
            } else {
                ""
            };
            format!("{} ({precision}{untrained})", model.name)
        }
        None => "none".to_owned(),
    }
}
