//! The elements that matter, whatever the DTD's version calls them.

/// An element's meaning. Copyable, so that a path is a plain slice to match on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Root,
    Bibliographic,
    PublicationReference,
    ApplicationReference,
    DocumentId,
    Country,
    DocNumber,
    Kind,
    Date,
    Title,
    Locarno,
    Edition,
    MainClassification,
    FurtherClassification,
    NationalClassification,
    /// IPC and CPC: what a utility patent is classified by.
    TechnicalClassification,
    TermOfGrant,
    LengthOfGrant,
    Hague,
    InternationalDate,
    Parties,
    Applicants,
    Applicant,
    Inventors,
    Inventor,
    Assignees,
    Assignee,
    OrganisationName,
    FirstName,
    LastName,
    FullName,
    Address,
    Residence,
    Claims,
    Claim,
    ClaimText,
    Drawings,
    Image,
    Description,
    Paragraph,
    LineBreak,
    Other,
}

impl Tag {
    /// By the local name. Versions 4.0 to 4.2 have `parties` and `applicants`
    /// where later ones have `us-parties` and `us-applicants`.
    pub(super) fn from_name(name: &str) -> Self {
        match name {
            "us-patent-grant" => Self::Root,
            "us-bibliographic-data-grant" => Self::Bibliographic,
            "publication-reference" => Self::PublicationReference,
            "application-reference" => Self::ApplicationReference,
            "document-id" => Self::DocumentId,
            "country" => Self::Country,
            "doc-number" => Self::DocNumber,
            "kind" => Self::Kind,
            "date" => Self::Date,
            "invention-title" => Self::Title,
            "classification-locarno" => Self::Locarno,
            "edition" => Self::Edition,
            "main-classification" => Self::MainClassification,
            "further-classification" => Self::FurtherClassification,
            "classification-national" => Self::NationalClassification,
            "classification-ipc" | "classifications-ipcr" | "classifications-cpc" => {
                Self::TechnicalClassification
            }
            "us-term-of-grant" => Self::TermOfGrant,
            "length-of-grant" => Self::LengthOfGrant,
            "hague-agreement-data" => Self::Hague,
            "international-filing-date" | "international-registration-date" => {
                Self::InternationalDate
            }
            "us-parties" | "parties" => Self::Parties,
            "us-applicants" | "applicants" => Self::Applicants,
            "us-applicant" | "applicant" => Self::Applicant,
            "inventors" => Self::Inventors,
            "inventor" | "deceased-inventor" | "us-deceased-inventor" => Self::Inventor,
            "assignees" => Self::Assignees,
            "assignee" => Self::Assignee,
            "orgname" => Self::OrganisationName,
            "first-name" => Self::FirstName,
            "last-name" => Self::LastName,
            "name" => Self::FullName,
            "address" => Self::Address,
            "residence" => Self::Residence,
            "claims" => Self::Claims,
            "claim" => Self::Claim,
            "claim-text" => Self::ClaimText,
            "drawings" => Self::Drawings,
            "img" | "doc-page" => Self::Image,
            "description" => Self::Description,
            "p" => Self::Paragraph,
            "br" => Self::LineBreak,
            _ => Self::Other,
        }
    }
}
