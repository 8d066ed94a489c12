//! Pictures with known relations, and the forms in which they come.

mod folders;
mod grants;
mod lists;
mod pdfs;
mod synth;

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lookalike_engine::{EngineError, Reading};
use lookalike_imaging::RgbImage;
use lookalike_imaging::figures::{PageOrientation, Turn};
use lookalike_patents::{Cited, Grant};
use serde::Serialize;

pub use pdfs::PdfSheet;

/// The category of the citations that count.
const BY_EXAMINER: &str = "cited by examiner";

/// Pictures of objects, and how objects are related.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dataset {
    /// What it is called in reports: the last name of its path.
    pub name: String,
    /// What is shown: patents, or classes.
    pub objects: Vec<Object>,
    /// The pictures; front-page copies are not among them.
    pub pictures: Vec<DatasetPicture>,
    /// Which pictures are asked about and which are searched, where the dataset says so.
    pub split: Option<Split>,
    /// Files that should have held pictures.
    pub unread: Vec<Unread>,
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub reason: String,
}

/// A patent or a class.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Its name.
    pub name: String,
    /// The kind of product, where that is known.
    pub family: Option<String>,
    /// The object that it was derived from, itself if none: a position in [`Dataset::objects`].
    pub origin: usize,
    /// How far it was moved from its origin, 0 to 1.
    pub nudge: f64,
    /// What its examiner cited: patent ids of designs, else country and number.
    pub cited: BTreeSet<String>,
}

/// A picture of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetPicture {
    /// Where it lies.
    pub source: PictureSource,
    /// What it shows: a position in [`Dataset::objects`].
    pub object: usize,
    /// How it was made.
    pub kind: PictureKind,
}

/// Where a picture lies.
#[derive(Clone, Debug, PartialEq)]
pub enum PictureSource {
    /// In a file of its own.
    File(PathBuf),
    /// In a PDF.
    Sheet(PdfSheet),
}

impl PictureSource {
    /// The file that holds it.
    #[must_use]
    pub fn file(&self) -> &Path {
        match self {
            Self::File(file) => file,
            Self::Sheet(sheet) => &sheet.file,
        }
    }

    /// The picture as it is stored, and what makes it upright where the file says so.
    pub(super) fn decode(
        &self,
        reading: &Reading,
    ) -> Result<(RgbImage, Option<Turn>), EngineError> {
        match self {
            Self::File(file) => {
                let decoded = reading.decode(file)?;
                let turn = decoded.page_orientation.map(PageOrientation::turn);
                Ok((decoded.image, turn))
            }
            Self::Sheet(sheet) => Ok((sheet.decode(reading)?, None)),
        }
    }
}

/// How a picture was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureKind {
    /// A sheet of a patent, or any picture of a dataset that has no kinds.
    Drawing,
    /// A photo of the product.
    Photo,
}

/// Positions in [`Dataset::pictures`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// What is asked about.
    pub queries: Vec<usize>,
    /// What is searched.
    pub gallery: Vec<usize>,
}

impl Dataset {
    /// Reads a folder: one that `lookalike synth` wrote, one with grants, one with patents as PDF,
    /// or one with a folder per class.
    ///
    /// # Errors
    /// It can't be read, its ground truth is damaged, or nothing in it can be asked about.
    pub fn open(folder: &Path) -> Result<Dataset, EngineError> {
        let truth = folder.join(synth::FILE);
        let dataset = if truth.is_file() {
            synth::read(folder, &truth)?
        } else if let Some(dataset) = grants::read(folder)? {
            dataset
        } else if let Some(dataset) = pdfs::read(folder)? {
            dataset
        } else {
            folders::read(folder)?
        };
        Ok(dataset.named(folder))
    }

    /// Reads two lists in the form of DeepPatent: a picture's path and its label on every line,
    /// paths relative to `folder`.
    ///
    /// Source: Kucer et al., "DeepPatent: Large scale patent drawing recognition and retrieval",
    /// WACV 2022, and the lists published with it.
    ///
    /// # Errors
    /// A list can't be read, a line has no label, or no label is in both lists.
    pub fn from_lists(
        folder: &Path,
        queries: &Path,
        gallery: &Path,
    ) -> Result<Dataset, EngineError> {
        Ok(lists::read(folder, queries, gallery)?.named(folder))
    }

    fn named(self, folder: &Path) -> Self {
        let path = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let name = path.file_name().unwrap_or(path.as_os_str());
        Self {
            name: name.to_string_lossy().into_owned(),
            ..self
        }
    }

    /// The position of the object of that name, added if it is new.
    fn object(&mut self, name: &str, known: &mut HashMap<String, usize>) -> usize {
        match known.get(name) {
            Some(&position) => position,
            None => self.add(Object::new(name.to_owned()), known),
        }
    }

    /// Adds an object whose name is new, as an original.
    fn add(&mut self, object: Object, known: &mut HashMap<String, usize>) -> usize {
        let position = self.objects.len();
        known.insert(object.name.clone(), position);
        self.objects.push(Object {
            origin: position,
            ..object
        });
        position
    }
}

impl Object {
    fn new(name: String) -> Self {
        Self {
            name,
            family: None,
            origin: 0,
            nudge: 0.0,
            cited: BTreeSet::new(),
        }
    }
}

/// What a grant tells of its design. The family is the US class without its subclass, `D14`, or
/// the Locarno class where there is none.
fn object_of(grant: &Grant) -> Object {
    let us_class = grant.us_class.as_deref();
    let by_examiner = grant
        .citations
        .iter()
        .filter(|citation| citation.category.as_deref() == Some(BY_EXAMINER));
    Object {
        family: us_class
            .and_then(|class| class.split('/').next())
            .map(str::to_owned)
            .or_else(|| grant.loc_class.clone()),
        cited: by_examiner
            .filter_map(|citation| match &citation.cited {
                Cited::Design(patent_id) => Some(patent_id.to_string()),
                Cited::Patent {
                    country, number, ..
                } => Some(format!("{country} {number}")),
                Cited::Literature(_) => None,
            })
            .collect(),
        ..Object::new(grant.patent_id.to_string())
    }
}

fn unreadable(path: &Path, error: io::Error) -> EngineError {
    EngineError::invalid(format!("{} can't be read: {error}", path.display())).because(error)
}

fn read_text(path: &Path) -> Result<String, EngineError> {
    fs::read_to_string(path).map_err(|error| unreadable(path, error))
}
