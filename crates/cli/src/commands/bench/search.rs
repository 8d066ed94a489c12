//! `lookalike bench search`.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};
use lookalike_kernels::Isa;
use lookalike_measure::search::{BenchRow, QuerySource, SearchBench, bench_search};
use serde::Serialize;

use crate::arguments::{BenchSearchArguments, Format};
use crate::commands::{Outcome, measured};
use crate::output::progress::TICK;
use crate::output::{self, Align, Column, Table};
use crate::settings::Settings;

/// The sample is the same every time.
const SEED: u64 = 1;

/// A row with what made it.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    row: &'a BenchRow,
    version: &'static str,
    isa: &'static str,
}

impl<'a> Line<'a> {
    fn of(row: &'a BenchRow) -> Self {
        Self {
            row,
            version: env!("CARGO_PKG_VERSION"),
            isa: Isa::active().name(),
        }
    }
}

pub(super) fn run(
    arguments: &BenchSearchArguments,
    settings: &Settings,
) -> anyhow::Result<Outcome> {
    let mut catalog = None;
    let vectors = measured::vectors(
        arguments.vectors.as_deref(),
        &arguments.collection,
        &mut catalog,
        settings,
    )?;
    let request = SearchBench {
        vectors,
        queries: match &arguments.queries {
            Some(path) => QuerySource::Bank(path),
            None => QuerySource::Sample {
                count: arguments.sample,
                seed: SEED,
            },
        },
        metric: arguments.metric,
        kinds: arguments.index.clone(),
        top_k: arguments.top_k,
        nprobe: arguments.nprobe.clone(),
        ef_search: arguments.ef_search.clone(),
        nlist: arguments.nlist,
        m: arguments.m,
        ef_construction: arguments.ef_construction,
        batches: arguments.batch.clone(),
        keep: arguments.keep.clone(),
        seconds: arguments.seconds,
        cache: arguments.cache.clone(),
        threads: settings.workers(),
    };
    let format = arguments.format.format;
    let bar = progress(settings);
    let mut printed = Ok(());
    let rows = bench_search(&request, |row| {
        // A line as soon as it is there: a bench of large indexes takes minutes.
        if format == Format::Jsonl && printed.is_ok() {
            printed = output::json_lines([Line::of(row)]);
        }
        bar.set_message(what(row));
        bar.inc(1);
    });
    bar.finish_and_clear();
    let rows = rows?;
    printed?;
    match format {
        Format::Json => output::json(&rows.iter().map(Line::of).collect::<Vec<_>>())?,
        Format::Jsonl => {}
        Format::Table => output::text(&table(&rows))?,
    }
    Ok(Outcome::Done)
}

fn progress(settings: &Settings) -> ProgressBar {
    if settings.quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed}  {pos} rows  {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
    bar
}

/// What was measured last.
fn what(row: &BenchRow) -> String {
    format!("{} {}", row.index, setting(row))
}

fn setting(row: &BenchRow) -> String {
    let settings = row.setting.iter();
    let texts: Vec<String> = settings
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    texts.join(", ")
}

fn table(rows: &[BenchRow]) -> String {
    let mut table = Table::new([
        Column("index", Align::Left),
        Column("setting", Align::Left),
        Column("batch", Align::Right),
        Column("kept", Align::Right),
        Column("recall", Align::Right),
        Column("p50 ms", Align::Right),
        Column("p99 ms", Align::Right),
        Column("queries/s", Align::Right),
        Column("build s", Align::Right),
        Column("open s", Align::Right),
        Column("memory MB", Align::Right),
    ]);
    let seconds = |seconds: Option<f64>| seconds.map_or("-".to_owned(), |s| format!("{s:.2}"));
    for row in rows {
        table.row([
            row.index.clone(),
            setting(row),
            row.batch.to_string(),
            row.keep.to_string(),
            format!("{:.4}", row.recall_at_k),
            format!("{:.3}", row.p50_ms),
            format!("{:.3}", row.p99_ms),
            format!("{:.0}", row.qps),
            seconds(row.build_seconds),
            seconds(row.open_seconds),
            format!("{:.1}", row.memory_bytes as f64 / 1e6),
        ]);
    }
    let about = rows.first().map(|row| {
        format!(
            "{} vectors of {} numbers, {}; {} queries, recall@{}; threads: {}; {}\n",
            row.vectors,
            row.dim,
            row.metric,
            row.queries,
            row.top_k,
            row.threads,
            Isa::active()
        )
    });
    let short: usize = rows.iter().filter(|row| row.hits_missing > 0).count();
    let note = match short {
        0 => String::new(),
        short => format!("{short} rows have queries with fewer hits than match (hits_missing)\n"),
    };
    format!("{}{}{note}", table.render(), about.unwrap_or_default())
}
