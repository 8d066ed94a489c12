//! `lookalike models`.

use std::collections::BTreeMap;

use lookalike_encoders::{Builtin, Description, Registry};
use lookalike_engine::DeviceInUse;
use lookalike_fetch::models::{HubEnvironment, KNOWN, Located, locate, pull};
use serde::Serialize;
use serde_json::Value;

use super::Outcome;
use crate::arguments::{Format, ModelsCommand};
use crate::output::{self, Align, Column, Table};
use crate::settings::Settings;
use crate::wiring::{self, pull_bar};

/// A line of `models list`.
#[derive(Serialize)]
struct Listed {
    name: String,
    source: String,
    dim: usize,
    kind: &'static str,
    licence: &'static str,
    /// Where it is, or `null` if it has to be downloaded.
    location: Option<String>,
    /// False for a placeholder, null where it is not known.
    trained: Option<bool>,
}

/// What `models info` says.
#[derive(Serialize)]
struct Info {
    name: String,
    location: String,
    architecture: String,
    dim: usize,
    /// Of the patches that it describes; null where it describes only whole pictures.
    patch_size: Option<u32>,
    image_size: u32,
    trained: bool,
    /// What it runs on here, and in which arithmetic; null where it can't be loaded.
    device: Option<String>,
    precision: Option<String>,
    /// Why not another device, or why it can't be loaded.
    notes: Vec<String>,
    /// What models of its family have besides, such as `layers`.
    #[serde(flatten)]
    details: BTreeMap<&'static str, Value>,
}

pub(super) fn run(command: ModelsCommand, settings: &Settings) -> anyhow::Result<Outcome> {
    let hub = HubEnvironment::from_env();
    match command {
        ModelsCommand::List(format) => {
            let models = list(settings, &hub)?;
            match format.format {
                Format::Json => output::json(&models)?,
                Format::Jsonl => output::json_lines(&models)?,
                Format::Table => output::text(&table(&models))?,
            }
        }
        ModelsCommand::Info { model, format } => {
            let info = info(&model, settings, &hub)?;
            match format.format {
                Format::Json => output::json(&info)?,
                Format::Jsonl => output::json_lines([&info])?,
                Format::Table => output::text(&details(&info))?,
            }
        }
        ModelsCommand::Pull { model } => {
            let bar = pull_bar(settings.quiet);
            let path = pull(&model, &settings.data, &hub, &mut |progress| bar(progress))?;
            output::note(settings, &format!("`{model}` is in {}", path.display()));
        }
    }
    Ok(Outcome::Done)
}

fn list(settings: &Settings, hub: &HubEnvironment) -> anyhow::Result<Vec<Listed>> {
    let mut models = Vec::new();
    for builtin in Builtin::ALL {
        let description = Registry::default().describe_builtin(builtin)?;
        models.push(Listed {
            name: builtin.name().to_owned(),
            source: "inside the program".to_owned(),
            dim: description.dim,
            kind: "image",
            licence: "MIT OR Apache-2.0",
            location: Some("inside the program".to_owned()),
            trained: Some(description.extra.trained),
        });
    }
    for known in KNOWN {
        let local = match locate(known.name, &settings.data, hub) {
            Ok(Located::Local(path)) => Some(path.display().to_string()),
            _ => None,
        };
        models.push(Listed {
            name: known.name.to_owned(),
            source: known.repository.to_owned(),
            dim: known.dim,
            kind: known.kind.name(),
            licence: known.licence,
            trained: local.is_some().then_some(true),
            location: local,
        });
    }
    Ok(models)
}

fn table(models: &[Listed]) -> String {
    let mut table = Table::new([
        Column("name", Align::Left),
        Column("dim", Align::Right),
        Column("kind", Align::Left),
        Column("licence", Align::Left),
        Column("source", Align::Left),
        Column("here", Align::Left),
    ]);
    for model in models {
        let here = match &model.location {
            Some(_) if model.trained == Some(false) => "untrained",
            Some(_) => "yes",
            None => "no; models pull fetches it",
        };
        table.row([
            model.name.clone(),
            model.dim.to_string(),
            model.kind.to_owned(),
            model.licence.to_owned(),
            model.source.clone(),
            here.to_owned(),
        ]);
    }
    table.render()
}

fn info(name: &str, settings: &Settings, hub: &HubEnvironment) -> anyhow::Result<Info> {
    let registry = Registry::default();
    let (description, location) = match locate(name, &settings.data, hub)? {
        Located::Builtin => (
            registry.describe_builtin(Builtin::named(name).unwrap_or_default())?,
            "inside the program".to_owned(),
        ),
        Located::Local(path) => (registry.describe(&path)?, path.display().to_string()),
        Located::Remote { repository, .. } => anyhow::bail!(
            "`{name}` is not on this machine; `lookalike models pull {name}` downloads it from \
             {repository}"
        ),
    };
    let Description {
        architecture,
        dim,
        input,
        patch_size,
        extra,
        details,
        ..
    } = description;
    let (device, precision, notes) =
        match wiring::encoders(settings, settings.precision)?.model(name) {
            Ok(model) => {
                let device = DeviceInUse::of(&*model);
                let precision = model.facts().precision.to_string();
                (Some(device.name), Some(precision), device.notes)
            }
            Err(error) => (None, None, vec![error.to_string()]),
        };
    Ok(Info {
        name: name.to_owned(),
        location,
        architecture,
        dim,
        patch_size,
        image_size: input.default,
        trained: extra.trained,
        device,
        precision,
        notes,
        details: details.into_iter().collect(),
    })
}

fn runs_on(info: &Info) -> String {
    let place = match (&info.device, &info.precision) {
        (Some(device), Some(precision)) => format!("{device}, {precision}"),
        _ => "nothing".to_owned(),
    };
    let notes = info.notes.iter().map(|note| format!("; {note}"));
    place + &notes.collect::<String>()
}

fn details(info: &Info) -> String {
    let trained = if info.trained {
        "yes"
    } else {
        "no: a placeholder"
    };
    let mut table = Table::new([
        Column("model", Align::Left),
        Column(&info.name, Align::Left),
    ]);
    let own = info.details.iter().map(|(name, value)| {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        (*name, value)
    });
    let common = [
        ("where", info.location.clone()),
        ("architecture", info.architecture.clone()),
        ("dimension", info.dim.to_string()),
        (
            "patch",
            info.patch_size
                .map_or_else(|| "none".to_owned(), |side| format!("{side} px")),
        ),
        ("trained for", format!("{} px", info.image_size)),
        ("trained", trained.to_owned()),
        ("runs on", runs_on(info)),
    ];
    for (name, value) in common.into_iter().chain(own) {
        table.row([name.to_owned(), value]);
    }
    table.render()
}
