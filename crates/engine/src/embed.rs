//! Embeddings of files that are not imported.

use std::path::{Path, PathBuf};

use lookalike_encoders::Tokens;
use lookalike_imaging::{DecodeOptions, Decoded, Limits, PixelBudget, RgbImage};
use rayon::prelude::*;

use crate::{Encoder, EngineError};

/// Reads, decodes and embeds files, as many at a time as suit the device; calls `each` with every
/// file, in order, and its embedding or what is wrong with it.
///
/// # Errors
/// Those of `each`.
pub fn embed_files<E>(
    encoder: &Encoder,
    files: &[PathBuf],
    reading: &Reading,
    mut each: impl FnMut(&Path, Result<Vec<f32>, EngineError>) -> Result<(), E>,
) -> Result<(), E> {
    let batch_size = encoder.batch_size(encoder.model().device().whole());
    for batch in files.chunks(batch_size) {
        let prepared: Vec<Result<RgbImage, EngineError>> = batch
            .par_iter()
            .map(|file| reading.prepare(encoder, file))
            .collect();
        let pictures: Vec<&RgbImage> = prepared.iter().flatten().collect();
        let mut embeddings = match encoder.embed(&pictures) {
            Ok(embeddings) => embeddings.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        }
        .into_iter();
        for (file, prepared) in batch.iter().zip(prepared) {
            let embedding = prepared.and_then(|_| {
                let failed = || EngineError::invalid("the batch could not be embedded");
                embeddings.next().unwrap_or_else(|| Err(failed()))
            });
            each(file, embedding)?;
        }
    }
    Ok(())
}

/// All tokens of a file's picture, as the model gives them.
///
/// # Errors
/// The file can't be read, or is no picture that can be embedded.
pub fn embed_file_tokens(
    encoder: &Encoder,
    file: &Path,
    reading: &Reading,
) -> Result<Tokens, EngineError> {
    encoder.tokens(&reading.prepare(encoder, file)?)
}

/// Under which limits files are read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What files may be decoded at all.
    pub limits: Limits,
    /// Memory for pictures in flight, over all threads.
    pub budget: PixelBudget,
}

impl Reading {
    fn prepare(&self, encoder: &Encoder, file: &Path) -> Result<RgbImage, EngineError> {
        encoder.whole(self.decode(file)?)
    }

    /// The picture in a file.
    ///
    /// # Errors
    /// It can't be read, is above a limit, or is no picture.
    pub fn decode(&self, file: &Path) -> Result<Decoded, EngineError> {
        let unreadable = |error: std::io::Error| {
            EngineError::invalid(format!("can't be read: {error}")).because(error)
        };
        let size = std::fs::metadata(file).map_err(unreadable)?.len();
        if size > self.limits.max_file_bytes {
            return Err(EngineError::invalid(format!(
                "{size} bytes are above the limit of {} for a file",
                self.limits.max_file_bytes
            )));
        }
        let bytes = std::fs::read(file).map_err(unreadable)?;
        let options = DecodeOptions {
            limits: self.limits.clone(),
            budget: Some(&self.budget),
            ..DecodeOptions::default()
        };
        Ok(lookalike_imaging::decode(&bytes, &options)?)
    }
}
