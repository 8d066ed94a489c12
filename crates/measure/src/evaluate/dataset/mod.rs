//! Pictures with known relations, and the forms in which they come.

mod folders;
mod grants;
mod lists;
mod synth;

use std::fs;
use std::path::{Path, PathBuf};

use lookalike_engine::EngineError;

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
}

/// A picture of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetPicture {
    /// Where it lies.
    pub path: PathBuf,
    /// What it shows: a position in [`Dataset::objects`].
    pub object: usize,
    /// How it was made.
    pub kind: PictureKind,
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
    /// Reads a folder: one that `lookalike synth` wrote, one with grants, or one with a folder per
    /// class.
    ///
    /// # Errors
    /// It can't be read, its ground truth is damaged, or nothing in it can be asked about.
    pub fn open(folder: &Path) -> Result<Dataset, EngineError> {
        let truth = folder.join(synth::FILE);
        let dataset = if truth.is_file() {
            synth::read(folder, &truth)?
        } else if let Some(dataset) = grants::read(folder)? {
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
    fn object(
        &mut self,
        name: &str,
        known: &mut std::collections::HashMap<String, usize>,
    ) -> usize {
        *known.entry(name.to_owned()).or_insert_with(|| {
            let position = self.objects.len();
            self.objects.push(Object {
                name: name.to_owned(),
                family: None,
                origin: position,
                nudge: 0.0,
            });
            position
        })
    }
}

fn read_text(path: &Path) -> Result<String, EngineError> {
    fs::read_to_string(path).map_err(|error| {
        EngineError::invalid(format!("{} can't be read: {error}", path.display())).because(error)
    })
}
