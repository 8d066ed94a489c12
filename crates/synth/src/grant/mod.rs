//! The paper around a design: who, when, what, and the grant's XML.

mod calendar;
mod names;
mod record;
mod sentence;
#[cfg(test)]
mod tests;
mod xml;

pub(crate) use record::{Applicant, Record};
pub(crate) use sentence::{Sentence, sentences};
pub(crate) use xml::{Drawing, grant};
