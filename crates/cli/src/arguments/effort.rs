//! How hard a search tries, as flags; the names are those of the API's fields.

use clap::Args;
use lookalike_engine::search::Effort;

use super::values;

/// What does not concern the kind of a collection's index is not looked at.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Approximate indexes")]
pub(crate) struct EffortArguments {
    /// Lists that an ivf index looks at, 1 to 65536 [default: chosen by size]
    #[arg(long, value_name = "N", value_parser = values::nprobe)]
    nprobe: Option<usize>,
    /// Candidates that an hnsw index keeps, 1 to 16384 [default: chosen by size]
    #[arg(long, value_name = "N", value_parser = values::ef_search)]
    ef_search: Option<usize>,
    /// Look at every vector: nothing is missed, and it takes longer
    #[arg(long)]
    exact: bool,
}

impl From<EffortArguments> for Effort {
    fn from(arguments: EffortArguments) -> Self {
        Self {
            nprobe: arguments.nprobe,
            ef_search: arguments.ef_search,
            exact: arguments.exact,
        }
    }
}
