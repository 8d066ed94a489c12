//! A file that failed, in words for the user.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A file and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileProblem {
    /// Its path.
    pub file: String,
    /// Why it failed, or what was noticed.
    pub reason: String,
}
