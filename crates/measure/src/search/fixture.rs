//! For tests: banks of vectors in a directory of their own.

use std::fs::{self, File};
use std::path::PathBuf;

use lookalike_npy as npy;
use tempfile::TempDir;

use crate::random::mix;

pub(super) struct Banks {
    directory: TempDir,
}

impl Banks {
    pub(super) fn new() -> Self {
        Self {
            directory: TempDir::new().unwrap(),
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A bank of vectors of `dim` values.
    pub(super) fn npy(&self, name: &str, dim: usize, values: &[f32]) -> PathBuf {
        let path = self.path(name);
        let mut file = File::create(&path).unwrap();
        npy::write(&mut file, &[values.len() / dim, dim], values).unwrap();
        path
    }

    /// What is known of the rows of a bank: a JSON object for each.
    pub(super) fn about(&self, bank: &str, lines: &[String]) {
        fs::write(self.path(bank).with_extension("jsonl"), lines.join("\n")).unwrap();
    }
}

/// Vectors around a few centres, of different lengths.
pub(super) fn vectors(count: usize, dim: usize) -> Vec<f32> {
    let value = |row: usize, column: usize| {
        let random = |seed: usize| mix(seed as u64) as f32 / u64::MAX as f32 - 0.5;
        let centre = random(1_000_000 + row % 8 * dim + column);
        let length = 1.0 + (row % 5) as f32;
        (centre + 0.5 * random(row * dim + column)) * length
    };
    let rows = 0..count;
    rows.flat_map(|row| (0..dim).map(move |column| value(row, column)))
        .collect()
}

/// The same directions, all at length 1.
pub(super) fn normalised(dim: usize, mut values: Vec<f32>) -> Vec<f32> {
    for vector in values.chunks_exact_mut(dim) {
        lookalike_encoders::normalize(vector);
    }
    values
}
