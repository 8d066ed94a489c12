//! Lists what there is to import, before anything is read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lookalike_patents::{PatentFolder, scan};

use super::FileProblem;
use crate::{EngineError, ErrorKind};

/// All folders with something to import. Memory: the paths.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) folders: Vec<PatentFolder>,
    /// Directories and files that can't be read.
    pub(super) unreadable: Vec<FileProblem>,
}

impl Listing {
    pub(super) fn images(&self) -> u64 {
        self.folders
            .iter()
            .map(|folder| folder.images.len() as u64)
            .sum()
    }
}

/// Walks folders; files named one by one are gathered by their folder, so that a grant
/// among them describes the sheets among them.
pub(super) fn list(paths: &[PathBuf]) -> Result<Listing, EngineError> {
    let mut listing = Listing::default();
    let mut loose: BTreeMap<PathBuf, PatentFolder> = BTreeMap::new();
    for path in paths {
        let root = std::fs::canonicalize(path).map_err(|error| {
            EngineError::new(
                ErrorKind::NotFound,
                format!("can't import {}: {error}", path.display()),
            )
            .because(error)
        })?;
        if root.is_file() {
            add_file(&mut loose, root);
            continue;
        }
        for folder in scan(&root) {
            match folder {
                Ok(folder) => listing.folders.push(folder),
                Err(error) => listing.unreadable.push(FileProblem {
                    file: error.path.to_string_lossy().into_owned(),
                    reason: error.source.to_string(),
                }),
            }
        }
    }
    listing.folders.extend(loose.into_values());
    Ok(listing)
}

/// A file that was named is imported whatever its ending.
fn add_file(folders: &mut BTreeMap<PathBuf, PatentFolder>, file: PathBuf) {
    let directory = file.parent().unwrap_or(Path::new("/")).to_path_buf();
    let folder = folders
        .entry(directory.clone())
        .or_insert_with(|| PatentFolder {
            directory,
            xml: Vec::new(),
            images: Vec::new(),
        });
    let is_xml = file
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("xml"));
    let list = if is_xml {
        &mut folder.xml
    } else {
        &mut folder.images
    };
    if !list.contains(&file) {
        list.push(file);
    }
}
