//! Standard output for data, standard error for people.

mod hints;
pub(crate) mod progress;
mod table;

use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use tracing_subscriber::EnvFilter;

use crate::arguments::ColorChoice;
use crate::settings::{LogFormat, Settings};

pub(crate) use table::{Align, Column, Table, shorten};

/// A name as a terminal may show it: files can be called anything, escape sequences included.
pub(crate) fn printable(name: &str) -> String {
    let escaped = |character: char| {
        if character.is_control() {
            character.escape_default().to_string()
        } else {
            character.to_string()
        }
    };
    name.chars().map(escaped).collect()
}

/// Prints `value` as JSON on lines of its own; `pretty` for people who pipe it nowhere.
pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

/// Prints each value as JSON on one line.
pub(crate) fn json_lines(values: impl IntoIterator<Item = impl Serialize>) -> anyhow::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for value in values {
        serde_json::to_writer(&mut out, &value).map_err(io::Error::from)?;
        writeln!(out)?;
    }
    out.flush()?;
    Ok(())
}

/// Prints text for people.
pub(crate) fn text(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Tells the user what failed, with its causes where they say something new.
pub(crate) fn error(error: &anyhow::Error) {
    let mut said = error.to_string();
    eprintln!("error: {said}");
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !said.contains(&cause) {
            eprintln!("  because: {cause}");
            said = cause;
        }
    }
    if let Some(hint) = error.chain().find_map(hints::of) {
        eprintln!("  hint: {hint}");
    }
}

/// A note on standard error that `--quiet` silences.
pub(crate) fn note(settings: &Settings, message: &str) {
    if !settings.quiet {
        eprintln!("{message}");
    }
}

/// Styles for text on standard output.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    enabled: bool,
}

impl Paint {
    pub(crate) fn new(choice: ColorChoice) -> Self {
        let enabled = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            // https://no-color.org
            ColorChoice::Auto => {
                io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
            }
        };
        Self { enabled }
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    pub(crate) fn faint(self, text: &str) -> String {
        self.wrap("2", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.enabled {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Logs go to standard error; `RUST_LOG` overrides `-v`.
pub(crate) fn start_logging(settings: &Settings) {
    let level = match (settings.quiet, settings.verbose) {
        (true, _) => "error",
        (false, 0) => "warn",
        (false, 1) => "info",
        (false, _) => "debug",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    match settings.log_format {
        LogFormat::Json => log.json().init(),
        LogFormat::Text => log
            .with_ansi(settings.color == ColorChoice::Always || io::stderr().is_terminal())
            .init(),
    }
}
