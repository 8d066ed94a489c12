//! Kinds of index, by the names that users write.

use std::fmt;
use std::str::FromStr;

use crate::IndexError;

/// How an index is built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum IndexKind {
    /// Flat while that is fast, then a graph.
    #[default]
    Auto,
    /// Every vector is compared with the query: exact.
    Flat,
    /// Vectors lie in lists by the nearest of some centres, and the lists near the query are
    /// searched, all of their vectors exactly.
    IvfFlat,
    /// Lists too; of their vectors, those whose codes of a byte a value seem nearest are compared.
    IvfSq8,
    /// A graph of near neighbours is walked: approximate, and fast for many vectors.
    Hnsw,
}

impl IndexKind {
    /// All kinds, with their names.
    const NAMES: [(Self, &'static str); 5] = [
        (Self::Auto, "auto"),
        (Self::Flat, "flat"),
        (Self::IvfFlat, "ivf_flat"),
        (Self::IvfSq8, "ivf_sq8"),
        (Self::Hnsw, "hnsw"),
    ];
}

impl FromStr for IndexKind {
    type Err = IndexError;

    /// # Errors
    /// [`IndexError::UnknownKind`].
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::NAMES.iter().find(|(_, known)| *known == name);
        found
            .map(|(kind, _)| *kind)
            .ok_or_else(|| IndexError::UnknownKind { name: name.into() })
    }
}

impl fmt::Display for IndexKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = Self::NAMES.iter().find(|(kind, _)| kind == self);
        formatter.write_str(found.map_or("", |(_, name)| name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for (kind, name) in IndexKind::NAMES {
            assert_eq!(name.parse(), Ok(kind));
            assert_eq!(kind.to_string(), name);
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
