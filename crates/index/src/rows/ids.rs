//! Which row an id lives in: a hash table whose buckets snapshots share.

use std::sync::Arc;

/// Neighbouring items that share a bucket: their ids are given out in sequence and asked for in order.
const RUN: u64 = 64;

/// Entries of a bucket, on average, above which there are twice as many buckets. What one write
/// copies, against the pointers that every snapshot has.
const BUCKET_ENTRIES: usize = 256;

/// Wrong guesses in a row after which no more are made: rows are in another order then.
const MOST_MISSES: u32 = 64;

/// Rows by id. The lowest bits of an id may tell parts of an item apart.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    part_bits: u32,
    /// Whether any item may have more than one row, or another one than its first part's.
    has_parts: bool,
    /// A power of two; entries by rising id. All rows of an item are in one of them.
    buckets: Vec<Arc<Vec<(u64, u32)>>>,
    len: usize,
}

impl Ids {
    pub(crate) fn new(part_bits: u32) -> Self {
        Self {
            part_bits,
            has_parts: false,
            buckets: vec![Arc::default()],
            len: 0,
        }
    }

    /// Nothing, for ids of the same form.
    pub(crate) fn cleared(&self) -> Self {
        Self::new(self.part_bits)
    }

    pub(crate) fn part_bits(&self) -> u32 {
        self.part_bits
    }

    pub(crate) fn get(&self, id: u64) -> Option<u32> {
        let bucket = &self.buckets[self.bucket_of(id >> self.part_bits)];
        let found = bucket.binary_search_by_key(&id, |entry| entry.0).ok()?;
        Some(bucket[found].1)
    }

    /// The rows of an item with their ids, which rise.
    pub(crate) fn of_item(&self, item: u64) -> &[(u64, u32)] {
        let from = self.entries_from(item);
        let end = from.partition_point(|entry| entry.0 >> self.part_bits == item);
        &from[..end]
    }

    /// Of the bucket that an item is in, what begins with its rows.
    fn entries_from(&self, item: u64) -> &[(u64, u32)] {
        let bucket = &self.buckets[self.bucket_of(item)];
        let first = bucket.partition_point(|entry| entry.0 >> self.part_bits < item);
        &bucket[first..]
    }

    /// The rows of items by rising id, without those that are not there. `is_at` says whether a
    /// row certainly has an id, if there is such a row at all.
    ///
    /// Items that were added one after the other lie in rows one after the other. So where every
    /// item has one row it is guessed from the one before, and looked up, once a run, where that
    /// was wrong.
    pub(crate) fn rows_of(
        &self,
        items: impl Iterator<Item = u64>,
        is_at: impl Fn(u64, u32) -> bool,
    ) -> Vec<u32> {
        let mut rows = Vec::new();
        let (mut run, mut entries) = (None, &[][..]);
        let (mut last, mut misses) = ((0, 0), 0);
        for item in items {
            if !self.has_parts && misses < MOST_MISSES {
                let (last_item, last_row) = last;
                let guess = u64::from(last_row).wrapping_add(item.wrapping_sub(last_item));
                match u32::try_from(guess) {
                    Ok(row) if is_at(item << self.part_bits, row) => {
                        last = (item, row);
                        misses = 0;
                        rows.push(row);
                        continue;
                    }
                    _ => misses += 1,
                }
            }
            if run != Some(item / RUN) {
                run = Some(item / RUN);
                entries = self.entries_from(item);
            }
            while let Some((&(id, row), rest)) = entries.split_first()
                && id >> self.part_bits <= item
            {
                entries = rest;
                if id >> self.part_bits == item {
                    last = (item, row);
                    rows.push(row);
                }
            }
        }
        rows
    }

    /// Sets the row of an id; returns the one that it had.
    pub(crate) fn insert(&mut self, id: u64, row: u32) -> Option<u32> {
        if self.len >= self.buckets.len() * BUCKET_ENTRIES {
            self.double();
        }
        self.has_parts |= id.trailing_zeros() < self.part_bits;
        let bucket = self.bucket_of(id >> self.part_bits);
        let bucket = Arc::make_mut(&mut self.buckets[bucket]);
        match bucket.binary_search_by_key(&id, |entry| entry.0) {
            Ok(found) => Some(std::mem::replace(&mut bucket[found].1, row)),
            Err(place) => {
                bucket.insert(place, (id, row));
                self.len += 1;
                None
            }
        }
    }

    /// Forgets an id; returns the row that it had.
    pub(crate) fn remove(&mut self, id: u64) -> Option<u32> {
        let bucket = self.bucket_of(id >> self.part_bits);
        let found = self.buckets[bucket]
            .binary_search_by_key(&id, |entry| entry.0)
            .ok()?;
        self.len -= 1;
        Some(Arc::make_mut(&mut self.buckets[bucket]).remove(found).1)
    }

    /// Memory held, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let entry = size_of::<(u64, u32)>();
        let buckets = self.buckets.iter();
        buckets
            .map(|bucket| bucket.capacity() * entry + size_of::<Vec<(u64, u32)>>())
            .sum()
    }

    fn bucket_of(&self, item: u64) -> usize {
        // Fibonacci hashing: the upper bits of the product depend on all bits of the run.
        let hash = (item / RUN).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        hash as usize & (self.buckets.len() - 1)
    }

    fn double(&mut self) {
        let mut doubled = Self {
            buckets: vec![Arc::default(); self.buckets.len() * 2],
            ..*self
        };
        for &(id, row) in self.buckets.iter().flat_map(|bucket| bucket.iter()) {
            let bucket = doubled.bucket_of(id >> doubled.part_bits);
            // An old bucket goes to two new ones that no other one goes to, in order.
            Arc::make_mut(&mut doubled.buckets[bucket]).push((id, row));
        }
        *self = doubled;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn rows_are_found_like_in_a_map() {
        let (mut ids, mut model) = (Ids::new(0), BTreeMap::new());
        let mut state = 1_u64;
        for step in 0..20_000_u32 {
            state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            let id = match state >> 62 {
                0 => (state >> 32) % 700,
                1 => u64::from(step),
                2 => u64::MAX - state % 3,
                _ => state,
            };
            let before = ids.clone();
            if state >> 60 & 3 == 0 {
                assert_eq!(ids.remove(id), model.remove(&id));
            } else {
                assert_eq!(before.get(id), model.get(&id).copied());
                assert_eq!(ids.insert(id, step), model.insert(id, step));
            }
            assert_eq!(ids.get(id), model.get(&id).copied());
            assert_eq!(ids.len, model.len());
        }
        assert!(model.iter().all(|(&id, &row)| ids.get(id) == Some(row)));
        let wanted = (0..30_000).chain([1 << 40, u64::MAX - 2, u64::MAX]);
        let expected = wanted.clone().filter_map(|id| model.get(&id).copied());
        let expected: Vec<u32> = expected.collect();
        assert_eq!(ids.rows_of(wanted.clone(), |_, _| false), expected);
        let is_at = |id, row| model.get(&id) == Some(&row);
        assert_eq!(ids.rows_of(wanted, is_at), expected);
        assert!(ids.buckets.len() > 8);
    }

    #[test]
    fn parts_are_found_by_their_item() {
        for most_parts in [1, 2, 40] {
            let (mut ids, mut model) = (Ids::new(8), BTreeMap::new());
            let mut row = 0;
            for item in 0..3000_u64 {
                for part in 0..1 + item.wrapping_mul(2_654_435_761) % most_parts {
                    let id = item << 8 | part;
                    assert_eq!(ids.insert(id, row), model.insert(id, row));
                    row += 1;
                }
                if item % 5 == 0 {
                    let id = item << 8;
                    assert_eq!(ids.remove(id), model.remove(&id));
                }
            }
            let of_item = |item: u64| -> Vec<(u64, u32)> {
                let parts = model.range(item << 8..(item + 1) << 8);
                parts.map(|(id, row)| (*id, *row)).collect()
            };
            assert!((0..3001).all(|item| ids.of_item(item) == of_item(item)));
            let is_at = |id, row| model.get(&id) == Some(&row);
            for step in [1, 3, 700] {
                let wanted = (0..3100).step_by(step);
                let expected: Vec<u32> = (wanted.clone().flat_map(of_item))
                    .map(|(_, row)| row)
                    .collect();
                assert_eq!(ids.rows_of(wanted, is_at), expected);
            }
        }
    }
}
