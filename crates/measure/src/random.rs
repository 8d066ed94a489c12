//! Numbers that look random and are always the same.

/// The step of the generator's state.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// The next number of a sequence: splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", 2014).
pub(crate) fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(STEP);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number for each index: what [`next`] gives when its state is the index times the golden ratio.
pub(crate) fn mix(index: u64) -> u64 {
    next(&mut index.wrapping_mul(STEP))
}

/// `count` of the numbers below `all`, or all of them where there are no more; in random order.
pub(crate) fn sample(all: usize, count: usize, seed: u64) -> Vec<usize> {
    let start = mix(seed);
    let mut drawn: Vec<usize> = (0..all).collect();
    drawn.sort_unstable_by_key(|&index| (mix(start ^ index as u64), index));
    drawn.truncate(count);
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs of the published generator with seed 0, whose state after `n` steps is
    /// `n` times the increment.
    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        assert_eq!(mix(0), 0xE220_A839_7B1D_CDAF);
        assert_eq!(mix(1), 0x6E78_9E6A_A1B9_65F4);
        assert_eq!(mix(2), 0x06C4_5D18_8009_454F);
    }

    #[test]
    fn a_sample_has_no_number_twice_and_follows_its_seed() {
        let drawn = sample(1000, 100, 1);
        let mut sorted = drawn.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), 100);
        assert!(sorted.iter().all(|&index| index < 1000));
        assert_eq!(drawn, sample(1000, 100, 1));
        assert_ne!(drawn, sample(1000, 100, 2));
        assert_eq!(sample(3, 10, 1).len(), 3);
    }
}
