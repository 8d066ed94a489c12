//! Sets of item ids that restrict a search.

/// A set of item ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {}

impl Filter {
    /// The set of these ids, in any order; repeated ones count once.
    #[must_use]
    pub fn from_ids(ids: impl IntoIterator<Item = u64>) -> Self {
        let _ = ids.into_iter();
        todo!()
    }

    /// Whether `id` is in the set.
    #[must_use]
    pub fn contains(&self, id: u64) -> bool {
        let _ = id;
        todo!()
    }

    /// Number of ids.
    #[must_use]
    pub fn len(&self) -> usize {
        todo!()
    }

    /// Whether no id is in the set: such a filter lets nothing through.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The ids that both sets hold.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let _ = other;
        todo!()
    }
}
