//! `lookalike compare-metrics`.

use lookalike_measure::search::{
    ComparedHit, ComparedQuery, MetricComparison, MetricsReport, QuerySource, compare_metrics,
};

use super::{Outcome, measured};
use crate::arguments::{CompareMetricsArguments, Format};
use crate::output::{self, Align, Column, Table, printable, shorten};
use crate::settings::Settings;

/// Characters of a name in a table of hits: three columns fit a terminal.
const NAME_CHARACTERS: usize = 28;

pub(super) fn run(
    arguments: &CompareMetricsArguments,
    settings: &Settings,
) -> anyhow::Result<Outcome> {
    let mut catalog = None;
    let vectors = measured::vectors(
        arguments.vectors.as_deref(),
        &arguments.collection,
        &mut catalog,
        settings,
    )?;
    let report = compare_metrics(&MetricComparison {
        vectors,
        queries: match &arguments.queries {
            Some(path) => QuerySource::Bank(path),
            None => QuerySource::Sample {
                count: arguments.sample,
                seed: arguments.seed,
            },
        },
        metrics: arguments.metrics.clone(),
        kind: arguments.index,
        top_k: arguments.top_k,
        by: arguments.by.clone(),
        show: arguments.show,
        threads: settings.workers(),
    })?;
    match arguments.format.format {
        Format::Json => output::json(&report)?,
        Format::Jsonl => output::json_lines([&report])?,
        Format::Table => output::text(&text(&report))?,
    }
    Ok(Outcome::Done)
}

fn text(report: &MetricsReport) -> String {
    let mut text = format!(
        "{} vectors of {} numbers, index {}; {} queries, {} hits each; threads: {}\n\n",
        report.vectors, report.dim, report.index, report.queries, report.top_k, report.threads
    );
    text.push_str(&metrics(report));
    text.push('\n');
    for overlap in &report.overlaps {
        let [a, b] = &overlap.metrics;
        text.push_str(&format!(
            "{a} and {b} share {:.1} % of their hits\n",
            overlap.mean * 100.0
        ));
    }
    for query in &report.shown {
        text.push('\n');
        text.push_str(&hits(report, query));
    }
    text
}

fn metrics(report: &MetricsReport) -> String {
    let rated = report
        .metrics
        .iter()
        .any(|metric| metric.hit_rate.is_some());
    let mut columns = vec![
        Column("metric", Align::Left),
        Column("build s", Align::Right),
        Column("p50 ms", Align::Right),
        Column("p99 ms", Align::Right),
        Column("queries/s", Align::Right),
        Column("largest error of a score", Align::Left),
    ];
    if rated {
        columns.insert(1, Column("same label", Align::Right));
        columns.insert(2, Column("first hit", Align::Right));
    }
    let mut table = Table::new(columns);
    for metric in &report.metrics {
        let error = format!("{:.1e}", metric.scores.largest_difference);
        let error = match metric.scores.is_root {
            None => error,
            Some(true) => format!("{error}, the root of the square"),
            Some(false) => format!("{error}, not the root of the square"),
        };
        let mut cells = vec![
            metric.metric.clone(),
            format!("{:.2}", metric.build_seconds),
            format!("{:.3}", metric.p50_ms),
            format!("{:.3}", metric.p99_ms),
            format!("{:.0}", metric.qps),
            error,
        ];
        if let Some(rate) = metric.hit_rate {
            cells.insert(1, format!("{:.1} %", rate.hits * 100.0));
            cells.insert(2, format!("{:.1} %", rate.first_hit * 100.0));
        }
        table.row(cells);
    }
    table.render()
}

/// A query's hits, a column for each metric.
fn hits(report: &MetricsReport, query: &ComparedQuery) -> String {
    let names: Vec<&str> = report
        .metrics
        .iter()
        .map(|metric| metric.metric.as_str())
        .collect();
    let mut columns = vec![Column("", Align::Right)];
    columns.extend(names.iter().map(|name| Column(name, Align::Left)));
    let mut table = Table::new(columns);
    let lists: Vec<&[ComparedHit]> = names
        .iter()
        .map(|&name| query.hits.get(name).map_or(&[][..], Vec::as_slice))
        .collect();
    let most = lists.iter().map(|hits| hits.len()).max().unwrap_or(0);
    for rank in 0..most {
        let cells = lists
            .iter()
            .map(|hits| hits.get(rank).map_or(String::new(), cell));
        table.row(std::iter::once((rank + 1).to_string()).chain(cells));
    }
    let id = query.id.map_or(String::new(), |id| format!(" {id}"));
    let name = labelled(&query.name, query.label.as_deref());
    format!("query{id}: {name}\n{}", table.render())
}

fn cell(hit: &ComparedHit) -> String {
    format!(
        "{:.4}  {}",
        hit.score,
        labelled(&hit.name, hit.label.as_deref())
    )
}

fn labelled(name: &str, label: Option<&str>) -> String {
    let name = shorten(&printable(name), NAME_CHARACTERS);
    match label {
        None => name,
        Some(label) => format!("{name} ({})", shorten(&printable(label), NAME_CHARACTERS)),
    }
}
