//! Best inner products between two sets of vectors of 8-bit values, both ways: for each vector of
//! either set the largest product with any of the other.
//!
//! One set is packed and compared with many others, which lie as they were stored. Lanes of a
//! vector register are vectors of the packed set, so that no product is summed across lanes. Sums
//! of integers are exact: all variants agree to the bit.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;
#[cfg(test)]
mod tests;

use crate::Isa;

/// Most values of a vector: what is made of a few vectors of the other set fits the stack then.
pub const MOST_VALUES: usize = 128;

/// A set of vectors, ready to be compared with others.
#[derive(Clone, Debug)]
pub struct PackedSet {
    vectors: usize,
    dim: usize,
    packed: Packed,
}

#[derive(Clone, Debug)]
enum Packed {
    Portable(portable::Plain),
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Pairs),
    #[cfg(target_arch = "x86_64")]
    Avx512(avx512::Fours),
}

impl PackedSet {
    /// Packs `values`, vector after vector of `dim` values each.
    ///
    /// # Panics
    /// `dim` is 0 or above [`MOST_VALUES`], or the last vector is not whole.
    #[must_use]
    pub fn pack(isa: Isa, values: &[i8], dim: usize) -> Self {
        assert!((1..=MOST_VALUES).contains(&dim), "vectors of {dim} values");
        assert!(values.len().is_multiple_of(dim), "a vector is not whole");
        let packed = match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512(token) => Packed::Avx512(avx512::Fours::pack(token, values, dim)),
            #[cfg(target_arch = "x86_64")]
            Isa::Amx(token) => {
                Packed::Avx512(avx512::Fours::pack(token.vectors().avx512(), values, dim))
            }
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2(token) => Packed::Avx2(avx2::Pairs::pack(token, values, dim)),
            _ => Packed::Portable(portable::Plain::pack(values, dim)),
        };
        Self {
            vectors: values.len() / dim,
            dim,
            packed,
        }
    }

    /// Vectors in the set.
    #[must_use]
    pub fn vectors(&self) -> usize {
        self.vectors
    }

    /// Values of a vector.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// For each vector of this set the largest inner product with one of `other` into `of_self`,
    /// and for each of `other` the largest with one of this set into `of_other`. `i32::MIN` where
    /// the other set is empty.
    ///
    /// # Panics
    /// `other` is not whole vectors of [`PackedSet::dim`] values, or a result has another length
    /// than its set.
    pub fn best(&self, other: &[i8], of_self: &mut [i32], of_other: &mut [i32]) {
        assert!(
            other.len().is_multiple_of(self.dim),
            "a vector is not whole"
        );
        assert_eq!(of_self.len(), self.vectors, "results of the packed set");
        assert_eq!(
            of_other.len(),
            other.len() / self.dim,
            "results of the other set"
        );
        of_self.fill(i32::MIN);
        of_other.fill(i32::MIN);
        if of_self.is_empty() || of_other.is_empty() {
            return;
        }
        match &self.packed {
            Packed::Portable(plain) => plain.best(other, of_self, of_other),
            #[cfg(target_arch = "x86_64")]
            Packed::Avx2(pairs) => pairs.best(other, self.dim, of_self, of_other),
            #[cfg(target_arch = "x86_64")]
            Packed::Avx512(fours) => fours.best(other, self.dim, of_self, of_other),
        }
    }
}
