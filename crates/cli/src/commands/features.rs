//! `lookalike features`.

use std::path::PathBuf;
use std::sync::Arc;

use lookalike_banks::BankLayout;
use lookalike_engine::import::Control;
use lookalike_transfer::{
    BankEncoder, BankExportRequest, BankImportRequest, export_bank, import_banks,
};

use super::{Outcome, import_report};
use crate::arguments::{
    FeaturesCommand, FeaturesExportArguments, Format, LayoutChoice, VectorsArguments,
};
use crate::output::progress::{Step, follow};
use crate::settings::Settings;
use crate::wiring::{Access, engine};
use crate::{interrupt, output};

pub(super) fn run(command: FeaturesCommand, settings: &Settings) -> anyhow::Result<Outcome> {
    match command {
        FeaturesCommand::Import(arguments) => {
            let format = arguments.format.format;
            import(arguments.banks, arguments.vectors, format, settings)
        }
        FeaturesCommand::Export(arguments) => export(arguments, settings),
    }
}

pub(super) fn import(
    banks: Vec<PathBuf>,
    vectors: VectorsArguments,
    format: Format,
    settings: &Settings,
) -> anyhow::Result<Outcome> {
    let engine = engine(settings, Access::Write)?;
    let request = BankImportRequest {
        banks,
        collection: vectors.collection,
        metric: vectors.metric,
        index: vectors.index,
        normalize: vectors.normalize,
        encoder: vectors.model.map(|model| BankEncoder {
            model,
            preprocess: vectors.preprocess,
            size: vectors.size,
        }),
    };
    let control = control();
    let report = follow(
        settings,
        "rows",
        || Step::of(&control),
        || import_banks(engine.stores(), &request, &control),
    )?;
    match format {
        Format::Json => output::json(&report)?,
        Format::Jsonl => output::json_lines([&report])?,
        Format::Table => {
            import_report::print(&report, &request.collection, "imported into")?;
        }
    }
    Ok(if report.failed == 0 && !report.cancelled {
        Outcome::Done
    } else {
        Outcome::SomeFailed
    })
}

fn export(arguments: FeaturesExportArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let engine = engine(settings, Access::Read)?;
    let layout = match arguments.layout {
        Some(LayoutChoice::Npz) => BankLayout::Npz,
        Some(LayoutChoice::Npy) => BankLayout::Npy,
        Some(LayoutChoice::Files) => BankLayout::Files,
        None => BankLayout::of(&arguments.output),
    };
    let request = BankExportRequest {
        collection: arguments.collection,
        output: arguments.output,
        layout,
    };
    let control = control();
    let report = follow(
        settings,
        "rows",
        || Step::of(&control),
        || export_bank(engine.stores(), &request, &control),
    )?;
    match arguments.format.format {
        Format::Json => output::json(&report)?,
        Format::Jsonl => output::json_lines([&report])?,
        Format::Table => output::text(&format!(
            "{} vectors of {} numbers from `{}` in {}, {:.1} s\n",
            report.exported,
            report.dim,
            report.collection,
            report.output.display(),
            report.elapsed_sec
        ))?,
    }
    Ok(Outcome::Done)
}

/// Stopped by the first signal.
fn control() -> Arc<Control> {
    let control = Arc::new(Control::default());
    let stopping = Arc::clone(&control);
    interrupt::on_signal(move || stopping.cancel.cancel());
    control
}
