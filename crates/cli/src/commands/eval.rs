//! `lookalike eval`.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};
use lookalike_engine::{Length, Reading};
use lookalike_imaging::{PixelBudget, PreprocessKind};
use lookalike_measure::evaluate::{
    Baseline, Dataset, Embedded, Estimate, Evaluation, Method, Settings as Questions, evaluate,
};

use super::Outcome;
use crate::arguments::{EvalArguments, Format};
use crate::output::{self, Align, Column, Table};
use crate::settings::Settings;
use crate::wiring;

/// Damaged queries of each damage: enough for an interval of a few hundredths.
const DAMAGED_QUERIES: usize = 200;

pub(super) fn run(arguments: &EvalArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let datasets = datasets(arguments)?;
    let methods = methods(arguments, settings)?;
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
    let mut evaluation = Evaluation::default();
    for dataset in &datasets {
        let bar = bar(settings);
        let found = evaluate(dataset, &methods, &questions, &reading, &mut |done, all| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        })?;
        bar.finish_and_clear();
        evaluation.rows.extend(found.rows);
        evaluation.differences.extend(found.differences);
        evaluation.failed.extend(found.failed);
    }
    for failure in &evaluation.failed {
        eprintln!("failed: {}: {}", failure.file.display(), failure.reason);
    }
    match arguments.format.format {
        Format::Json => output::json(&evaluation)?,
        Format::Jsonl => output::json_lines(&evaluation.rows)?,
        Format::Table => output::text(&table(&evaluation))?,
    }
    Ok(if evaluation.failed.is_empty() {
        Outcome::Done
    } else {
        Outcome::SomeFailed
    })
}

fn datasets(arguments: &EvalArguments) -> anyhow::Result<Vec<Dataset>> {
    let (Some(queries), Some(gallery)) = (&arguments.queries, &arguments.gallery) else {
        let opened = arguments
            .datasets
            .iter()
            .map(|folder| Dataset::open(folder));
        return Ok(opened.collect::<Result<_, _>>()?);
    };
    let [folder] = &arguments.datasets[..] else {
        anyhow::bail!("--queries and --gallery belong to one dataset; name one folder");
    };
    Ok(vec![Dataset::from_lists(folder, queries, gallery)?])
}

/// Every method with every preparation that it can see.
fn methods(arguments: &EvalArguments, settings: &Settings) -> anyhow::Result<Vec<Method>> {
    let encoders = wiring::encoders(settings, settings.precision)?;
    let mut methods = Vec::new();
    let ways: Vec<Option<PreprocessKind>> = if arguments.preprocess.is_empty() {
        vec![None]
    } else {
        arguments.preprocess.iter().copied().map(Some).collect()
    };
    for name in &arguments.models {
        for &preprocess in &ways {
            let encoder = encoders.encoder(name, preprocess, arguments.size, Length::Unit)?;
            let takes_apart = encoder.preprocessor().kind() == PreprocessKind::Figure;
            let mut embedded = vec![Embedded::Whole];
            embedded.extend((arguments.figures && takes_apart).then_some(Embedded::Figures));
            let mut looks = vec![0];
            let again = arguments.rerank.filter(|&rerank| rerank > 0);
            looks.extend(again.filter(|_| encoder.second_look().is_some()));
            for embedded in embedded {
                methods.extend(looks.iter().map(|&rerank| Method::Encoder {
                    name: name.clone(),
                    encoder: encoder.clone(),
                    embedded,
                    rerank,
                }));
            }
        }
    }
    let mut squares = arguments.preprocess.clone();
    squares.retain(|&preprocess| Baseline::sees(preprocess));
    if squares.is_empty() {
        squares.push(PreprocessKind::Letterbox);
    }
    for &baseline in &arguments.baselines {
        methods.extend(squares.iter().map(|&preprocess| Method::Baseline {
            baseline,
            preprocess,
        }));
    }
    Ok(methods)
}

fn bar(settings: &Settings) -> ProgressBar {
    if settings.quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    let template = "{wide_bar} {pos}/{len} pictures  {eta} left";
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style.progress_chars("━╸ ")),
        Err(_) => bar,
    }
}

/// The measures, and below them the differences from the first method, where there are others.
fn table(evaluation: &Evaluation) -> String {
    let mut table = Table::new([
        Column("dataset", Align::Left),
        Column("task", Align::Left),
        Column("group", Align::Left),
        Column("method", Align::Left),
        Column("seen as", Align::Left),
        Column("queries", Align::Right),
        Column("recall@1", Align::Left),
        Column("recall@10", Align::Left),
        Column("mAP", Align::Left),
        Column("MRR@10", Align::Left),
        Column("nDCG@10", Align::Left),
    ]);
    for row in &evaluation.rows {
        table.row([
            row.dataset.clone(),
            row.task.clone(),
            row.group.clone(),
            row.method.clone(),
            row.preprocess.clone(),
            row.queries.to_string(),
            interval(row.measures.recall_at_1),
            interval(row.measures.recall_at_10),
            interval(row.measures.map),
            interval(row.measures.mrr_at_10),
            interval(row.measures.ndcg_at_10),
        ]);
    }
    let mut text = table.render();
    if let Some(first) = evaluation.differences.first() {
        text.push_str(&format!(
            "\nDifferences from {} ({}), query by query:\n\n",
            first.than, first.than_preprocess
        ));
        text.push_str(&differences(evaluation).render());
    }
    text.push_str("Brackets: 95 % intervals over objects.\n");
    text
}

fn differences(evaluation: &Evaluation) -> Table<'static> {
    let mut table = Table::new([
        Column("dataset", Align::Left),
        Column("task", Align::Left),
        Column("group", Align::Left),
        Column("method", Align::Left),
        Column("seen as", Align::Left),
        Column("recall@1", Align::Left),
        Column("recall@10", Align::Left),
        Column("mAP", Align::Left),
        Column("nDCG@10", Align::Left),
    ]);
    for row in &evaluation.differences {
        table.row([
            row.dataset.clone(),
            row.task.clone(),
            row.group.clone(),
            row.method.clone(),
            row.preprocess.clone(),
            difference(row.measures.recall_at_1),
            difference(row.measures.recall_at_10),
            difference(row.measures.map),
            difference(row.measures.ndcg_at_10),
        ]);
    }
    table
}

fn interval(estimate: Estimate) -> String {
    format!(
        "{:.3} [{:.3}, {:.3}]",
        estimate.value, estimate.low, estimate.high
    )
}

fn difference(estimate: Estimate) -> String {
    format!(
        "{:+.3} [{:+.3}, {:+.3}]",
        estimate.value, estimate.low, estimate.high
    )
}
