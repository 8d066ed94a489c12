//! How numbers become integers.

/// The integer that the greatest magnitude becomes: -128 stays unused, so that a number and
/// its negative have integers of one magnitude.
const GREATEST: f32 = 127.0;

/// Below, 127 divided by the magnitude would not be an f32.
const LEAST: f32 = 1e-36;

/// What the integers of a row are multiples of, and its inverse.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) step: f32,
    pub(super) inverse: f32,
}

impl Scale {
    /// For numbers up to `greatest` in magnitude; both are zero if that is next to nothing.
    #[inline(always)]
    pub(super) fn of(greatest: f32) -> Self {
        if greatest < LEAST {
            return Self {
                step: 0.0,
                inverse: 0.0,
            };
        }
        Self {
            // Infinity has no integer: NaN tells.
            step: if greatest.is_finite() {
                greatest / GREATEST
            } else {
                f32::NAN
            },
            inverse: GREATEST / greatest,
        }
    }

    /// For `numbers`. Greater than infinity is NaN, so that it shows.
    pub(super) fn of_all(numbers: impl Iterator<Item = f32>) -> Self {
        let bits = numbers.map(|x| x.abs().to_bits()).max();
        Self::of(f32::from_bits(bits.unwrap_or(0)))
    }

    /// The nearest integer, halves to even; of NaN, any.
    pub(super) fn quantise(self, x: f32) -> i8 {
        (x * self.inverse).round_ties_even() as i8
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;

    #[test]
    fn the_greatest_magnitude_becomes_127_at_any_size() {
        for magnitude in [1e-36, 3e-20, 0.3, 1.0, 7.7, 3e38] {
            let scale = Scale::of_all([magnitude / 3.0, -magnitude].into_iter());
            assert_eq!(scale.quantise(-magnitude), -127);
            assert_eq!(scale.quantise(magnitude), 127);
            let back = scale.step * 127.0;
            assert!((back - magnitude).abs() <= magnitude * 1e-6, "{back}");
        }
    }

    #[test]
    fn next_to_nothing_is_zero_and_nan_shows() {
        assert_eq!(Scale::of_all([0.0, -1e-37].into_iter()).step, 0.0);
        assert_eq!(Scale::of_all([].into_iter()).step, 0.0);
        assert!(
            Scale::of_all([1.0, f32::NAN, f32::INFINITY].into_iter())
                .step
                .is_nan()
        );
        let infinite = Scale::of_all([1.0, f32::NEG_INFINITY].into_iter());
        assert!(infinite.step.is_nan());
    }
}
