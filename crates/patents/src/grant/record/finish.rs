//! From gathered fields to a grant: what is refused, and what is filled in.

use super::super::party::Party;
use super::super::{Grant, GrantError, GrantErrorKind, usual_term};
use super::Record;
use crate::PatentId;

impl Record {
    /// As early as it is known, so that the rest of a long document is not read.
    pub(super) fn refuse_other_patents(&self) -> Result<(), GrantError> {
        if self.patent_id.is_some() {
            return Ok(());
        }
        let kind = self.kind.as_deref().and_then(|kind| kind.chars().next());
        let application = self.application_type.as_deref();
        let what = match (kind.map(|kind| kind.to_ascii_uppercase()), application) {
            (Some('A' | 'B'), _) | (_, Some("utility")) => "a utility patent",
            (Some('P'), _) | (_, Some("plant")) => "a plant patent",
            (Some('H'), _) | (_, Some("sir" | "statutory invention registration")) => {
                "a statutory invention registration"
            }
            _ => return Ok(()),
        };
        Err(GrantError::new(
            GrantErrorKind::NotADesign,
            format!("{what}, not a design; only design patents and their re-issues are read"),
        ))
    }

    /// The number of a re-issue does not tell what was re-issued; its classes do.
    pub(super) fn refuse_utility_reissues(&mut self) -> Result<(), GrantError> {
        let reissue = self
            .patent_id
            .as_ref()
            .is_some_and(|id| id.as_str().starts_with("USRE"));
        let national_design = self
            .us_class
            .as_deref()
            .is_some_and(|class| class.starts_with('D'));
        if !reissue || national_design || self.loc_class.is_some() {
            return Ok(());
        }
        if self.has_technical_class {
            return Err(GrantError::new(
                GrantErrorKind::NotADesign,
                "a re-issue of a utility patent, not of a design".to_owned(),
            ));
        }
        self.warn(
            "nothing tells whether this re-issue is of a design; it was taken for one".to_owned(),
        );
        Ok(())
    }

    /// The grant, once the whole document has been read.
    ///
    /// # Errors
    /// `NoNumber` without a patent number that can be used.
    pub(in crate::grant) fn finish(mut self) -> Result<Grant, GrantError> {
        self.refuse_other_patents()?;
        let patent_id = self.number()?;
        let hague = self.filing.hague.as_ref();
        let international_date =
            hague.and_then(|hague| hague.filing_date.or(hague.registration_date));
        let pub_date = self.pub_date.or(self.published);
        let filing_date = self.filing_date.or(international_date);
        let grant_term = self
            .grant_term
            .unwrap_or_else(|| usual_term(filing_date, pub_date));
        let applicant = self.applicants.iter().find(|party| party.name().is_some());
        let mut inventors: Vec<String> = self.inventors.iter().filter_map(Party::person).collect();
        if inventors.is_empty() {
            // Versions 4.0 to 4.2 know inventors only as applicants.
            let as_applicants = self.applicants.iter().filter(|party| party.is_inventor);
            inventors = as_applicants.filter_map(Party::person).collect();
        }
        let images = self.images.into_images();
        let main_class = self.loc_class.as_ref();
        self.further_loc_classes
            .retain(|class| Some(class) != main_class);
        let main_class = self.us_class.as_ref();
        self.further_us_classes
            .retain(|class| Some(class) != main_class);
        Ok(Grant {
            patent_id,
            kind: self.kind,
            title: self.title,
            loc_edition: self.loc_edition,
            further_loc_classes: self.further_loc_classes,
            us_class: self.us_class,
            further_us_classes: self.further_us_classes,
            field_of_search: self.field_of_search,
            pub_date,
            filing_date,
            application_number: self.application_number,
            priorities: self.filing.priorities,
            hague: self.filing.hague,
            relations: self.filing.relations,
            examiners: self.filing.examiners,
            grant_term: Some(grant_term),
            applicant_name: applicant.and_then(Party::name),
            applicant_country: applicant.and_then(Party::country),
            inventor_names: (!inventors.is_empty()).then(|| inventors.join(", ")),
            assignee_name: self.assignees.iter().find_map(Party::name),
            claim_text: (!self.claims.is_empty()).then(|| self.claims.join(" ")),
            image_count: u32::try_from(images.len()).unwrap_or(u32::MAX),
            images,
            figure_count: self.figure_count,
            sheet_count: self.sheet_count,
            figures: self.figures,
            citations: self.citations.into_citations(),
            warnings: self.warnings,
            loc_class: self.loc_class,
        })
    }

    /// From `publication-reference`, else from the root's `file`.
    fn number(&mut self) -> Result<PatentId, GrantError> {
        if let Some(id) = self.patent_id.take() {
            return Ok(id);
        }
        let problem = self
            .number_error
            .take()
            .unwrap_or_else(|| "`publication-reference` is missing".to_owned());
        let file = self.file.clone().unwrap_or_default();
        let stem = file.split(['-', '.']).next().unwrap_or_default();
        match PatentId::parse(stem) {
            Ok(id) => {
                self.warn(format!(
                    "{problem}; the number was taken from the file name `{file}`"
                ));
                Ok(id)
            }
            Err(_) => Err(GrantError::new(GrantErrorKind::NoNumber, problem)),
        }
    }
}
