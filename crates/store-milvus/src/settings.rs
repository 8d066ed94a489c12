//! Where Milvus is and who we are there.

use std::path::PathBuf;
use std::time::Duration;

use http::Uri;
use lookalike_storage::IndexKind;

/// How long Milvus has for an answer, unless told otherwise.
pub const USUAL_TIMEOUT: Duration = Duration::from_secs(30);

/// The beginning of the names of our collections in Milvus, unless told otherwise.
pub const USUAL_PREFIX: &str = "lookalike";

/// Where Milvus is and who we are there.
#[derive(Clone)]
pub struct MilvusSettings {
    /// `http://host:19530`, or `https://..` where the way is encrypted.
    pub address: Uri,
    /// `user:password`, or a key; `None` where Milvus asks for none.
    pub token: Option<String>,
    /// The database within Milvus; empty for its default one.
    pub database: String,
    /// A file of certificates (PEM) that are trusted besides the usual ones.
    pub ca_file: Option<PathBuf>,
    /// The name in Milvus's certificate, where it is not the one of the address.
    pub server_name: Option<String>,
    /// Beginning of the names of our collections: data directories that share a database each have
    /// their own.
    pub prefix: String,
    /// What collections whose index is `auto` get.
    pub auto_index: MilvusIndex,
    /// How long Milvus has for an answer.
    pub timeout: Duration,
}

/// Not derived: a token is no text for a log.
impl std::fmt::Debug for MilvusSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("MilvusSettings")
            .field("address", &self.address)
            .field("database", &self.database)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl MilvusSettings {
    /// The usual settings for the Milvus at `address`.
    #[must_use]
    pub fn at(address: Uri) -> Self {
        Self {
            address,
            token: None,
            database: String::new(),
            ca_file: None,
            server_name: None,
            prefix: USUAL_PREFIX.to_owned(),
            auto_index: MilvusIndex::IvfFlat,
            timeout: USUAL_TIMEOUT,
        }
    }
}

/// The address of a Milvus as people write it: `milvus.local:19530`, `http://..`, `https://..` or
/// `milvus://..`, which is as `http://`.
///
/// # Errors
/// It is no address, with an example of one.
pub fn address(text: &str) -> Result<Uri, String> {
    let plain = match text.split_once("://") {
        None => format!("http://{text}"),
        Some(("milvus", rest)) => format!("http://{rest}"),
        Some(("http" | "https", _)) => text.to_owned(),
        Some((scheme, _)) => {
            return Err(format!("`{scheme}` is no way to reach Milvus; {EXAMPLE}"));
        }
    };
    let no_address = |reason: &dyn std::fmt::Display| {
        format!("`{text}` is no address of a Milvus ({reason}); {EXAMPLE}")
    };
    let uri: Uri = plain.parse().map_err(|error| no_address(&error))?;
    if uri.port_u16().is_none() {
        return Err(no_address(&"it names no port"));
    }
    Ok(uri)
}

const EXAMPLE: &str = "write it as in http://localhost:19530";

/// Kinds of index of Milvus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MilvusIndex {
    /// Every vector is compared.
    Flat,
    /// Lists of vectors.
    IvfFlat,
    /// Lists of codes of a byte a value.
    IvfSq8,
    /// Lists of codes of a byte for each four values.
    IvfPq,
    /// A graph.
    Hnsw,
}

impl MilvusIndex {
    const NAMES: [(Self, &'static str, &'static str); 5] = [
        (Self::Flat, "flat", "FLAT"),
        (Self::IvfFlat, "ivf_flat", "IVF_FLAT"),
        (Self::IvfSq8, "ivf_sq8", "IVF_SQ8"),
        (Self::IvfPq, "ivf_pq", "IVF_PQ"),
        (Self::Hnsw, "hnsw", "HNSW"),
    ];

    /// The kind that a collection's is in Milvus; `auto` is what `auto_index` says.
    #[must_use]
    pub fn of(kind: IndexKind, auto_index: Self) -> Self {
        match kind {
            IndexKind::Auto => auto_index,
            IndexKind::Flat => Self::Flat,
            IndexKind::IvfFlat => Self::IvfFlat,
            IndexKind::IvfSq8 => Self::IvfSq8,
            IndexKind::Hnsw => Self::Hnsw,
        }
    }

    /// As users write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.names().0
    }

    /// As Milvus writes it.
    pub(crate) fn milvus_name(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (&'static str, &'static str) {
        let known = Self::NAMES.iter().find(|(kind, ..)| *kind == self);
        known.map_or(("flat", "FLAT"), |&(_, ours, theirs)| (ours, theirs))
    }
}

impl std::str::FromStr for MilvusIndex {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::NAMES.iter().find(|(_, name, _)| *name == text);
        known.map(|(kind, ..)| *kind).ok_or_else(|| {
            format!("unknown index `{text}`: expected flat, ivf_flat, ivf_sq8, ivf_pq or hnsw")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_and_written() {
        for (kind, ours, theirs) in MilvusIndex::NAMES {
            assert_eq!(ours.parse(), Ok(kind));
            assert_eq!((kind.name(), kind.milvus_name()), (ours, theirs));
        }
        let error = "disk".parse::<MilvusIndex>().unwrap_err();
        assert!(error.contains("ivf_pq"), "{error}");
    }

    #[test]
    fn addresses_are_as_people_write_them() {
        for (text, expected) in [
            ("localhost:19530", "http://localhost:19530/"),
            ("milvus://10.0.0.1:19530", "http://10.0.0.1:19530/"),
            ("https://milvus.example:443", "https://milvus.example:443/"),
        ] {
            assert_eq!(address(text).unwrap().to_string(), expected);
        }
        for text in ["", "localhost", "ftp://x:1", "http://", "a b:3"] {
            let error = address(text).unwrap_err();
            assert!(error.contains("http://localhost:19530"), "{error}");
        }
    }

    #[test]
    fn tokens_are_not_shown() {
        let settings = MilvusSettings {
            token: Some("root:secret".into()),
            ..MilvusSettings::at(Uri::from_static("http://localhost:19530"))
        };
        assert!(!format!("{settings:?}").contains("secret"));
    }
}
