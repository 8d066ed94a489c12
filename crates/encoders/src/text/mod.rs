//! What models that embed texts have in common: tokenizers from the model's own files, and tables
//! of token embeddings that stay in the file.

mod error;
mod table;
mod tokenizer;

pub use error::TextError;
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
