//! `lookalike annotate`.

use std::sync::Arc;

use lookalike_annotations::{AnnotateReport, AnnotateRequest, Mode, annotate};
use lookalike_work::Cancel;

use super::Outcome;
use crate::arguments::{AnnotateArguments, Format};
use crate::settings::Settings;
use crate::wiring::{Access, engine};
use crate::{interrupt, output};

pub(super) fn run(arguments: AnnotateArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let (mode, access) = match arguments.dry_run {
        true => (Mode::DryRun, Access::Read),
        false => (Mode::Write, Access::Write),
    };
    let request = AnnotateRequest {
        table: arguments.table,
        column: arguments.column,
        mode,
    };
    let engine = engine(settings, access)?;
    let cancel = Arc::new(Cancel::default());
    let cancelling = Arc::clone(&cancel);
    interrupt::on_signal(move || cancelling.cancel());
    let report = annotate(engine.stores(), &request, &cancel, |report| {
        tracing::debug!("{} patents", report.patents);
    })?;
    match arguments.format.format {
        Format::Json => output::json(&report)?,
        Format::Jsonl => output::json_lines([&report])?,
        Format::Table => output::text(&text(&report, mode))?,
    }
    Ok(if report.failed == 0 && !report.cancelled {
        Outcome::Done
    } else {
        Outcome::SomeFailed
    })
}

fn text(report: &AnnotateReport, mode: Mode) -> String {
    let changed = match mode {
        Mode::Write => "changed",
        Mode::DryRun => "would change",
    };
    let mut text = format!(
        "{} rows, columns {}: {} patents known here, {} {changed}, {} unknown, {} rows that can't be \
         read\n",
        report.rows,
        report.columns.join(", "),
        report.patents,
        report.changed,
        report.unknown,
        report.failed
    );
    let unknown = report.unknown_numbers.iter();
    let unknown = unknown.map(|number| format!("unknown: {number}\n"));
    let failed = report.failed_rows.iter().map(|row| format!("{row}\n"));
    text.extend(unknown.chain(failed));
    if report.cancelled {
        text.push_str("stopped, the same command goes on\n");
    }
    text
}
