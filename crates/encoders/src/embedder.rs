//! What use cases know of a model: pictures in, embeddings out; of some, texts too.
//!
//! Everything that not every model can do is a trait of its own, which an [`Embedder`] hands out
//! if it has it ([`Embedder::patches`]): a caller cannot forget to ask.

use lookalike_imaging::RgbImage;

use crate::devices::{Device, Lane};
use crate::error::EmbedError;
use crate::facts::ModelFacts;
use crate::text::{EmbeddedText, Sigmoid, TextError};
use crate::tokens::Tokens;

/// A loaded model on its device. Shared by threads.
pub trait Embedder: Send + Sync {
    /// What it is.
    fn facts(&self) -> &ModelFacts;

    /// What it computes on.
    fn device(&self) -> &dyn Device;

    /// Pictures of `size` x `size` pixels that are best embedded together on `lane`, at least
    /// one: more are not faster, only larger.
    fn batch_size(&self, size: u32, lane: &Lane) -> usize;

    /// The embedding of each picture, [`Description::dim`](crate::Description::dim) values, not
    /// normalised. Pictures may differ in size; their sides are multiples of
    /// [`InputSizes::multiple_of`](crate::InputSizes::multiple_of). `lane` is one of the device's.
    ///
    /// An embedding is the same, bit for bit, whatever batch it was computed in and on whatever
    /// lane.
    ///
    /// # Errors
    /// A picture has a size that the model does not take.
    fn embed(&self, pictures: &[&RgbImage], lane: &Lane) -> Result<Vec<Vec<f32>>, EmbedError>;

    /// The tokens of a picture's patches, if the model has such.
    fn patches(&self) -> Option<&dyn PatchEmbedder> {
        None
    }

    /// The embeddings of texts, if the model has such.
    fn texts(&self) -> Option<&dyn TextEmbedder> {
        None
    }
}

/// A model that describes also each patch of a picture.
pub trait PatchEmbedder: Send + Sync {
    /// Side of a patch in pixels of the picture as the model takes it.
    fn patch_size(&self) -> u32;

    /// The tokens of each picture's patches and the embedding of its whole, not normalised.
    ///
    /// # Errors
    /// As [`Embedder::embed`].
    fn embed_patches(&self, pictures: &[&RgbImage], lane: &Lane)
    -> Result<Vec<Tokens>, EmbedError>;
}

/// A model that embeds texts, into vectors that can be compared with those of pictures.
pub trait TextEmbedder: Send + Sync {
    /// Tokens of the longest text, those that the model adds counted. A longer one is cut.
    fn most_tokens(&self) -> usize;

    /// The embedding of each text, the same bit for bit in any batch and on any lane.
    ///
    /// # Errors
    /// The model came without a tokenizer, or with one that does not fit its weights; a file of
    /// weights can't be read any more.
    fn embed_texts(&self, texts: &[&str], lane: &Lane) -> Result<Vec<EmbeddedText>, TextError>;

    /// The tokens of a text as the model reads them, for comparisons with its reference.
    ///
    /// # Errors
    /// As [`TextEmbedder::embed_texts`].
    fn token_ids(&self, text: &str) -> Result<Vec<u32>, TextError>;

    /// How cosines of texts and pictures become probabilities, of a model that was trained to give
    /// such.
    fn sigmoid(&self) -> Option<Sigmoid> {
        None
    }
}
