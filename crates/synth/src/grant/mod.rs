//! The paper around a design: who, when, what, and the grant's XML.

mod calendar;
mod names;
mod record;
#[cfg(test)]
mod tests;
mod xml;

pub(crate) use record::Record;
pub(crate) use xml::{Drawing, grant};
