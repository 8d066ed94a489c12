//! Which rows are worked on together.

use lookalike_kernels::bf16::ROW_GROUP;

/// Bytes of a part's widest buffer. Beside its other rows and the weights that go by it stays
/// in the 2 MB of L2 of current servers.
const WIDE_BYTES: usize = 1_100_000;

/// Rows of one sequence that one thread takes through a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) sequence: usize,
    /// Index of the first row among the sequence's tokens, a multiple of [`ROW_GROUP`].
    pub(super) first: usize,
    pub(super) rows: usize,
}

/// Cuts sequences of `tokens` tokens each into parts, in order: about equal, a multiple of
/// `threads` of them, with rows of `width` bf16 numbers that stay in cache.
pub(super) fn parts(tokens: &[usize], width: usize, threads: usize) -> Vec<Part> {
    let most_groups = (WIDE_BYTES / (width * 2 * ROW_GROUP)).max(1);
    let groups: usize = tokens.iter().map(|tokens| tokens.div_ceil(ROW_GROUP)).sum();
    let turns = groups.div_ceil(threads * most_groups).max(1);
    let wanted_groups = groups.div_ceil(threads * turns).max(1);
    let mut parts = Vec::new();
    for (sequence, &tokens) in tokens.iter().enumerate() {
        let groups = tokens.div_ceil(ROW_GROUP);
        let count = groups.div_ceil(wanted_groups);
        for index in 0..count {
            let first = groups * index / count * ROW_GROUP;
            let end = groups * (index + 1) / count * ROW_GROUP;
            let rows = end.min(tokens) - first;
            parts.push(Part {
                sequence,
                first,
                rows,
            });
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{Part, parts};

    fn rows(tokens: &[usize], threads: usize) -> Vec<usize> {
        let parts = parts(tokens, 1536, threads);
        let mut next = vec![0; tokens.len()];
        for part in &parts {
            assert_eq!(part.first, next[part.sequence], "{part:?}");
            next[part.sequence] += part.rows;
        }
        assert_eq!(next, tokens, "every row is in one part");
        parts.iter().map(|part| part.rows).collect()
    }

    #[test]
    fn parts_are_even_and_stay_in_cache() {
        assert_eq!(rows(&[1370], 2), [320, 352, 352, 346]);
        assert_eq!(rows(&[257], 2), [128, 129]);
        assert_eq!(rows(&[257; 8], 2), [257; 8]);
        assert_eq!(rows(&[257; 3], 2), [128, 129, 128, 129, 128, 129]);
        assert_eq!(rows(&[1370], 16).len(), 15);
        assert_eq!(rows(&[5], 64), [5]);
        assert_eq!(rows(&[1, 40, 1370, 33], 3).iter().sum::<usize>(), 1444);
        assert_eq!(parts(&[], 1536, 2), [] as [Part; 0]);
    }
}
