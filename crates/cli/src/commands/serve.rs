//! `lookalike serve`.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use lookalike_accounts::Accounts;
use lookalike_engine::jobs::{JobRequest, Jobs};
use lookalike_engine::{Engine, ErrorKind, Stores};
use lookalike_server::{AccessRules, HeaderValue, ImportRoots, ServerOptions, serve};
use lookalike_watch::watch;
use lookalike_work::{Cancel, system_clock};
use tokio::net::TcpListener;

use super::{Outcome, import};
use crate::arguments::{Format, ServeArguments};
use crate::remote::Note;
use crate::settings::{ListenAddress, Registration, Settings, Switch};
use crate::wiring::{Access, engine};
use crate::{interrupt, open_files, output, remote};

/// The trash is kept by days; so often is soon enough.
const BETWEEN_LOOKS_AT_THE_TRASH: Duration = Duration::from_secs(60 * 60);

pub(super) fn run(arguments: &ServeArguments, settings: &Settings) -> anyhow::Result<Outcome> {
    let (engine, owns) = open(settings)?;
    let engine = Arc::new(engine);
    let jobs = import::jobs(&engine, settings);
    let ListenAddress(address) = arguments.listen.unwrap_or(settings.listen);
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        open_files::raise_limit();
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!("can't listen on {address}; choose another address with --listen")
        })?;
        let address = listener.local_addr()?;
        let token = remote::new_token()?;
        let _note = if owns {
            Some(Note::leave(&settings.data, address, &token)?)
        } else {
            None
        };
        let url = format!("http://{address}");
        announce(&engine, settings, &url)?;
        let access = access_rules(settings, address.ip());
        let accounts = Accounts::new(Arc::clone(engine.stores().catalog()), system_clock);
        let setup_code = if access.accounts && !accounts.exist()? {
            // Whoever finds a public server first is not its owner.
            let code = (!address.ip().is_loopback()).then(remote::new_token);
            let code = code.transpose()?;
            let by_code = code.as_ref().map_or(String::new(), |code| {
                format!(" with this set-up code: {code}; or, here")
            });
            output::note(
                settings,
                &format!(
                    "nobody has an account yet, and the first to register becomes the \
                     administrator{by_code}: lookalike users add --data {} NAME",
                    settings.data.display()
                ),
            );
            code
        } else {
            None
        };
        if owns {
            resume(&jobs, settings)?;
            empty_trash_by_age(Arc::clone(&engine));
            watch_folders(&arguments.watch, engine.stores(), &jobs, settings);
        } else if !arguments.watch.is_empty() {
            anyhow::bail!("only the process that owns the data directory can watch folders");
        }
        if arguments.open {
            open_browser(&url);
        }
        let defaults = ServerOptions::default();
        let options = ServerOptions {
            max_body_bytes: settings.limits.max_file_bytes,
            max_upload_bytes: settings
                .max_upload_bytes
                .unwrap_or(defaults.max_upload_bytes),
            max_searches: settings
                .max_searches
                .unwrap_or(defaults.max_searches)
                .max(1),
            max_waiting: settings.max_waiting.unwrap_or(defaults.max_waiting),
            max_requests_per_minute: settings.max_requests_per_minute,
            // Accounts protect by themselves; without them, a server that listens elsewhere is meant
            // for everybody.
            hosts: (!access.accounts && address.ip().is_loopback()).then(|| settings.hosts.clone()),
            cors_origins: origins(settings)?,
            import_roots: match &settings.import_roots {
                // With accounts not everybody who gets here is the machine's own user.
                None if address.ip().is_loopback() && !access.accounts => ImportRoots::Anywhere,
                roots => ImportRoots::Below(roots.clone().unwrap_or_default()),
            },
            owner_token: Some(token),
            setup_code,
            access,
            ..defaults
        };
        serve(
            engine,
            jobs.clone(),
            accounts,
            listener,
            options,
            interrupt::requested(),
        )
        .await?;
        anyhow::Ok(())
    })?;
    jobs.close();
    output::note(settings, "stopped");
    Ok(Outcome::Done)
}

fn access_rules(settings: &Settings, address: IpAddr) -> AccessRules {
    AccessRules {
        accounts: match settings.accounts {
            Some(switch) => switch == Switch::On,
            None => !address.is_loopback(),
        },
        anonymous_search: settings.anonymous_search == Switch::On,
        open_registration: settings.registration == Registration::Open,
        trusted_proxies: settings.trusted_proxies.clone(),
    }
}

/// Owns the data directory, so that it can import; or, when another process does, reads beside
/// it.
fn open(settings: &Settings) -> anyhow::Result<(Engine, bool)> {
    let error = match engine(settings, Access::Write) {
        Ok(engine) => return Ok((engine, true)),
        Err(error) if error.kind() != ErrorKind::Conflict => return Err(error.into()),
        Err(error) => error,
    };
    let engine = engine(settings, Access::Read)?;
    output::note(settings, &format!("only reading: {error}"));
    Ok((engine, false))
}

fn origins(settings: &Settings) -> anyhow::Result<Vec<HeaderValue>> {
    let parse = |origin: &String| match origin.split_once("://") {
        Some((_, host)) if !host.is_empty() && !host.contains('/') => origin.parse().ok(),
        _ => None,
    };
    let origins = settings.cors_origins.iter();
    origins
        .map(|origin| {
            parse(origin).with_context(|| {
                format!("cors_origins: `{origin}` is not of the form https://example.org")
            })
        })
        .collect()
}

fn resume(jobs: &Jobs, settings: &Settings) -> anyhow::Result<()> {
    match jobs.resume()? {
        0 => {}
        count => output::note(
            settings,
            &format!("going on with {count} imports that were not over"),
        ),
    }
    Ok(())
}

/// Watches until the process ends: an import that is cut off then goes on at the next start.
fn watch_folders(folders: &[PathBuf], stores: &Arc<Stores>, jobs: &Jobs, settings: &Settings) {
    if folders.is_empty() {
        return;
    }
    let request = JobRequest {
        paths: folders.to_vec(),
        collection: "default".to_owned(),
        ..JobRequest::default()
    };
    let (stores, jobs, settings) = (Arc::clone(stores), jobs.clone(), settings.clone());
    std::thread::spawn(move || {
        let told = |change| {
            let told = import::tell(change, Format::Table, &request.collection, &settings);
            if let Err(error) = told {
                tracing::warn!("{error:#}");
            }
        };
        if let Err(error) = watch(&stores, &jobs, &request, &Cancel::default(), told) {
            output::error(&anyhow::Error::new(error).context("folders are no longer watched"));
        }
    });
}

/// Lets the trash go on being emptied by age while the server runs; at its start it was.
fn empty_trash_by_age(engine: Arc<Engine>) {
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(BETWEEN_LOOKS_AT_THE_TRASH);
            if let Err(error) = engine.library().empty_old_trash() {
                tracing::warn!("the trash was not emptied: {error}");
            }
        }
    });
}

fn announce(engine: &Engine, settings: &Settings, url: &str) -> anyhow::Result<()> {
    let collections = engine.stores().catalog().collections()?;
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
        let images = engine.collections().count(name)?;
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
