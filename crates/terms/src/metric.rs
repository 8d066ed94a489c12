//! Metrics: what a score means and which of two scores is better.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::UnknownName;
use crate::unknown::{by_name, name_of};

/// How two vectors are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Cosine of the angle, in [-1, 1]; 0 where a vector has no length. Vectors of any length.
    Cosine,
    /// Inner product.
    #[serde(rename = "ip")]
    InnerProduct,
    /// Euclidean distance: the root, not its square.
    L2,
}

impl Metric {
    /// All metrics, with their names.
    const NAMES: [(Self, &'static str); 3] = [
        (Self::Cosine, "cosine"),
        (Self::InnerProduct, "ip"),
        (Self::L2, "l2"),
    ];

    /// All metrics.
    pub const ALL: [Self; 3] = [Self::Cosine, Self::InnerProduct, Self::L2];

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
    type Err = UnknownName;

    /// # Errors
    /// [`UnknownName`].
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        by_name("metric", &Self::NAMES, name)
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(name_of(&Self::NAMES, self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for metric in Metric::ALL {
            assert_eq!(metric.to_string().parse(), Ok(metric));
            let json = format!("\"{metric}\"");
            assert_eq!(serde_json::to_string(&metric).unwrap(), json);
        }
        let error = "euclidean".parse::<Metric>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown metric \"euclidean\": expected cosine, ip or l2"
        );
    }

    #[test]
    fn best_comes_first_and_nan_last() {
        for metric in Metric::ALL {
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
