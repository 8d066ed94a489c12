//! Metrics: what a score means and which of two scores is better.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::IndexError;

/// How two vectors are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Metric {
    /// Cosine of the angle, in [-1, 1]; 0 where a vector has no length. Vectors of any length.
    Cosine,
    /// Inner product.
    InnerProduct,
    /// Euclidean distance: the root, not its square.
    L2,
}

impl Metric {
    /// Whether a higher score is a better one. Only distances are better low.
    #[must_use]
    pub fn higher_is_better(self) -> bool {
        self != Self::L2
    }

    /// Orders scores best first; NaN comes last, and equals NaN.
    #[must_use]
    pub fn compare(self, a: f32, b: f32) -> Ordering {
        match (a.is_nan(), b.is_nan()) {
            (false, false) if self.higher_is_better() => {
                b.partial_cmp(&a).unwrap_or(Ordering::Equal)
            }
            (false, false) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
            (a_is_nan, b_is_nan) => a_is_nan.cmp(&b_is_nan),
        }
    }
}

impl FromStr for Metric {
    type Err = IndexError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "cosine" => Ok(Self::Cosine),
            "ip" => Ok(Self::InnerProduct),
            "l2" => Ok(Self::L2),
            _ => Err(IndexError::UnknownMetric { name: name.into() }),
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Cosine => "cosine",
            Self::InnerProduct => "ip",
            Self::L2 => "l2",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for metric in [Metric::Cosine, Metric::InnerProduct, Metric::L2] {
            assert_eq!(metric.to_string().parse(), Ok(metric));
        }
        assert!("euclidean".parse::<Metric>().is_err());
    }

    #[test]
    fn best_comes_first_and_nan_last() {
        for metric in [Metric::Cosine, Metric::InnerProduct, Metric::L2] {
            let mut scores = [
                0.5,
                f32::NAN,
                f32::INFINITY,
                -0.0,
                0.0,
                f32::NEG_INFINITY,
                -2.0,
            ];
            scores.sort_by(|&a, &b| metric.compare(a, b));
            let expected = match metric {
                Metric::L2 => [f32::NEG_INFINITY, -2.0, 0.0, 0.0, 0.5, f32::INFINITY],
                _ => [f32::INFINITY, 0.5, 0.0, 0.0, -2.0, f32::NEG_INFINITY],
            };
            assert_eq!(scores[..6], expected, "{metric}");
            assert!(scores[6].is_nan(), "{metric}");
        }
    }
}
