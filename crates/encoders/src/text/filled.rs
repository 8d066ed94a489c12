//! Tokenizers of SigLIP: texts in lower case, and filled up to the model's length with a token that
//! is read as words are.
//!
//! Its `tokenizer.json` is Gemma's in SigLIP 2, which knows upper case; transformers puts the
//! lower-casing in front (`Siglip2Tokenizer`). What stands around a text is in that file too: as in
//! transformers 5 the flags for it in `tokenizer_config.json` count for nothing beside it.

use std::path::Path;

use serde::Deserialize;
use tokenizers::normalizers::{Lowercase, Sequence as Normalizers};
use tokenizers::{NormalizerWrapper, PaddingDirection};

use super::Tokenizer;
use super::tokenizer::{MAX_BYTES, SETTINGS, WHOLE};
use crate::error::LoadError;
use crate::files;

/// What texts are filled up with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Filling {
    pub(crate) token: u32,
    /// Whether it stands before a text.
    pub(crate) is_before: bool,
}

impl Filling {
    /// Fills a text up to `length` tokens.
    pub(crate) fn fill(self, tokens: &mut Vec<u32>, length: usize) {
        let missing = length.saturating_sub(tokens.len());
        let place = if self.is_before { 0 } else { tokens.len() };
        tokens.splice(place..place, std::iter::repeat_n(self.token, missing));
    }
}

/// Settings in `tokenizer_config.json`.
#[derive(Default, Deserialize)]
struct Settings {
    pad_token: Option<Name>,
    padding_side: Option<String>,
}

/// A token's name, alone or with how it is matched.
#[derive(Deserialize)]
#[serde(untagged)]
enum Name {
    Plain(String),
    Matched { content: String },
}

impl Name {
    fn name(&self) -> &str {
        match self {
            Self::Plain(name) | Self::Matched { content: name } => name,
        }
    }
}

/// The tokenizer in a model's folder and what it fills texts up with; `None` if there is none.
///
/// # Errors
/// A file is malformed or can't be read.
pub(crate) fn open_filled(folder: &Path) -> Result<Option<(Tokenizer, Filling)>, LoadError> {
    let read = |name: &str| files::read_optional_text(&folder.join(name), MAX_BYTES);
    let malformed = |name: &str, error: &dyn std::fmt::Display| LoadError::Malformed {
        path: folder.join(name),
        detail: error.to_string(),
    };
    let Some(text) = read(WHOLE)? else {
        return Ok(None);
    };
    let mut tokenizer: tokenizers::Tokenizer = text
        .parse()
        .map_err(|error: tokenizers::Error| malformed(WHOLE, &error))?;
    let settings = read(SETTINGS)?.unwrap_or_else(|| "{}".to_owned());
    let settings: Settings =
        serde_json::from_str(&settings).map_err(|error| malformed(SETTINGS, &error))?;
    let filling = filling(&tokenizer, &settings);
    adapt(&mut tokenizer).map_err(|error| malformed(WHOLE, &error))?;
    Ok(Some((Tokenizer(tokenizer), filling)))
}

/// As the settings have it, else as the tokenizer was saved, else as SigLIP was trained.
fn filling(tokenizer: &tokenizers::Tokenizer, settings: &Settings) -> Filling {
    let saved = tokenizer.get_padding();
    let named = settings.pad_token.as_ref();
    let named = named.and_then(|name| tokenizer.token_to_id(name.name()));
    Filling {
        token: named.or(saved.map(|saved| saved.pad_id)).unwrap_or(0),
        is_before: match (settings.padding_side.as_deref(), saved) {
            (Some(side), _) => side == "left",
            (None, Some(saved)) => matches!(saved.direction, PaddingDirection::Left),
            (None, None) => false,
        },
    }
}

/// Lower-cases what is read; cutting and filling up is the model's.
fn adapt(tokenizer: &mut tokenizers::Tokenizer) -> tokenizers::Result<()> {
    tokenizer.with_truncation(None)?;
    tokenizer.with_padding(None);
    let mut normalizers: Vec<NormalizerWrapper> = vec![Lowercase.into()];
    normalizers.extend(tokenizer.get_normalizer().cloned());
    tokenizer.with_normalizer(Some(Normalizers::new(normalizers)))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Filling;

    #[test]
    fn texts_are_filled_up_on_either_side() {
        for (is_before, expected) in [(false, [7, 8, 0, 0]), (true, [0, 0, 7, 8])] {
            let mut tokens = vec![7, 8];
            Filling {
                token: 0,
                is_before,
            }
            .fill(&mut tokens, 4);
            assert_eq!(tokens, expected);
            Filling {
                token: 0,
                is_before,
            }
            .fill(&mut tokens, 2);
            assert_eq!(tokens, expected);
        }
    }
}
