//! How an import went, on the terminal.

use lookalike_engine::import::ImportReport;
use lookalike_engine::jobs::LISTED_FILES;

use crate::output::{self, printable};

/// Problems listed on the terminal.
const LISTED: usize = 20;

pub(super) fn print(report: &ImportReport, collection: &str, verb: &str) -> anyhow::Result<()> {
    for (what, problems) in [
        ("failed", &report.failed_files),
        ("warning", &report.warnings),
    ] {
        for problem in problems.iter().take(LISTED) {
            eprintln!("{what}: {}: {}", printable(&problem.file), problem.reason);
        }
        if problems.len() > LISTED {
            let rest = problems.len() - LISTED;
            eprintln!("{what}: {rest} more; --format json lists up to {LISTED_FILES}");
        }
    }
    let end = if report.cancelled {
        "; stopped, the same command goes on where it was"
    } else {
        ""
    };
    let device = report.device.as_ref();
    for note in device.iter().flat_map(|device| &device.notes) {
        eprintln!("note: {}", printable(note));
    }
    let device = device.map_or_else(String::new, |device| format!(" on {}", device.name));
    output::text(&format!(
        "{} of {} images {verb} `{collection}`, {} skipped, {} failed, {:.1} s, \
         {:.1} images/s{device}{end}\n",
        report.imported,
        report.total,
        report.skipped,
        report.failed,
        report.elapsed_sec,
        report.images_per_second,
    ))
}
