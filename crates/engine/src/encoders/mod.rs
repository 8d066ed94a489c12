//! Encoders: a model with a collection's preprocessing, loaded once and shared.

mod encoder;
mod figures;
#[cfg(test)]
mod former_tests;
mod loading;
#[cfg(test)]
mod tests;

use lookalike_catalog::NewCollection;
use lookalike_encoders::Builtin;

pub use encoder::{Described, Encoder};
pub(crate) use figures::{choice, describe, figure_of};
pub use loading::{DeviceInUse, EncoderSettings, Encoders};

/// Name of the encoder inside the program that collections are made with by default.
pub const BUILTIN: &str = "builtin";

/// What becomes of the length of embeddings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// It is made 1.
    Unit,
    /// It stays what the model makes it.
    Kept,
}

impl Length {
    /// As a collection is made.
    #[must_use]
    pub fn of(spec: &NewCollection) -> Self {
        if spec.normalize {
            Self::Unit
        } else {
            Self::Kept
        }
    }
}

/// Name or path of the model that a collection's embeddings are of. Its record says `builtin` also
/// where it was made with a former encoder of that name.
#[must_use]
pub fn model_of(spec: &NewCollection) -> Option<&str> {
    let name = spec.model.as_deref()?;
    let builtin = Builtin::recorded(name, spec.model_fingerprint.as_deref());
    Some(match builtin {
        Some(builtin) => builtin.name(),
        None => name,
    })
}

/// Whether a collection was made with a former built-in encoder.
pub(crate) fn is_superseded(spec: &NewCollection) -> bool {
    let builtin = model_of(spec).and_then(Builtin::named);
    builtin.is_some_and(|model| model != Builtin::Current)
}
