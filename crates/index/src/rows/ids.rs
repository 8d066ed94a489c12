//! Which row an item lives in: a hash table whose buckets snapshots share.

use std::sync::Arc;

/// Neighbouring ids that share a bucket: ids are given out in sequence and asked for in order.
const RUN: u64 = 64;

/// Entries of a bucket, on average, above which there are twice as many buckets. What one write
/// copies, against the pointers that every snapshot has.
const BUCKET_ENTRIES: usize = 256;

/// Wrong guesses in a row after which no more are made: rows are in another order then.
const MOST_MISSES: u32 = 64;

/// Rows by id.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    /// A power of two; entries by rising id.
    buckets: Vec<Arc<Vec<(u64, u32)>>>,
    len: usize,
}

impl Default for Ids {
    fn default() -> Self {
        Self {
            buckets: vec![Arc::default()],
            len: 0,
        }
    }
}

impl Ids {
    pub(crate) fn get(&self, id: u64) -> Option<u32> {
        let bucket = &self.buckets[self.bucket_of(id)];
        let found = bucket.binary_search_by_key(&id, |entry| entry.0).ok()?;
        Some(bucket[found].1)
    }

    /// The rows of items by rising id, without those that are not there. `is_at` says whether an
    /// item is certainly in a row, if there is such a row at all.
    ///
    /// Items that were added one after the other lie in rows one after the other. So a row is
    /// guessed from the one before, and looked up, once a run, where that was wrong.
    pub(crate) fn rows_of(
        &self,
        ids: impl Iterator<Item = u64>,
        is_at: impl Fn(u64, u32) -> bool,
    ) -> impl Iterator<Item = u32> {
        let (mut run, mut entries) = (None, &[][..]);
        let (mut last, mut misses) = ((0, 0), 0);
        ids.filter_map(move |id| {
            if misses < MOST_MISSES {
                let (last_id, last_row) = last;
                let guess = u64::from(last_row).wrapping_add(id.wrapping_sub(last_id));
                match u32::try_from(guess) {
                    Ok(row) if is_at(id, row) => {
                        last = (id, row);
                        misses = 0;
                        return Some(row);
                    }
                    _ => misses += 1,
                }
            }
            if run != Some(id / RUN) {
                run = Some(id / RUN);
                let bucket = &self.buckets[self.bucket_of(id)];
                let first = bucket.partition_point(|entry| entry.0 < id);
                entries = &bucket[first..];
            }
            while let Some((entry, rest)) = entries.split_first()
                && entry.0 <= id
            {
                entries = rest;
                if entry.0 == id {
                    last = *entry;
                    return Some(entry.1);
                }
            }
            None
        })
    }

    /// Sets the row of an item; returns the one that it had.
    pub(crate) fn insert(&mut self, id: u64, row: u32) -> Option<u32> {
        if self.len >= self.buckets.len() * BUCKET_ENTRIES {
            self.double();
        }
        let bucket = self.bucket_of(id);
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

    /// Forgets an item; returns the row that it had.
    pub(crate) fn remove(&mut self, id: u64) -> Option<u32> {
        let bucket = self.bucket_of(id);
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

    fn bucket_of(&self, id: u64) -> usize {
        // Fibonacci hashing: the upper bits of the product depend on all bits of the run.
        let hash = (id / RUN).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        hash as usize & (self.buckets.len() - 1)
    }

    fn double(&mut self) {
        let mut doubled = Self {
            buckets: vec![Arc::default(); self.buckets.len() * 2],
            len: self.len,
        };
        for &(id, row) in self.buckets.iter().flat_map(|bucket| bucket.iter()) {
            let bucket = doubled.bucket_of(id);
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
        let (mut ids, mut model) = (Ids::default(), BTreeMap::new());
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
        assert!(
            ids.rows_of(wanted.clone(), |_, _| false)
                .eq(expected.clone())
        );
        let is_at = |id, row| model.get(&id) == Some(&row);
        assert!(ids.rows_of(wanted, is_at).eq(expected));
        assert!(ids.buckets.len() > 8);
    }
}
