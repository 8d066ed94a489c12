//! `lookalike serve`.

use std::sync::Arc;

use anyhow::Context;
use lookalike_server::{ServerOptions, serve};
use tokio::net::TcpListener;

use super::Outcome;
use crate::arguments::ServeArguments;
use crate::settings::Settings;
use crate::wiring::{Access, engine};
use crate::{interrupt, output};

pub(super) fn run(arguments: &ServeArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let engine = Arc::new(engine(settings, Access::ReadOrCreate)?);
    let address = arguments.listen.unwrap_or(settings.listen);
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!("can't listen on {address}; choose another address with --listen")
        })?;
        let url = format!("http://{}", listener.local_addr()?);
        announce(&engine, settings, &url)?;
        if arguments.open {
            open_browser(&url);
        }
        let options = ServerOptions {
            max_body_bytes: settings.limits.max_file_bytes,
            ..ServerOptions::default()
        };
        serve(engine, listener, options, interrupt::requested()).await?;
        anyhow::Ok(())
    })?;
    output::note(settings, "stopped");
    Ok(Outcome::Done)
}

fn announce(
    engine: &lookalike_engine::Engine,
    settings: &Settings,
    url: &str,
) -> anyhow::Result<()> {
    let collections = engine.catalog().collections()?;
    if collections.is_empty() {
        output::note(
            settings,
            &format!(
                "{} holds no images yet: lookalike import --data {0} PATH",
                settings.data.display()
            ),
        );
    }
    for collection in &collections {
        let name = &collection.spec.name;
        let images = engine.num_images(name)?;
        let encoder = collection.spec.model.as_deref().unwrap_or("none");
        output::note(
            settings,
            &format!("collection `{name}`: {images} images, encoder {encoder}"),
        );
    }
    output::note(settings, &format!("serving on {url} (Ctrl-C stops)"));
    Ok(())
}

/// Best effort: a machine without a browser still serves.
fn open_browser(url: &str) {
    let opener = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    if let Err(error) = std::process::Command::new(opener).arg(url).spawn() {
        tracing::warn!("can't open a browser with {opener}: {error}");
    }
}
