//! Rows of a store: one for each figure of an item.

/// The number of a row: `item id * 256 + figure_index`. Fits an `i64`, as item ids are below 2^53.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(u64);

impl RowId {
    /// The lowest bits of the number, which tell the figures of an item apart.
    pub const FIGURE_BITS: u32 = 8;

    /// The row of a figure.
    #[must_use]
    pub fn new(item_id: u64, figure_index: u8) -> Self {
        Self(item_id << Self::FIGURE_BITS | u64::from(figure_index))
    }

    /// The row of that number.
    #[must_use]
    pub fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }

    /// The item.
    #[must_use]
    pub fn item_id(self) -> u64 {
        self.0 >> Self::FIGURE_BITS
    }

    /// The figure within the item, from 0.
    #[must_use]
    pub fn figure_index(self) -> u8 {
        (self.0 & 0xFF) as u8
    }
}

/// An item found, by its best figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The item.
    pub item_id: u64,
    /// Which of its figures; the first of those that are equally good.
    pub figure_index: u8,
    /// Cosine, inner product or Euclidean distance, by the collection's metric.
    pub score: f32,
}

impl Hit {
    /// The row that was found.
    #[must_use]
    pub fn row(self) -> RowId {
        RowId::new(self.item_id, self.figure_index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_name_item_and_figure() {
        for (item, figure) in [(0, 0), (1, 255), ((1 << 53) - 1, 3)] {
            let row = RowId::new(item, figure);
            assert_eq!((row.item_id(), row.figure_index()), (item, figure));
            assert_eq!(RowId::from_number(row.number()), row);
            assert!(i64::try_from(row.number()).is_ok());
        }
        assert!(RowId::new(1, 255) < RowId::new(2, 0));
    }
}
