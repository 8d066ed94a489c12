//! Named tensors in files, read one at a time and widened to f32.
//!
//! Files are read at positions, not mapped: every tensor is repacked anyway, so a mapping
//! would save nothing, and a mapped file that shrinks kills the process.

mod npz;
mod rows;
mod safetensors;
mod source;
mod tally;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use half::slice::HalfFloatSliceExt;

use crate::error::{LoadError, Shape};

pub(crate) use rows::Rows;
pub(crate) use source::Source;
pub use tally::Tally;

/// Tensors of one or several files, by name.
pub struct Weights {
    /// The file that names what there is: the weights, or the index of their shards.
    path: PathBuf,
    tensors: BTreeMap<String, Tensor>,
    files: Vec<WeightsFile>,
}

/// Where a tensor is and what it holds.
#[derive(Clone, Debug)]
struct Tensor {
    file: usize,
    shape: Vec<usize>,
    /// The type's name in the file; checked when the tensor is read, since files may hold
    /// others that nobody asks for.
    dtype: Result<Dtype, String>,
    place: Place,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    /// Bytes of a plain file from an offset on.
    Offset(u64),
    /// Member of an archive, with the length of its header.
    Member { index: usize, header: u64 },
}

enum WeightsFile {
    Plain { path: PathBuf, source: Source },
    Archive(npz::Archive),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dtype {
    F32,
    F16,
    Bf16,
}

impl Dtype {
    /// The type of that name in NumPy, or the name back if there is no reading it.
    fn from_numpy(descr: &str) -> Result<Self, String> {
        match descr {
            "<f4" => Ok(Self::F32),
            "<f2" => Ok(Self::F16),
            // NumPy has no bf16; the ml_dtypes package saves it as two raw bytes.
            "<V2" | "|V2" => Ok(Self::Bf16),
            other => Err(other.to_owned()),
        }
    }

    fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
        }
    }
}

impl Weights {
    /// One `.safetensors` file.
    pub(crate) fn open_safetensors(path: &Path, source: Source) -> Result<Self, LoadError> {
        let mut weights = Self::empty(path);
        safetensors::add(&mut weights, path, source, |_| true)?;
        Ok(weights)
    }

    /// Shards beside `index`, a `model.safetensors.index.json` with the given text.
    pub(crate) fn open_shards(index: &Path, text: &str) -> Result<Self, LoadError> {
        let mut weights = Self::empty(index);
        safetensors::add_shards(&mut weights, index, text)?;
        Ok(weights)
    }

    /// A `.npz` archive.
    pub(crate) fn open_npz(path: &Path, source: Source) -> Result<Self, LoadError> {
        let mut weights = Self::empty(path);
        npz::add(&mut weights, path, source)?;
        Ok(weights)
    }

    fn empty(path: &Path) -> Self {
        Self {
            path: path.into(),
            tensors: BTreeMap::new(),
            files: Vec::new(),
        }
    }

    /// The file to name when something is missing: the weights, or the index of their shards.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of the tensors, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// Whether there is a tensor of that name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// The sizes of tensor `name`, which has `N` dimensions; `expected` describes them.
    ///
    /// # Errors
    /// It is missing or has another number of dimensions.
    pub(crate) fn sizes<const N: usize>(
        &self,
        name: &str,
        expected: &str,
    ) -> Result<[usize; N], LoadError> {
        let tensor = self
            .tensors
            .get(name)
            .ok_or_else(|| LoadError::MissingTensor {
                path: self.path.clone(),
                tensor: name.into(),
                expected: Shape::pattern(expected),
            })?;
        tensor
            .shape
            .as_slice()
            .try_into()
            .map_err(|_| self.misshapen(name, Shape::pattern(expected)))
    }

    /// The error for a tensor of the wrong shape.
    pub(crate) fn misshapen(&self, name: &str, expected: Shape) -> LoadError {
        let tensor = self.tensors.get(name);
        LoadError::TensorShape {
            path: tensor
                .map_or(&*self.path, |tensor| self.files[tensor.file].path())
                .into(),
            tensor: name.into(),
            expected,
            found: tensor.map_or(&[][..], |tensor| &tensor.shape).into(),
        }
    }

    /// The elements of tensor `name`, row by row.
    ///
    /// # Errors
    /// It is missing, has another shape or type, or cannot be read.
    pub fn read(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, LoadError> {
        let (tensor, file, dtype) = self.find(name, shape)?;
        // Opening the file has checked that these bytes are there, so the product fits.
        let length = shape.iter().product::<usize>() * dtype.bytes();
        let bytes = file.read(name, tensor.place, length)?;
        Ok(widen(&bytes, dtype))
    }

    /// Tensor `name`, of which rows are read when they are asked for.
    ///
    /// # Errors
    /// As [`Weights::read`].
    pub(crate) fn rows(&self, name: &str, shape: [usize; 2]) -> Result<Rows, LoadError> {
        let (tensor, file, dtype) = self.find(name, &shape)?;
        match (file, tensor.place) {
            (WeightsFile::Plain { source, .. }, Place::Offset(offset)) => {
                Ok(Rows::in_file(source.clone(), offset, dtype, shape))
            }
            // Compressed, perhaps: no row can be found without those before it.
            _ => Ok(Rows::in_memory(self.read(name, &shape)?, shape)),
        }
    }

    /// A tensor of that shape whose numbers can be read.
    fn find(
        &self,
        name: &str,
        shape: &[usize],
    ) -> Result<(&Tensor, &WeightsFile, Dtype), LoadError> {
        let tensor = self
            .tensors
            .get(name)
            .ok_or_else(|| LoadError::MissingTensor {
                path: self.path.clone(),
                tensor: name.into(),
                expected: shape.into(),
            })?;
        let file = &self.files[tensor.file];
        if tensor.shape != shape {
            return Err(self.misshapen(name, shape.into()));
        }
        let dtype = tensor
            .dtype
            .clone()
            .map_err(|found| LoadError::TensorType {
                path: file.path().into(),
                tensor: name.into(),
                found,
            })?;
        Ok((tensor, file, dtype))
    }
}

impl WeightsFile {
    fn path(&self) -> &Path {
        match self {
            Self::Plain { path, .. } => path,
            Self::Archive(archive) => archive.path(),
        }
    }

    fn read(&self, name: &str, place: Place, length: usize) -> Result<Vec<u8>, LoadError> {
        match (self, place) {
            (Self::Plain { path, source }, Place::Offset(offset)) => {
                let mut bytes = vec![0; length];
                source
                    .read_at(offset, &mut bytes)
                    .map_err(|source| LoadError::Io {
                        path: path.clone(),
                        source,
                    })?;
                Ok(bytes)
            }
            (Self::Archive(archive), Place::Member { index, header }) => {
                archive.read(name, index, header, length)
            }
            _ => unreachable!("a tensor's place fits the kind of its file"),
        }
    }
}

/// Little-endian numbers as f32; exact, as f32 holds every f16 and bf16.
fn widen(bytes: &[u8], dtype: Dtype) -> Vec<f32> {
    match dtype {
        Dtype::F32 => bytes
            .as_chunks()
            .0
            .iter()
            .map(|&chunk| f32::from_le_bytes(chunk))
            .collect(),
        Dtype::F16 => {
            let numbers: Vec<half::f16> = bytes
                .as_chunks()
                .0
                .iter()
                .map(|&chunk| half::f16::from_le_bytes(chunk))
                .collect();
            numbers.to_f32_vec()
        }
        Dtype::Bf16 => {
            let numbers: Vec<half::bf16> = bytes
                .as_chunks()
                .0
                .iter()
                .map(|&chunk| half::bf16::from_le_bytes(chunk))
                .collect();
            numbers.to_f32_vec()
        }
    }
}
