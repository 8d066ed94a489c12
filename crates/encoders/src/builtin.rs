//! The model that is compiled into the program.

/// Text of its `config.json`.
pub(crate) const CONFIG: &str = include_str!("../../../models/builtin/config.json");
/// Text of its `preprocessor_config.json`.
pub(crate) const PROCESSOR: &str = include_str!("../../../models/builtin/preprocessor_config.json");
/// Its weights, a safetensors file.
pub(crate) const WEIGHTS: &[u8] = include_bytes!("../../../models/builtin/model.safetensors");
/// Where the files would be; named in errors.
pub(crate) const PATH: &str = "builtin";
