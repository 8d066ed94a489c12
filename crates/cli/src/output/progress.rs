//! A bar on standard error, if somebody looks at it.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use indicatif::{HumanBytes, HumanDuration, ProgressBar, ProgressStyle};
use lookalike_engine::import::Control;
use lookalike_engine::jobs::JobStatus;
use lookalike_fetch::download::DownloadSnapshot;
use lookalike_screening::ScreenStatus;

use crate::settings::Settings;

/// How often the bar moves.
pub(crate) const TICK: Duration = Duration::from_millis(100);

/// Where the work stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Step {
    total: u64,
    done: u64,
    failed: u64,
    per_second: f64,
    /// In place of the time that is left.
    note: Option<String>,
}

impl Step {
    /// Work that is not a job.
    pub(crate) fn of(control: &Control) -> Self {
        let counts = control.progress.snapshot();
        let elapsed = control.progress.elapsed().as_secs_f64();
        Self {
            total: counts.total,
            done: counts.processed(),
            failed: counts.failed,
            per_second: counts.imported as f64 / elapsed.max(0.001),
            note: control.cancel.is_cancelled().then(|| "stopping".to_owned()),
        }
    }
}

impl Step {
    /// `done` of `total`, `elapsed` after the start.
    pub(crate) fn of_counts((done, total): (u64, u64), elapsed: Duration) -> Self {
        Self {
            total,
            done,
            per_second: done as f64 / elapsed.as_secs_f64().max(0.001),
            ..Self::default()
        }
    }

    /// A download, `elapsed` after its start.
    pub(crate) fn of_download(counts: &DownloadSnapshot, elapsed: Duration) -> Self {
        Self {
            total: counts.total,
            done: counts.processed(),
            failed: counts.failed,
            per_second: counts.processed() as f64 / elapsed.as_secs_f64().max(0.001),
            note: Some(HumanBytes(counts.bytes).to_string()),
        }
    }
}

impl From<&ScreenStatus> for Step {
    fn from(status: &ScreenStatus) -> Self {
        Self {
            total: status.total,
            done: status.processed,
            failed: status.failed,
            per_second: status.products_per_second,
            note: (status.status != "running").then(|| status.status.to_owned()),
        }
    }
}

impl From<&JobStatus> for Step {
    fn from(status: &JobStatus) -> Self {
        Self {
            total: status.total,
            done: status.processed,
            failed: status.failed,
            per_second: status.speed_per_sec,
            note: (status.status != "running").then(|| status.status.clone()),
        }
    }
}

pub(crate) struct Bar(Option<ProgressBar>);

impl Bar {
    /// A bar that counts `what`, such as images.
    pub(crate) fn new(settings: &Settings, what: &str) -> Self {
        if settings.quiet || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new(0);
        let template = format!("{{wide_bar}} {{pos}}/{{len}} {what}  {{msg}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        Self(Some(bar))
    }

    pub(crate) fn show(&self, step: &Step) {
        let Some(bar) = &self.0 else {
            return;
        };
        bar.set_length(step.total);
        bar.set_position(step.done);
        let mut message = format!("{:.1}/s", step.per_second);
        if step.failed > 0 {
            message.push_str(&format!(", {} failed", step.failed));
        }
        if let Some(note) = &step.note {
            message.push_str(&format!("  {note}"));
        } else if step.per_second > 0.0 {
            let left = step.total.saturating_sub(step.done) as f64 / step.per_second;
            // Decades are as good as forever, and more than a duration holds.
            let left = Duration::from_secs_f64(left.min(1e9));
            message.push_str(&format!("  {} left", HumanDuration(left)));
        }
        bar.set_message(message);
    }

    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// Runs `work`, which counts `what`, with a bar that follows `step`.
pub(crate) fn follow<T>(
    settings: &Settings,
    what: &str,
    step: impl Fn() -> Step + Sync,
    work: impl FnOnce() -> T,
) -> T {
    let bar = Bar::new(settings, what);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                bar.show(&step());
                thread::sleep(TICK);
            }
            bar.finish();
        });
        let result = work();
        done.store(true, Ordering::Relaxed);
        result
    })
}
