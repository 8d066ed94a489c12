//! Kinds of index, by the names that users write.

use std::fmt;
use std::str::FromStr;

use crate::IndexError;

/// How an index is built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IndexKind {
    /// Every vector is compared with the query: exact.
    #[default]
    Flat,
    /// A graph of near neighbours is walked: approximate, and fast for many vectors.
    Hnsw,
}

impl FromStr for IndexKind {
    type Err = IndexError;

    /// `flat`, `hnsw`, or `auto`, which is flat.
    ///
    /// # Errors
    /// [`IndexError::UnavailableKind`] for kinds to come, [`IndexError::UnknownKind`] for the rest.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "flat" | "auto" => Ok(Self::Flat),
            "hnsw" => Ok(Self::Hnsw),
            "ivf_flat" | "ivf_sq8" => Err(IndexError::UnavailableKind { name: name.into() }),
            _ => Err(IndexError::UnknownKind { name: name.into() }),
        }
    }
}

impl fmt::Display for IndexKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Flat => "flat",
            Self::Hnsw => "hnsw",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        assert_eq!("flat".parse(), Ok(IndexKind::Flat));
        assert_eq!("auto".parse(), Ok(IndexKind::Flat));
        for kind in [IndexKind::Flat, IndexKind::Hnsw] {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
    }

    #[test]
    fn kinds_to_come_are_told_from_unknown_ones() {
        for name in ["ivf_flat", "ivf_sq8"] {
            let error = name.parse::<IndexKind>().unwrap_err();
            assert_eq!(error, IndexError::UnavailableKind { name: name.into() });
            assert!(error.to_string().contains("not available in this version"));
        }
        let error = "Flat".parse::<IndexKind>().unwrap_err();
        assert_eq!(
            error,
            IndexError::UnknownKind {
                name: "Flat".into()
            }
        );
    }
}
