//! The safetensors format, whole or in shards.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use safetensors::tensor::{Dtype as FileDtype, Metadata, TensorInfo};
use serde::Deserialize;

use super::{Dtype, Place, Source, Tensor, Weights, WeightsFile};
use crate::error::LoadError;

/// Bytes of the number in front of the header that says how long it is.
const LENGTH_BYTES: u64 = 8;

/// Adds the tensors of one file whose names `wanted` accepts.
pub(super) fn add(
    weights: &mut Weights,
    path: &Path,
    source: Source,
    wanted: impl Fn(&str) -> bool,
) -> Result<(), LoadError> {
    let (data_start, header) = read_header(path, &source)?;
    check_length(path, &source, data_start, &header)?;
    let file = weights.files.len();
    weights.files.push(WeightsFile::Plain {
        path: path.into(),
        source,
    });
    for (name, info) in header.tensors() {
        if wanted(&name) {
            let tensor = Tensor {
                file,
                shape: info.shape.clone(),
                dtype: dtype(info),
                place: Place::Offset(data_start + info.data_offsets.0 as u64),
            };
            weights.tensors.insert(name, tensor);
        }
    }
    Ok(())
}

/// Adds the tensors that an index assigns to files beside it.
pub(super) fn add_shards(weights: &mut Weights, index: &Path, text: &str) -> Result<(), LoadError> {
    #[derive(Deserialize)]
    struct Index {
        weight_map: BTreeMap<String, String>,
    }
    let malformed = |detail| LoadError::Malformed {
        path: index.into(),
        detail,
    };
    let Index { weight_map } =
        serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
    let mut files: Vec<&String> = weight_map.values().collect();
    files.sort();
    files.dedup();
    for file in files {
        // Names come from the index: one with a folder in it could point anywhere.
        let mut components = Path::new(file).components();
        if !matches!(
            (components.next(), components.next()),
            (Some(Component::Normal(_)), None)
        ) {
            return Err(malformed(format!("shard '{file}' is not a file name")));
        }
        let path = index.with_file_name(file);
        let source = Source::open(&path).map_err(|source| {
            if source.kind() == std::io::ErrorKind::NotFound {
                LoadError::NotFound {
                    path: path.clone(),
                    hint: "model.safetensors.index.json lists this shard; copy or download it",
                }
            } else {
                LoadError::Io {
                    path: path.clone(),
                    source,
                }
            }
        })?;
        add(weights, &path, source, |name| {
            weight_map.get(name) == Some(file)
        })?;
    }
    Ok(())
}

/// Where the data starts, and what the header says about it.
fn read_header(path: &Path, source: &Source) -> Result<(u64, Metadata), LoadError> {
    let io = |source| LoadError::Io {
        path: path.into(),
        source,
    };
    let truncated = |expected| LoadError::Truncated {
        path: path.into(),
        subject: "the header".into(),
        expected,
        found: source.length(),
    };
    if source.length() < LENGTH_BYTES {
        return Err(truncated(LENGTH_BYTES));
    }
    let mut length = [0; LENGTH_BYTES as usize];
    source.read_at(0, &mut length).map_err(io)?;
    let data_start = u64::from_le_bytes(length).saturating_add(LENGTH_BYTES);
    if source.length() < data_start {
        return Err(truncated(data_start));
    }
    let mut text = vec![0; (data_start - LENGTH_BYTES) as usize];
    source.read_at(LENGTH_BYTES, &mut text).map_err(io)?;
    let header = serde_json::from_slice(&text).map_err(|error| LoadError::Malformed {
        path: path.into(),
        detail: format!("no safetensors header: {error}"),
    })?;
    Ok((data_start, header))
}

/// Checks that the file ends where the header's last tensor does. The header itself, with
/// sizes that agree with shapes and leave no gaps, was checked when it was parsed.
fn check_length(
    path: &Path,
    source: &Source,
    data_start: u64,
    header: &Metadata,
) -> Result<(), LoadError> {
    let end = data_start.saturating_add(header.data_len() as u64);
    if source.length() < end {
        let left = source.length() - data_start;
        let cut = header
            .tensors()
            .into_iter()
            .filter(|(_, info)| info.data_offsets.1 as u64 > left)
            .min_by_key(|(_, info)| info.data_offsets.1);
        return Err(LoadError::Truncated {
            path: path.into(),
            subject: cut.map_or_else(|| "the data".into(), |(name, _)| format!("tensor {name}")),
            expected: end,
            found: source.length(),
        });
    }
    if source.length() > end {
        return Err(LoadError::Malformed {
            path: path.into(),
            detail: format!("{} bytes after the last tensor", source.length() - end),
        });
    }
    Ok(())
}

fn dtype(info: &TensorInfo) -> Result<Dtype, String> {
    match info.dtype {
        FileDtype::F32 => Ok(Dtype::F32),
        FileDtype::F16 => Ok(Dtype::F16),
        FileDtype::BF16 => Ok(Dtype::Bf16),
        other => Err(format!("{other:?}")),
    }
}
