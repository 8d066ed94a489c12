//! A grant as the catalogue keeps it: what lists and filters need, and the rest.

use lookalike_catalog::{
    Annotations, Citation, Examiner, FigureDescription, GrantDetails, HagueRegistration, Patent,
    Priority, Relation,
};
use lookalike_patents::{Cited, ExaminerRank, Grant, ParentPatent};

/// Everything that a grant tells.
#[derive(Clone, Debug)]
pub(crate) struct GrantFacts {
    pub(crate) patent: Patent,
    pub(crate) details: GrantDetails,
}

impl GrantFacts {
    pub(crate) fn new(grant: &Grant) -> Self {
        Self {
            patent: patent(grant),
            details: details(grant),
        }
    }
}

fn patent(grant: &Grant) -> Patent {
    Patent {
        patent_id: grant.patent_id.to_string(),
        kind: grant.kind.clone(),
        title: grant.title.clone(),
        loc_class: grant.loc_class.clone(),
        loc_edition: grant.loc_edition.clone(),
        further_loc_classes: grant.further_loc_classes.clone(),
        us_class: grant.us_class.clone(),
        further_us_classes: grant.further_us_classes.clone(),
        application_number: grant.application_number.clone(),
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
        figure_count: grant.figure_count,
        sheet_count: grant.sheet_count,
        annotations: Annotations::new(),
    }
}

fn details(grant: &Grant) -> GrantDetails {
    let priorities = grant.priorities.iter().map(|priority| Priority {
        country: priority.country.clone(),
        number: priority.number.clone(),
        date: priority.date,
    });
    let hague = grant.hague.as_ref().map(|hague| HagueRegistration {
        registration_number: hague.registration_number.clone(),
        filing_date: hague.filing_date,
        registration_date: hague.registration_date,
        publication_date: hague.publication_date,
    });
    let relations = grant.relations.iter().map(|relation| Relation {
        kind: relation.kind.as_str().to_owned(),
        application_number: relation.application.clone(),
        parent_application_number: relation.parent_application.clone(),
        parent_date: relation.parent_date,
        parent_patent: relation.parent_patent.as_ref().map(|patent| match patent {
            ParentPatent::Design(id) => id.to_string(),
            ParentPatent::Other(number) => number.clone(),
        }),
    });
    let examiners = grant.examiners.iter().map(|examiner| Examiner {
        name: examiner.name.clone(),
        department: examiner.department.clone(),
        rank: match examiner.rank {
            ExaminerRank::Primary => "primary".to_owned(),
            ExaminerRank::Assistant => "assistant".to_owned(),
        },
    });
    let figures = grant.figures.iter().map(|figure| FigureDescription {
        label: figure.label.clone(),
        description: figure.description.clone(),
        view: figure.view.map(|view| view.as_str().to_owned()),
    });
    GrantDetails {
        field_of_search: grant.field_of_search.clone(),
        priorities: priorities.collect(),
        hague,
        relations: relations.collect(),
        examiners: examiners.collect(),
        figures: figures.collect(),
        citations: grant.citations.iter().map(citation).collect(),
    }
}

fn citation(citation: &lookalike_patents::Citation) -> Citation {
    let (patent_id, document) = match &citation.cited {
        Cited::Design(id) => (Some(id.to_string()), None),
        Cited::Patent {
            country,
            number,
            kind,
        } => {
            let kind = kind.as_deref().map(|kind| format!(" {kind}"));
            let kind = kind.unwrap_or_default();
            (None, Some(format!("{country} {number}{kind}")))
        }
        Cited::Literature(text) => (None, Some(text.clone())),
    };
    Citation {
        patent_id,
        document,
        date: citation.date,
        name: citation.name.clone(),
        category: citation.category.clone(),
        us_class: citation.us_class.clone(),
    }
}
