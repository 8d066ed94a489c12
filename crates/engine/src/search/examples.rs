//! More like these, less like those: items that a search is steered by.
//!
//! Their embeddings move what is searched with (Rocchio, in Salton's SMART system, 1971): to the
//! query's own come [`LIKE`] times the mean of those that are liked, less [`UNLIKE`] times the mean
//! of those that are not. On second look liked pictures are compared with hits as the query is, and
//! a hit that agrees more with a picture that is not liked loses [`PENALTY`] times the difference.

use std::sync::Arc;

use lookalike_catalog::Collection;
use lookalike_evidence::Evidence;

use super::found::Asked;
use super::query_vectors::{Aspect, QueryVectors};

/// What the mean of the liked counts beside the query. This and the next are the usual weights
/// (Manning et al., Introduction to Information Retrieval, 9.1.1), the second raised from 0.15: one
/// thumb is all that most people give.
pub(super) const LIKE: f32 = 0.75;

/// What the mean of the unliked counts against it.
const UNLIKE: f32 = 0.25;

/// What a hit loses that agrees more with what is not liked: this times the difference.
pub(super) const PENALTY: f32 = 0.5;

/// Most items of either kind.
pub const EXAMPLES_MAX: usize = 64;

/// Embeddings of the items that a search is steered by, for one collection.
#[derive(Clone, Debug, Default)]
pub(super) struct Examples {
    pub(super) like: Vec<QueryVectors>,
    pub(super) unlike: Vec<QueryVectors>,
}

/// What hits are compared with again beside the query.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ExampleEvidence {
    pub(crate) like: Vec<Arc<Evidence>>,
    pub(crate) unlike: Vec<Arc<Evidence>>,
    /// Whether there is no query beside them.
    pub(crate) alone: bool,
}

impl Examples {
    /// The queries steered by them; where there are none, what is liked takes their place.
    pub(super) fn steer(
        &self,
        queries: Vec<QueryVectors>,
        collection: &Collection,
    ) -> Vec<QueryVectors> {
        if self.like.is_empty() && self.unlike.is_empty() {
            return queries;
        }
        let evidence = ExampleEvidence {
            like: evidence(&self.like),
            unlike: evidence(&self.unlike),
            alone: queries.is_empty(),
        };
        let (like, unlike) = (mean(&self.like), mean(&self.unlike));
        let is_unit = collection.spec.normalize;
        let moved = |own: Option<&[f32]>| {
            let shares = [
                (own, 1.0),
                (like.as_deref(), LIKE),
                (unlike.as_deref(), -UNLIKE),
            ];
            let shares = shares.into_iter();
            combined(
                shares.filter_map(|(vector, weight)| Some((vector?, weight))),
                is_unit,
            )
        };
        if queries.is_empty() {
            let alone = Aspect::new(Asked::default(), [moved(None)]);
            return alone
                .map(|aspect| QueryVectors {
                    aspects: vec![aspect],
                    examples: evidence,
                })
                .into_iter()
                .collect();
        }
        let steer = |mut query: QueryVectors| {
            for aspect in &mut query.aspects {
                aspect.whole = moved(Some(&aspect.whole));
                for figure in &mut aspect.figures {
                    *figure = moved(Some(figure));
                }
            }
            query.examples = evidence.clone();
            query
        };
        queries.into_iter().map(steer).collect()
    }
}

fn evidence(of: &[QueryVectors]) -> Vec<Arc<Evidence>> {
    let first = of.iter().filter_map(|item| item.aspects.first());
    first
        .filter_map(|aspect| aspect.evidence.first()?.clone())
        .collect()
}

/// The mean of the items' wholes.
fn mean(of: &[QueryVectors]) -> Option<Vec<f32>> {
    let share = 1.0 / of.len() as f32;
    let wholes = of.iter().filter_map(|item| item.aspects.first());
    let wholes: Vec<_> = wholes.map(|aspect| (&aspect.whole[..], share)).collect();
    (!wholes.is_empty()).then(|| sum(wholes.into_iter()))
}

/// The weighted sum, brought to the scale of what it was made of.
fn combined<'a>(parts: impl Iterator<Item = (&'a [f32], f32)> + Clone, is_unit: bool) -> Vec<f32> {
    let mut vector = sum(parts.clone());
    if is_unit {
        lookalike_encoders::normalize(&mut vector);
    } else {
        // Above 0: what is not liked never stands alone.
        let weight: f32 = parts.map(|(_, weight)| weight).sum();
        vector.iter_mut().for_each(|value| *value /= weight);
    }
    vector
}

fn sum<'a>(parts: impl Iterator<Item = (&'a [f32], f32)>) -> Vec<f32> {
    let mut sum: Vec<f32> = Vec::new();
    for (vector, weight) in parts {
        sum.resize(vector.len(), 0.0);
        for (sum, value) in sum.iter_mut().zip(vector) {
            *sum += weight * value;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vectors(values: &[f32]) -> QueryVectors {
        QueryVectors::new([values.to_vec()]).unwrap()
    }

    #[test]
    fn vectors_are_weighted_and_keep_their_scale() {
        let query = [4.0, 0.0];
        let like = mean(&[vectors(&[0.0, 2.0]), vectors(&[0.0, 6.0])]).unwrap();
        assert_eq!(like, [0.0, 4.0]);
        let unlike = mean(&[vectors(&[0.0, 8.0])]).unwrap();
        let parts = [(&query[..], 1.0), (&like, LIKE), (&unlike, -UNLIKE)];
        let moved = combined(parts.into_iter(), false);
        assert_eq!(moved, [4.0 / 1.5, 1.0 / 1.5]);
        let unit = combined(parts.into_iter(), true);
        assert!((unit[0].hypot(unit[1]) - 1.0).abs() < 1e-6);
        assert!((unit[0] / unit[1] - 4.0).abs() < 1e-5);
    }
}
