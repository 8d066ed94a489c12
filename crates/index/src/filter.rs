//! Sets of item ids that restrict a search.
//!
//! Ids are given out in sequence, so a set is kept in pages of neighbouring ids: a bitmap where
//! a page is well filled, a sorted list where it is not. Sets of scattered ids thereby cost a
//! few dozen bytes an id at most, where plain bitmaps would cost a page each.

/// Ids of one page: a bitmap of 512 bytes.
const PAGE_IDS: u64 = 4096;

/// Ids up to which a list is no larger than the bitmap.
const LIST_IDS: usize = 256;

type Bitmap = [u64; (PAGE_IDS / 64) as usize];

/// A set of item ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// By rising number; none is empty.
    pages: Vec<Page>,
    len: usize,
}

/// The ids `number * PAGE_IDS + offset`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Page {
    number: u64,
    offsets: Offsets,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Offsets {
    /// Rising, at most [`LIST_IDS`].
    List(Box<[u16]>),
    /// More than [`LIST_IDS`].
    Bits(Box<Bitmap>),
}

impl Filter {
    /// The set of these ids, in any order; repeated ones count once.
    #[must_use]
    pub fn from_ids(ids: impl IntoIterator<Item = u64>) -> Self {
        let mut ids: Vec<u64> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        let pages = ids
            .chunk_by(|&a, &b| a / PAGE_IDS == b / PAGE_IDS)
            .map(|ids| Page {
                number: ids[0] / PAGE_IDS,
                offsets: Offsets::new(ids),
            });
        Self {
            pages: pages.collect(),
            len: ids.len(),
        }
    }

    /// Whether `id` is in the set.
    #[must_use]
    pub fn contains(&self, id: u64) -> bool {
        self.lookup().contains(id)
    }

    /// Number of ids.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no id is in the set: such a filter lets nothing through.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Memory held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let offsets = |page: &Page| match &page.offsets {
            Offsets::List(offsets) => size_of_val(&**offsets),
            Offsets::Bits(bits) => size_of_val(&**bits),
        };
        self.pages.capacity() * size_of::<Page>() + self.pages.iter().map(offsets).sum::<usize>()
    }

    /// The ids, rising.
    pub fn iter(&self) -> impl Iterator<Item = u64> {
        self.pages.iter().flat_map(|page| {
            let first = page.number * PAGE_IDS;
            page.offsets
                .iter()
                .map(move |offset| first + u64::from(offset))
        })
    }

    /// For many questions about neighbouring ids: remembers the page.
    pub(crate) fn lookup(&self) -> Lookup<'_> {
        Lookup {
            filter: self,
            number: u64::MAX,
            offsets: None,
        }
    }
}

impl FromIterator<u64> for Filter {
    fn from_iter<I: IntoIterator<Item = u64>>(ids: I) -> Self {
        Self::from_ids(ids)
    }
}

impl Offsets {
    /// From rising ids of one page.
    fn new(ids: &[u64]) -> Self {
        let offsets = ids.iter().map(|&id| (id % PAGE_IDS) as u16);
        if ids.len() <= LIST_IDS {
            return Self::List(offsets.collect());
        }
        let mut bits = Box::new([0; _]);
        for offset in offsets {
            let (word, mask) = bit(offset);
            bits[word] |= mask;
        }
        Self::Bits(bits)
    }

    fn contains(&self, offset: u16) -> bool {
        match self {
            Self::List(offsets) => offsets.binary_search(&offset).is_ok(),
            Self::Bits(bits) => is_set(bits, offset),
        }
    }

    fn iter(&self) -> impl Iterator<Item = u16> {
        let (list, bits): (&[u16], Option<&Bitmap>) = match self {
            Self::List(offsets) => (offsets, None),
            Self::Bits(bits) => (&[], Some(bits)),
        };
        let set = bits.into_iter().flat_map(|bits| {
            let offsets = 0..PAGE_IDS as u16;
            offsets.filter(move |&offset| is_set(bits, offset))
        });
        list.iter().copied().chain(set)
    }
}

fn is_set(bits: &Bitmap, offset: u16) -> bool {
    let (word, mask) = bit(offset);
    bits[word] & mask != 0
}

fn bit(offset: u16) -> (usize, u64) {
    (usize::from(offset / 64), 1 << (offset % 64))
}

/// A filter and the page that was asked last.
pub(crate) struct Lookup<'a> {
    filter: &'a Filter,
    /// No page has the number `u64::MAX`.
    number: u64,
    offsets: Option<&'a Offsets>,
}

impl Lookup<'_> {
    pub(crate) fn contains(&mut self, id: u64) -> bool {
        let number = id / PAGE_IDS;
        if number != self.number {
            let pages = &self.filter.pages;
            let found = pages.binary_search_by_key(&number, |page| page.number);
            self.number = number;
            self.offsets = found.ok().map(|index| &pages[index].offsets);
        }
        self.offsets
            .is_some_and(|offsets| offsets.contains((id % PAGE_IDS) as u16))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Ids that share pages, fill some of them, and reach the ends of the range.
    fn ids() -> impl Strategy<Value = Vec<u64>> {
        let run =
            (0..5_u64, 0..PAGE_IDS, 1..2000_u64, 1..4_u64).prop_map(|(page, offset, len, step)| {
                let first = page * PAGE_IDS + offset;
                (0..len).map(|index| first + index * step).collect()
            });
        let any = prop_oneof![Just(0), Just(u64::MAX), any::<u64>(), 0..20_000_u64];
        let scattered = prop::collection::vec(any, 0..300);
        prop::collection::vec(prop_oneof![run, scattered], 0..4).prop_map(|runs| runs.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_filter_is_a_set(ids in ids(), others in ids()) {
            let filter = Filter::from_ids(ids.iter().copied());
            let set: BTreeSet<u64> = ids.into_iter().collect();
            let other_set: BTreeSet<u64> = others.into_iter().collect();
            prop_assert_eq!(filter.len(), set.len());
            prop_assert_eq!(filter.is_empty(), set.is_empty());
            prop_assert!(filter.iter().eq(set.iter().copied()));
            for &id in set.union(&other_set) {
                for id in [id, id.wrapping_add(1), id.wrapping_sub(1)] {
                    prop_assert_eq!(filter.contains(id), set.contains(&id), "{}", id);
                }
            }
        }
    }

    #[test]
    fn memory_follows_the_ids() {
        let bytes = |ids: &[u64]| Filter::from_ids(ids.iter().copied()).bytes();
        let dense: Vec<u64> = (0..100 * PAGE_IDS).collect();
        let sparse: Vec<u64> = (0..100).map(|index| index * PAGE_IDS).collect();
        assert_eq!(bytes(&[]), 0);
        assert!((512 * 100..600 * 100).contains(&bytes(&dense)));
        assert!((2 * 100..64 * 100).contains(&bytes(&sparse)));
    }

    #[test]
    fn an_empty_filter_holds_nothing() {
        assert!(!Filter::default().contains(0));
    }
}
