//! Names of blobs, checked once.

use std::fmt;
use std::str::FromStr;

use super::BlobError;

/// Longest key in bytes. S3 allows 1024; the rest is left to a store's own prefix.
const MAX_LENGTH: usize = 512;

/// Longest part between slashes: the limit of common file systems, less room for a suffix.
const MAX_PART_LENGTH: usize = 200;

/// A name such as `originals/ab/abcdef.tif`: parts of letters, digits, `.`, `_` and `-`, joined
/// by `/`. No part is empty or starts with a dot, so a key never leads out of a folder and
/// never meets a hidden file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobKey(String);

impl BlobKey {
    /// Checks a name.
    ///
    /// # Errors
    /// [`BlobError::InvalidKey`] with the reason.
    pub fn new(key: impl Into<String>) -> Result<Self, BlobError> {
        let key = key.into();
        match reason_against(&key) {
            None => Ok(Self(key)),
            Some(reason) => Err(BlobError::InvalidKey { key, reason }),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn reason_against(key: &str) -> Option<&'static str> {
    if key.len() > MAX_LENGTH {
        return Some("is longer than 512 bytes");
    }
    for part in key.split('/') {
        if part.is_empty() {
            return Some("has an empty part: expected names joined by single slashes");
        }
        if part.starts_with('.') {
            return Some("has a part that starts with a dot");
        }
        if part.len() > MAX_PART_LENGTH {
            return Some("has a part longer than 200 bytes");
        }
        if !part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        {
            return Some("has a character other than letters, digits, '.', '_', '-' and '/'");
        }
    }
    None
}

impl FromStr for BlobKey {
    type Err = BlobError;

    fn from_str(key: &str) -> Result<Self, Self::Err> {
        Self::new(key)
    }
}

impl AsRef<str> for BlobKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_keys() {
        let longest_part = "p".repeat(MAX_PART_LENGTH);
        for key in ["a", "originals/ab/abcdef.tif", "A-1_2.x/9..", &longest_part] {
            assert_eq!(BlobKey::new(key).unwrap().as_str(), key);
        }
    }

    #[test]
    fn names_that_could_leave_the_folder_or_hide_are_refused() {
        let long_part = "p".repeat(MAX_PART_LENGTH + 1);
        let long_key = "p/".repeat(MAX_LENGTH / 2) + "p";
        let refused = [
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "../a",
            "a/../b",
            "a/..",
            "./a",
            ".hidden",
            "a/.partial/b",
            "a\\b",
            "C:a",
            "a b",
            "a\0",
            "a\n",
            "ä",
            "a*",
            "~",
            &long_part,
            &long_key,
        ];
        for key in refused {
            let error = BlobKey::new(key).unwrap_err();
            assert!(matches!(error, BlobError::InvalidKey { .. }), "{key:?}");
            assert!(
                error.to_string().starts_with(&format!("blob key {key:?} ")),
                "{error}"
            );
        }
    }
}
