//! Keeping the evidence of pictures.

use lookalike_catalog::Collection;
use lookalike_evidence::{Evidence, Key};

use super::Stores;

/// The key of the evidence of a figure, 0 for the whole, of a picture whose file has that MD5 sum in
/// hexadecimal.
#[must_use]
pub fn evidence_key(md5: &str, figure: u8) -> Option<Key> {
    let number = u128::from_str_radix(md5, 16).ok()?;
    Some(Key {
        md5: number.to_be_bytes(),
        figure,
    })
}

impl Stores {
    /// Keeps the evidence of pictures' figures, the whole first, by the MD5 sums of their files,
    /// before the rows that name them. It is made from the pictures: what goes wrong here costs these pictures their
    /// second look until they are embedded again, and are not worth losing an import.
    pub(crate) fn keep_evidence<'e>(
        &self,
        collection: &Collection,
        all: impl IntoIterator<Item = (&'e str, &'e [Option<Evidence>])>,
    ) {
        let keyed = all.into_iter().flat_map(|(md5, figures)| {
            let both = (0..=u8::MAX).zip(figures);
            both.filter_map(move |(figure, evidence)| {
                Some((evidence_key(md5, figure)?, evidence.as_ref()?))
            })
        });
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
        let key = evidence_key("000102030405060708090a0b0c0d0e0f", 0).unwrap();
        assert_eq!(key.md5, std::array::from_fn(|index| index as u8));
        assert_eq!(key.figure, 0);
        assert!(evidence_key("no sum", 0).is_none());
    }
}
