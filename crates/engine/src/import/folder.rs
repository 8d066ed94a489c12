//! Reads the grants of a folder and says of each image what they tell about it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use lookalike_catalog::{FigureDescription, SheetFacts, Turn};
use lookalike_imaging::figures::PageOrientation;
use lookalike_patents::{
    Grant, GrantErrorKind, MAX_DOCUMENT_BYTES, PatentFolder, SheetName, SourceFile, parse_grants,
};
use lookalike_work::FileProblem;

use super::described::SheetNotes;
use super::grant_facts::GrantFacts;
use super::listing::{Folder, Notes};

/// What the grants of a folder tell, and what is wrong with them.
#[derive(Debug, Default)]
pub(super) struct FolderPlan {
    pub(super) patents: Vec<GrantFacts>,
    pub(super) failed: Vec<FileProblem>,
    pub(super) warnings: Vec<FileProblem>,
    grants: Vec<(SourceFile, Grant)>,
    /// Of each grant.
    figures: Vec<Arc<[FigureDescription]>>,
    by_patent: HashMap<String, usize>,
    by_image: HashMap<String, usize>,
    /// A document that is not a design patent.
    refused: Option<SourceFile>,
}

/// An image file and what is known of it before it is read.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) file: SourceFile,
    pub(super) facts: SheetFacts,
    /// Whether a grant was there to tell them, not the name alone.
    pub(super) has_grant: bool,
    pub(super) front_page: bool,
    /// What its grant says of its picture.
    pub(super) shown: SheetNotes,
    pub(super) notes: Notes,
}

impl FolderPlan {
    pub(super) fn new(folder: &Folder) -> Self {
        let mut plan = Self::default();
        for file in &folder.files.xml {
            match read_grants(file) {
                Ok(read) if read.len() > 1 => plan.add_weekly(file, read),
                Ok(read) => read.into_iter().for_each(|result| plan.add(file, result)),
                Err(reason) => plan.failed.push(problem(file, reason)),
            }
        }
        plan.compare(&folder.files);
        plan.warnings.extend(unread(&folder.files));
        plan
    }

    /// Adds the grants of a file of many, such as a week's: those that are none of designs, most of
    /// them, are what such a file holds, and no failures.
    fn add_weekly(&mut self, file: &SourceFile, read: Vec<GrantResult>) {
        let count = read.len();
        let mut others = 0_usize;
        for result in read {
            match result {
                Err((GrantErrorKind::NotADesign, _)) => {
                    others += 1;
                    self.refused = Some(file.clone());
                }
                Err((GrantErrorKind::NotAGrant, _)) => others += 1,
                result => self.add(file, result),
            }
        }
        if others > 0 {
            let reason = format!(
                "{others} of its {count} documents are not design patents, and were passed over"
            );
            self.warnings.push(problem(file, reason));
        }
    }

    fn add(&mut self, file: &SourceFile, result: GrantResult) {
        match result {
            Ok(grant) => {
                let place = self.grants.len();
                self.by_patent.insert(grant.patent_id.to_string(), place);
                for image in &grant.images {
                    self.by_image.insert(image.file.to_lowercase(), place);
                }
                let facts = GrantFacts::new(&grant);
                self.figures.push(facts.details.figures.as_slice().into());
                self.patents.push(facts);
                self.grants.push((file.clone(), grant));
            }
            Err((kind, reason)) => {
                if kind == GrantErrorKind::NotADesign {
                    self.refused = Some(file.clone());
                }
                self.failed.push(problem(file, reason));
            }
        }
    }

    /// What is known of an image of the folder.
    ///
    /// # Errors
    /// It belongs to a document that was refused.
    pub(super) fn sheet(&self, file: SourceFile, notes: Notes) -> Result<Sheet, FileProblem> {
        let name = SheetName::parse(file.name());
        if let Some(xml) = &self.refused
            && self.grants.is_empty()
            && name.is_none()
        {
            // A drawing of an invention would only disturb a search among designs.
            let reason = format!("belongs to {}, which is not a design patent", xml.name());
            return Err(problem(&file, reason));
        }
        let place = self.place(file.name(), name.as_ref());
        let grant = place.map(|place| &self.grants[place].1);
        let listed = grant.and_then(|grant| grant.image_index(file.name()));
        // Grants list the front-page copy first, so that sheet 1 is the image at index 1.
        let by_page = || name.as_ref()?.page.get(1..)?.parse().ok();
        Ok(Sheet {
            has_grant: grant.is_some(),
            front_page: name.as_ref().is_some_and(|name| name.front_page),
            shown: SheetNotes {
                turn: grant
                    .zip(listed)
                    .and_then(|(grant, index)| turn(grant, index)),
                figures: place
                    .map(|place| Arc::clone(&self.figures[place]))
                    .unwrap_or_default(),
            },
            facts: SheetFacts {
                patent_id: name
                    .as_ref()
                    .map(|name| name.patent_id.to_string())
                    .or_else(|| grant.map(|grant| grant.patent_id.to_string())),
                image_index: listed.map(|index| index as u32).or_else(by_page),
                view: grant
                    .zip(listed)
                    .and_then(|(grant, index)| view(grant, index)),
                page_num: name.map(|name| name.page),
            },
            file,
            notes,
        })
    }

    /// Index of the grant that describes an image.
    fn place(&self, file_name: &str, name: Option<&SheetName>) -> Option<usize> {
        match name {
            Some(name) => self.by_patent.get(&name.patent_id.to_string()),
            None => self.by_image.get(&file_name.to_lowercase()),
        }
        .copied()
    }

    /// Notes what the grants list and what is there, where the two differ.
    fn compare(&mut self, folder: &PatentFolder) {
        let mut images: HashMap<usize, Vec<&SourceFile>> = HashMap::new();
        for file in &folder.images {
            if let Some(place) = self.place(file.name(), SheetName::parse(file.name()).as_ref()) {
                images.entry(place).or_default().push(file);
            }
        }
        for (place, (xml, grant)) in self.grants.iter().enumerate() {
            for warning in &grant.warnings {
                self.warnings.push(problem(xml, warning.clone()));
            }
            let own = images.remove(&place).unwrap_or_default();
            let names = own.iter().map(|file| file.name());
            let comparison = grant.compare_images(names);
            for name in comparison.missing {
                let reason = format!("{name} is listed in the grant but missing from the folder");
                self.warnings.push(problem(xml, reason));
            }
            let unlisted: HashSet<&str> = comparison.unlisted.iter().map(String::as_str).collect();
            for file in own {
                let front_page =
                    || SheetName::parse(file.name()).is_some_and(|name| name.front_page);
                if unlisted.contains(file.name()) && !front_page() {
                    let reason = format!("is not listed in {}; imported all the same", xml.name());
                    self.warnings.push(problem(file, reason));
                }
            }
        }
    }
}

/// What the image shows. Grants describe figures, not images, and a sheet may hold several:
/// the two can be told to correspond only where there are as many of one as of the other.
fn view(grant: &Grant, index: usize) -> Option<String> {
    if grant.figures.len() != grant.images.len() {
        return None;
    }
    Some(grant.figures.get(index)?.view?.as_str().to_owned())
}

/// What makes the image upright, as the grant says.
fn turn(grant: &Grant, index: usize) -> Option<Turn> {
    match grant.images.get(index)?.orientation.as_deref()? {
        "landscape" => Some(PageOrientation::Landscape.turn()),
        "portrait" => Some(PageOrientation::Portrait.turn()),
        _ => None,
    }
}

/// What the folder holds that nobody will find.
fn unread(folder: &PatentFolder) -> Option<FileProblem> {
    let kinds = folder.unread.iter();
    let counts: Vec<String> = kinds
        .map(|(ending, count)| format!("{count} .{ending}"))
        .collect();
    (!counts.is_empty()).then(|| FileProblem {
        file: folder.directory.clone(),
        reason: format!(
            "passed over, as such files are not read: {}; convert what should be found to JPEG \
             or PNG",
            counts.join(", ")
        ),
    })
}

type GrantResult = Result<Grant, (GrantErrorKind, String)>;

fn read_grants(file: &SourceFile) -> Result<Vec<GrantResult>, String> {
    // Weekly files hold many documents one after another, each within the limit.
    let xml = file
        .read(16 * MAX_DOCUMENT_BYTES as u64)
        .map_err(|error| error.reason)?;
    Ok(parse_grants(&xml)
        .map(|result| result.map_err(|error| (error.kind, error.to_string())))
        .collect())
}

fn problem(file: &SourceFile, reason: String) -> FileProblem {
    FileProblem {
        file: file.path(),
        reason,
    }
}
