//! Numbers that look random, the same in every run.

/// Length of the suite's vectors.
pub(super) const DIM: usize = 8;

/// A linear congruential generator (Knuth's MMIX constants), upper bits used.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Self(seed);
        random.next();
        random
    }

    fn next(&mut self) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) as u32
    }

    /// Below `bound`, which is not 0.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.next()) * u64::from(bound)) >> 32) as u32
    }

    /// One of `choices`.
    pub(super) fn one_of<T: Copy>(&mut self, choices: &[T]) -> Option<T> {
        let place = self.below(choices.len().max(1) as u32);
        choices.get(place as usize).copied()
    }

    /// Multiples of a quarter from -2 to 2, not all of them 0.
    pub(super) fn vector(&mut self) -> Vec<f32> {
        let mut vector: Vec<f32> = (0..DIM)
            .map(|_| self.below(17) as f32 / 4.0 - 2.0)
            .collect();
        if vector.iter().all(|value| *value == 0.0) {
            vector[0] = 1.0;
        }
        vector
    }
}
