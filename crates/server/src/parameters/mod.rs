//! Parameters that several resources take.

pub(crate) mod filters;
pub(crate) mod pages;
pub(crate) mod search;
pub(crate) mod settings;
pub(crate) mod values;
