//! Towers of texts: from words to an embedding.
//!
//! Tokens that fill a text up to the model's length are seen by no other, in most towers, and
//! are not computed. In CLIP's own a token sees only those before it, and the embedding is read
//! off the end token: what follows that is not computed either. Most queries have ten tokens of 77.
//! SigLIP's is the exception: it was trained to read what fills a text up as it reads words.

use std::path::PathBuf;

use lookalike_kernels::PackedLinear;

use crate::text::{EmbeddedText, Filling, Table, TextError, Tokenizer};
use crate::transformer::{Network, Output, Sequence, Workspaces, project, project_gelu};

/// Which of the final tokens make the embedding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pooling {
    /// The end token; those behind it are not computed.
    End(End),
    /// The first.
    First,
    /// The mean of all.
    Mean,
    /// The last.
    Last,
}

/// Which token of a text its embedding is read off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The first of those with the highest number: so did the first CLIP, and configurations of
    /// it say 2 where the end token should be.
    Highest,
    /// The first of this number; the first token of all if there is none.
    Token(u32),
}

impl End {
    /// Its place among `tokens`, of which there is at least one.
    pub(super) fn place(self, tokens: &[u32]) -> usize {
        let wanted = match self {
            Self::Highest => tokens.iter().copied().max().unwrap_or_default(),
            Self::Token(token) => token,
        };
        tokens
            .iter()
            .position(|&token| token == wanted)
            .unwrap_or(0)
    }
}

/// The tower of texts.
pub(super) struct Texts {
    pub(super) tokenizer: Option<Tokenizer>,
    /// Where a tokenizer should be.
    pub(super) folder: PathBuf,
    /// Embeddings of tokens.
    pub(super) tokens: Table,
    /// Embeddings of places, one after another, from the first token's on.
    pub(super) positions: Vec<f32>,
    /// Width of a token.
    pub(super) width: usize,
    /// Tokens of the longest text.
    pub(super) length: usize,
    /// A token that stands for nothing, even where a text names it.
    pub(super) padding: Option<u32>,
    /// What texts are filled up with to that length, where that is read as words are.
    pub(super) filling: Option<Filling>,
    pub(super) pooling: Pooling,
    pub(super) network: Network,
    /// From what is pooled to the embedding, with a GELU between two.
    pub(super) projections: Vec<PackedLinear>,
    pub(super) workspaces: Workspaces,
}

/// Texts that go through the layers together.
const BATCH: usize = 64;

impl Texts {
    /// The embedding of each text, in the current pool.
    pub(super) fn embed(&self, texts: &[&str]) -> Result<Vec<EmbeddedText>, TextError> {
        let output = match self.pooling {
            Pooling::End(_) | Pooling::Last => Output::Last,
            Pooling::First => Output::First,
            Pooling::Mean => Output::All,
        };
        let mut embedded = Vec::with_capacity(texts.len());
        for some in texts.chunks(BATCH) {
            let mut lengths = Vec::with_capacity(some.len());
            let mut rows = Vec::with_capacity(some.len());
            for text in some {
                let all = self.all_tokens(text)?;
                let tokens = self.cut(&all);
                lengths.push((all.len(), tokens.len()));
                rows.push(self.rows(&self.seen(tokens))?);
            }
            let sequences: Vec<Sequence<'_>> = rows
                .iter()
                .map(|rows| Sequence::rows(rows, self.width))
                .collect();
            let finals = self
                .workspaces
                .with(|workspace| self.network.forward(&sequences, output, workspace))?;
            for (tokens, (all, read)) in finals.iter().zip(lengths) {
                embedded.push(EmbeddedText {
                    embedding: self.project(&self.mean(tokens)),
                    tokens: all,
                    read,
                });
            }
        }
        Ok(embedded)
    }

    /// The tokens of a text as the model reads them: cut where there are too many.
    pub(super) fn token_ids(&self, text: &str) -> Result<Vec<u32>, TextError> {
        let mut tokens = self.cut(&self.all_tokens(text)?);
        if let Some(filling) = self.filling {
            filling.fill(&mut tokens, self.length);
        }
        Ok(tokens)
    }

    fn all_tokens(&self, text: &str) -> Result<Vec<u32>, TextError> {
        let tokenizer = self.tokenizer.as_ref();
        let tokenizer = tokenizer.ok_or_else(|| TextError::NoTokenizer {
            folder: self.folder.clone(),
        })?;
        let tokens = tokenizer.encode(text)?;
        if tokens.is_empty() && self.filling.is_none() {
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

    /// The tokens that the embedding depends on, at least one.
    fn seen(&self, mut tokens: Vec<u32>) -> Vec<u32> {
        if let Pooling::End(end) = self.pooling {
            tokens.truncate(end.place(&tokens) + 1);
        }
        if let Some(padding) = self.padding
            && tokens.iter().any(|&token| token != padding)
        {
            tokens.retain(|&token| token != padding);
        }
        if let Some(filling) = self.filling {
            filling.fill(&mut tokens, self.length);
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

    /// The mean of final tokens, which is a lone one itself.
    fn mean(&self, tokens: &[f32]) -> Vec<f32> {
        let count = (tokens.len() / self.width) as f32;
        let mut mean = vec![0.0; self.width];
        for token in tokens.chunks(self.width) {
            mean.iter_mut().zip(token).for_each(|(sum, x)| *sum += x);
        }
        if count > 1.0 {
            mean.iter_mut().for_each(|sum| *sum /= count);
        }
        mean
    }

    fn project(&self, pooled: &[f32]) -> Vec<f32> {
        match &self.projections[..] {
            [] => pooled.to_vec(),
            [map] => project(map, pooled),
            [first, second, ..] => project(second, &project_gelu(first, pooled)),
        }
    }
}
