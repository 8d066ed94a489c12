//! Puts the questions to the methods.
//!
//! A picture is decoded once for all methods, batch by batch, so that memory holds vectors and a
//! batch of pictures, never a dataset of pixels.

use std::collections::HashMap;

use lookalike_engine::{EngineError, Reading};
use lookalike_imaging::RgbImage;
use rayon::prelude::*;
use serde::Serialize;

use super::damage::Damage;
use super::dataset::{Dataset, Unread};
use super::method::Method;
use super::summary::{Answered, Answers, Difference, Row};
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
    /// At most this many queries are damaged, evenly spread over the dataset.
    pub damaged_queries: usize,
}

/// Called with the pictures done, and all.
pub type Progress<'a> = dyn FnMut(usize, usize) + 'a;

/// The result.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Evaluation {
    /// The figures.
    pub rows: Vec<Row>,
    /// By how much each method is better than the first.
    pub differences: Vec<Difference>,
    /// What could not be read, and why; it took no part.
    pub failed: Vec<Unread>,
}

/// Vectors of parts by picture; none where the picture could not be read.
type Vectors = HashMap<usize, Vec<Vec<f32>>>;

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
    let (mut rows, mut differences) = (Vec::new(), Vec::new());
    for task in &tasks {
        let damaged = match task.kind {
            TaskKind::Damaged(damage) => Some(looks.describe(&task.queries, Some(damage))?),
            _ => None,
        };
        let asked = damaged.as_ref().unwrap_or(&plain);
        let answered = Answered {
            dataset,
            task,
            methods,
            answers: asked
                .iter()
                .zip(&plain)
                .map(|(queries, gallery)| ask(dataset, task, queries, gallery))
                .collect(),
        };
        rows.extend(answered.rows(settings));
        differences.extend(answered.differences(settings));
    }
    Ok(Evaluation {
        rows,
        differences,
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
    failed: Vec<Unread>,
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
            failed: dataset.unread.clone(),
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
            let prepared: Vec<Result<Vec<Vec<RgbImage>>, EngineError>> = batch
                .par_iter()
                .map(|&picture| {
                    let source = &dataset.pictures[picture].source;
                    let (mut image, turn) = source.decode(reading)?;
                    if let Some(damage) = damage {
                        image = damage.apply(&image)?;
                    }
                    methods
                        .iter()
                        .map(|method| method.prepare(&image, turn))
                        .collect()
                })
                .collect();
            let mut readable = Vec::new();
            let mut by_method: Vec<Vec<Vec<RgbImage>>> =
                self.methods.iter().map(|_| vec![]).collect();
            for (&picture, prepared) in batch.iter().zip(prepared) {
                match prepared {
                    Ok(forms) => {
                        readable.push(picture);
                        for (pictures, parts) in by_method.iter_mut().zip(forms) {
                            pictures.push(parts);
                        }
                    }
                    Err(error) => self.failed.push(Unread {
                        file: self.dataset.pictures[picture].source.file().to_owned(),
                        reason: error.to_string(),
                    }),
                }
            }
            for ((method, parts), vectors) in self.methods.iter().zip(by_method).zip(&mut vectors) {
                let counts: Vec<usize> = parts.iter().map(Vec::len).collect();
                let images: Vec<RgbImage> = parts.into_iter().flatten().collect();
                let mut described = method.describe(&images)?.into_iter();
                for (&picture, count) in readable.iter().zip(counts) {
                    vectors.insert(picture, described.by_ref().take(count).collect());
                }
            }
            self.done += batch.len();
            (self.progress)(self.done, self.total);
        }
        Ok(vectors)
    }
}

/// The measures of every query that has an answer, with the object that it shows.
fn ask(dataset: &Dataset, task: &Task, queries: &Vectors, gallery: &Vectors) -> Answers {
    let searched: Vec<(usize, &[Vec<f32>])> = task
        .gallery
        .iter()
        .filter_map(|picture| Some((*picture, gallery.get(picture)?.as_slice())))
        .collect();
    task.queries
        .par_iter()
        .filter_map(|query| {
            let vectors = queries.get(query)?;
            let mut ranked: Vec<(f32, u8)> = searched
                .iter()
                .filter_map(|(picture, other)| {
                    let grade = task.grade(dataset, *query, *picture)?;
                    let score = Method::score(vectors, other);
                    Some((score, grade))
                })
                .collect();
            // Equal scores: the worse answer first, so that a method gains nothing by giving all
            // pictures the same score.
            ranked.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            let grades: Vec<u8> = ranked.into_iter().map(|(_, grade)| grade).collect();
            let measures = task.measures(&grades)?;
            Some((dataset.pictures[*query].object, measures))
        })
        .collect()
}
