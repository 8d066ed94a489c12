//! Embeddings of tokens, which stay in the file: a text needs a few dozen rows of what may be
//! hundreds of megabytes.

use std::path::PathBuf;

use super::TextError;
use crate::error::LoadError;
use crate::weights::{Rows, Tally, Weights};

/// Rows that go into the fingerprint, spread evenly: training changes every row of a common token.
const SAMPLED_ROWS: usize = 64;

/// Embeddings of tokens.
pub(crate) struct Table {
    path: PathBuf,
    rows: Rows,
}

impl Table {
    /// Tensor `name` with `count` rows of `width` values, counted under `canonical`.
    ///
    /// # Errors
    /// It is missing, has another shape or type, or cannot be read.
    pub(crate) fn open(
        weights: &Weights,
        tally: &Tally,
        name: &str,
        canonical: &str,
        [count, width]: [usize; 2],
    ) -> Result<Self, LoadError> {
        let rows = weights.rows(name, [count, width])?;
        let mut sample = Vec::new();
        let mut row = vec![0.0; width];
        for index in (0..count).step_by(count.div_ceil(SAMPLED_ROWS).max(1)) {
            rows.read(index, &mut row).map_err(|source| LoadError::Io {
                path: weights.path().into(),
                source,
            })?;
            sample.extend_from_slice(&row);
        }
        tally.note(canonical, &[count, width], &sample);
        Ok(Self {
            path: weights.path().into(),
            rows,
        })
    }

    /// Copies the embedding of a token to `out`.
    ///
    /// # Errors
    /// There is no such token, or the file can't be read any more.
    pub(crate) fn copy(&self, token: u32, out: &mut [f32]) -> Result<(), TextError> {
        let index = token as usize;
        if index >= self.rows.count() {
            return Err(TextError::Tokens {
                detail: format!(
                    "token {token} is beyond the {} that have embeddings",
                    self.rows.count()
                ),
            });
        }
        self.rows.read(index, out).map_err(|source| TextError::Io {
            path: self.path.clone(),
            source,
        })
    }
}
