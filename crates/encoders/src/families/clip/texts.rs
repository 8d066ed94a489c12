//! The tower of texts.
//!
//! A token sees only those before it, and the embedding is read off the end token: what follows
//! that changes nothing and is not computed. The reference fills texts up to 77 tokens; most
//! queries have ten.

use std::path::PathBuf;

use lookalike_kernels::PackedLinear;

use super::config::End;
use crate::text::{EmbeddedText, Table, TextError, Tokenizer};
use crate::transformer::{Network, Output, Sequence, Workspaces, project};

/// The tower of texts.
pub(super) struct Texts {
    pub(super) tokenizer: Option<Tokenizer>,
    /// Where a tokenizer should be.
    pub(super) folder: PathBuf,
    /// Embeddings of tokens.
    pub(super) tokens: Table,
    /// Embeddings of places, one after another.
    pub(super) positions: Vec<f32>,
    /// Width of a token.
    pub(super) width: usize,
    /// Tokens of the longest text.
    pub(super) length: usize,
    pub(super) end: End,
    pub(super) network: Network,
    pub(super) projection: PackedLinear,
    pub(super) workspaces: Workspaces,
}

/// Texts that go through the layers together.
const BATCH: usize = 64;

impl Texts {
    /// The embedding of each text, in the current pool.
    pub(super) fn embed(&self, texts: &[&str]) -> Result<Vec<EmbeddedText>, TextError> {
        let mut embedded = Vec::with_capacity(texts.len());
        for some in texts.chunks(BATCH) {
            let mut lengths = Vec::with_capacity(some.len());
            let mut rows = Vec::with_capacity(some.len());
            for text in some {
                let all = self.all_tokens(text)?;
                let tokens = self.cut(&all);
                rows.push(self.rows(&tokens[..=self.end.place(&tokens)])?);
                lengths.push((all.len(), tokens.len()));
            }
            let sequences: Vec<Sequence<'_>> = rows
                .iter()
                .map(|rows| Sequence::rows(rows, self.width))
                .collect();
            let ends = self
                .workspaces
                .with(|workspace| self.network.forward(&sequences, Output::Last, workspace));
            for (end, (tokens, read)) in ends.iter().zip(lengths) {
                embedded.push(EmbeddedText {
                    embedding: project(&self.projection, end),
                    tokens,
                    read,
                });
            }
        }
        Ok(embedded)
    }

    /// The tokens of a text as the model reads them: cut where there are too many.
    pub(super) fn token_ids(&self, text: &str) -> Result<Vec<u32>, TextError> {
        Ok(self.cut(&self.all_tokens(text)?))
    }

    fn all_tokens(&self, text: &str) -> Result<Vec<u32>, TextError> {
        let tokenizer = self.tokenizer.as_ref();
        let tokenizer = tokenizer.ok_or_else(|| TextError::NoTokenizer {
            folder: self.folder.clone(),
        })?;
        let tokens = tokenizer.encode(text)?;
        if tokens.is_empty() {
            return Err(TextError::Tokens {
                detail: "the tokenizer puts no start and no end around a text".into(),
            });
        }
        Ok(tokens)
    }

    /// Of a text that is too long, the end token stays.
    fn cut(&self, tokens: &[u32]) -> Vec<u32> {
        let mut tokens = tokens.to_vec();
        if let (true, Some(&end)) = (tokens.len() > self.length, tokens.last()) {
            tokens.truncate(self.length);
            tokens[self.length - 1] = end;
        }
        tokens
    }

    /// What the tokens are before the first layer.
    fn rows(&self, tokens: &[u32]) -> Result<Vec<f32>, TextError> {
        let mut rows = vec![0.0; tokens.len() * self.width];
        let places = self.positions.chunks(self.width);
        for ((row, &token), place) in rows.chunks_mut(self.width).zip(tokens).zip(places) {
            self.tokens.copy(token, row)?;
            row.iter_mut().zip(place).for_each(|(x, place)| *x += place);
        }
        Ok(rows)
    }
}
