//! Puts the questions to the methods.
//!
//! A picture is decoded once for all methods, batch by batch, so that memory holds vectors and a
//! batch of pictures, never a dataset of pixels.

use std::collections::HashMap;

use lookalike_engine::{Described, EngineError, Reading};
use lookalike_evidence::Query;
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

/// What is kept of the parts of pictures, by their position; nothing where the picture could not be
/// read.
type Kept = HashMap<usize, Vec<Described>>;

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
                .zip(methods)
                .map(|((queries, gallery), method)| {
                    let asked = Asked {
                        dataset,
                        task,
                        method,
                        gallery,
                    };
                    asked.answers(queries)
                })
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

    /// What each method keeps of the pictures.
    fn describe(
        &mut self,
        pictures: &[usize],
        damage: Option<Damage>,
    ) -> Result<Vec<Kept>, EngineError> {
        let mut kept: Vec<Kept> = self.methods.iter().map(|_| Kept::new()).collect();
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
            for ((method, parts), kept) in self.methods.iter().zip(by_method).zip(&mut kept) {
                let counts: Vec<usize> = parts.iter().map(Vec::len).collect();
                let images: Vec<RgbImage> = parts.into_iter().flatten().collect();
                let mut described = method.describe(&images)?.into_iter();
                for (&picture, count) in readable.iter().zip(counts) {
                    kept.insert(picture, described.by_ref().take(count).collect());
                }
            }
            self.done += batch.len();
            (self.progress)(self.done, self.total);
        }
        Ok(kept)
    }
}

/// A method that is asked the questions of a task.
struct Asked<'a> {
    dataset: &'a Dataset,
    task: &'a Task,
    method: &'a Method,
    gallery: &'a Kept,
}

/// A picture that may be an answer.
struct Answer<'a> {
    score: f32,
    grade: u8,
    parts: &'a [Described],
}

impl Asked<'_> {
    /// The measures of every query that has an answer, with the object that it shows.
    fn answers(&self, queries: &Kept) -> Answers {
        let measured = self.task.queries.par_iter().filter_map(|&query| {
            let ranked = self.ranked(query, queries.get(&query)?);
            let grades: Vec<u8> = ranked.iter().map(|answer| answer.grade).collect();
            let measures = self.task.measures(&grades)?;
            Some((self.dataset.pictures[query].object, measures))
        });
        measured.collect()
    }

    /// All pictures that take part, the best first.
    fn ranked(&self, query: usize, parts: &[Described]) -> Vec<Answer<'_>> {
        let others = self.task.gallery.iter().filter_map(|&picture| {
            let others = self.gallery.get(&picture)?.as_slice();
            Some(Answer {
                score: Method::score(vectors(parts), &vectors(others)),
                grade: self.task.grade(self.dataset, query, picture)?,
                parts: others,
            })
        });
        let mut ranked: Vec<Answer<'_>> = others.collect();
        sort(&mut ranked);
        if let Some((first, look)) = self.method.second_look() {
            let first = first.min(ranked.len());
            let queries = parts.iter().map(|part| part.evidence.as_ref());
            let queries: Vec<Option<Query>> = queries.map(|own| own.map(Query::new)).collect();
            for answer in &mut ranked[..first] {
                if let Some(agreement) = agreement(parts, &queries, answer.parts) {
                    answer.score = look.score(answer.score, agreement);
                }
            }
            sort(&mut ranked[..first]);
        }
        ranked
    }
}

fn vectors(parts: &[Described]) -> impl Iterator<Item = &[f32]> + Clone {
    parts.iter().map(|part| part.embedding.as_slice())
}

/// How well two pictures agree, as searches compare them again: the query's whole with the other's
/// part nearest to it, and where the query has figures the nearest two parts as well, half each.
fn agreement(parts: &[Described], queries: &[Option<Query>], others: &[Described]) -> Option<f32> {
    let agree = |(own, other): (usize, usize)| {
        let other = others[other].evidence.as_ref()?;
        queries[own].as_ref()?.agreement(other)
    };
    let whole = agree(nearest(parts, 0..1, others)?)?;
    let figures = nearest(parts, 1..parts.len(), others).and_then(agree);
    Some(figures.map_or(whole, |figures| f32::midpoint(whole, figures)))
}

/// The two parts that are nearest to each other, the query's among `of`.
fn nearest(
    parts: &[Described],
    of: std::ops::Range<usize>,
    others: &[Described],
) -> Option<(usize, usize)> {
    let pairs = of.flat_map(|own| (0..others.len()).map(move |other| (own, other)));
    let cosine = |&(own, other): &(usize, usize)| {
        let both = parts[own].embedding.iter().zip(&others[other].embedding);
        both.map(|(a, b)| a * b).sum::<f32>()
    };
    // Of equals the first, as in searches.
    pairs.reduce(|best, pair| {
        if cosine(&pair) > cosine(&best) {
            pair
        } else {
            best
        }
    })
}

/// Equal scores: the worse answer first, so that a method gains nothing by giving all pictures the
/// same score.
fn sort(answers: &mut [Answer<'_>]) {
    answers.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.grade.cmp(&b.grade)));
}
