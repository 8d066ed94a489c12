//! The forms in which banks are written.

use std::path::Path;

/// The form of a bank that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BankLayout {
    /// One NumPy archive.
    Npz,
    /// A matrix, and beside it a `.jsonl` with a line for each row and a `.collection.json`.
    Npy,
    /// A folder with an array for each item, `features_index.jsonl` and `collection.json`.
    Files,
}

impl BankLayout {
    /// The form that an output's name asks for.
    #[must_use]
    pub fn of(output: &Path) -> Self {
        match output.extension().and_then(|ending| ending.to_str()) {
            Some("npz") => Self::Npz,
            Some("npy") => Self::Npy,
            _ => Self::Files,
        }
    }
}
