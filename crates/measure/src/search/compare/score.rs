//! Scores computed directly, as a check of those that an index returns.

use lookalike_index::Metric;

use super::ScoreCheck;

/// What a distance of single precision may be off by when the root is taken of the square.
const ROUNDING: f64 = 1e-6;

/// The score by its definition, summed in f64 from the first value to the last.
pub(super) fn direct(metric: Metric, a: &[f32], b: &[f32]) -> f64 {
    match metric {
        Metric::InnerProduct => dot(a, b),
        Metric::Cosine => {
            let lengths = (dot(a, a) * dot(b, b)).sqrt();
            if lengths > 0.0 {
                dot(a, b) / lengths
            } else {
                0.0
            }
        }
        Metric::L2 => {
            let pairs = a.iter().zip(b);
            let squares = pairs.map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2));
            squares.sum::<f64>().sqrt()
        }
    }
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    let pairs = a.iter().zip(b);
    pairs.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}

impl ScoreCheck {
    pub(super) fn new(metric: Metric) -> Self {
        Self {
            compared: 0,
            largest_difference: 0.0,
            is_root: (metric == Metric::L2).then_some(true),
        }
    }

    /// Compares a returned score with the direct one.
    pub(super) fn add(&mut self, returned: f32, direct: f64) {
        let difference = (f64::from(returned) - direct).abs();
        self.compared += 1;
        self.largest_difference = self.largest_difference.max(difference);
        if let Some(is_root) = &mut self.is_root {
            let from_square = (f64::from(returned) - direct * direct).abs();
            *is_root &= difference <= from_square + ROUNDING;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_follow_their_definitions() {
        let (a, b) = ([3.0, 4.0], [4.0, 3.0]);
        assert_eq!(direct(Metric::InnerProduct, &a, &b), 24.0);
        assert_eq!(direct(Metric::Cosine, &a, &b), 24.0 / 25.0);
        assert_eq!(direct(Metric::L2, &a, &b), 2_f64.sqrt());
        assert_eq!(direct(Metric::Cosine, &a, &[0.0, 0.0]), 0.0);
    }

    #[test]
    fn a_square_is_told_from_the_root() {
        let mut right = ScoreCheck::new(Metric::L2);
        right.add(5.0, 5.0);
        right.add(1.0, 1.0);
        right.add(0.5, 0.5);
        assert_eq!((right.is_root, right.largest_difference), (Some(true), 0.0));
        for root in [5.0_f64, 0.5] {
            let mut wrong = ScoreCheck::new(Metric::L2);
            wrong.add((root * root) as f32, root);
            assert_eq!(wrong.is_root, Some(false));
        }
        let mut product = ScoreCheck::new(Metric::InnerProduct);
        product.add(25.0, 24.0);
        assert_eq!((product.is_root, product.largest_difference), (None, 1.0));
    }
}
