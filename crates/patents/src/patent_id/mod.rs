//! Numbers of US design patents and re-issues, in one canonical spelling.
//!
//! Utility, plant and other numbers are refused rather than passed through: a
//! bare `939806` could be a design or a utility patent, and guessing would tie
//! an image to a stranger's patent.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A patent number such as `USD939806` or `USRE49999`: country, kind letters,
/// number without padding or commas. Orders by kind, then by number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PatentId(String);

/// Why a text is not the number of a design patent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` is not a design patent number: {reason}")]
pub struct PatentIdError {
    /// What was given, cut after 60 characters.
    pub text: String,
    /// What is wrong with it and what is expected.
    pub reason: &'static str,
}

const EXPECTED: &str = "expected a form like USD939806, D939,806 or RE49,999";

/// Significant digits: design numbers passed 1,000,000 in 2023 and are written
/// with seven places in file names.
const MAX_DIGITS: usize = 7;

impl PatentId {
    /// The number in any of its spellings: `D939806`, `USD0939806`,
    /// `US D939,806 S1`, `Des. 939,806`, `RE49999`, `USRE049999E1`, in any case.
    pub fn parse(text: &str) -> Result<Self, PatentIdError> {
        parse(text, None)
    }

    /// From the parts of a `document-id` element. `kind` decides between design
    /// (`S1`) and re-issue (`E1`) when `doc_number` carries no letters; an empty
    /// `country` stands for US.
    pub fn new(country: &str, doc_number: &str, kind: &str) -> Result<Self, PatentIdError> {
        let country = country.trim();
        if !country.is_empty() && !country.eq_ignore_ascii_case("US") {
            return Err(error(
                &format!("{country} {doc_number}"),
                "only US patents are known here",
            ));
        }
        let letters = match kind.trim().bytes().next() {
            Some(b'S' | b's') => Some("D"),
            Some(b'E' | b'e') => Some("RE"),
            _ => None,
        };
        parse(doc_number, letters)
    }

    /// The canonical spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The spelling of USPTO file names: `USD0939806`, `USRE049999`.
    pub fn padded(&self) -> String {
        let (letters, digits) = self.parts();
        let width = if letters == "D" { 7 } else { 6 };
        format!("US{letters}{digits:0>width$}")
    }

    /// Kind letters and digits.
    fn parts(&self) -> (&str, &str) {
        let rest = &self.0[2..];
        rest.split_at(rest.bytes().take_while(u8::is_ascii_alphabetic).count())
    }
}

impl fmt::Display for PatentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl AsRef<str> for PatentId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for PatentId {
    type Err = PatentIdError;

    fn from_str(text: &str) -> Result<Self, PatentIdError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for PatentId {
    type Error = PatentIdError;

    fn try_from(text: String) -> Result<Self, PatentIdError> {
        Self::parse(&text)
    }
}

impl From<PatentId> for String {
    fn from(id: PatentId) -> Self {
        id.0
    }
}

impl Ord for PatentId {
    fn cmp(&self, other: &Self) -> Ordering {
        let (letters, digits) = self.parts();
        let (other_letters, other_digits) = other.parts();
        // No padding, so a longer number is a larger one.
        (letters, digits.len(), digits).cmp(&(other_letters, other_digits.len(), other_digits))
    }
}

impl PartialOrd for PatentId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Reads `[US] [letters] digits [kind code]`; `assumed` are the letters to use
/// when the text has none.
fn parse(text: &str, assumed: Option<&'static str>) -> Result<PatentId, PatentIdError> {
    let symbols = significant_symbols(text)?;
    let mut rest = symbols.as_str();
    for prefix in ["US", "PATENT", "PAT", "NO"] {
        rest = rest.strip_prefix(prefix).unwrap_or(rest);
    }
    let (word, tail) = rest.split_at(rest.bytes().take_while(u8::is_ascii_alphabetic).count());
    let letters = match (word, assumed) {
        ("D" | "DES" | "DESPAT" | "DESPATNO" | "DESIGN" | "DESIGNPATENT", _) => "D",
        ("RE" | "REISSUE", _) => "RE",
        ("", Some(letters)) => letters,
        ("", None) => {
            return Err(error(
                text,
                "a bare number may be a utility patent; write D939806 for a design",
            ));
        }
        ("PP", _) => return Err(error(text, "it is the number of a plant patent")),
        ("H" | "T", _) => {
            return Err(error(
                text,
                "it is the number of a statutory invention or defensive publication",
            ));
        }
        _ => return Err(error(text, EXPECTED)),
    };
    let (digits, kind) = tail.split_at(tail.bytes().take_while(u8::is_ascii_digit).count());
    if !kind_code_fits(letters, kind) {
        return Err(error(text, EXPECTED));
    }
    let digits = digits.trim_start_matches('0');
    match digits.len() {
        0 => Err(error(text, EXPECTED)),
        1..=MAX_DIGITS => Ok(PatentId(format!("US{letters}{digits}"))),
        _ => Err(error(text, "its number has more than 7 digits")),
    }
}

/// Upper-case letters and digits only. Punctuation goes, except that `-`, `/`
/// and `_` never join two digits: `D939806-20220104` is a file's name and not a
/// number.
fn significant_symbols(text: &str) -> Result<String, PatentIdError> {
    let mut symbols = String::new();
    let mut divided = false;
    // Longer than any spelling; bounds the work on hostile input.
    for symbol in text.trim().chars().take(80) {
        // Input methods for Chinese and Japanese produce full-width forms.
        let symbol = match symbol {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(symbol as u32 - 0xfee0).unwrap_or(symbol),
            _ => symbol,
        };
        match symbol {
            'a'..='z' | 'A'..='Z' | '0'..='9' => {
                let follows_digit = symbols.ends_with(|last: char| last.is_ascii_digit());
                if divided && follows_digit && symbol.is_ascii_digit() {
                    return Err(error(text, EXPECTED));
                }
                divided = false;
                symbols.push(symbol.to_ascii_uppercase());
            }
            '-' | '/' | '_' => divided = true,
            ',' | '.' | '\'' | '\u{2019}' => {}
            _ if symbol.is_whitespace() => {}
            _ => return Err(error(text, EXPECTED)),
        }
    }
    Ok(symbols)
}

/// `S`, `S1` after a design's number, `E`, `E1` ... after a re-issue's, or none.
fn kind_code_fits(letters: &str, kind: &str) -> bool {
    let code = if letters == "D" { 'S' } else { 'E' };
    match kind.strip_prefix(code) {
        Some(digit) => digit.len() <= 1 && digit.bytes().all(|byte| byte.is_ascii_digit()),
        None => kind.is_empty(),
    }
}

fn error(text: &str, reason: &'static str) -> PatentIdError {
    PatentIdError {
        text: text.chars().take(60).collect(),
        reason,
    }
}

#[cfg(test)]
mod tests;
