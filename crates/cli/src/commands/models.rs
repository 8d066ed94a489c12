//! `lookalike models`.

use lookalike_encoders::{LoadOptions, Mlp, Model, ModelConfig, describe};
use lookalike_engine::BUILTIN;
use lookalike_fetch::models::{HubEnvironment, KNOWN, Located, ModelKind, locate, pull};
use serde::Serialize;

use super::Outcome;
use crate::arguments::{Format, ModelsCommand};
use crate::output::{self, Align, Column, Table};
use crate::settings::Settings;
use crate::wiring::pull_bar;

/// A line of `models list`.
#[derive(Serialize)]
struct Listed {
    name: String,
    source: String,
    dim: usize,
    kind: &'static str,
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
    architecture: &'static str,
    dim: usize,
    layers: usize,
    heads: usize,
    mlp: String,
    patch_size: usize,
    image_size: usize,
    registers: usize,
    trained: bool,
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
    let builtin = Model::builtin(&LoadOptions::default())?;
    let mut models = vec![Listed {
        name: BUILTIN.to_owned(),
        source: "inside the program".to_owned(),
        dim: builtin.dim(),
        kind: "image",
        location: Some("inside the program".to_owned()),
        trained: Some(builtin.is_trained()),
    }];
    for known in KNOWN {
        let local = match locate(known.name, &settings.data, hub) {
            Ok(Located::Local(path)) => Some(path.display().to_string()),
            _ => None,
        };
        models.push(Listed {
            name: known.name.to_owned(),
            source: known.repository.to_owned(),
            dim: known.dim,
            kind: match known.kind {
                ModelKind::Image => "image",
                ModelKind::ImageAndText => "image + text",
            },
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
        Column("source", Align::Left),
        Column("here", Align::Left),
    ]);
    for model in models {
        let here = match (&model.location, model.kind) {
            (Some(_), _) if model.trained == Some(false) => "untrained",
            (Some(_), _) => "yes",
            (None, "image") => "no; models pull fetches it",
            (None, _) => "not available in this version",
        };
        table.row([
            model.name.clone(),
            model.dim.to_string(),
            model.kind.to_owned(),
            model.source.clone(),
            here.to_owned(),
        ]);
    }
    table.render()
}

fn info(name: &str, settings: &Settings, hub: &HubEnvironment) -> anyhow::Result<Info> {
    let (config, location) = match locate(name, &settings.data, hub)? {
        Located::Builtin => {
            let model = Model::builtin(&LoadOptions::default())?;
            (model.config().clone(), "inside the program".to_owned())
        }
        Located::Local(path) => (describe(&path)?, path.display().to_string()),
        Located::Remote { repository, .. } => anyhow::bail!(
            "`{name}` is not on this machine; `lookalike models pull {name}` downloads it from \
             {repository}"
        ),
    };
    Ok(Info {
        name: name.to_owned(),
        location,
        architecture: config.architecture.name(),
        dim: config.hidden_size,
        layers: config.layers,
        heads: config.heads,
        mlp: mlp(&config),
        patch_size: config.patch_size,
        image_size: config.image_size,
        registers: config.registers,
        trained: config.trained,
    })
}

fn mlp(config: &ModelConfig) -> String {
    match config.mlp {
        Mlp::SwiGlu { hidden } => format!("SwiGLU {hidden}"),
        other => format!("GELU {}", other.hidden()),
    }
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
    for (name, value) in [
        ("where", info.location.clone()),
        ("architecture", info.architecture.to_owned()),
        ("dimension", info.dim.to_string()),
        ("layers", info.layers.to_string()),
        ("heads", info.heads.to_string()),
        ("mlp", info.mlp.clone()),
        ("patch", format!("{} px", info.patch_size)),
        ("trained for", format!("{} px", info.image_size)),
        ("registers", info.registers.to_string()),
        ("trained", trained.to_owned()),
    ] {
        table.row([name.to_owned(), value]);
    }
    table.render()
}
