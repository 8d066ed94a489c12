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
}

impl FromStr for IndexKind {
    type Err = IndexError;

    /// `flat` or `auto`, which is flat as long as there is no other kind.
    ///
    /// # Errors
    /// [`IndexError::UnavailableKind`] for kinds to come, [`IndexError::UnknownKind`] for the rest.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "flat" | "auto" => Ok(Self::Flat),
            "ivf_flat" | "ivf_sq8" | "hnsw" => {
                Err(IndexError::UnavailableKind { name: name.into() })
            }
            _ => Err(IndexError::UnknownKind { name: name.into() }),
        }
    }
}

impl fmt::Display for IndexKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Flat => "flat",
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
        assert_eq!(IndexKind::Flat.to_string(), "flat");
    }

    #[test]
    fn kinds_to_come_are_told_from_unknown_ones() {
        for name in ["ivf_flat", "ivf_sq8", "hnsw"] {
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
