//! `lookalike synth`.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};
use lookalike_synth::{Options, generate};

use super::Outcome;
use crate::arguments::SynthArguments;
use crate::output;
use crate::settings::Settings;

pub(super) fn run(arguments: &SynthArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let options = Options {
        patents: arguments.patents,
        seed: arguments.seed,
        photos: arguments.photos,
        near: arguments.near,
        layout: arguments.format,
        threads: settings.threads,
    };
    let bar = if settings.quiet || !std::io::stderr().is_terminal() {
        ProgressBar::hidden()
    } else {
        ProgressBar::new(0)
    };
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} files  {eta} left") {
        bar.set_style(style.progress_chars("━╸ "));
    }
    let summary = generate(&arguments.out, &options, &|done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    output::text(&format!(
        "{} patents, {} sheets and {} photos in {}: {:.0} MB, {:.1} s, {:.1} sheets/s\n",
        summary.patents,
        summary.sheets,
        summary.photos,
        arguments.out.display(),
        summary.bytes as f64 / 1e6,
        summary.elapsed.as_secs_f64(),
        summary.sheets as f64 / summary.elapsed.as_secs_f64().max(1e-9),
    ))?;
    Ok(Outcome::Done)
}
