//! NumPy archives: ZIP files of arrays.

use std::io::Read;
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::result::ZipError;

use super::source::Cursor;
use super::{Dtype, Place, Source, Tensor, Weights, WeightsFile};
use crate::error::LoadError;

/// Deflate expands at most 1032 times; a member that claims more is a lie.
const MAX_EXPANSION: u64 = 1032;

/// An open archive. Reading clones the (shared) directory, so threads do not wait.
pub(super) struct Archive {
    path: PathBuf,
    archive: ZipArchive<Cursor>,
}

/// Adds the arrays of the archive, named without `.npy`.
pub(super) fn add(weights: &mut Weights, path: &Path, source: Source) -> Result<(), LoadError> {
    let malformed = |detail| LoadError::Malformed {
        path: path.into(),
        detail,
    };
    let mut archive = ZipArchive::new(Cursor::new(source))
        .map_err(|error| malformed(format!("no NumPy archive, or cut off: {error}")))?;
    let file = weights.files.len();
    for index in 0..archive.len() {
        let mut member = archive
            .by_index(index)
            .map_err(|error| failed(path, error))?;
        let name = member.name().map_err(|error| failed(path, error))?;
        let Some(name) = name.strip_suffix(".npy").map(str::to_owned) else {
            continue;
        };
        let in_tensor = |detail: String| malformed(format!("tensor {name}: {detail}"));
        if member.size() / MAX_EXPANSION > member.compressed_size() {
            return Err(in_tensor(
                "claims to expand beyond what compression can".into(),
            ));
        }
        let size = member.size();
        let header = lookalike_npy::read_header(&mut member).map_err(in_tensor)?;
        if header.fortran_order {
            return Err(in_tensor(
                "in Fortran order; save it with numpy.ascontiguousarray".into(),
            ));
        }
        let dtype = Dtype::from_numpy(&header.descr);
        if let Ok(dtype) = &dtype {
            let length = header
                .shape
                .iter()
                .try_fold(dtype.bytes() as u64, |size, &n| size.checked_mul(n as u64))
                .and_then(|length| length.checked_add(header.length));
            if length != Some(size) {
                let shape = &header.shape;
                return Err(in_tensor(format!(
                    "{size} bytes do not hold the shape {shape:?}"
                )));
            }
        }
        let place = Place::Member {
            index,
            header: header.length,
        };
        let tensor = Tensor {
            file,
            shape: header.shape,
            dtype,
            place,
        };
        weights.tensors.insert(name, tensor);
    }
    weights.files.push(WeightsFile::Archive(Archive {
        path: path.into(),
        archive,
    }));
    Ok(())
}

impl Archive {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// `length` bytes of a member behind its header; the member's checksum is verified.
    pub(super) fn read(
        &self,
        name: &str,
        index: usize,
        header: u64,
        length: usize,
    ) -> Result<Vec<u8>, LoadError> {
        let malformed = |detail: String| LoadError::Malformed {
            path: self.path.clone(),
            detail: format!("tensor {name}: {detail}"),
        };
        let mut archive = self.archive.clone();
        let mut member = archive
            .by_index(index)
            .map_err(|error| failed(&self.path, error))?;
        let expected = header as usize + length;
        let mut bytes = Vec::with_capacity(expected);
        // A byte further than expected, since the checksum is compared at the member's end.
        (&mut member)
            .take(expected as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| malformed(error.to_string()))?;
        if bytes.len() != expected {
            return Err(malformed("not as long as it announces".into()));
        }
        bytes.drain(..header as usize);
        Ok(bytes)
    }
}

fn failed(path: &Path, error: ZipError) -> LoadError {
    match error {
        ZipError::Io(source) => LoadError::Io {
            path: path.into(),
            source,
        },
        other => LoadError::Malformed {
            path: path.into(),
            detail: other.to_string(),
        },
    }
}
