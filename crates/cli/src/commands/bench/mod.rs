//! `lookalike bench`.

mod embed;
mod search;

use super::Outcome;
use crate::arguments::BenchCommand;
use crate::settings::Settings;

pub(super) fn run(command: &BenchCommand, settings: &Settings) -> anyhow::Result<Outcome> {
    match command {
        BenchCommand::Embed(arguments) => embed::run(arguments, settings),
        BenchCommand::Search(arguments) => search::run(arguments, settings),
    }
}
