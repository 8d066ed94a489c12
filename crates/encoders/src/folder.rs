//! The files of a model: which there are, and how they are read.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lookalike_imaging::ProcessorConfig;

use crate::builtin;
use crate::error::LoadError;
use crate::families::dinov2::config::{self, ModelConfig};
use crate::weights::{Source, Weights};

const CONFIG: &str = "config.json";
const PROCESSOR: &str = "preprocessor_config.json";
const WHOLE: &str = "model.safetensors";
const INDEX: &str = "model.safetensors.index.json";
const HINT: &str = "a model is a folder with config.json and model.safetensors, or a .npz file \
                    with the same tensors";

/// Longest text file of a model; an index of the largest has a few hundred kilobytes.
const MAX_TEXT_BYTES: u64 = 16 << 20;

/// What a model consists of before its tensors are read.
pub(crate) struct ModelFiles {
    pub(crate) config: ModelConfig,
    pub(crate) processor: ProcessorConfig,
    pub(crate) weights: Weights,
}

impl ModelFiles {
    /// Opens a folder, a lone `.npz` or a lone `.safetensors`.
    pub(crate) fn open(path: &Path) -> Result<Self, LoadError> {
        if is_folder(path)? {
            let config = read_config(path)?;
            let processor = read_processor(&path.join(PROCESSOR))?;
            return Ok(Self {
                config,
                processor,
                weights: open_folder_weights(path)?,
            });
        }
        let weights = open_lone_weights(path)?;
        let config = config::infer(&weights)?;
        Ok(Self {
            config,
            processor: read_processor(&path.with_file_name(PROCESSOR))?,
            weights,
        })
    }

    /// The model that is compiled in.
    pub(crate) fn builtin() -> Result<Self, LoadError> {
        let path = Path::new(builtin::PATH);
        Ok(Self {
            config: config::parse(&path.join(CONFIG), builtin::CONFIG)?,
            processor: parse_processor(&path.join(PROCESSOR), builtin::PROCESSOR)?,
            weights: Weights::open_safetensors(
                &path.join(WHOLE),
                Source::memory(builtin::WEIGHTS),
            )?,
        })
    }
}

/// What the model at `path` is made of, without loading its weights.
///
/// # Errors
/// As [`crate::Model::load`], as far as the configuration, or the shapes of weights without
/// one, tell.
pub fn describe(path: &Path) -> Result<ModelConfig, LoadError> {
    if is_folder(path)? {
        read_config(path)
    } else {
        config::infer(&open_lone_weights(path)?)
    }
}

fn is_folder(path: &Path) -> Result<bool, LoadError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.is_dir()),
        Err(error) => Err(failed(path, error)),
    }
}

fn read_config(folder: &Path) -> Result<ModelConfig, LoadError> {
    let path = folder.join(CONFIG);
    config::parse(&path, &read_text(&path)?)
}

/// The processor's settings, or DINOv2's where the file is absent.
fn read_processor(path: &Path) -> Result<ProcessorConfig, LoadError> {
    match read_text(path) {
        Ok(text) => parse_processor(path, &text),
        Err(LoadError::NotFound { .. }) => Ok(ProcessorConfig::dinov2()),
        Err(error) => Err(error),
    }
}

fn parse_processor(path: &Path, text: &str) -> Result<ProcessorConfig, LoadError> {
    ProcessorConfig::from_json(text).map_err(|error| LoadError::Malformed {
        path: path.into(),
        detail: error.to_string(),
    })
}

fn open_folder_weights(folder: &Path) -> Result<Weights, LoadError> {
    let whole = folder.join(WHOLE);
    match open(&whole) {
        Ok(source) => return Weights::open_safetensors(&whole, source),
        Err(LoadError::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    let index = folder.join(INDEX);
    match read_text(&index) {
        Ok(text) => Weights::open_shards(&index, &text),
        // The whole file is the usual one, and so the one to name.
        Err(LoadError::NotFound { hint, .. }) => Err(LoadError::NotFound { path: whole, hint }),
        Err(error) => Err(error),
    }
}

fn open_lone_weights(path: &Path) -> Result<Weights, LoadError> {
    let source = open(path)?;
    let extension = path
        .extension()
        .map(|extension| extension.to_ascii_lowercase());
    match extension.as_ref().and_then(|extension| extension.to_str()) {
        Some("npz") => Weights::open_npz(path, source),
        Some("safetensors") => Weights::open_safetensors(path, source),
        _ => Err(LoadError::Malformed {
            path: path.into(),
            detail: format!("neither .npz nor .safetensors; {HINT}"),
        }),
    }
}

fn open(path: &Path) -> Result<Source, LoadError> {
    Source::open(path).map_err(|error| failed(path, error))
}

fn read_text(path: &Path) -> Result<String, LoadError> {
    let source = open(path)?;
    if source.length() > MAX_TEXT_BYTES {
        return Err(LoadError::Malformed {
            path: path.into(),
            detail: format!(
                "{} bytes, expected at most {MAX_TEXT_BYTES}",
                source.length()
            ),
        });
    }
    let mut bytes = vec![0; source.length() as usize];
    source
        .read_at(0, &mut bytes)
        .map_err(|error| failed(path, error))?;
    String::from_utf8(bytes).map_err(|_| LoadError::Malformed {
        path: path.into(),
        detail: "not UTF-8 text".into(),
    })
}

fn failed(path: &Path, source: io::Error) -> LoadError {
    let path: PathBuf = path.into();
    if source.kind() == io::ErrorKind::NotFound {
        LoadError::NotFound { path, hint: HINT }
    } else {
        LoadError::Io { path, source }
    }
}
