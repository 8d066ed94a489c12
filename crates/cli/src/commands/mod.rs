//! One module per command: each turns arguments into a use case and its result into output.

mod annotate;
mod backup;
mod bench;
mod bucket;
mod collections;
mod compare_metrics;
mod doctor;
mod download;
mod duplicates;
mod embed;
mod eval;
mod features;
mod images;
mod import;
mod import_report;
mod manual;
mod measured;
mod merge;
mod migrate;
mod models;
mod screen;
mod search;
mod serve;
mod synth;
mod users;

use crate::arguments::{Arguments, Command};
use crate::settings::Settings;

/// How a command ended that did not fail as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// Some files or checks failed, and the user was told which.
    SomeFailed,
}

pub(crate) fn run(arguments: Arguments, settings: &Settings) -> anyhow::Result<Outcome> {
    match arguments.command {
        Command::Serve(arguments) => serve::run(&arguments, settings),
        Command::Import(arguments) => import::run(arguments, settings),
        Command::Download(arguments) => download::run(arguments, settings),
        Command::Annotate(arguments) => annotate::run(arguments, settings),
        Command::Search(arguments) => search::run(*arguments, settings),
        Command::Screen(arguments) => screen::run(&arguments, settings),
        Command::Embed(arguments) => embed::run(&arguments, settings),
        Command::Collections(command) => collections::run(command, settings),
        Command::Duplicates(arguments) => duplicates::run(&arguments, settings),
        Command::Images(command) => images::run(*command, settings),
        Command::Features(command) => features::run(command, settings),
        Command::Migrate(arguments) => migrate::run(arguments, settings),
        Command::Models(command) => models::run(command, settings),
        Command::Bench(command) => bench::run(&command, settings),
        Command::Eval(arguments) => eval::run(&arguments, settings),
        Command::CompareMetrics(arguments) => compare_metrics::run(&arguments, settings),
        Command::Synth(arguments) => synth::run(&arguments, settings),
        Command::Merge(arguments) => merge::run(&arguments, settings),
        Command::Backup(arguments) => backup::run(&arguments, settings),
        Command::Users(command) => users::run(command, settings),
        Command::Doctor(arguments) => doctor::run(&arguments, settings),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { folder } => manual::pages(&folder),
    }
}
