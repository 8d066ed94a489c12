//! Randomness that depends on names instead of order.
//!
//! A design's parameters are drawn by name: the value of `neck.radius` follows from the design's
//! key and that name alone. So a near design asks for the same names and gets the same values,
//! moved a little, even where a choice made another branch run; and threads cannot matter.

/// A stream of random numbers: xoshiro256++ (Blackman and Vigna), seeded through splitmix64.
#[derive(Clone, Debug)]
pub(crate) struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// The stream of a key.
    pub(crate) fn new(key: u64) -> Rng {
        let mut seed = key;
        let mut next = || {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            mix64(seed)
        };
        Rng {
            state: [next(), next(), next(), next()],
        }
    }

    pub(crate) fn bits(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let t = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= t;
        *d = d.rotate_left(45);
        result
    }

    /// Uniform in [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        unit_of(self.bits())
    }

    /// Uniform in [low, high).
    pub(crate) fn range(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Uniform in 0..count; 0 for an empty range.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        ((self.unit() * count as f64) as usize).min(count.saturating_sub(1))
    }

    /// Uniform in low..=high.
    pub(crate) fn whole(&mut self, low: u32, high: u32) -> u32 {
        low + self.below((high - low + 1) as usize) as u32
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of `options`, which must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, options: &'a [T]) -> &'a T {
        &options[self.below(options.len())]
    }
}

/// The finaliser of splitmix64: every input bit changes half of the output bits.
pub(crate) fn mix64(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A key for a purpose within a key.
pub(crate) fn derive(key: u64, name: &str) -> u64 {
    // FNV-1a over the name, then mixed, since FNV alone leaves similar names similar.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ mix64(key);
    for byte in name.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    mix64(hash)
}

/// A key for one of a numbered series within a key.
pub(crate) fn derive_index(key: u64, index: u64) -> u64 {
    mix64(
        mix64(key ^ 0x5851_f42d_4c95_7f2d).wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
    )
}

fn unit_of(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// The parameters of a design, drawn by name.
#[derive(Clone, Debug)]
pub(crate) struct Params {
    key: u64,
    nudge: Option<(u64, f64)>,
}

/// Choices and counts stay as they are up to this nudge, so that small nudges keep the topology.
const CHOICES_MOVE_ABOVE: f64 = 0.4;

impl Params {
    /// An original design.
    pub(crate) fn original(key: u64) -> Params {
        Params { key, nudge: None }
    }

    /// The design of `key`, moved by `nudge` in (0, 1] along a direction that follows from `by`.
    ///
    /// At 1 a dimension moves by up to 0.45 of its range and a choice flips with probability 0.3.
    pub(crate) fn near(key: u64, by: u64, nudge: f64) -> Params {
        Params {
            key,
            nudge: Some((by, nudge)),
        }
    }

    /// A dimension, uniform in [low, high).
    pub(crate) fn range(&self, name: &str, low: f64, high: f64) -> f64 {
        let mut u = unit_of(derive(self.key, name));
        if let Some((by, nudge)) = self.nudge {
            let delta = 2.0 * unit_of(derive(by, name)) - 1.0;
            // Small deltas are pushed out, so that a nudge says how far a design is, not how far
            // it could be.
            let delta = delta.signum() * (0.35 + 0.65 * delta.abs());
            u += 0.45 * nudge * delta;
            // Reflected at the ends, which keeps the range and the distance.
            if u < 0.0 {
                u = -u;
            } else if u >= 1.0 {
                u = 2.0 - u;
            }
            u = u.clamp(0.0, 0.999_999);
        }
        low + (high - low) * u
    }

    /// A choice among `count` kinds.
    pub(crate) fn choice(&self, name: &str, count: usize) -> usize {
        let mut u = unit_of(derive(self.key, name));
        if let Some((by, nudge)) = self.nudge {
            let mut rng = Rng::new(derive(by, name));
            let flips = 0.5 * (nudge - CHOICES_MOVE_ABOVE);
            if rng.chance(flips) {
                u = rng.unit();
            }
        }
        ((u * count as f64) as usize).min(count - 1)
    }

    /// A count in low..=high.
    pub(crate) fn count(&self, name: &str, low: usize, high: usize) -> usize {
        low + self.choice(name, high - low + 1)
    }

    /// Whether the design has a feature.
    pub(crate) fn chance(&self, name: &str, probability: f64) -> bool {
        (self.choice(name, 1000) as f64) < probability * 1000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_depend_on_the_name_alone() {
        let params = Params::original(7);
        let first = params.range("a", 0.0, 1.0);
        let second = params.range("b", 0.0, 1.0);
        assert_ne!(first, second);
        assert_eq!(first, params.range("a", 0.0, 1.0));
        assert_ne!(first, Params::original(8).range("a", 0.0, 1.0));
    }

    #[test]
    fn small_nudges_move_dimensions_a_little_and_choices_not_at_all() {
        for key in 0..200 {
            let original = Params::original(key);
            let near = Params::near(key, key + 1000, 0.2);
            let moved = (original.range("a", 0.0, 1.0) - near.range("a", 0.0, 1.0)).abs();
            assert!(moved > 0.0 && moved <= 0.09 + 1e-9, "moved {moved}");
            assert_eq!(original.choice("kind", 9), near.choice("kind", 9));
        }
    }

    #[test]
    fn streams_are_uniform() {
        let mut rng = Rng::new(3);
        let mean = (0..10_000).map(|_| rng.unit()).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02);
        let mut seen = [0; 5];
        for key in 0..5000 {
            seen[Params::original(key).choice("kind", 5)] += 1;
        }
        assert!(seen.iter().all(|&count| count > 850), "{seen:?}");
    }
}
