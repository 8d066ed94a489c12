//! Applicants, inventors and assignees.

use super::tag::Tag;

/// One person or organisation while its element is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Party {
    organisation: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    full_name: Option<String>,
    address_country: Option<String>,
    residence_country: Option<String>,
    /// An applicant who applies as the inventor.
    pub(super) is_inventor: bool,
}

impl Party {
    pub(super) fn new(is_inventor: bool) -> Self {
        Self {
            is_inventor,
            ..Self::default()
        }
    }

    /// The organisation, else first and last name.
    pub(super) fn name(&self) -> Option<String> {
        self.organisation.clone().or_else(|| self.person())
    }

    /// First and last name.
    pub(super) fn person(&self) -> Option<String> {
        match (&self.first_name, &self.last_name) {
            (Some(first), Some(last)) => Some(format!("{first} {last}")),
            (Some(name), None) | (None, Some(name)) => Some(name.clone()),
            (None, None) => self.full_name.clone(),
        }
    }

    /// Of the address, else of the residence.
    pub(super) fn country(&self) -> Option<String> {
        self.address_country
            .clone()
            .or_else(|| self.residence_country.clone())
    }

    /// Whether the text of the element at the end of `path` belongs here.
    /// `addressbook` and its like may be absent or repeated.
    pub(super) fn wants(path: &[Tag]) -> bool {
        matches!(
            path,
            [
                ..,
                Tag::OrganisationName | Tag::FirstName | Tag::LastName | Tag::FullName
            ] | [.., Tag::Address | Tag::Residence, Tag::Country]
        )
    }

    /// Takes such a text; the first of a kind holds.
    pub(super) fn set(&mut self, path: &[Tag], text: String) {
        let field = match path {
            [.., Tag::OrganisationName] => &mut self.organisation,
            [.., Tag::FirstName] => &mut self.first_name,
            [.., Tag::LastName] => &mut self.last_name,
            [.., Tag::FullName] => &mut self.full_name,
            [.., Tag::Address, Tag::Country] => {
                set_country(&mut self.address_country, &text);
                return;
            }
            [.., Tag::Residence, Tag::Country] => {
                set_country(&mut self.residence_country, &text);
                return;
            }
            _ => return,
        };
        field.get_or_insert(text);
    }
}

/// Two letters; `omitted` and `unknown` stand for none.
fn set_country(field: &mut Option<String>, text: &str) {
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        field.get_or_insert(text.to_ascii_uppercase());
    }
}
