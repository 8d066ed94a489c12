//! A file that failed, in words for the user.

use serde::{Deserialize, Serialize};

/// A file and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileProblem {
    /// Its path.
    pub file: String,
    /// Why it failed, or what was noticed.
    pub reason: String,
}
