//! `lookalike eval`.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};
use lookalike_engine::{Length, Reading};
use lookalike_imaging::PixelBudget;
use lookalike_measure::evaluate::{
    Dataset, Estimate, Evaluation, Method, Settings as Questions, evaluate,
};

use super::Outcome;
use crate::arguments::{EvalArguments, Format};
use crate::output::{self, Align, Column, Table};
use crate::settings::Settings;
use crate::wiring;

/// Damaged queries of each damage: enough for an interval of a few hundredths.
const DAMAGED_QUERIES: usize = 200;

pub(super) fn run(arguments: &EvalArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let dataset = match (&arguments.queries, &arguments.gallery) {
        (Some(queries), Some(gallery)) => {
            Dataset::from_lists(&arguments.dataset, queries, gallery)?
        }
        _ => Dataset::open(&arguments.dataset)?,
    };
    let encoders = wiring::encoders(settings, settings.precision)?;
    let mut methods = Vec::new();
    for name in &arguments.models {
        methods.push(Method::Encoder {
            encoder: encoders.encoder(name, arguments.preprocess, arguments.size, Length::Unit)?,
            name: name.clone(),
        });
    }
    methods.extend(arguments.baselines.iter().copied().map(Method::Baseline));
    let tasks = arguments.tasks.iter().flat_map(|kinds| kinds.0.clone());
    let questions = Questions {
        tasks: tasks.collect(),
        held_out: arguments.held_out.clone(),
        per_family: arguments.per_family,
        damaged_queries: DAMAGED_QUERIES,
    };
    let reading = Reading {
        limits: settings.limits.clone(),
        budget: PixelBudget::new(settings.pixel_budget_bytes),
    };
    let bar = match settings.quiet || !std::io::stderr().is_terminal() {
        true => ProgressBar::hidden(),
        false => ProgressBar::new(0),
    };
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} pictures  {eta} left") {
        bar.set_style(style.progress_chars("━╸ "));
    }
    let evaluation = evaluate(
        &dataset,
        &methods,
        &questions,
        &reading,
        &mut |done, all| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        },
    )?;
    bar.finish_and_clear();
    for failure in &evaluation.failed {
        eprintln!("failed: {}: {}", failure.file.display(), failure.reason);
    }
    match arguments.format.format {
        Format::Json => output::json(&evaluation)?,
        Format::Jsonl => output::json_lines(&evaluation.rows)?,
        Format::Table => output::text(&table(&evaluation))?,
    }
    Ok(match evaluation.failed.is_empty() {
        true => Outcome::Done,
        false => Outcome::SomeFailed,
    })
}

fn table(evaluation: &Evaluation) -> String {
    let mut table = Table::new([
        Column("task", Align::Left),
        Column("group", Align::Left),
        Column("method", Align::Left),
        Column("queries", Align::Right),
        Column("recall@1", Align::Left),
        Column("recall@10", Align::Left),
        Column("mAP", Align::Left),
        Column("MRR@10", Align::Left),
        Column("nDCG@10", Align::Left),
    ]);
    for row in &evaluation.rows {
        table.row([
            row.task.clone(),
            row.group.clone(),
            row.method.clone(),
            row.queries.to_string(),
            interval(row.recall_at_1),
            interval(row.recall_at_10),
            interval(row.map),
            interval(row.mrr_at_10),
            interval(row.ndcg_at_10),
        ]);
    }
    let note = "Brackets: 95 % intervals over objects.\n";
    format!("{}{note}", table.render())
}

fn interval(estimate: Estimate) -> String {
    format!(
        "{:.3} [{:.3}, {:.3}]",
        estimate.value, estimate.low, estimate.high
    )
}
