//! Keeping the evidence of pictures.

use lookalike_catalog::Collection;
use lookalike_evidence::{Evidence, Key};

use super::Stores;

/// The key of the evidence of a whole picture whose file has that MD5 sum in hexadecimal.
#[must_use]
pub fn evidence_key(md5: &str) -> Option<Key> {
    let number = u128::from_str_radix(md5, 16).ok()?;
    Some(Key {
        md5: number.to_be_bytes(),
        figure: 0,
    })
}

impl Stores {
    /// Keeps the evidence of whole pictures by the MD5 sums of their files, before the rows that
    /// name them. It is made from the pictures: what goes wrong here costs these pictures their
    /// second look until they are embedded again, and are not worth losing an import.
    pub(crate) fn keep_evidence<'e>(
        &self,
        collection: &Collection,
        all: impl IntoIterator<Item = (&'e str, &'e Evidence)>,
    ) {
        let keyed = all
            .into_iter()
            .filter_map(|(md5, evidence)| Some((evidence_key(md5)?, evidence)));
        if let Err(error) = self.evidence().append(collection.id, keyed) {
            let name = &collection.spec.name;
            tracing::warn!("pictures of collection {name} will have no second look: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_read_as_they_are_written() {
        let key = evidence_key("000102030405060708090a0b0c0d0e0f").unwrap();
        assert_eq!(key.md5, std::array::from_fn(|index| index as u8));
        assert_eq!(key.figure, 0);
        assert!(evidence_key("no sum").is_none());
    }
}
