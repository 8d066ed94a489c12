//! Tokenizers from a model's own files, by the crate that the reference tokenizers are made of.

use std::path::Path;

use serde::Deserialize;
use tokenizers::models::bpe::{BPE, Merges, Vocab};
use tokenizers::models::wordpiece::WordPiece;
use tokenizers::normalizers::{
    BertNormalizer, Lowercase, NFC, Replace, Sequence as Normalizers, replace,
};
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::sequence::Sequence as PreTokenizers;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::processors::bert::BertProcessing;
use tokenizers::processors::roberta::RobertaProcessing;
use tokenizers::{AddedToken, NormalizerWrapper, SplitDelimiterBehavior};

use super::TextError;
use crate::error::LoadError;
use crate::files;

pub(super) const WHOLE: &str = "tokenizer.json";
const VOCABULARY: &str = "vocab.json";
const MERGES: &str = "merges.txt";
const WORD_PIECES: &str = "vocab.txt";
pub(super) const SETTINGS: &str = "tokenizer_config.json";

/// Longest file of a tokenizer; that of Gemma has 34 MB.
pub(super) const MAX_BYTES: u64 = 256 << 20;

/// The names of CLIP's special tokens.
const CLIP_START: &str = "<|startoftext|>";
const CLIP_END: &str = "<|endoftext|>";

/// From a text to the numbers of its tokens.
pub(crate) struct Tokenizer(pub(super) tokenizers::Tokenizer);

impl Tokenizer {
    /// The tokenizer in a model's folder: `tokenizer.json`, or else the `vocab.json` and
    /// `merges.txt` of CLIP, or the `vocab.txt` of BERT. `None` if it has none of them.
    ///
    /// # Errors
    /// A file is malformed or can't be read.
    pub(crate) fn open(folder: &Path) -> Result<Option<Self>, LoadError> {
        let read = |name: &str| files::read_optional_text(&folder.join(name), MAX_BYTES);
        let malformed = |name: &str, error: &dyn std::fmt::Display| LoadError::Malformed {
            path: folder.join(name),
            detail: error.to_string(),
        };
        let mut tokenizer = match read(WHOLE)? {
            Some(text) => {
                tokenizers::Tokenizer::from_bytes(text).map_err(|error| malformed(WHOLE, &error))?
            }
            None => match (read(VOCABULARY)?, read(MERGES)?) {
                (Some(vocabulary), Some(merges)) => {
                    let vocabulary = serde_json::from_str(&vocabulary)
                        .map_err(|error| malformed(VOCABULARY, &error))?;
                    clip(vocabulary, &merges).map_err(|error| malformed(MERGES, &error))?
                }
                _ => match read(WORD_PIECES)? {
                    Some(pieces) => {
                        let settings = read(SETTINGS)?.unwrap_or_else(|| "{}".to_owned());
                        let settings = serde_json::from_str(&settings)
                            .map_err(|error| malformed(SETTINGS, &error))?;
                        bert(&pieces, &settings).map_err(|error| malformed(WORD_PIECES, &error))?
                    }
                    None => return Ok(None),
                },
            },
        };
        // Texts are cut and padded as the model wants it, not as somebody once saved the tokenizer.
        tokenizer
            .with_truncation(None)
            .map_err(|error| malformed(WHOLE, &error))?;
        tokenizer.with_padding(None);
        Ok(Some(Self(tokenizer)))
    }

    /// The tokens of a text with those that the tokenizer puts around it.
    ///
    /// # Errors
    /// The tokenizer can't make anything of it.
    pub(crate) fn encode(&self, text: &str) -> Result<Vec<u32>, TextError> {
        let encoding = self.0.encode_fast(text, true);
        let encoding = encoding.map_err(|error| TextError::Tokens {
            detail: error.to_string(),
        })?;
        Ok(encoding.get_ids().to_vec())
    }
}

/// What transformers makes of a `vocab.json` and a `merges.txt` of CLIP: text in NFC, white space
/// folded, in lower case; words, digits one by one and runs of other signs; bytes; pairs of them
/// with the end of a word marked.
fn clip(vocabulary: Vocab, merges: &str) -> tokenizers::Result<tokenizers::Tokenizer> {
    let special = |name: &str| {
        let id = vocabulary.get(name).copied();
        id.map(|id| (name.to_owned(), id))
            .ok_or_else(|| format!("{VOCABULARY} lacks {name}"))
    };
    let (start, end) = (special(CLIP_START)?, special(CLIP_END)?);
    let merges: Merges = merges
        .lines()
        .filter(|line| !line.starts_with("#version") && !line.trim().is_empty())
        .map(|line| match line.split_once(' ') {
            Some((left, right)) => Ok((left.to_owned(), right.trim_end().to_owned())),
            None => Err(format!("`{line}` is no pair")),
        })
        .collect::<Result<_, _>>()?;
    let model = BPE::builder()
        .vocab_and_merges(vocabulary, merges)
        .unk_token(CLIP_END.to_owned())
        .end_of_word_suffix("</w>".to_owned())
        .build()?;
    let mut tokenizer = tokenizers::Tokenizer::new(model);
    let space = replace::ReplacePattern::Regex(r"\s+".to_owned());
    tokenizer.with_normalizer(Some(Normalizers::new(vec![
        NormalizerWrapper::from(NFC),
        Replace::new(space, " ")?.into(),
        Lowercase.into(),
    ])))?;
    let words = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";
    let split = Split::new(
        SplitPattern::Regex(words.to_owned()),
        SplitDelimiterBehavior::Removed,
        true,
    )?;
    tokenizer.with_pre_tokenizer(Some(PreTokenizers::new(vec![
        PreTokenizerWrapper::from(split),
        ByteLevel::new(false, true, true).into(),
    ])));
    tokenizer.with_post_processor(Some(
        RobertaProcessing::new(end, start)
            .trim_offsets(false)
            .add_prefix_space(false),
    ));
    tokenizer
        .add_special_tokens([CLIP_START, CLIP_END].map(|name| AddedToken::from(name, true)))?;
    Ok(tokenizer)
}

/// Settings of BERT's tokenizers.
#[derive(Deserialize)]
struct BertSettings {
    do_lower_case: Option<bool>,
    strip_accents: Option<bool>,
    tokenize_chinese_chars: Option<bool>,
}

/// What transformers makes of a `vocab.txt` of BERT, a piece of a word a line.
fn bert(pieces: &str, settings: &BertSettings) -> tokenizers::Result<tokenizers::Tokenizer> {
    let vocabulary: Vocab = (0..)
        .zip(pieces.lines())
        .map(|(id, piece)| (piece.to_owned(), id))
        .collect();
    let special = |name: &str| {
        let id = vocabulary.get(name).copied();
        id.map(|id| (name.to_owned(), id))
            .ok_or_else(|| format!("{WORD_PIECES} lacks {name}"))
    };
    let (start, end) = (special("[CLS]")?, special("[SEP]")?);
    special("[UNK]")?;
    let model = WordPiece::builder()
        .vocab(vocabulary)
        .unk_token("[UNK]".to_owned())
        .build()?;
    let mut tokenizer = tokenizers::Tokenizer::new(model);
    tokenizer.with_normalizer(Some(BertNormalizer::new(
        true,
        settings.tokenize_chinese_chars.unwrap_or(true),
        settings.strip_accents,
        settings.do_lower_case.unwrap_or(true),
    )))?;
    tokenizer.with_pre_tokenizer(Some(BertPreTokenizer));
    tokenizer.with_post_processor(Some(BertProcessing::new(end, start)));
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
    tokenizer.add_special_tokens(special.map(|name| AddedToken::from(name, true)))?;
    Ok(tokenizer)
}
