//! What was used last, as much of it as fits in a given number of bytes.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use lru::LruCache;

/// Values that are cheap to clone, by key; the least recently used go first. Shared by threads.
#[derive(Debug)]
pub struct ByteCache<K: Hash + Eq, V> {
    most_bytes: usize,
    entries: Mutex<Entries<K, V>>,
}

#[derive(Debug)]
struct Entries<K: Hash + Eq, V> {
    /// With the bytes of each.
    by_key: LruCache<K, (V, usize)>,
    bytes: usize,
}

impl<K: Hash + Eq, V: Clone> ByteCache<K, V> {
    /// Holds nothing yet, and never more than `most_bytes`.
    #[must_use]
    pub fn new(most_bytes: usize) -> Self {
        Self {
            most_bytes,
            entries: Mutex::new(Entries {
                by_key: LruCache::unbounded(),
                bytes: 0,
            }),
        }
    }

    /// The value of a key, which counts as used.
    pub fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.by_key.get(key).map(|(value, _)| value.clone())
    }

    /// Keeps a value that takes `bytes` bytes; one that is larger than the whole cache is not kept.
    pub fn insert(&self, key: K, value: V, bytes: usize) {
        if bytes > self.most_bytes {
            return;
        }
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.bytes += bytes;
        if let Some((_, (_, old))) = entries.by_key.push(key, (value, bytes)) {
            entries.bytes -= old;
        }
        while entries.bytes > self.most_bytes {
            match entries.by_key.pop_lru() {
                Some((_, (_, old))) => entries.bytes -= old,
                None => break,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_go_when_there_is_no_room() {
        let cache = ByteCache::new(10);
        cache.insert("a", 1, 4);
        cache.insert("b", 2, 4);
        assert_eq!(cache.get("a"), Some(1));
        cache.insert("c", 3, 4);
        assert_eq!((cache.get("a"), cache.get("b")), (Some(1), None));
        cache.insert("a", 4, 2);
        cache.insert("d", 5, 4);
        let all = ["a", "c", "d"].map(|key| cache.get(key));
        assert_eq!(all, [Some(4), Some(3), Some(5)], "10 bytes fit");
        cache.insert("e", 6, 11);
        assert_eq!(cache.get("e"), None);
        assert_eq!(cache.get("d"), Some(5));
    }
}
