//! The plain model: every score of every item, one by one.

use std::collections::{BTreeMap, HashSet};

use lookalike_catalog::{Condition, Expression};
use lookalike_index::Metric;

use crate::Hit;
use crate::vectors::{FrontPages, Scope};

/// How far a score may be from the model's, by rounding in other orders.
const TOLERANCE: f64 = 1e-4;

/// What the suite knows of an item.
#[derive(Clone, Debug)]
pub(super) struct ModelItem {
    pub(super) front_page: bool,
    /// Its figures' vectors by figure index.
    pub(super) figures: BTreeMap<u8, Vec<f32>>,
    pub(super) tag: String,
    pub(super) patent: Option<String>,
    /// Under which it can be replaced.
    pub(super) path: String,
    pub(super) md5: String,
}

/// What the store should hold.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) metric: Metric,
    pub(super) items: BTreeMap<u64, ModelItem>,
}

/// A filter that the model can evaluate as well.
#[derive(Clone, Debug)]
pub(super) enum Narrowed {
    /// Not narrowed.
    All,
    /// Has one of these tags.
    Tagged(Vec<String>),
    /// Is of the patent.
    Patent(String),
    /// Is not of the patent, and not one of these items.
    Excluded(String, Vec<u64>),
    /// Has the tag and is of no patent that begins with the class: nothing.
    Nothing,
}

impl Narrowed {
    pub(super) fn expression(&self) -> Option<Expression> {
        let is = Expression::Is;
        let not = |condition| Expression::Not(Box::new(Expression::Is(condition)));
        Some(match self {
            Self::All => return None,
            Self::Tagged(tags) => {
                let tags = tags.iter().map(|tag| is(Condition::Tag(tag.clone())));
                Expression::Any(tags.collect())
            }
            Self::Patent(id) => is(Condition::Patent(vec![id.clone()])),
            Self::Excluded(id, items) => Expression::All(vec![
                not(Condition::Patent(vec![id.clone()])),
                not(Condition::Item(items.iter().map(|&id| id as i64).collect())),
            ]),
            Self::Nothing => is(Condition::LocClass("99".into())),
        })
    }

    fn lets_through(&self, id: u64, item: &ModelItem) -> bool {
        match self {
            Self::All => true,
            Self::Tagged(tags) => tags.contains(&item.tag),
            Self::Patent(patent) => item.patent.as_ref() == Some(patent),
            Self::Excluded(patent, items) => {
                item.patent.as_ref() != Some(patent) && !items.contains(&id)
            }
            Self::Nothing => false,
        }
    }
}

/// An item's best figure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scored {
    pub(super) item_id: u64,
    pub(super) score: f64,
}

impl Model {
    /// Figures of all items.
    pub(super) fn rows(&self) -> u64 {
        self.items
            .values()
            .map(|item| item.figures.len() as u64)
            .sum()
    }

    /// Items that are not front-page copies.
    pub(super) fn sheets(&self) -> u64 {
        self.items.values().filter(|item| !item.front_page).count() as u64
    }

    /// Those of a metric's definition, in double precision.
    fn score(&self, a: &[f32], b: &[f32]) -> f64 {
        let pairs = || a.iter().zip(b).map(|(a, b)| (f64::from(*a), f64::from(*b)));
        let product = |pairs: &mut dyn Iterator<Item = (f64, f64)>| -> f64 {
            pairs.map(|(a, b)| a * b).sum()
        };
        let length = |vector: &[f32]| -> f64 {
            let squares = vector.iter().map(|value| f64::from(*value).powi(2));
            squares.sum::<f64>().sqrt()
        };
        match self.metric {
            Metric::InnerProduct => product(&mut pairs()),
            Metric::Cosine => product(&mut pairs()) / (length(a) * length(b)),
            Metric::L2 => pairs().map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt(),
        }
    }

    /// Whether `a` is the better one by more than rounding.
    fn is_better(&self, a: f64, b: f64) -> bool {
        if self.metric.higher_is_better() {
            a > b + TOLERANCE
        } else {
            a < b - TOLERANCE
        }
    }

    fn score_of(&self, query: &[f32], item: &ModelItem) -> Option<f64> {
        let scores = item
            .figures
            .values()
            .map(|vector| self.score(query, vector));
        scores.reduce(if self.metric.higher_is_better() {
            f64::max
        } else {
            f64::min
        })
    }

    /// All within the scope, the best first.
    pub(super) fn best(
        &self,
        query: &[f32],
        narrowed: &Narrowed,
        scope: &Scope<'_>,
    ) -> Vec<Scored> {
        let included = scope.front_pages == FrontPages::Included;
        let mut best: Vec<Scored> = (self.items.iter())
            .filter(|(_, item)| included || !item.front_page)
            .filter(|(id, item)| narrowed.lets_through(**id, item))
            .filter_map(|(&item_id, item)| {
                let score = self.score_of(query, item)?;
                Some(Scored { item_id, score })
            })
            .filter(|scored| {
                let threshold = scope.threshold.map(f64::from);
                threshold.is_none_or(|limit| !self.is_better(limit, scored.score))
            })
            .collect();
        best.sort_by(|a, b| {
            let by_score = a.score.total_cmp(&b.score);
            if self.metric.higher_is_better() {
                by_score.reverse()
            } else {
                by_score
            }
        });
        best
    }

    /// A threshold that some of these reach and that none is near to by rounding.
    pub(super) fn threshold(expected: &[Scored], place: usize) -> Option<f32> {
        let pair = expected.get(place..place + 2)?;
        let gap = (pair[0].score - pair[1].score).abs();
        let middle = (pair[0].score + pair[1].score) / 2.0;
        (gap > 10.0 * TOLERANCE).then_some(middle as f32)
    }

    /// How many of the hits are among the `k` best, or as good.
    pub(super) fn count_best(&self, query: &[f32], k: usize, hits: &[Hit]) -> usize {
        let expected = self.best(query, &Narrowed::All, &Scope::default());
        let Some(last) = expected.get(k - 1) else {
            return hits.len();
        };
        let good = hits
            .iter()
            .filter(|hit| !self.is_better(last.score, f64::from(hit.score)));
        good.count()
    }

    /// The hits are the best `k` of `expected`, each with its score and figure, in order.
    pub(super) fn assert_best(&self, query: &[f32], expected: &[Scored], k: usize, hits: &[Hit]) {
        assert_eq!(
            hits.len(),
            expected.len().min(k),
            "{hits:?} of {expected:?}"
        );
        self.assert_scores(query, hits);
        for (hit, expected) in hits.iter().zip(expected) {
            let difference = (f64::from(hit.score) - expected.score).abs();
            assert!(
                difference < TOLERANCE,
                "{hit:?} where {expected:?} is the best"
            );
        }
        for pair in hits.windows(2) {
            let order = self.metric.compare(pair[0].score, pair[1].score);
            let order = order.then(pair[0].item_id.cmp(&pair[1].item_id));
            assert!(order.is_lt(), "{:?} before {:?}", pair[0], pair[1]);
        }
    }

    /// Each hit is an item of the model, once, and has the score of its best figure.
    pub(super) fn assert_scores(&self, query: &[f32], hits: &[Hit]) {
        let mut seen = HashSet::new();
        for hit in hits {
            assert!(seen.insert(hit.item_id), "{hit:?} comes twice");
            let item = self.items.get(&hit.item_id);
            let item = item.unwrap_or_else(|| panic!("{hit:?} is no item"));
            let figure = item.figures.get(&hit.figure_index);
            let figure = figure.unwrap_or_else(|| panic!("{hit:?} is no figure"));
            let (score, best) = (self.score(query, figure), self.score_of(query, item));
            for expected in [Some(score), best] {
                let difference = expected.map(|score| (f64::from(hit.score) - score).abs());
                assert!(
                    difference.is_some_and(|difference| difference < TOLERANCE),
                    "{hit:?} scores {score}, the best figure of its item {best:?}"
                );
            }
        }
    }
}
