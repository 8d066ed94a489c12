//! The model that is compiled into the program.

use std::path::{Path, PathBuf};

use lookalike_imaging::ProcessorConfig;

use crate::config_file::ConfigFile;
use crate::error::LoadError;
use crate::files::{self, CONFIG, PROCESSOR, WHOLE};
use crate::weights::{Source, Weights};

const CONFIG_TEXT: &str = include_str!("../../../models/builtin/config.json");
const PROCESSOR_TEXT: &str = include_str!("../../../models/builtin/preprocessor_config.json");
const WEIGHTS: &[u8] = include_bytes!("../../../models/builtin/model.safetensors");

pub(crate) fn config() -> Result<ConfigFile, LoadError> {
    ConfigFile::new(path(CONFIG), CONFIG_TEXT.into())
}

pub(crate) fn processor() -> Result<ProcessorConfig, LoadError> {
    files::parse_processor(&path(PROCESSOR), PROCESSOR_TEXT)
}

pub(crate) fn weights() -> Result<Weights, LoadError> {
    Weights::open_safetensors(&path(WHOLE), Source::memory(WEIGHTS))
}

/// Where the file would be; named in errors.
fn path(file: &str) -> PathBuf {
    Path::new("builtin").join(file)
}
