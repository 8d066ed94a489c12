//! Kinds of index, by the names that users write.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::UnknownName;
use crate::unknown::{by_name, name_of};

/// How an index is built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
        (Self::Flat, "flat"),
        (Self::IvfFlat, "ivf_flat"),
        (Self::IvfSq8, "ivf_sq8"),
        (Self::Hnsw, "hnsw"),
        (Self::Auto, "auto"),
    ];

    /// All kinds.
    pub const ALL: [Self; 5] = [
        Self::Flat,
        Self::IvfFlat,
        Self::IvfSq8,
        Self::Hnsw,
        Self::Auto,
    ];
}

impl FromStr for IndexKind {
    type Err = UnknownName;

    /// # Errors
    /// [`UnknownName`].
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        by_name("index kind", &Self::NAMES, name)
    }
}

impl fmt::Display for IndexKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(name_of(&Self::NAMES, self))
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
            let json = format!("\"{name}\"");
            assert_eq!(serde_json::to_string(&kind).unwrap(), json);
        }
        let error = "Flat".parse::<IndexKind>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown index kind \"Flat\": expected flat, ivf_flat, ivf_sq8, hnsw or auto"
        );
    }
}
