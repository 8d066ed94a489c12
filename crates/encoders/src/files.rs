//! The files of a model: which there are, and how they are read.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lookalike_imaging::ProcessorConfig;

use crate::config_file::ConfigFile;
use crate::error::LoadError;
use crate::weights::{Source, Weights};

pub(crate) const CONFIG: &str = "config.json";
pub(crate) const PROCESSOR: &str = "preprocessor_config.json";
pub(crate) const WHOLE: &str = "model.safetensors";
/// What a folder of open_clip has in place of a configuration.
pub(crate) const OPEN_CLIP_CONFIG: &str = "open_clip_config.json";
const OPEN_CLIP_WHOLE: &str = "open_clip_model.safetensors";
const OPEN_CLIP_PICKLE: &str = "open_clip_pytorch_model.bin";
const INDEX: &str = "model.safetensors.index.json";
const HINT: &str = "a model is a folder with config.json and model.safetensors, or a .npz file \
                    with the same tensors";

const PICKLE_HINT: &str = "open_clip_pytorch_model.bin is a pickle, which can run code and is not \
                           read; convert it where you trust it, in Python: \
                           safetensors.torch.save_file(torch.load(\"open_clip_pytorch_model.bin\", \
                           weights_only=True), \"open_clip_model.safetensors\")";

/// Longest text file of a model; an index of the largest has a few hundred kilobytes.
const MAX_TEXT_BYTES: u64 = 16 << 20;

pub(crate) fn is_folder(path: &Path) -> Result<bool, LoadError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.is_dir()),
        Err(error) => Err(failed(path, error)),
    }
}

pub(crate) fn read_config(folder: &Path) -> Result<ConfigFile, LoadError> {
    let path = folder.join(CONFIG);
    let open_clip = folder.join(OPEN_CLIP_CONFIG);
    let ours = match read_text(&path) {
        Ok(text) => ConfigFile::new(path, text)?,
        Err(LoadError::NotFound { path, hint }) => {
            return match read_optional_text(&open_clip, MAX_TEXT_BYTES)? {
                Some(text) => ConfigFile::of_open_clip(open_clip, text),
                None => Err(LoadError::NotFound { path, hint }),
            };
        }
        Err(error) => return Err(error),
    };
    if ours.architecture().is_some() {
        return Ok(ours);
    }
    // Some folders have a configuration of nothing but our own settings, or of statistics.
    match read_optional_text(&open_clip, MAX_TEXT_BYTES)? {
        Some(text) => Ok(ConfigFile::of_open_clip(open_clip, text)?.with_extra(ours.extra())),
        None => Ok(ours),
    }
}

/// The processor's settings, if the folder has the file.
pub(crate) fn read_processor(folder: &Path) -> Result<Option<ProcessorConfig>, LoadError> {
    let path = folder.join(PROCESSOR);
    match read_text(&path) {
        Ok(text) => parse_processor(&path, &text).map(Some),
        Err(LoadError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(crate) fn parse_processor(path: &Path, text: &str) -> Result<ProcessorConfig, LoadError> {
    ProcessorConfig::from_json(text).map_err(|error| LoadError::Malformed {
        path: path.into(),
        detail: error.to_string(),
    })
}

pub(crate) fn open_folder_weights(folder: &Path) -> Result<Weights, LoadError> {
    let whole = folder.join(WHOLE);
    match open(&whole) {
        Ok(source) => return Weights::open_safetensors(&whole, source),
        Err(LoadError::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    let open_clip = folder.join(OPEN_CLIP_WHOLE);
    match open(&open_clip) {
        Ok(source) => return Weights::open_safetensors(&open_clip, source),
        Err(LoadError::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    let index = folder.join(INDEX);
    match read_text(&index) {
        Ok(text) => Weights::open_shards(&index, &text),
        Err(LoadError::NotFound { .. }) if folder.join(OPEN_CLIP_PICKLE).exists() => {
            Err(LoadError::NotFound {
                path: open_clip,
                hint: PICKLE_HINT,
            })
        }
        // The whole file is the usual one, and so the one to name.
        Err(LoadError::NotFound { hint, .. }) => Err(LoadError::NotFound { path: whole, hint }),
        Err(error) => Err(error),
    }
}

pub(crate) fn open_lone_weights(path: &Path) -> Result<Weights, LoadError> {
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

/// The text of a file that may be missing, of at most so many bytes.
pub(crate) fn read_optional_text(path: &Path, most: u64) -> Result<Option<String>, LoadError> {
    match read_text_up_to(path, most) {
        Ok(text) => Ok(Some(text)),
        Err(LoadError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn read_text(path: &Path) -> Result<String, LoadError> {
    read_text_up_to(path, MAX_TEXT_BYTES)
}

fn read_text_up_to(path: &Path, most: u64) -> Result<String, LoadError> {
    let source = open(path)?;
    if source.length() > most {
        return Err(LoadError::Malformed {
            path: path.into(),
            detail: format!("{} bytes, expected at most {most}", source.length()),
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
