//! Preprocessings, by the names that users write.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::UnknownName;
use crate::unknown::{by_name, name_of};

/// How pictures become model input. Recorded with a collection and the same at
/// import and at search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PreprocessKind {
    /// Long side to the size, centred on a white square.
    #[default]
    Letterbox,
    /// What the model's `preprocessor_config.json` says.
    Processor,
    /// `Letterbox`, then `Processor`.
    #[serde(rename = "letterbox+processor")]
    LetterboxProcessor,
    /// Short side to the size; the long side loses what exceeds a multiple of
    /// the patch, half at either end.
    ShortSide,
    /// Long side to the size, the short side in proportion, rounded to the
    /// nearest multiple of the patch. No padding.
    Native,
    /// Both sides to the size.
    Stretch,
    /// Of a drawing: turned upright by its captions, cut to its figures with a twentieth of white
    /// around, captions and header line gone, then as `Letterbox`. Other pictures: `Letterbox`.
    Figure,
}

impl PreprocessKind {
    /// Every kind with its name, in the order of the documentation.
    const NAMES: [(Self, &'static str); 7] = [
        (Self::Letterbox, "letterbox"),
        (Self::Processor, "processor"),
        (Self::LetterboxProcessor, "letterbox+processor"),
        (Self::ShortSide, "short-side"),
        (Self::Native, "native"),
        (Self::Stretch, "stretch"),
        (Self::Figure, "figure"),
    ];

    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 7] = [
        Self::Letterbox,
        Self::Processor,
        Self::LetterboxProcessor,
        Self::ShortSide,
        Self::Native,
        Self::Stretch,
        Self::Figure,
    ];

    /// The name in settings and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        name_of(&Self::NAMES, &self)
    }
}

impl fmt::Display for PreprocessKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for PreprocessKind {
    type Err = UnknownName;

    /// # Errors
    /// [`UnknownName`].
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        by_name("preprocessing", &Self::NAMES, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for kind in PreprocessKind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        let error = "crop".parse::<PreprocessKind>().unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("unknown preprocessing \"crop\": expected letterbox, processor, ")
        );
    }
}
