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
    mut each: impl FnMut(&Path, Result<EmbeddedFile, EngineError>) -> Result<(), E>,
) -> Result<(), E> {
    let batch_size = encoder.batch_size(encoder.model().device().whole());
    for batch in files.chunks(batch_size) {
        let prepared: Vec<Result<(RgbImage, Vec<String>), EngineError>> = batch
            .par_iter()
            .map(|file| reading.prepare(encoder, file))
            .collect();
        let pictures: Vec<&RgbImage> = prepared
            .iter()
            .flatten()
            .map(|(picture, _)| picture)
            .collect();
        let mut embeddings = match encoder.embed(&pictures) {
            Ok(embeddings) => embeddings.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        }
        .into_iter();
        for (file, prepared) in batch.iter().zip(prepared) {
            let embedded = prepared.and_then(|(_, warnings)| {
                let failed = || EngineError::invalid("the batch could not be embedded");
                let embedding = embeddings.next().unwrap_or_else(|| Err(failed()))?;
                Ok(EmbeddedFile {
                    embedding,
                    warnings,
                })
            });
            each(file, embedded)?;
        }
    }
    Ok(())
}

/// A file's embedding.
#[derive(Clone, Debug)]
pub struct EmbeddedFile {
    /// Of its picture.
    pub embedding: Vec<f32>,
    /// What was wrong with the file although it could be read.
    pub warnings: Vec<String>,
}

/// All tokens of a file's picture, as the model gives them.
///
/// # Errors
/// The file can't be read, or is not a picture that can be embedded.
pub fn embed_file_tokens(
    encoder: &Encoder,
    file: &Path,
    reading: &Reading,
) -> Result<Tokens, EngineError> {
    let (picture, _) = reading.prepare(encoder, file)?;
    encoder.tokens(&picture)
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
    fn prepare(
        &self,
        encoder: &Encoder,
        file: &Path,
    ) -> Result<(RgbImage, Vec<String>), EngineError> {
        let mut decoded = self.decode(file)?;
        let warnings = std::mem::take(&mut decoded.warnings);
        Ok((encoder.whole(decoded)?, warnings))
    }

    /// The picture in a file.
    ///
    /// # Errors
    /// It can't be read, is above a limit, or is not a picture.
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
