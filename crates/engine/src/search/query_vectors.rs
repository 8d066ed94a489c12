//! What is searched with for a query.
//!
//! A sheet with several figures asks as a whole and with each of them. An item's score for it is
//! the mean of two: its best for the whole, and its best for any figure. Over two sets of real
//! patents such queries gain by it (`docs/evaluation.md`); as no item scores above the better of
//! the two, those that any vector finds are all that need to be looked at. A picture that asks in
//! several forms and poses has such vectors for each of them; that by which an item scores best counts.

use std::sync::Arc;

use lookalike_evidence::Evidence;
use lookalike_imaging::photo::Form;
use lookalike_storage::{Hit, Metric};

use super::examples::ExampleEvidence;
use super::found::{Asked, Found};
use crate::Described;

/// The vectors of a query.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct QueryVectors {
    /// For each form and pose once, as it came first; never empty.
    pub(crate) aspects: Vec<Aspect>,
    /// What hits are compared with again beside it.
    pub(crate) examples: ExampleEvidence,
}

/// A query asked in one way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Aspect {
    pub(crate) asked: Asked,
    /// Of all of it.
    pub(crate) whole: Vec<f32>,
    /// Of its figures, where it has several.
    pub(crate) figures: Vec<Vec<f32>>,
    /// Of each of these, where hits can be compared with it again: the whole, then the figures.
    pub(crate) evidence: Vec<Option<Arc<Evidence>>>,
}

impl Aspect {
    /// The first of the vectors is that of the whole; `None` where there is none.
    pub(super) fn new(asked: Asked, vectors: impl IntoIterator<Item = Vec<f32>>) -> Option<Self> {
        let mut vectors = vectors.into_iter();
        Some(Self {
            asked,
            whole: vectors.next()?,
            figures: vectors.collect(),
            evidence: Vec::new(),
        })
    }

    /// Of what was made of a picture's parts, the whole first.
    pub(super) fn of_described(
        asked: Asked,
        parts: impl IntoIterator<Item = Described>,
    ) -> Option<Self> {
        let mut evidence = Vec::new();
        let vectors = parts.into_iter().map(|part| {
            // The lines of a photo's drawing are others than a draughtsman's.
            if asked.form == Form::AsIs {
                evidence.push(part.evidence.map(Arc::new));
            }
            part.embedding
        });
        let aspect = Self::new(asked, vectors)?;
        Some(Self { evidence, ..aspect })
    }

    /// All its vectors, the whole first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Vec<f32>> {
        std::iter::once(&self.whole).chain(&self.figures)
    }

    /// An item's hit for it by the item's hits for its vectors, in their order.
    fn found(&self, hits: &[Hit], metric: Metric) -> Option<Found> {
        let (whole, figures) = hits.split_first()?;
        let better = |a: (u8, Hit), b: (u8, Hit)| match metric.compare(b.1.score, a.1.score) {
            std::cmp::Ordering::Less => b,
            _ => a,
        };
        let by_whole = Found::new(*whole, self.asked);
        let figures = (1..=u8::MAX).zip(figures.iter().copied());
        Some(match figures.reduce(better) {
            None => by_whole,
            Some((figure, best)) => Found {
                figure_index: best.figure_index,
                query_figure: Some(figure),
                score: f32::midpoint(whole.score, best.score),
                ..by_whole
            },
        })
    }
}

impl QueryVectors {
    /// What came as vectors, the first that of the whole; `None` where there is none.
    pub(crate) fn new(vectors: impl IntoIterator<Item = Vec<f32>>) -> Option<Self> {
        Aspect::new(Asked::default(), vectors).map(|aspect| Self::of_aspects(vec![aspect]))
    }

    /// Of aspects, of which there is at least one.
    pub(super) fn of_aspects(aspects: Vec<Aspect>) -> Self {
        Self {
            aspects,
            examples: ExampleEvidence::default(),
        }
    }

    /// The same, to be compared with this evidence too, which is that of it as it came: of the
    /// whole, then of its figures.
    pub(crate) fn with_evidence(mut self, evidence: Vec<Option<Evidence>>) -> Self {
        if let Some(aspect) = self.aspects.first_mut() {
            aspect.evidence = evidence.into_iter().map(|one| one.map(Arc::new)).collect();
        }
        self
    }

    /// The same, with nothing to compare hits with again.
    pub(super) fn without_evidence(mut self) -> Self {
        for aspect in &mut self.aspects {
            aspect.evidence.clear();
        }
        self
    }

    /// All of them: of each pose the whole first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Vec<f32>> {
        self.aspects.iter().flat_map(Aspect::all)
    }

    /// How many numbers there are in all of them.
    pub(crate) fn numbers(&self) -> usize {
        self.all().map(Vec::len).sum()
    }

    /// Whether it asks with figures beside the whole.
    pub(super) fn has_figures(&self) -> bool {
        self.aspects.iter().any(|aspect| !aspect.figures.is_empty())
    }

    /// An item's hit for the query by its hits for all the query's vectors, in their order; `None`
    /// where it has none.
    pub(super) fn found(&self, hits: &[Hit], metric: Metric) -> Option<Found> {
        let mut rest = hits;
        let mut found: Option<Found> = None;
        for aspect in &self.aspects {
            let (own, others) = rest.split_at_checked(1 + aspect.figures.len())?;
            rest = others;
            found = match (found, aspect.found(own, metric)) {
                (Some(best), Some(other)) => Some(best.or_better(other, metric)),
                (best, other) => best.or(other),
            };
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use lookalike_imaging::Pose;

    use super::*;

    fn hit(figure_index: u8, score: f32) -> Hit {
        Hit {
            item_id: 7,
            figure_index,
            score,
        }
    }

    fn aspect(pose: Pose, vectors: usize) -> Aspect {
        let asked = Asked {
            pose,
            ..Asked::default()
        };
        Aspect::new(asked, vec![vec![0.0]; vectors]).unwrap()
    }

    fn found(vectors: &QueryVectors, hits: &[Hit], metric: Metric) -> Option<(u8, f32, Pose)> {
        let found = vectors.found(hits, metric);
        found.map(|found| (found.figure_index, found.score, found.asked.pose))
    }

    #[test]
    fn the_whole_and_the_best_figure_count_half_each() {
        let hits = [hit(0, 0.5), hit(1, 0.2), hit(3, 0.75), hit(2, 0.75)];
        let several = QueryVectors::new(vec![vec![0.0]; 4]).unwrap();
        let upright = Pose::UPRIGHT;
        assert_eq!(
            found(&several, &hits, Metric::Cosine),
            Some((3, 0.625, upright))
        );
        assert_eq!(found(&several, &hits, Metric::L2), Some((1, 0.35, upright)));
        let one = QueryVectors::new([vec![0.0]]).unwrap();
        assert_eq!(
            found(&one, &hits[..1], Metric::Cosine),
            Some((0, 0.5, upright))
        );
        assert_eq!(found(&one, &[], Metric::Cosine), None);
    }

    #[test]
    fn the_best_pose_counts_and_of_equals_the_first() {
        let aspects = vec![aspect(Pose::UPRIGHT, 2), aspect(Pose::MIRRORED, 1)];
        let query = QueryVectors::of_aspects(aspects);
        let hits = [hit(0, 0.5), hit(1, 0.6), hit(2, 0.7)];
        assert_eq!(
            found(&query, &hits, Metric::Cosine),
            Some((2, 0.7, Pose::MIRRORED))
        );
        assert_eq!(
            found(&query, &hits, Metric::L2),
            Some((1, 0.55, Pose::UPRIGHT))
        );
        let same = [hit(0, 0.5), hit(1, 0.5), hit(2, 0.5)];
        assert_eq!(
            found(&query, &same, Metric::Cosine),
            Some((1, 0.5, Pose::UPRIGHT))
        );
    }
}
