//! `lookalike backup`.

use super::Outcome;
use crate::arguments::{BackupArguments, Format};
use crate::output;
use crate::settings::Settings;
use crate::wiring::{Access, engine};

pub(super) fn run(arguments: &BackupArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let report = engine(settings, Access::Read)?
        .backups()
        .make(&arguments.folder)?;
    match arguments.format.format {
        Format::Json => output::json(&report)?,
        Format::Jsonl => output::json_lines([&report])?,
        Format::Table => output::text(&format!(
            "{} collections with {} images, {} copied originals, {} thumbnails and {} files of \
             models in {}: {:.1} MB, verified\n",
            report.collections,
            report.items,
            report.originals,
            report.thumbnails,
            report.model_files,
            report.directory.display(),
            report.size_bytes as f64 / 1e6,
        ))?,
    }
    Ok(Outcome::Done)
}
