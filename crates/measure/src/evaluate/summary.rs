//! Measures of queries, put together: by groups of objects, and beside the first method.
//!
//! Methods answer the same queries, so that their difference is taken query by query: what makes
//! a query hard for both falls out of it, and its interval is narrower than those of the two.

use std::collections::BTreeMap;

use serde::Serialize;

use super::dataset::Dataset;
use super::interval::{Cluster, Estimate, estimates};
use super::measures::{COUNT, Measures};
use super::method::Method;
use super::run::Settings;
use super::task::Task;

/// The measures of a method in a task, over a group of queries.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The dataset: the last name of its path.
    pub dataset: String,
    /// The task.
    pub task: String,
    /// `all`, `known`, `held-out`, or a family's name.
    pub group: String,
    /// The method.
    pub method: String,
    /// How it sees pictures.
    pub preprocess: String,
    /// Queries.
    pub queries: usize,
    /// Objects that they show.
    pub objects: usize,
    /// Pictures searched.
    pub gallery: usize,
    /// The measures.
    #[serde(flatten)]
    pub measures: Summary,
}

/// By how much a method is better than the first one, over the same queries.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The dataset: the last name of its path.
    pub dataset: String,
    /// The task.
    pub task: String,
    /// `all`, `known`, `held-out`, or a family's name.
    pub group: String,
    /// The method.
    pub method: String,
    /// How it sees pictures.
    pub preprocess: String,
    /// The first method.
    pub than: String,
    /// How that sees pictures.
    pub than_preprocess: String,
    /// Its measures less those of the first.
    #[serde(flatten)]
    pub measures: Summary,
}

/// Means over queries.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Mean average precision.
    pub map: Estimate,
    /// Share of queries whose first answer is relevant.
    pub recall_at_1: Estimate,
    /// Share of queries with a relevant answer among the first ten.
    pub recall_at_10: Estimate,
    /// Mean over queries of one over the rank of the first relevant answer, 0 beyond ten.
    pub mrr_at_10: Estimate,
    /// Normalised discounted cumulative gain of the first ten, by graded relevance.
    pub ndcg_at_10: Estimate,
}

/// What a method answered: for each query the object that it shows, and the measures. Queries are
/// the same for all methods, and in the same order.
pub(super) type Answers = Vec<(usize, Measures)>;

/// The answers of all methods to the questions of one task.
pub(super) struct Answered<'a> {
    pub(super) dataset: &'a Dataset,
    pub(super) task: &'a Task,
    pub(super) methods: &'a [Method],
    /// By method.
    pub(super) answers: Vec<Answers>,
}

impl Answered<'_> {
    /// A row for each method and group.
    pub(super) fn rows(&self, settings: &Settings) -> Vec<Row> {
        let mut rows = Vec::new();
        for (method, answers) in self.methods.iter().zip(&self.answers) {
            for (group, members) in self.groups(settings) {
                let clusters = clusters(answers, &members, |query| answers[query].1.values());
                rows.push(Row {
                    dataset: self.dataset.name.clone(),
                    task: self.task.kind.to_string(),
                    group,
                    method: method.name(),
                    preprocess: method.seen_as(),
                    queries: members.len(),
                    objects: clusters.len(),
                    gallery: self.task.gallery.len(),
                    measures: Summary::of(&clusters),
                });
            }
        }
        rows
    }

    /// A row for each method but the first, and each group.
    pub(super) fn differences(&self, settings: &Settings) -> Vec<Difference> {
        let mut differences = Vec::new();
        let (Some(first), Some(base)) = (self.methods.first(), self.answers.first()) else {
            return differences;
        };
        for (method, answers) in self.methods.iter().zip(&self.answers).skip(1) {
            for (group, members) in self.groups(settings) {
                let clusters = clusters(answers, &members, |query| {
                    let (ours, theirs) = (answers[query].1.values(), base[query].1.values());
                    std::array::from_fn(|measure| ours[measure] - theirs[measure])
                });
                differences.push(Difference {
                    dataset: self.dataset.name.clone(),
                    task: self.task.kind.to_string(),
                    group,
                    method: method.name(),
                    preprocess: method.seen_as(),
                    than: first.name(),
                    than_preprocess: first.seen_as(),
                    measures: Summary::of(&clusters),
                });
            }
        }
        differences
    }

    /// Groups of queries, none of them empty: positions in the answers.
    fn groups(&self, settings: &Settings) -> Vec<(String, Vec<usize>)> {
        let answers = self.answers.first().map_or(&[][..], Vec::as_slice);
        let family = |query: usize| self.dataset.objects[answers[query].0].family.as_deref();
        let all: Vec<usize> = (0..answers.len()).collect();
        let mut groups = vec![("all".to_owned(), all.clone())];
        if !settings.held_out.is_empty() {
            let (held_out, known) = all.iter().partition(|&&query| {
                family(query).is_some_and(|family| settings.held_out.iter().any(|h| h == family))
            });
            groups.push(("known".to_owned(), known));
            groups.push(("held-out".to_owned(), held_out));
        }
        if settings.per_family {
            let mut families: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
            for &query in &all {
                if let Some(family) = family(query) {
                    families.entry(family).or_default().push(query);
                }
            }
            groups.extend(
                families
                    .into_iter()
                    .map(|(name, members)| (name.to_owned(), members)),
            );
        }
        groups.retain(|(_, members)| !members.is_empty());
        groups
    }
}

/// Sums by object over the queries that are members.
fn clusters(
    answers: &Answers,
    members: &[usize],
    values: impl Fn(usize) -> [f64; COUNT],
) -> Vec<Cluster> {
    let mut clusters: BTreeMap<usize, Cluster> = BTreeMap::new();
    for &query in members {
        let cluster = clusters.entry(answers[query].0).or_default();
        cluster.queries += 1.0;
        for (sum, value) in cluster.sums.iter_mut().zip(values(query)) {
            *sum += value;
        }
    }
    clusters.into_values().collect()
}

impl Summary {
    fn of(clusters: &[Cluster]) -> Self {
        let [map, recall_at_1, recall_at_10, mrr_at_10, ndcg_at_10] = estimates(clusters);
        Self {
            map,
            recall_at_1,
            recall_at_10,
            mrr_at_10,
            ndcg_at_10,
        }
    }
}

#[cfg(test)]
mod tests {
    use lookalike_imaging::PreprocessKind;

    use super::super::dataset::{DatasetPicture, Object, PictureKind, PictureSource};
    use super::super::method::Baseline;
    use super::super::task::TaskKind;
    use super::*;

    /// 40 objects with two pictures each.
    fn dataset() -> Dataset {
        Dataset {
            objects: (0..40)
                .map(|position| Object {
                    name: position.to_string(),
                    family: None,
                    origin: position,
                    nudge: 0.0,
                    cited: Default::default(),
                })
                .collect(),
            pictures: (0..80)
                .map(|picture| DatasetPicture {
                    source: PictureSource::File(picture.to_string().into()),
                    object: picture / 2,
                    kind: PictureKind::Drawing,
                })
                .collect(),
            ..Dataset::default()
        }
    }

    /// The right answer at this rank, wrong ones around it.
    fn answer(query: usize, rank: usize) -> (usize, Measures) {
        let mut ranking = vec![0; 12];
        ranking[rank] = 4;
        (query / 2, Measures::of(&ranking, 4).unwrap())
    }

    #[test]
    fn a_method_that_is_better_everywhere_by_the_same_has_a_difference_without_width() {
        let dataset = dataset();
        let task = Task::new(&dataset, TaskKind::Views).unwrap();
        let methods = [Baseline::Hog, Baseline::PerceptualHash].map(|baseline| Method::Baseline {
            baseline,
            preprocess: PreprocessKind::Letterbox,
        });
        let answered = Answered {
            dataset: &dataset,
            task: &task,
            methods: &methods,
            answers: vec![
                (0..80).map(|query| answer(query, 11)).collect(),
                (0..80).map(|query| answer(query, 0)).collect(),
            ],
        };
        let settings = Settings {
            tasks: vec![TaskKind::Views],
            held_out: Vec::new(),
            per_family: false,
            damaged_queries: 0,
        };
        let rows = answered.rows(&settings);
        assert_eq!((rows.len(), rows[0].queries, rows[0].objects), (2, 80, 40));
        let differences = answered.differences(&settings);
        assert_eq!(differences.len(), 1);
        assert_eq!(
            (differences[0].method.as_str(), differences[0].than.as_str()),
            ("perceptual-hash", "hog")
        );
        let recall = differences[0].measures.recall_at_1;
        assert_eq!((recall.value, recall.low, recall.high), (1.0, 1.0, 1.0));
    }

    #[test]
    fn what_is_hard_for_both_does_not_widen_the_difference() {
        let dataset = dataset();
        let task = Task::new(&dataset, TaskKind::Views).unwrap();
        let methods = [Baseline::Hog, Baseline::PerceptualHash].map(|baseline| Method::Baseline {
            baseline,
            preprocess: PreprocessKind::Letterbox,
        });
        // Half of the objects are easy for both; the second method is a little better everywhere.
        let ranks = |better: usize| {
            (0..80)
                .map(|query| answer(query, if query % 4 < 2 { 1 } else { 9 } - better))
                .collect()
        };
        let answered = Answered {
            dataset: &dataset,
            task: &task,
            methods: &methods,
            answers: vec![ranks(0), ranks(1)],
        };
        let settings = Settings {
            tasks: vec![TaskKind::Views],
            held_out: Vec::new(),
            per_family: false,
            damaged_queries: 0,
        };
        let width = |estimate: Estimate| estimate.high - estimate.low;
        let rows = answered.rows(&settings);
        let difference = answered.differences(&settings)[0].measures.map;
        let (own, other) = (rows[1].measures.map, rows[0].measures.map);
        assert!((difference.value - (own.value - other.value)).abs() < 1e-12);
        assert!(difference.low > 0.0, "{difference:?}");
        assert!(width(difference) < width(own), "{difference:?} {own:?}");
    }
}
