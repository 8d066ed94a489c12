//! What models that embed texts have in common: tokenizers from the model's own files, and tables
//! of token embeddings that stay in the file.

mod error;
mod filled;
mod table;
mod tokenizer;

pub use error::TextError;
pub(crate) use filled::{Filling, open_filled};
pub(crate) use table::Table;
pub(crate) use tokenizer::Tokenizer;

/// A text's embedding.
#[derive(Clone, Debug, PartialEq)]
pub struct EmbeddedText {
    /// [`Description::dim`](crate::Description::dim) values, not normalised.
    pub embedding: Vec<f32>,
    /// Tokens of the whole text, those that the model adds counted.
    pub tokens: usize,
    /// Tokens that were embedded: fewer where the text is longer than the model reads.
    pub read: usize,
}

/// What a cosine of text and picture means to a model that was trained to tell pairs from others one
/// by one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sigmoid {
    /// What the cosine is multiplied by, above 0.
    pub scale: f32,
    /// What is added then.
    pub bias: f32,
}

impl Sigmoid {
    /// How probable the model holds it that the two belong together, 0 to 1.
    #[must_use]
    pub fn probability(self, cosine: f32) -> f32 {
        (1.0 + (-(self.scale * cosine + self.bias)).exp()).recip()
    }

    /// The cosine that has this probability, above 0 and below 1.
    #[must_use]
    pub fn cosine(self, probability: f32) -> f32 {
        ((probability / (1.0 - probability)).ln() - self.bias) / self.scale
    }
}
