//! How an index is built and how hard a search tries, by the names that users write.

use crate::{IndexError, IndexKind};

/// Neighbours of a row in each upper layer of a graph, unless another number is given; twice as
/// many at the bottom.
const USUAL_M: usize = 16;

/// Candidates from which the neighbours of a new row are chosen, unless another number is given.
const USUAL_EF_CONSTRUCTION: usize = 200;

/// The most candidates that a search keeps, but for those that its `k` takes.
pub const MOST_CANDIDATES: usize = 16_384;

/// The most lists of an index.
pub const MOST_LISTS: usize = 65_536;

/// The most bits of an id that tell the rows of an item apart.
const MOST_PART_BITS: usize = 16;

/// How an index is built. What is not given is chosen by the number of items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IndexOptions {
    /// The kind.
    pub kind: IndexKind,
    /// For graphs: neighbours of a row in each upper layer; twice as many at the bottom. 4 to 64,
    /// 16 if not given. Memory: about 8.5 times as many bytes a row.
    pub m: Option<usize>,
    /// For graphs: candidates from which the neighbours of a new row are chosen. 8 to 4096, 200 if
    /// not given.
    pub ef_construction: Option<usize>,
    /// For lists: their number, 1 to 65,536. If not given, 128 below 100,000 items, 256 below a
    /// million, 1024 from there.
    pub nlist: Option<usize>,
    /// Lowest bits of an id that tell apart the rows of one item, 0 to 16: 0 where an item has one
    /// row. Filters, removals and scores go by item, which is the id without them.
    pub part_bits: u32,
}

impl IndexOptions {
    /// The usual options of a kind.
    #[must_use]
    pub fn of(kind: IndexKind) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }

    /// # Errors
    /// [`IndexError::OptionOutOfRange`] for the first number out of its range.
    pub(crate) fn check(&self) -> Result<(), IndexError> {
        in_range("m", self.m(), 4, 64)?;
        in_range("ef_construction", self.ef_construction(), 8, 4096)?;
        in_range("nlist", self.nlist.unwrap_or(1), 1, MOST_LISTS)?;
        in_range("part_bits", self.part_bits as usize, 0, MOST_PART_BITS)
    }

    pub(crate) fn m(&self) -> usize {
        self.m.unwrap_or(USUAL_M)
    }

    pub(crate) fn ef_construction(&self) -> usize {
        self.ef_construction.unwrap_or(USUAL_EF_CONSTRUCTION)
    }
}

/// How hard one search tries. What does not concern the kind of the index is not looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// Lists that are looked at, 1 to 65,536.
    pub nprobe: Option<usize>,
    /// Candidates that a walk through a graph keeps, 1 to 16,384; at least `k` in any case.
    pub ef_search: Option<usize>,
    /// Whether every vector counts: right, and slower.
    pub exact: bool,
}

impl Effort {
    /// No item is missed.
    pub const EXACT: Self = Self {
        nprobe: None,
        ef_search: None,
        exact: true,
    };

    /// # Errors
    /// [`IndexError::OptionOutOfRange`].
    pub fn check(self) -> Result<(), IndexError> {
        in_range("nprobe", self.nprobe.unwrap_or(1), 1, MOST_LISTS)?;
        in_range("ef_search", self.ef_search.unwrap_or(1), 1, MOST_CANDIDATES)
    }
}

fn in_range(
    name: &'static str,
    value: usize,
    lowest: usize,
    highest: usize,
) -> Result<(), IndexError> {
    if (lowest..=highest).contains(&value) {
        return Ok(());
    }
    Err(IndexError::OptionOutOfRange {
        name,
        value,
        lowest,
        highest,
    })
}
