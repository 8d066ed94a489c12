//! Reads the grants of a folder and says of each image what they tell about it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use lookalike_catalog::Patent;
use lookalike_patents::{
    Grant, GrantErrorKind, MAX_DOCUMENT_BYTES, PatentFolder, SheetName, parse_grants,
};

use super::FileProblem;

/// What a folder holds, as far as grants and names tell.
#[derive(Debug, Default)]
pub(super) struct FolderPlan {
    pub(super) patents: Vec<Patent>,
    pub(super) sheets: Vec<Sheet>,
    pub(super) failed: Vec<FileProblem>,
    pub(super) warnings: Vec<FileProblem>,
}

/// An image file and what is known of it before it is read.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) path: PathBuf,
    pub(super) file_name: String,
    pub(super) patent_id: Option<String>,
    pub(super) page_num: Option<String>,
    pub(super) image_index: Option<u32>,
    pub(super) view: Option<String>,
    pub(super) front_page: bool,
}

impl FolderPlan {
    pub(super) fn new(folder: &PatentFolder) -> Self {
        let mut plan = Self::default();
        let mut grants: Vec<(&Path, Grant)> = Vec::new();
        let mut refused = None;
        for file in &folder.xml {
            match read_grants(file) {
                Ok(read) => {
                    for result in read {
                        match result {
                            Ok(grant) => grants.push((file, grant)),
                            Err((kind, reason)) => {
                                if kind == GrantErrorKind::NotADesign {
                                    refused = Some(file);
                                }
                                plan.failed.push(problem(file, reason));
                            }
                        }
                    }
                }
                Err(reason) => plan.failed.push(problem(file, reason)),
            }
        }
        for image in &folder.images {
            let sheet = Sheet::new(image, &grants);
            match refused {
                // A drawing of an invention would only disturb a search among designs.
                Some(xml) if sheet.patent_id.is_none() && grants.is_empty() => {
                    let xml = file_name(xml);
                    plan.failed.push(problem(
                        image,
                        format!("belongs to {xml}, which is no design patent"),
                    ));
                }
                _ => plan.sheets.push(sheet),
            }
        }
        plan.compare(&grants);
        plan.patents = grants.iter().map(|(_, grant)| patent(grant)).collect();
        plan
    }

    /// Notes what the grants list and what is there, where the two differ.
    fn compare(&mut self, grants: &[(&Path, Grant)]) {
        for (file, grant) in grants {
            for warning in &grant.warnings {
                self.warnings.push(problem(file, warning.clone()));
            }
            let names = self.sheets.iter().map(|sheet| sheet.file_name.as_str());
            let comparison = grant.compare_images(names);
            for name in comparison.missing {
                self.warnings.push(problem(
                    file,
                    format!("{name} is listed in the grant but missing from the folder"),
                ));
            }
            let unlisted: HashSet<&str> = comparison.unlisted.iter().map(String::as_str).collect();
            for sheet in &self.sheets {
                if unlisted.contains(sheet.file_name.as_str()) && !sheet.front_page {
                    self.warnings.push(problem(
                        &sheet.path,
                        format!(
                            "is not listed in {}; imported all the same",
                            file_name(file)
                        ),
                    ));
                }
            }
        }
    }
}

impl Sheet {
    fn new(path: &Path, grants: &[(&Path, Grant)]) -> Self {
        let file_name = file_name(path);
        let name = SheetName::parse(&file_name);
        let grant = grants
            .iter()
            .map(|(_, grant)| grant)
            .find(|grant| match &name {
                Some(name) => grant.patent_id == name.patent_id,
                None => grant.image_index(&file_name).is_some(),
            });
        let front_page = name.as_ref().is_some_and(|name| name.front_page);
        let listed = grant.and_then(|grant| grant.image_index(&file_name));
        // Grants list the front-page copy first, so that sheet 1 is the image at index 1.
        let by_page = || name.as_ref()?.page.get(1..)?.parse().ok();
        Self {
            path: path.to_path_buf(),
            patent_id: name
                .as_ref()
                .map(|name| name.patent_id.to_string())
                .or_else(|| grant.map(|grant| grant.patent_id.to_string())),
            page_num: name.as_ref().map(|name| name.page.clone()),
            image_index: listed.map(|index| index as u32).or_else(by_page),
            view: grant
                .zip(listed)
                .and_then(|(grant, index)| view(grant, index)),
            front_page,
            file_name,
        }
    }
}

/// What the image shows. Grants describe figures, not images, and a sheet may hold several:
/// the two can be told to correspond only where there are as many of one as of the other.
fn view(grant: &Grant, index: usize) -> Option<String> {
    if grant.views.len() != grant.images.len() {
        return None;
    }
    Some(grant.views.get(index)?.view?.as_str().to_owned())
}

type GrantResult = Result<Grant, (GrantErrorKind, String)>;

fn read_grants(file: &Path) -> Result<Vec<GrantResult>, String> {
    let size = std::fs::metadata(file).map_err(|error| error.to_string())?;
    // Weekly files hold many documents one after another, each within the limit.
    let most = 16 * MAX_DOCUMENT_BYTES as u64;
    if size.len() > most {
        return Err(format!(
            "{} MB of XML is above the limit of {} MB",
            size.len() >> 20,
            most >> 20
        ));
    }
    let xml = std::fs::read(file).map_err(|error| error.to_string())?;
    Ok(parse_grants(&xml)
        .map(|result| result.map_err(|error| (error.kind, error.to_string())))
        .collect())
}

fn patent(grant: &Grant) -> Patent {
    Patent {
        patent_id: grant.patent_id.to_string(),
        kind: grant.kind.clone(),
        title: grant.title.clone(),
        loc_class: grant.loc_class.clone(),
        loc_edition: grant.loc_edition.clone(),
        further_loc_classes: grant.further_loc_classes.clone(),
        pub_date: grant.pub_date,
        filing_date: grant.filing_date,
        grant_term: grant.grant_term,
        expiry_date: grant.expiry_date(),
        applicant_name: grant.applicant_name.clone(),
        applicant_country: grant.applicant_country.clone(),
        inventor_names: grant.inventor_names.clone(),
        assignee_name: grant.assignee_name.clone(),
        claim_text: grant.claim_text.clone(),
        images: grant
            .images
            .iter()
            .map(|image| image.file.clone())
            .collect(),
        image_count: grant.image_count,
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn problem(file: &Path, reason: String) -> FileProblem {
    FileProblem {
        file: file.to_string_lossy().into_owned(),
        reason,
    }
}
