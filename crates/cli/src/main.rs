//! The binary `lookalike`: arguments become settings, settings become wiring, wiring runs a
//! use case. Data goes to standard output, everything else to standard error.

mod arguments;
mod commands;
mod device;
mod interrupt;
mod open_files;
mod output;
mod remote;
mod settings;
mod vectors;
mod wiring;

use std::process::ExitCode;

use clap::Parser;
use lookalike_kernels::Isa;

use arguments::{Arguments, format_behind};
use settings::Settings;

/// Something failed that the user was told about; 0 is success and 2 wrong usage.
const FAILED: u8 = 1;

fn main() -> ExitCode {
    let arguments = Arguments::parse_from(format_behind(std::env::args_os()));
    match run(arguments) {
        Ok(commands::Outcome::Done) => ExitCode::SUCCESS,
        Ok(commands::Outcome::SomeFailed) => ExitCode::from(FAILED),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error);
            ExitCode::from(FAILED)
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<commands::Outcome> {
    let settings = Settings::resolve(&arguments.global)?;
    output::start_logging(&settings);
    Isa::forced()?;
    commands::run(arguments, &settings)
}

/// Whether the reader of our output has gone, as in `lookalike ... | head`.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}
