//! The questions: which pictures are asked about, which are searched, what is a right answer.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::str::FromStr;

use lookalike_engine::EngineError;

use super::damage::Damage;
use super::dataset::{Dataset, PictureKind};
use super::measures::Measures;

/// A kind of question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskKind {
    /// A drawing (or any picture): the other pictures of its object.
    Views,
    /// A drawing of an original design: the drawings of designs near to it. Its own are left out.
    Near,
    /// A photo: the drawings of its object.
    Photos,
    /// A drawing: the drawings of patents that its examiner cited, or whose examiner cited it, and
    /// of those with which it has a citation in common. Its own are left out.
    Citations,
    /// As `Views`, the query damaged.
    Damaged(Damage),
}

impl TaskKind {
    /// The kinds by the names that users give; `damaged` stands for all damages.
    pub const NAMES: [&str; 5] = ["views", "near", "photos", "citations", "damaged"];
}

impl fmt::Display for TaskKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TaskKind::Views => f.write_str("views"),
            TaskKind::Near => f.write_str("near"),
            TaskKind::Photos => f.write_str("photos"),
            TaskKind::Citations => f.write_str("citations"),
            TaskKind::Damaged(damage) => write!(f, "damaged: {damage}"),
        }
    }
}

/// Tasks as one word of the command line names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskKinds(pub Vec<TaskKind>);

impl FromStr for TaskKinds {
    type Err = EngineError;

    fn from_str(name: &str) -> Result<Self, EngineError> {
        Ok(TaskKinds(match name {
            "views" => vec![TaskKind::Views],
            "near" => vec![TaskKind::Near],
            "photos" => vec![TaskKind::Photos],
            "citations" => vec![TaskKind::Citations],
            "damaged" => Damage::ALL.map(TaskKind::Damaged).to_vec(),
            _ => {
                return Err(EngineError::invalid(format!(
                    "no task `{name}`; there are {}",
                    TaskKind::NAMES.join(", ")
                )));
            }
        }))
    }
}

/// A question over a dataset. Positions are those of [`Dataset::pictures`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Task {
    pub(super) kind: TaskKind,
    pub(super) queries: Vec<usize>,
    pub(super) gallery: Vec<usize>,
    /// For citations: how objects are related, by their positions, the lower one first.
    related: HashMap<(usize, usize), Grade>,
}

/// How right an answer is: the grades of graded relevance, 0 for not at all.
///
/// Same object 4, near design 3 or, when it was moved by more than half, 2, same family 1. For
/// citations: same object 4, one cites the other 3, both cite the same 2, same family 1.
pub(super) type Grade = u8;

/// One cites the other.
const CITED: Grade = 3;

/// Both cite the same.
const CITED_TOGETHER: Grade = 2;

impl Task {
    /// The question of that kind; none if the dataset can't answer it.
    pub(super) fn new(dataset: &Dataset, kind: TaskKind) -> Option<Task> {
        let (mut queries, gallery) = match (&dataset.split, kind) {
            (Some(split), TaskKind::Views | TaskKind::Damaged(_)) => {
                (split.queries.clone(), split.gallery.clone())
            }
            (Some(_), _) => return None,
            (None, TaskKind::Near) => {
                let gallery = pictures(dataset, |_, kind| kind == PictureKind::Drawing);
                (originals(dataset, PictureKind::Drawing), gallery)
            }
            (None, TaskKind::Photos) => (
                originals(dataset, PictureKind::Photo),
                originals(dataset, PictureKind::Drawing),
            ),
            (None, TaskKind::Views | TaskKind::Citations | TaskKind::Damaged(_)) => {
                let drawings = originals(dataset, PictureKind::Drawing);
                (drawings.clone(), drawings)
            }
        };
        let mut task = Task {
            kind,
            queries: Vec::new(),
            gallery,
            related: HashMap::new(),
        };
        if kind == TaskKind::Citations {
            task.related = related(dataset);
            let shown = |object: usize| {
                let mut pictures = task.gallery.iter();
                pictures.any(|&picture| dataset.pictures[picture].object == object)
            };
            let asking: BTreeSet<usize> = task
                .related
                .keys()
                .filter(|&&(one, other)| shown(one) && shown(other))
                .flat_map(|&(one, other)| [one, other])
                .collect();
            queries.retain(|&picture| asking.contains(&dataset.pictures[picture].object));
            task.queries = queries;
            return (!task.queries.is_empty()).then_some(task);
        }
        // A question without an answer says nothing about a method.
        let mut answers = vec![0_usize; dataset.objects.len()];
        for &picture in &task.gallery {
            let object = dataset.pictures[picture].object;
            let object = match kind {
                TaskKind::Near => match dataset.objects[object].origin {
                    origin if origin != object => origin,
                    _ => continue,
                },
                _ => object,
            };
            answers[object] += 1;
        }
        let searched: std::collections::HashSet<usize> = task.gallery.iter().copied().collect();
        queries.retain(|picture| {
            let itself = usize::from(kind != TaskKind::Near && searched.contains(picture));
            answers[dataset.pictures[*picture].object] > itself
        });
        task.queries = queries;
        (!task.queries.is_empty()).then_some(task)
    }

    /// How right `answer` is for `query`; none if it takes no part: the query itself, and for near
    /// designs all of its object.
    pub(super) fn grade(&self, dataset: &Dataset, query: usize, answer: usize) -> Option<Grade> {
        let (own, other) = (
            dataset.pictures[query].object,
            dataset.pictures[answer].object,
        );
        if query == answer || (self.kind == TaskKind::Near && own == other) {
            return None;
        }
        let (a, b) = (&dataset.objects[own], &dataset.objects[other]);
        Some(if own == other {
            4
        } else if let Some(&grade) = self.related.get(&(own.min(other), own.max(other))) {
            grade
        } else if a.origin == b.origin {
            if a.nudge.max(b.nudge) <= 0.5 { 3 } else { 2 }
        } else {
            u8::from(a.family.is_some() && a.family == b.family)
        })
    }

    /// The lowest grade that counts as found.
    pub(super) fn relevant(&self) -> Grade {
        match self.kind {
            TaskKind::Near | TaskKind::Citations => 2,
            _ => 4,
        }
    }

    /// The measures of a ranking given as grades; nothing if nothing in it was to be found.
    ///
    /// Among citations the sheets of the query's own patent count as gain, as the best answers,
    /// but not as found: they would be all that is found.
    pub(super) fn measures(&self, grades: &[Grade]) -> Option<Measures> {
        let all = Measures::of(grades, self.relevant())?;
        if self.kind != TaskKind::Citations {
            return Some(all);
        }
        let others: Vec<Grade> = grades.iter().copied().filter(|&grade| grade < 4).collect();
        Some(Measures {
            ndcg_at_10: all.ndcg_at_10,
            ..Measures::of(&others, self.relevant())?
        })
    }
}

/// Pairs of objects that an examiner brought together.
fn related(dataset: &Dataset) -> HashMap<(usize, usize), Grade> {
    let mut citing: HashMap<&str, Vec<usize>> = HashMap::new();
    for (position, object) in dataset.objects.iter().enumerate() {
        for cited in &object.cited {
            citing.entry(cited).or_default().push(position);
        }
    }
    let mut related = HashMap::new();
    for together in citing.values() {
        for (index, &one) in together.iter().enumerate() {
            for &other in &together[index + 1..] {
                related.insert((one, other), CITED_TOGETHER);
            }
        }
    }
    for (position, object) in dataset.objects.iter().enumerate() {
        for &other in citing.get(object.name.as_str()).into_iter().flatten() {
            if other != position {
                related.insert((position.min(other), position.max(other)), CITED);
            }
        }
    }
    related
}

fn originals(dataset: &Dataset, wanted: PictureKind) -> Vec<usize> {
    pictures(dataset, |object, kind| {
        dataset.objects[object].origin == object && kind == wanted
    })
}

fn pictures(dataset: &Dataset, keep: impl Fn(usize, PictureKind) -> bool) -> Vec<usize> {
    let all = dataset.pictures.iter().enumerate();
    all.filter(|(_, picture)| keep(picture.object, picture.kind))
        .map(|(position, _)| position)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{DatasetPicture, Object, PictureSource};

    /// Two originals with two sheets and a photo each; a near design of the first, one sheet.
    fn dataset() -> Dataset {
        let object = |name: &str, origin, nudge| Object {
            name: name.to_owned(),
            family: Some("cup".to_owned()),
            origin,
            nudge,
            cited: BTreeSet::new(),
        };
        let picture = |object, kind| DatasetPicture {
            source: PictureSource::File("x".into()),
            object,
            kind,
        };
        use PictureKind::{Drawing, Photo};
        Dataset {
            objects: vec![
                object("a", 0, 0.0),
                object("b", 1, 0.0),
                object("c", 0, 0.4),
            ],
            pictures: vec![
                picture(0, Drawing),
                picture(0, Drawing),
                picture(0, Photo),
                picture(1, Drawing),
                picture(1, Drawing),
                picture(1, Photo),
                picture(2, Drawing),
            ],
            ..Dataset::default()
        }
    }

    #[test]
    fn questions_have_answers_and_no_near_designs_in_the_way() {
        let dataset = dataset();
        let views = Task::new(&dataset, TaskKind::Views).unwrap();
        assert_eq!(
            (views.queries, views.gallery),
            (vec![0, 1, 3, 4], vec![0, 1, 3, 4])
        );
        let photos = Task::new(&dataset, TaskKind::Photos).unwrap();
        assert_eq!(
            (photos.queries, photos.gallery),
            (vec![2, 5], vec![0, 1, 3, 4])
        );
        let near = Task::new(&dataset, TaskKind::Near).unwrap();
        assert_eq!(near.queries, [0, 1], "nothing is near to b");
    }

    #[test]
    fn what_examiners_cited_is_near_and_the_own_patent_is_not_asked_for() {
        let mut dataset = dataset();
        for (position, object) in dataset.objects.iter_mut().enumerate() {
            object.origin = position;
        }
        dataset.objects[0].cited = ["b", "GB 1"].map(str::to_owned).into();
        dataset.objects[2].cited = ["GB 1"].map(str::to_owned).into();
        let task = Task::new(&dataset, TaskKind::Citations).unwrap();
        assert_eq!(task.queries, [0, 1, 3, 4, 6]);
        let grade = |query, answer| task.grade(&dataset, query, answer);
        assert_eq!(grade(0, 1), Some(4), "its own");
        assert_eq!((grade(0, 3), grade(3, 0)), (Some(3), Some(3)), "cited");
        assert_eq!(grade(6, 0), Some(2), "both cite the same");
        assert_eq!(grade(6, 3), Some(1), "the family alone");
        // Own sheets first, then the cited one: found at once, and a perfect gain.
        let measures = task.measures(&[4, 3, 1]).unwrap();
        assert_eq!((measures.recall_at_1, measures.ndcg_at_10), (1.0, 1.0));
        assert!(task.measures(&[3, 4, 1]).unwrap().ndcg_at_10 < 1.0);
        assert_eq!(task.measures(&[4, 1]), None);
        dataset.objects[0].cited.clear();
        assert_eq!(Task::new(&dataset, TaskKind::Citations), None);
    }

    #[test]
    fn grades_fall_with_distance() {
        let dataset = dataset();
        let views = Task::new(&dataset, TaskKind::Views).unwrap();
        assert_eq!(views.grade(&dataset, 0, 0), None);
        assert_eq!(views.grade(&dataset, 0, 1), Some(4));
        assert_eq!(views.grade(&dataset, 0, 6), Some(3));
        assert_eq!(views.grade(&dataset, 0, 3), Some(1));
        let near = Task::new(&dataset, TaskKind::Near).unwrap();
        assert_eq!(near.grade(&dataset, 0, 1), None);
        assert_eq!(near.grade(&dataset, 0, 6), Some(3));
    }
}
