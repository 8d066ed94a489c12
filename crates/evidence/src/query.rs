//! How well the evidence of one picture agrees with that of others.

use lookalike_kernels::Isa;
use lookalike_kernels::matching::PackedSet;
use rayon::prelude::*;

use crate::evidence::Evidence;

/// Comparisons that a thread makes at a time: a tenth of a millisecond, against the microseconds
/// that it takes to hand them over.
const AT_A_TIME: usize = 64;

/// The inner product of a token with itself.
const SAME: f64 = 127.0 * 127.0;

/// The evidence of a picture that is searched for, ready to be compared.
#[derive(Clone, Debug)]
pub struct Query {
    packed: PackedSet,
    /// How well it agrees with itself before that is brought to 1.
    own: f64,
}

impl Query {
    /// Prepares it for this CPU.
    #[must_use]
    pub fn new(evidence: &Evidence) -> Self {
        Self::on(Isa::active(), evidence)
    }

    fn on(isa: Isa, evidence: &Evidence) -> Self {
        Self {
            packed: PackedSet::pack(isa, evidence.values(), evidence.dim()),
            own: own(evidence),
        }
    }

    /// How well `other` agrees, 0 to 1: for each token of either picture the cosine of the most
    /// similar token of the other, at least 0, squared; the mean over the tokens of each picture;
    /// the mean of both. `None` where either is blank or tokens have other numbers of values.
    ///
    /// A place that is found counts, whatever lies elsewhere; squares make one exact match worth
    /// more than many that are so-so. Rounded to bytes, tokens are not quite of one length: what that
    /// takes from a picture's agreement with itself is given back, so that it is 1.
    #[must_use]
    pub fn agreement(&self, other: &Evidence) -> Option<f32> {
        if self.packed.vectors() == 0 || other.is_empty() || other.dim() != self.packed.dim() {
            return None;
        }
        let mut of_self = vec![0; self.packed.vectors()];
        let mut of_other = vec![0; other.len()];
        self.packed
            .best(other.values(), &mut of_self, &mut of_other);
        let agreement = (mean(&of_self) + mean(&of_other)) / 2.0;
        Some((agreement / (self.own * own(other)).sqrt()).min(1.0) as f32)
    }

    /// The agreement with each of `count` others, shared by the threads of the current pool;
    /// `other` gives the evidence of each.
    pub fn agreements<E: std::borrow::Borrow<Evidence>>(
        &self,
        count: usize,
        other: impl Fn(usize) -> Option<E> + Sync,
    ) -> Vec<Option<f32>> {
        let indices = (0..count).into_par_iter().with_min_len(AT_A_TIME);
        let one = |index| other(index).and_then(|other| self.agreement(other.borrow()));
        indices.map(one).collect()
    }
}

/// Mean of the squared cosines of each token with itself; 1 for none.
fn own(evidence: &Evidence) -> f64 {
    let tokens = evidence.values().chunks_exact(evidence.dim());
    let squares: Vec<i32> = tokens
        .map(|token| token.iter().map(|&value| i32::from(value).pow(2)).sum())
        .collect();
    if squares.is_empty() {
        1.0
    } else {
        mean(&squares)
    }
}

/// Mean of the squared cosines, in double precision and in order: the same wherever it runs.
fn mean(products: &[i32]) -> f64 {
    let squares = products.iter().map(|&product| {
        let cosine = (f64::from(product) / SAME).clamp(0.0, 1.0);
        cosine * cosine
    });
    squares.sum::<f64>() / products.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::evidence;

    #[test]
    fn agreement_is_the_mean_square_of_the_best_both_ways() {
        let one = Evidence::new(2, vec![0, 1], vec![127, 0, 0, 127]);
        let other = Evidence::new(2, vec![5], vec![127, 0]);
        let query = Query::on(Isa::Portable, &one);
        assert_eq!(query.agreement(&one), Some(1.0));
        // Of the query one token is found and one is not; the other picture's only one is.
        assert_eq!(query.agreement(&other), Some(0.75));
        let opposite = Evidence::new(2, vec![5], vec![-127, 0]);
        assert_eq!(query.agreement(&opposite), Some(0.0));
    }

    #[test]
    fn a_picture_agrees_with_itself_although_tokens_are_rounded() {
        let one = Evidence::new(2, vec![0, 1], vec![100, 77, 90, -90]);
        let agreement = Query::on(Isa::Portable, &one).agreement(&one);
        assert!(agreement.is_some_and(|agreement| (agreement - 1.0).abs() < 1e-6));
    }

    #[test]
    fn it_is_the_same_both_ways_and_on_every_instruction_set() {
        for (seed, [a, b]) in (0..).zip([[1, 45], [17, 30], [45, 45]]) {
            let (a, b) = (evidence(seed, a, 88), evidence(seed + 9, b, 88));
            let expected = Query::on(Isa::Portable, &a).agreement(&b);
            assert!(expected.is_some());
            for isa in Isa::available() {
                assert_eq!(Query::on(isa, &a).agreement(&b), expected, "{isa}");
                assert_eq!(Query::on(isa, &b).agreement(&a), expected, "{isa}");
            }
        }
    }

    #[test]
    fn many_are_compared_as_one_by_one_on_any_number_of_threads() {
        let others: Vec<Evidence> = (0..300)
            .map(|seed| evidence(seed, seed as usize % 46, 88))
            .collect();
        let query = Query::new(&evidence(1000, 40, 88));
        let expected: Vec<_> = others.iter().map(|other| query.agreement(other)).collect();
        for threads in [1, 2, 5] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let found = pool
                .build()
                .unwrap()
                .install(|| query.agreements(others.len(), |index| Some(&others[index])));
            assert_eq!(found, expected, "{threads}");
        }
        let none = query.agreements(2, |_| None::<Evidence>);
        assert_eq!(none, [None; 2]);
    }

    #[test]
    fn what_cannot_be_compared_is_not() {
        let (blank, some) = (evidence(1, 0, 8), evidence(1, 3, 8));
        let agreement = |a, b| Query::new(a).agreement(b);
        assert_eq!(agreement(&blank, &some), None);
        assert_eq!(agreement(&some, &blank), None);
        assert_eq!(agreement(&some, &evidence(1, 3, 7)), None);
    }
}
