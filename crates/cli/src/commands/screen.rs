//! `lookalike screen`.

use std::io::Write;
use std::sync::Arc;

use anyhow::Context;
use lookalike_screening::{ScreenReport, ScreenRequest, Screenings, csv, html};
use lookalike_wire as wire;

use super::Outcome;
use crate::arguments::{ScreenArguments, ScreenFormat};
use crate::interrupt;
use crate::output::progress::{self, Step};
use crate::output::{self, Align, Column, Paint, Table, printable, shorten};
use crate::settings::Settings;
use crate::wiring::{Access, engine};

/// Problems listed on the terminal.
const LISTED: usize = 20;

pub(super) fn run(arguments: &ScreenArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    // Beside a server: the catalogue is only read.
    let engine = Arc::new(engine(settings, Access::Read)?);
    let screenings = Screenings::new(Arc::clone(&engine), &settings.data);
    let id = screenings.start(ScreenRequest {
        folder: arguments.products.clone(),
        within: None,
        parameters: arguments.search().parameters(),
    })?;
    let cancelling = screenings.clone();
    interrupt::on_signal(move || {
        // Not cancelled: the same command goes on where it was.
        cancelling.close();
    });
    let step = || {
        screenings
            .status(id)
            .map_or_else(|_| Step::default(), |status| (&status).into())
    };
    let report = progress::follow(settings, "products", step, || screenings.wait(id))?;
    problems(&report);
    let bytes = written(&engine, &report, arguments.format, settings)?;
    match &arguments.output {
        Some(path) => std::fs::write(path, bytes)
            .with_context(|| format!("can't write {}", path.display()))?,
        None => std::io::stdout().lock().write_all(&bytes)?,
    }
    if let Some(message) = report.status.message {
        anyhow::bail!("{message}");
    }
    if report.status.status != "completed" {
        output::note(settings, "stopped; the same command goes on where it was");
    }
    let is_whole = report.status.status == "completed" && report.status.failed == 0;
    Ok(if is_whole {
        Outcome::Done
    } else {
        Outcome::SomeFailed
    })
}

fn written(
    engine: &lookalike_engine::Engine,
    report: &ScreenReport,
    format: ScreenFormat,
    settings: &Settings,
) -> anyhow::Result<Vec<u8>> {
    Ok(match format {
        ScreenFormat::Table => table(report, Paint::new(settings.color)).into_bytes(),
        ScreenFormat::Csv => csv(&report.products)?,
        ScreenFormat::Html => html(engine, report).into_bytes(),
        ScreenFormat::Json => {
            let mut json = serde_json::to_vec_pretty(&wire::ScreenReport::from(report.clone()))?;
            json.push(b'\n');
            json
        }
        ScreenFormat::Jsonl => {
            let mut lines = Vec::new();
            for product in wire::ScreenReport::from(report.clone()).products {
                serde_json::to_writer(&mut lines, &product)?;
                lines.push(b'\n');
            }
            lines
        }
    })
}

fn problems(report: &ScreenReport) {
    let all = report.products.iter().flat_map(|product| &product.failed);
    let all: Vec<_> = all.collect();
    for problem in all.iter().take(LISTED) {
        eprintln!("failed: {}: {}", printable(&problem.file), problem.reason);
    }
    if all.len() > LISTED {
        eprintln!(
            "failed: {} more; --format json lists all",
            all.len() - LISTED
        );
    }
}

/// Products with their closest designs: a line for each match.
fn table(report: &ScreenReport, paint: Paint) -> String {
    let mut table = Table::new([
        Column("product", Align::Left),
        Column("score", Align::Right),
        Column("", Align::Left),
        Column("patent", Align::Left),
        Column("title", Align::Left),
        Column("status", Align::Left),
        Column("found by", Align::Left),
    ]);
    for product in &report.products {
        if product.matches.is_empty() {
            let name = shorten(&product.product, 32);
            let none = "nothing is close enough".to_owned();
            let blank = String::new;
            table.row([
                name,
                "-".to_owned(),
                none,
                blank(),
                blank(),
                blank(),
                blank(),
            ]);
        }
        for (rank, hit) in product.matches.iter().enumerate() {
            let text = |text: &Option<String>, most| shorten(text.as_deref().unwrap_or("-"), most);
            table.row([
                if rank == 0 {
                    shorten(&product.product, 32)
                } else {
                    String::new()
                },
                format!("{:.3}", hit.score),
                text(&hit.band, 16).replace('_', " "),
                hit.patent_id
                    .clone()
                    .unwrap_or_else(|| hit.group_id.clone()),
                text(&hit.title, 32),
                text(&hit.status, 12).replace('_', " "),
                shorten(&hit.picture, 40),
            ]);
        }
    }
    let text = table.render();
    let (head, rows) = text.split_once('\n').unwrap_or((&text, ""));
    let status = &report.status;
    let summary = format!(
        "{} of {} products, {:.1} s (screening {})",
        status.processed, status.total, status.elapsed_sec, status.job_id
    );
    format!("{}\n{rows}{}\n", paint.bold(head), paint.faint(&summary))
}
