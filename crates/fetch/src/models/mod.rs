//! Finds models by name and downloads them from the Hugging Face hub.
//!
//! Order: the built-in encoder, a path, `<data>/models/<name>`, the user's
//! Hugging Face cache, the hub. The hub's own cache is read and never written:
//! what is downloaded here lies under the data directory, where it can be
//! backed up, copied to a machine without network and deleted.

mod hub;
mod known;
mod partial;
mod resolve;
mod web;

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

pub use hub::{PullProgress, pull};
pub use known::{KNOWN, Kind, KnownModel};
pub use resolve::{HubEnvironment, Located, locate};
pub(crate) use web::is_loopback;

/// Names of the models inside the program, the present one first.
pub const BUILTIN: [&str; 2] = ["builtin", "builtin-1"];

/// Architecture, sizes and activation.
const CONFIG: &str = "config.json";
/// Preprocessing; some models do without.
const PREPROCESSOR: &str = "preprocessor_config.json";
/// What models that embed texts cut them by: the first, or the next two, or the last two.
const TOKENIZER: [&str; 5] = [
    "tokenizer.json",
    "vocab.json",
    "merges.txt",
    "vocab.txt",
    "tokenizer_config.json",
];
/// What folders of open_clip have in place of [`CONFIG`] and [`WEIGHTS`].
const OPEN_CLIP_CONFIG: &str = "open_clip_config.json";
const OPEN_CLIP_WEIGHTS: &str = "open_clip_model.safetensors";
/// Weights in one file.
const WEIGHTS: &str = "model.safetensors";
/// Or the list of the files that they are spread over.
const WEIGHTS_INDEX: &str = "model.safetensors.index.json";

/// Why a model could not be found or fetched.
#[non_exhaustive]
#[derive(Debug, Error)]
pub enum ModelError {
    /// No such short name.
    #[error(
        "there is no model `{name}`; known are builtin, builtin-1, {}; others are given as hf:owner/name or as a folder's path",
        known_names()
    )]
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// A path where no model is.
    #[error("no model at {}: {reason}", path.display())]
    BadPath {
        /// As given.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Not on this machine, and the hub can't be reached or must not be.
    #[error(
        "model `{name}` is not on this machine and was not downloaded: {reason}; either make {endpoint} reachable, \
         or put these files of {endpoint}/{repository} into {}: {CONFIG}, {WEIGHTS} (or {WEIGHTS_INDEX} and the \
         files it lists), and, if they are there, {PREPROCESSOR} and tokenizer.json (or vocab.json and merges.txt)",
        target.display()
    )]
    NoCopy {
        /// What was asked for.
        name: String,
        /// `owner/name` on the hub.
        repository: String,
        /// The hub's address.
        endpoint: String,
        /// The folder where the files belong.
        target: PathBuf,
        /// Why there was no download.
        reason: String,
    },
    /// The hub wants a login, or refuses the one it was given.
    #[error(
        "{endpoint} denies access to {repository} (status {status}): it is private, gated or does not exist; \
         set HF_TOKEN to a token of an account that may read it (for a gated model, one that has accepted its licence \
         on that page)"
    )]
    Denied {
        /// `owner/name` on the hub.
        repository: String,
        /// The hub's address.
        endpoint: String,
        /// HTTP status.
        status: u16,
    },
    /// The hub does not have it.
    #[error(
        "{endpoint}/{repository} has no {file}; check the name, and that it holds safetensors weights"
    )]
    NotOnHub {
        /// `owner/name` on the hub.
        repository: String,
        /// The hub's address.
        endpoint: String,
        /// What was looked for.
        file: String,
    },
    /// What arrived is not what the hub announced.
    #[error(
        "{file} of {repository} arrived damaged (SHA-256 {found}, expected {expected}) and was deleted; try again"
    )]
    Checksum {
        /// `owner/name` on the hub.
        repository: String,
        /// The file.
        file: String,
        /// As announced, in hex.
        expected: String,
        /// As computed, in hex.
        found: String,
    },
    /// The transfer broke off and could not be taken up again.
    #[error(
        "cannot download {file} of {repository}: {reason}; what has arrived is kept and taken up by the next try"
    )]
    Transfer {
        /// `owner/name` on the hub.
        repository: String,
        /// The file.
        file: String,
        /// What happened last.
        reason: String,
    },
    /// Another process is downloading it.
    #[error("another process is downloading to {}; wait for it, or stop it", path.display())]
    Busy {
        /// The file being written.
        path: PathBuf,
    },
    /// A file on this machine.
    #[error("cannot read or write {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

fn known_names() -> String {
    KNOWN
        .iter()
        .map(|model| model.name)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Makes an [`ModelError::Io`] of what an operation on `path` failed with.
fn io_error(path: &Path) -> impl FnOnce(io::Error) -> ModelError {
    let path = path.to_owned();
    move |source| ModelError::Io { path, source }
}
