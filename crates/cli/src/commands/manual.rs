//! `lookalike completions` and `lookalike man`: what the arguments say of themselves, for shells and
//! for `man`.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use super::Outcome;
use crate::arguments::Arguments;

const NAME: &str = "lookalike";

pub(super) fn completions(shell: Shell) -> anyhow::Result<Outcome> {
    // In memory first: a reader that has gone is no reason to panic.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), NAME, &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(Outcome::Done)
}

pub(super) fn pages(folder: &Path) -> anyhow::Result<Outcome> {
    let place = || format!("can't write manual pages to {}", folder.display());
    std::fs::create_dir_all(folder).with_context(place)?;
    clap_mangen::generate_to(Arguments::command(), folder).with_context(place)?;
    Ok(Outcome::Done)
}
