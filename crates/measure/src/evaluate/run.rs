//! Puts the questions to the methods.
//!
//! A picture is decoded once for all methods, batch by batch, so that memory holds vectors and a
//! batch of pictures, never a dataset of pixels.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use lookalike_engine::{EngineError, Reading};
use lookalike_imaging::RgbImage;
use rayon::prelude::*;
use serde::Serialize;

use super::damage::Damage;
use super::dataset::Dataset;
use super::interval::{Cluster, Estimate, estimates};
use super::measures::Measures;
use super::method::Method;
use super::task::{Task, TaskKind};

/// Pictures in hand at a time.
const BATCH: usize = 32;

/// What to ask, and how it is reported.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The questions.
    pub tasks: Vec<TaskKind>,
    /// Families that a method did not see in training: reported apart from the others.
    pub held_out: Vec<String>,
    /// A row for every family.
    pub per_family: bool,
    /// At most so many queries are damaged, evenly spread over the dataset.
    pub damaged_queries: usize,
}

/// Called with the pictures done, and all.
pub type Progress<'a> = dyn FnMut(usize, usize) + 'a;

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Evaluation {
    /// The figures.
    pub rows: Vec<Row>,
    /// Pictures that could not be read, and why; they took no part.
    pub failed: Vec<Failure>,
}

/// A picture that could not be read.
#[derive(Clone, Debug, Serialize)]
pub struct Failure {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

/// The measures of a method in a task, over a group of queries.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The task.
    pub task: String,
    /// `all`, `known`, `held-out`, or a family's name.
    pub group: String,
    /// The method.
    pub method: String,
    /// Queries.
    pub queries: usize,
    /// Objects that they show.
    pub objects: usize,
    /// Pictures searched.
    pub gallery: usize,
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

/// Vectors by picture; none where the picture could not be read.
type Vectors = HashMap<usize, Vec<f32>>;

/// Asks all methods all questions.
///
/// # Errors
/// No question can be asked of the dataset, or a method fails.
pub fn evaluate(
    dataset: &Dataset,
    methods: &[Method],
    settings: &Settings,
    reading: &Reading,
    progress: &mut Progress<'_>,
) -> Result<Evaluation, EngineError> {
    let tasks: Vec<Task> = settings
        .tasks
        .iter()
        .filter_map(|&kind| Task::new(dataset, kind))
        .map(|task| thinned(task, settings.damaged_queries))
        .collect();
    if tasks.is_empty() {
        return Err(EngineError::invalid(
            "nothing can be asked: the dataset holds no object with a second picture that these \
             tasks could find",
        ));
    }
    let mut looks = Looks::new(dataset, methods, reading, &tasks, progress);
    let plain = looks.describe(&wanted(&tasks), None)?;
    let mut rows = Vec::new();
    for task in &tasks {
        let damaged = match task.kind {
            TaskKind::Damaged(damage) => Some(looks.describe(&task.queries, Some(damage))?),
            _ => None,
        };
        let asked = damaged.as_ref().unwrap_or(&plain);
        for ((method, gallery), queries) in methods.iter().zip(&plain).zip(asked) {
            let answers = ask(dataset, task, queries, gallery);
            rows.extend(summary(dataset, task, &method.name(), &answers, settings));
        }
    }
    Ok(Evaluation {
        rows,
        failed: looks.failed,
    })
}

/// Damaged queries cost a decoding each: fewer of them, evenly spread.
fn thinned(mut task: Task, most: usize) -> Task {
    if matches!(task.kind, TaskKind::Damaged(_)) && task.queries.len() > most {
        let all = std::mem::take(&mut task.queries);
        task.queries = (0..most).map(|i| all[i * all.len() / most]).collect();
    }
    task
}

/// Every picture that is needed undamaged, once.
fn wanted(tasks: &[Task]) -> Vec<usize> {
    let mut pictures: Vec<usize> = tasks
        .iter()
        .flat_map(|task| match task.kind {
            TaskKind::Damaged(_) => task.gallery.clone(),
            _ => [task.gallery.as_slice(), &task.queries].concat(),
        })
        .collect();
    pictures.sort_unstable();
    pictures.dedup();
    pictures
}

/// Reads pictures and describes them by all methods.
struct Looks<'a, 'p> {
    dataset: &'a Dataset,
    methods: &'a [Method],
    reading: &'a Reading,
    progress: &'a mut Progress<'p>,
    done: usize,
    total: usize,
    failed: Vec<Failure>,
}

impl<'a, 'p> Looks<'a, 'p> {
    fn new(
        dataset: &'a Dataset,
        methods: &'a [Method],
        reading: &'a Reading,
        tasks: &[Task],
        progress: &'a mut Progress<'p>,
    ) -> Self {
        let damaged = tasks
            .iter()
            .filter(|task| matches!(task.kind, TaskKind::Damaged(_)));
        Self {
            dataset,
            methods,
            reading,
            progress,
            done: 0,
            total: wanted(tasks).len() + damaged.map(|task| task.queries.len()).sum::<usize>(),
            failed: Vec::new(),
        }
    }

    /// Vectors of the pictures, for each method.
    fn describe(
        &mut self,
        pictures: &[usize],
        damage: Option<Damage>,
    ) -> Result<Vec<Vectors>, EngineError> {
        let mut vectors: Vec<Vectors> = self.methods.iter().map(|_| Vectors::new()).collect();
        for batch in pictures.chunks(BATCH) {
            let (dataset, reading, methods) = (self.dataset, self.reading, self.methods);
            let prepared: Vec<Result<Vec<RgbImage>, EngineError>> = batch
                .par_iter()
                .map(|&picture| {
                    let mut image = reading.decode(&dataset.pictures[picture].path)?;
                    if let Some(damage) = damage {
                        image = damage.apply(&image)?;
                    }
                    methods
                        .iter()
                        .map(|method| method.prepare(&image))
                        .collect()
                })
                .collect();
            let mut readable = Vec::new();
            let mut by_method: Vec<Vec<RgbImage>> = self.methods.iter().map(|_| vec![]).collect();
            for (&picture, prepared) in batch.iter().zip(prepared) {
                match prepared {
                    Ok(forms) => {
                        readable.push(picture);
                        for (images, form) in by_method.iter_mut().zip(forms) {
                            images.push(form);
                        }
                    }
                    Err(error) => self.failed.push(Failure {
                        file: self.dataset.pictures[picture].path.clone(),
                        reason: error.to_string(),
                    }),
                }
            }
            for ((method, images), vectors) in self.methods.iter().zip(by_method).zip(&mut vectors)
            {
                let described = method.describe(&images)?;
                vectors.extend(readable.iter().copied().zip(described));
            }
            self.done += batch.len();
            (self.progress)(self.done, self.total);
        }
        Ok(vectors)
    }
}

/// The measures of every query that has an answer, with the object that it shows.
fn ask(
    dataset: &Dataset,
    task: &Task,
    queries: &Vectors,
    gallery: &Vectors,
) -> Vec<(usize, Measures)> {
    let searched: Vec<(usize, &[f32])> = task
        .gallery
        .iter()
        .filter_map(|picture| Some((*picture, gallery.get(picture)?.as_slice())))
        .collect();
    task.queries
        .par_iter()
        .filter_map(|query| {
            let vector = queries.get(query)?;
            let mut ranked: Vec<(f32, u8)> = searched
                .iter()
                .filter_map(|(picture, other)| {
                    let grade = task.grade(dataset, *query, *picture)?;
                    let score = vector.iter().zip(*other).map(|(a, b)| a * b).sum();
                    Some((score, grade))
                })
                .collect();
            // Equal scores: the worse answer first, so that a method gains nothing by giving all
            // pictures the same score.
            ranked.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let grades: Vec<u8> = ranked.into_iter().map(|(_, grade)| grade).collect();
            let measures = Measures::of(&grades, task.relevant())?;
            Some((dataset.pictures[*query].object, measures))
        })
        .collect()
}

fn summary(
    dataset: &Dataset,
    task: &Task,
    method: &str,
    answers: &[(usize, Measures)],
    settings: &Settings,
) -> Vec<Row> {
    let mut groups: Vec<(String, Vec<&(usize, Measures)>)> =
        vec![("all".to_owned(), answers.iter().collect())];
    let family = |object: usize| dataset.objects[object].family.as_deref();
    if !settings.held_out.is_empty() {
        let (held_out, known): (Vec<_>, Vec<_>) = answers.iter().partition(|(object, _)| {
            family(*object).is_some_and(|family| settings.held_out.iter().any(|h| h == family))
        });
        groups.push(("known".to_owned(), known));
        groups.push(("held-out".to_owned(), held_out));
    }
    if settings.per_family {
        let mut families: BTreeMap<&str, Vec<&(usize, Measures)>> = BTreeMap::new();
        for answer in answers {
            if let Some(family) = family(answer.0) {
                families.entry(family).or_default().push(answer);
            }
        }
        groups.extend(
            families
                .into_iter()
                .map(|(name, group)| (name.to_owned(), group)),
        );
    }
    groups
        .into_iter()
        .filter(|(_, answers)| !answers.is_empty())
        .map(|(group, answers)| {
            let mut clusters: BTreeMap<usize, Cluster> = BTreeMap::new();
            for (object, measures) in &answers {
                let cluster = clusters.entry(*object).or_default();
                cluster.queries += 1.0;
                for (sum, value) in cluster.sums.iter_mut().zip(measures.values()) {
                    *sum += value;
                }
            }
            let clusters: Vec<Cluster> = clusters.into_values().collect();
            let [map, recall_at_1, recall_at_10, mrr_at_10, ndcg_at_10] = estimates(&clusters);
            Row {
                task: task.kind.to_string(),
                group,
                method: method.to_owned(),
                queries: answers.len(),
                objects: clusters.len(),
                gallery: task.gallery.len(),
                map,
                recall_at_1,
                recall_at_10,
                mrr_at_10,
                ndcg_at_10,
            }
        })
        .collect()
}
