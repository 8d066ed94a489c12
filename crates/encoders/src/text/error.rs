//! Why a text could not be embedded.

use std::path::PathBuf;

use crate::devices::device_error::DeviceError;

/// A text could not be embedded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// The model came without a tokenizer.
    #[error(
        "{folder}: holds neither tokenizer.json nor vocab.json and merges.txt, which texts need; \
         copy them from where the model came from",
        folder = folder.display()
    )]
    NoTokenizer {
        /// The model's folder.
        folder: PathBuf,
    },
    /// The tokenizer makes nothing of the text, or tokens that the model does not have.
    #[error("the model's tokenizer and its weights do not fit together: {detail}")]
    Tokens {
        /// What is wrong.
        detail: String,
    },
    /// Weights that stay in their file could not be read.
    #[error("{path}: cannot be read: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A device with memory of its own failed.
    #[error(transparent)]
    Device(#[from] DeviceError),
}
