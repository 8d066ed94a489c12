//! Numbers that are the same in every run: splitmix64 (Steele, Lea and Flood 2014).

use std::ops::RangeInclusive;

/// A sequence of numbers, told by its seed.
#[derive(Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// The sequence of that seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(STEP))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of `range`.
    pub fn within(&mut self, range: RangeInclusive<u64>) -> u64 {
        range.start() + self.bits() % (range.end() - range.start() + 1)
    }
}

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// `count` numbers in [-1, 1), the same for the same seed.
#[must_use]
pub fn numbers(seed: u64, count: usize) -> Vec<f32> {
    let mut sequence = Numbers::new(seed);
    (0..count)
        .map(|_| (sequence.bits() >> 40) as f32 / (1_u64 << 23) as f32 - 1.0)
        .collect()
}
