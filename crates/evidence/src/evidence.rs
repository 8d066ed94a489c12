//! Evidence as it is kept: tokens of 8-bit values, each with its place on a grid.
//!
//! Values are 127ths of a token of length 1. On real patents (88 values a token) this changes no
//! measure of finding by more than 0.001; fewer values do: 64 of them lose a third of the gain.

use lookalike_kernels::matching;
use thiserror::Error;

/// Places of the grid from side to side, at most.
///
/// Of 8, 10, 14 and 20 places, 10 found the other sheets of real patents best: a place is then
/// small enough for a detail and large enough for it to move a little.
pub const SIDE: usize = 10;

/// Values of a token, at most.
pub const MOST_VALUES: usize = 88;

/// Bytes of a figure's evidence, at most.
pub const MOST_BYTES: usize = 4096;

/// Tokens of a figure of [`MOST_VALUES`] values each, at most: what fits [`MOST_BYTES`].
pub const MOST_TOKENS: usize = (MOST_BYTES - HEADER) / (MOST_VALUES + 1);

/// Bytes before the tokens: version, values of a token, number of tokens.
const HEADER: usize = 3;

const VERSION: u8 = 1;

const _: () = assert!(MOST_VALUES <= matching::MOST_VALUES);
const _: () = assert!(MOST_TOKENS <= SIDE * SIDE && SIDE * SIDE <= 256);

/// The most telling places of a figure. Of blank paper there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    dim: usize,
    /// Row times [`SIDE`] plus column, rising.
    places: Vec<u8>,
    /// `dim` values for each place.
    values: Vec<i8>,
}

/// Bytes that are not evidence.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("these bytes are not local evidence: {reason}; make it again from the picture")]
pub struct BadEvidence {
    reason: String,
}

impl Evidence {
    /// Of `places`, which rise and lie below [`SIDE`]², and for each of them `dim` values.
    pub(crate) fn new(dim: usize, places: Vec<u8>, values: Vec<i8>) -> Self {
        debug_assert_eq!(places.len() * dim, values.len());
        debug_assert!(places.is_sorted_by(|a, b| a < b));
        Self {
            dim,
            places,
            values,
        }
    }

    /// Values of a token.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Tokens; 0 for a blank picture.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether nothing is to be seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// All tokens, one after another, in 127ths.
    #[must_use]
    pub fn values(&self) -> &[i8] {
        &self.values
    }

    /// The middle of each token's place: x and y in fractions of the sides of the picture as the
    /// model takes it.
    pub fn centres(&self) -> impl ExactSizeIterator<Item = [f32; 2]> {
        let middle = |cell: usize| (cell as f32 + 0.5) / SIDE as f32;
        let places = self.places.iter().map(|&place| usize::from(place));
        places.map(move |place| [middle(place % SIDE), middle(place / SIDE)])
    }

    /// As bytes: version, values of a token, number of tokens, their places, their values.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Both fit a byte: see the limits above.
        let mut bytes = vec![VERSION, self.dim as u8, self.len() as u8];
        bytes.extend(&self.places);
        bytes.extend(self.values.iter().map(|value| value.cast_unsigned()));
        bytes
    }

    /// What [`Evidence::to_bytes`] gave.
    ///
    /// # Errors
    /// The bytes are of another version or another length, or name places that are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadEvidence> {
        let bad = |reason: String| Err(BadEvidence { reason });
        let Some((&[version, dim, count], rest)) = bytes.split_first_chunk::<HEADER>() else {
            return bad(format!("{} bytes", bytes.len()));
        };
        if version != VERSION {
            return bad(format!("version {version}, expected {VERSION}"));
        }
        let (dim, count) = (usize::from(dim), usize::from(count));
        if !(1..=MOST_VALUES).contains(&dim) || count > MOST_TOKENS {
            return bad(format!("{count} tokens of {dim} values"));
        }
        if rest.len() != count * (dim + 1) {
            return bad(format!(
                "{} bytes for {count} tokens of {dim} values",
                bytes.len()
            ));
        }
        let (places, values) = rest.split_at(count);
        let lie_within = places.iter().all(|&place| usize::from(place) < SIDE * SIDE);
        if !lie_within || !places.is_sorted_by(|a, b| a < b) {
            return bad("places outside the grid, or not in order".to_owned());
        }
        Ok(Self {
            dim,
            places: places.to_vec(),
            values: values.iter().map(|value| value.cast_signed()).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn small() -> Evidence {
        Evidence::new(2, vec![0, 99], vec![127, -127, 1, 0])
    }

    #[test]
    fn bytes_give_it_back() {
        let evidence = small();
        let bytes = evidence.to_bytes();
        assert_eq!(bytes.len(), 3 + 2 * 3);
        assert_eq!(Evidence::from_bytes(&bytes), Ok(evidence));
        let full = Evidence::new(
            MOST_VALUES,
            (0..MOST_TOKENS as u8).collect(),
            vec![5; MOST_TOKENS * MOST_VALUES],
        );
        assert!(full.to_bytes().len() <= MOST_BYTES);
        assert_eq!(Evidence::from_bytes(&full.to_bytes()), Ok(full));
    }

    #[test]
    fn centres_lie_in_the_middle_of_places() {
        let centres: Vec<_> = small().centres().collect();
        assert_eq!(centres, [[0.05, 0.05], [0.95, 0.95]]);
    }

    #[test]
    fn what_is_no_evidence_is_refused() {
        let good = small().to_bytes();
        let changed = |index: usize, byte: u8| {
            let mut bytes = good.clone();
            bytes[index] = byte;
            bytes
        };
        for (bytes, reason) in [
            (vec![1, 2], "2 bytes"),
            (changed(0, 9), "version 9, expected 1"),
            (changed(1, 0), "2 tokens of 0 values"),
            (changed(1, 89), "2 tokens of 89 values"),
            (changed(2, 200), "200 tokens of 2 values"),
            (good[..8].to_vec(), "8 bytes for 2 tokens of 2 values"),
            (changed(4, 100), "places outside"),
            (changed(4, 0), "places outside"),
        ] {
            let error = Evidence::from_bytes(&bytes).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(evidence) = Evidence::from_bytes(&bytes) {
                prop_assert_eq!(evidence.to_bytes(), bytes);
            }
        }
    }
}
