//! `lookalike backup`.

use std::fs;
use std::io;
use std::path::{self, Path};

use lookalike_safekeeping::Backups;

use super::Outcome;
use crate::arguments::{BackupArguments, Format};
use crate::output;
use crate::settings::Settings;
use crate::wiring::{Access, engine};

pub(super) fn run(arguments: &BackupArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    anyhow::ensure!(
        !lies_within(&arguments.folder, &settings.data)?,
        "{} lies in the data directory {} itself; name a folder outside it",
        arguments.folder.display(),
        settings.data.display()
    );
    let engine = engine(settings, Access::Read)?;
    let report = Backups::new(engine.stores()).make(&arguments.folder)?;
    match arguments.format.format {
        Format::Json => output::json(&report)?,
        Format::Jsonl => output::json_lines([&report])?,
        Format::Table => output::text(&format!(
            "{} collections with {} images, {} copied originals, {} thumbnails and {} files of \
             models in {}: {:.1} MB, verified{}\n",
            report.collections,
            report.items,
            report.originals,
            report.thumbnails,
            report.model_files,
            report.directory.display(),
            report.size_bytes as f64 / 1e6,
            match report.in_object_store {
                0 => String::new(),
                count => format!("; {count} objects stay in the bucket"),
            },
        ))?,
    }
    Ok(Outcome::Done)
}

/// Whether a folder, which need not exist, is or lies in another, whatever links lead there.
fn lies_within(folder: &Path, other: &Path) -> io::Result<bool> {
    let folder = path::absolute(folder)?;
    let Ok(other) = fs::canonicalize(other) else {
        return Ok(false);
    };
    let mut real = folder
        .ancestors()
        .filter_map(|part| fs::canonicalize(part).ok());
    // The first of them that exists holds all that does not.
    Ok(real.next().is_some_and(|real| real.starts_with(&other)))
}
