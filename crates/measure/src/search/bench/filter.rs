//! Filters that keep a share of the items.

use lookalike_index::Filter;

use crate::random::mix;

/// Items kept by a filter of that share, `None` for all of them.
///
/// An item is kept if its number of [`mix`] is below `share` times 2^64, which is simple enough
/// for other programs to keep the same items.
pub(super) fn keep(ids: &[u64], share: f64) -> Option<Filter> {
    if share >= 1.0 {
        return None;
    }
    // Casts saturate, and the product is exact: 2^64 only moves the exponent.
    let bound = (share * 2_f64.powi(64)).ceil() as u64;
    let kept = ids.iter().copied().filter(|&id| mix(id) < bound);
    Some(kept.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_keeps_its_share_and_a_smaller_one_keeps_some_of_these() {
        let ids: Vec<u64> = (0..100_000).collect();
        assert_eq!(keep(&ids, 1.0), None);
        let kept = |share| keep(&ids, share).unwrap_or_default();
        let (half, hundredth) = (kept(0.5), kept(0.01));
        // Five standard deviations of a binomial count.
        assert!(half.len().abs_diff(50_000) < 800, "{}", half.len());
        assert!(hundredth.len().abs_diff(1000) < 160, "{}", hundredth.len());
        assert!(hundredth.iter().all(|id| half.contains(id)));
        assert!(kept(1e-18).is_empty());
    }

    /// Computed by the same rule in Python.
    #[test]
    fn the_items_kept_are_those_of_other_programs() {
        let ids: Vec<u64> = (0..100).collect();
        let kept: Vec<u64> = keep(&ids, 0.1).unwrap_or_default().iter().collect();
        assert_eq!(kept, [2, 32, 33, 41, 42, 43, 53, 94, 95]);
    }
}
