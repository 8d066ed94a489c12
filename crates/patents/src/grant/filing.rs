//! Where a grant comes from: priorities, an international registration, related
//! applications, and who examined it.

use super::tag::Tag;
use crate::PatentId;
use crate::date::parse_date;

/// An earlier application whose date the grant claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Priority {
    /// Two letters: a country, or an office such as `EM`.
    pub country: Option<String>,
    /// As written, such as `007224233-0007`.
    pub number: Option<String>,
    /// YYYYMMDD.
    pub date: Option<u32>,
}

/// The international registration (Hague Agreement) that a grant rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hague {
    /// Such as `DM/086123`.
    pub registration_number: Option<String>,
    /// YYYYMMDD.
    pub filing_date: Option<u32>,
    /// YYYYMMDD.
    pub registration_date: Option<u32>,
    /// YYYYMMDD.
    pub publication_date: Option<u32>,
}

/// Who examined the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examiner {
    /// First and last name.
    pub name: String,
    /// Art unit, such as `2911`.
    pub department: Option<String>,
    /// Rank in this examination.
    pub rank: ExaminerRank,
}

/// The part that an examiner had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExaminerRank {
    /// Signed the grant.
    Primary,
    /// Did the work for the former.
    Assistant,
}

/// How the grant's application, or one that it goes back to, descends from
/// another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The manner.
    pub kind: RelationKind,
    /// Number of the descending application; `None` where the XML tells only
    /// the other document.
    pub application: Option<String>,
    /// Number of the application (or publication) that it descends from.
    pub parent_application: Option<String>,
    /// Day on which the parent was filed, YYYYMMDD.
    pub parent_date: Option<u32>,
    /// The patent that the parent led to.
    pub parent_patent: Option<ParentPatent>,
}

/// The patent of a parent application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParentPatent {
    /// A design patent or re-issue.
    Design(PatentId),
    /// Another patent's number as written.
    Other(String),
}

/// A manner in which an application descends from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// The same disclosure, carried on.
    Continuation,
    /// The same with something added.
    ContinuationInPart,
    /// A part of it, divided off.
    Division,
    /// A re-issue.
    Reissue,
    /// It takes another's place.
    Substitution,
    /// A re-examination.
    Reexamination,
    /// It claims a provisional application.
    Provisional,
    /// It was published before.
    RelatedPublication,
}

impl RelationKind {
    /// The lower-case word that the API carries.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Continuation => "continuation",
            Self::ContinuationInPart => "continuation_in_part",
            Self::Division => "division",
            Self::Reissue => "reissue",
            Self::Substitution => "substitution",
            Self::Reexamination => "reexamination",
            Self::Provisional => "provisional",
            Self::RelatedPublication => "related_publication",
        }
    }
}

/// What is gathered of all that.
#[derive(Debug, Default)]
pub(super) struct Filing {
    pub(super) priorities: Vec<Priority>,
    pub(super) hague: Option<Hague>,
    pub(super) examiners: Vec<Examiner>,
    pub(super) relations: Vec<Relation>,
    priority: Priority,
    examiner: OpenExaminer,
    relation: OpenRelation,
}

#[derive(Debug, Default)]
struct OpenExaminer {
    first: Option<String>,
    last: Option<String>,
    department: Option<String>,
}

#[derive(Debug, Default)]
struct OpenRelation {
    application: Option<String>,
    parent_application: Option<String>,
    parent_date: Option<u32>,
    parent_patent: Option<ParentPatent>,
}

/// Priorities, examiners and relations kept of each: far above real numbers.
const MAX_LIST: usize = 1_000;

impl Filing {
    /// Whether the text at the end of `path` is wanted here.
    pub(super) fn wants(path: &[Tag]) -> bool {
        use Tag::*;
        let [Root, Bibliographic, path @ ..] = path else {
            return false;
        };
        matches!(
            path,
            [PriorityClaims, PriorityClaim, Country | DocNumber | Date]
                | [Hague, RegistrationNumber]
                | [
                    Hague,
                    InternationalFilingDate
                        | InternationalRegistrationDate
                        | InternationalPublicationDate,
                    Date,
                ]
                | [
                    Examiners,
                    PrimaryExaminer | AssistantExaminer,
                    FirstName | LastName | FullName | Department,
                ]
                | [
                    RelatedDocuments,
                    Related(_),
                    ..,
                    DocumentId,
                    DocNumber | Date
                ]
        )
    }

    /// The element at the end of `path` begins.
    pub(super) fn start(&mut self, path: &[Tag]) {
        use Tag::*;
        match path {
            [Root, Bibliographic, PriorityClaims, PriorityClaim] => {
                self.priority = Default::default();
            }
            [
                Root,
                Bibliographic,
                Examiners,
                PrimaryExaminer | AssistantExaminer,
            ] => {
                self.examiner = Default::default();
            }
            [Root, Bibliographic, RelatedDocuments, Related(_)] => {
                self.relation = Default::default();
            }
            _ => {}
        }
    }

    /// Takes the text of a path that is wanted; it is not empty.
    pub(super) fn set(&mut self, path: &[Tag], text: String) {
        use Tag::*;
        match path {
            [.., PriorityClaim, field] => {
                let priority = &mut self.priority;
                match field {
                    Country => _ = priority.country.get_or_insert(text.to_ascii_uppercase()),
                    DocNumber => _ = priority.number.get_or_insert(text),
                    _ => priority.date = priority.date.or_else(|| parse_date(&text)),
                }
            }
            [.., Hague, RegistrationNumber] => {
                self.hague().registration_number.get_or_insert(text);
            }
            [.., Hague, which, Date] => {
                let hague = self.hague();
                let date = match which {
                    InternationalFilingDate => &mut hague.filing_date,
                    InternationalRegistrationDate => &mut hague.registration_date,
                    _ => &mut hague.publication_date,
                };
                *date = date.or_else(|| parse_date(&text));
            }
            [.., PrimaryExaminer | AssistantExaminer, field] => {
                let examiner = &mut self.examiner;
                let part = match field {
                    FirstName => &mut examiner.first,
                    Department => &mut examiner.department,
                    _ => &mut examiner.last,
                };
                part.get_or_insert(text);
            }
            [.., ParentGrant, DocumentId, DocNumber] => {
                let patent = PatentId::parse(&text)
                    .map_or_else(|_| ParentPatent::Other(text), ParentPatent::Design);
                self.relation.parent_patent.get_or_insert(patent);
            }
            // The parent's patent and an international application have days of their own.
            [.., ParentGrant | ParentInternational, DocumentId, _] => {}
            [.., ChildDocument, DocumentId, DocNumber] => {
                self.relation.application.get_or_insert(text);
            }
            [.., ChildDocument, DocumentId, _] => {}
            [.., DocumentId, DocNumber] => {
                self.relation.parent_application.get_or_insert(text);
            }
            [.., DocumentId, Date] => {
                let relation = &mut self.relation;
                relation.parent_date = relation.parent_date.or_else(|| parse_date(&text));
            }
            _ => {}
        }
    }

    fn hague(&mut self) -> &mut Hague {
        self.hague.get_or_insert_default()
    }

    /// The element at the end of `path` ends.
    pub(super) fn end(&mut self, path: &[Tag]) {
        use Tag::*;
        match path {
            [Root, Bibliographic, PriorityClaims, PriorityClaim] => {
                let priority = std::mem::take(&mut self.priority);
                if priority != Priority::default() && self.priorities.len() < MAX_LIST {
                    self.priorities.push(priority);
                }
            }
            [
                Root,
                Bibliographic,
                Examiners,
                rank @ (PrimaryExaminer | AssistantExaminer),
            ] => {
                let examiner = std::mem::take(&mut self.examiner);
                let names = [examiner.first, examiner.last];
                let names: Vec<String> = names.into_iter().flatten().collect();
                if !names.is_empty() && self.examiners.len() < MAX_LIST {
                    self.examiners.push(Examiner {
                        name: names.join(" "),
                        department: examiner.department,
                        rank: if *rank == PrimaryExaminer {
                            ExaminerRank::Primary
                        } else {
                            ExaminerRank::Assistant
                        },
                    });
                }
            }
            [Root, Bibliographic, RelatedDocuments, Related(kind)] => {
                let relation = std::mem::take(&mut self.relation);
                let says_something =
                    relation.parent_application.is_some() || relation.parent_patent.is_some();
                if says_something && self.relations.len() < MAX_LIST {
                    self.relations.push(Relation {
                        kind: *kind,
                        application: relation.application,
                        parent_application: relation.parent_application,
                        parent_date: relation.parent_date,
                        parent_patent: relation.parent_patent,
                    });
                }
            }
            _ => {}
        }
    }
}
