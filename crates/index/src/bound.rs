//! What codes say for certain: no row scores better than its key.
//!
//! With the centre c, a row x = c + r u and a query q = c + s v, where u and v are directions
//! with codes that stand for u' and v', and |u - u'| <= e, |v - v'| <= f:
//!
//! ```text
//! |<u, v> - <u', v'>| <= f |u'| + e |v| <= f (1 + e) + e
//! |x - q|^2 = r^2 + s^2 - 2 r s <u, v> >= s^2 - key
//! key = r (2 s <u', v'> + 2 s f - r) + 2 s (1 + f) (r e)
//! ```
//!
//! So a row can be nearer than some distance only if its key is at least as great as that
//! distance makes it. Of vectors at length 1 the cosine is 1 - |x - q|^2 / 2. For inner products
//! the centre is the origin, and key = r (s <u', v'> + s f) + s (1 + f) (r e). That is one formula
//! with four numbers a query, see [`Bound`].
//!
//! Everything is computed in f32, and so are the scores that keys are compared with: the bound is
//! widened by what both may be off by.

use lookalike_kernels::distance::codes::{Bound, Line};

use crate::Metric;
use crate::rows::{Coded, Rows};

/// Relative error of a key: a few roundings of f32 in each of its terms, which are no larger than
/// the squares of the lengths.
const KEY_ROUNDING: f64 = 1e-6;

/// A query to be compared with codes.
#[derive(Debug)]
pub(crate) struct BoundedQuery {
    pub(crate) code: Vec<Line>,
    metric: Metric,
    bound: Bound,
    /// The key of a row at the query, before its length is taken off: the square of the query's
    /// length from the centre. 0 for inner products.
    square: f64,
    /// Relative error of a score, from the kernels' sums of this many terms.
    score_rounding: f64,
}

impl BoundedQuery {
    pub(crate) fn new(rows: &Rows, query: &[f32]) -> Self {
        let mut code = Vec::new();
        let Coded { length, error } = rows.encode(query, &mut Vec::new(), &mut code);
        let step = rows.step();
        // Each term of a sum is rounded, and each step of it: see `kernels::distance`.
        let score_rounding = (query.len() as f64 + 8.0) / f64::from(1 << 24);
        let double = match rows.metric {
            Metric::Cosine | Metric::L2 => 2.0,
            Metric::InnerProduct => 1.0,
        };
        let of_product = double * length * step * step;
        let mut of_length = double * length * (error + 2.0 * KEY_ROUNDING as f32);
        if rows.metric == Metric::InnerProduct {
            of_length += length * score_rounding as f32;
        }
        Self {
            code,
            metric: rows.metric,
            bound: Bound {
                // Not a number where the query has no usual length: then no row is ever left out.
                product: if error.is_finite() {
                    of_product
                } else {
                    f32::NAN
                },
                length: of_length,
                margin: double * length * (1.0 + error),
                square: match rows.metric {
                    Metric::Cosine | Metric::L2 => 1.0 - KEY_ROUNDING as f32,
                    Metric::InnerProduct => 0.0,
                },
                least: f32::NEG_INFINITY,
            },
            square: match rows.metric {
                Metric::Cosine | Metric::L2 => f64::from(length).powi(2),
                Metric::InnerProduct => 0.0,
            },
            score_rounding,
        }
    }

    /// Leaves out what cannot score as well as `worst`.
    pub(crate) fn bound(&self, worst: f32) -> Bound {
        let worst = f64::from(worst);
        let least = match self.metric {
            Metric::InnerProduct => worst,
            Metric::Cosine => {
                let distance = 2.0 - 2.0 * worst;
                self.square * (1.0 - KEY_ROUNDING) - distance - 2.0 * self.score_rounding - 1e-6
            }
            Metric::L2 => {
                let distance = worst * (1.0 + self.score_rounding);
                self.square * (1.0 - KEY_ROUNDING) - distance * distance
            }
        };
        Bound {
            least: (least as f32).next_down(),
            ..self.bound
        }
    }

    /// Ranks by what codes say, without the benefit of the doubt for any row.
    pub(crate) fn ranking(&self) -> Bound {
        Bound {
            length: 0.0,
            margin: 0.0,
            ..self.bound
        }
    }
}
