//! What of a model's tensors was read: how many numbers, and a hash that tells models apart.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use lookalike_imaging::ProcessorConfig;
use sha2::{Digest, Sha256};

use super::Weights;
use crate::error::LoadError;

/// Values of a tensor that go into the fingerprint: all of a vector, and as many of a matrix,
/// spread evenly. Training changes every matrix nearly everywhere.
const SAMPLE: usize = 4096;

/// Reads tensors and remembers what it read. Shared by threads that load.
#[derive(Debug, Default)]
pub struct Tally {
    /// By canonical name, so that the order of reading does not matter.
    read: Mutex<BTreeMap<String, Tensor>>,
}

#[derive(Debug)]
struct Tensor {
    count: usize,
    digest: [u8; 32],
}

impl Tally {
    /// The elements of tensor `name`, row by row, counted under `canonical`: a name that is the
    /// same in every kind of file.
    ///
    /// # Errors
    /// As [`Weights::read`].
    pub fn read(
        &self,
        weights: &Weights,
        name: &str,
        canonical: &str,
        shape: &[usize],
    ) -> Result<Vec<f32>, LoadError> {
        let values = weights.read(name, shape)?;
        self.note(canonical, shape, &values);
        Ok(values)
    }

    /// Counts a tensor of that shape of which these are the values, or, of a large one that is not
    /// read whole, always the same of them.
    pub fn note(&self, canonical: &str, shape: &[usize], values: &[f32]) {
        let mut hash = Sha256::new();
        for size in shape {
            hash.update((*size as u64).to_le_bytes());
        }
        // An odd step does not fall into step with rows of even length.
        let step = (values.len() / SAMPLE) | 1;
        for value in values.iter().step_by(step) {
            hash.update(value.to_le_bytes());
        }
        let tensor = Tensor {
            count: shape.iter().product(),
            digest: hash.finalize().into(),
        };
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.insert(canonical.into(), tensor);
    }

    /// Number of weights read.
    #[must_use]
    pub fn parameters(&self) -> u64 {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.values().map(|tensor| tensor.count as u64).sum()
    }

    /// Hexadecimal identity of the model, the same in every run, from every kind of file and in
    /// every precision that holds the same numbers: SHA-256 over `settings`, which are those that
    /// change embeddings and show in no shape, the mean and deviation of its pixels, and the
    /// name, shape and up to about 4096 evenly spread values of each tensor.
    ///
    /// Collections record it, so what goes into it must never change for a model that is out.
    #[must_use]
    pub fn fingerprint(&self, settings: &str, processor: &ProcessorConfig) -> String {
        let mut tensors = Sha256::new();
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, tensor) in &*read {
            tensors.update(name.as_bytes());
            tensors.update(tensor.digest);
        }
        let mut hash = Sha256::new();
        hash.update(settings);
        for value in processor.mean().into_iter().chain(processor.std()) {
            hash.update(value.to_le_bytes());
        }
        hash.update(tensors.finalize());
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}
