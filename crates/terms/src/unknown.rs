//! Names that are none of the known ones.

use thiserror::Error;

/// A name that stands for nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown {what} {name:?}: expected {known}")]
pub struct UnknownName {
    /// What it was to name, such as `metric`.
    what: &'static str,
    /// What was given.
    name: String,
    /// The names there are, as `a, b or c`.
    known: String,
}

/// The value that `name` stands for among `names`.
pub(crate) fn by_name<T: Copy>(
    what: &'static str,
    names: &[(T, &str)],
    name: &str,
) -> Result<T, UnknownName> {
    let found = names.iter().find(|(_, known)| *known == name);
    found.map(|(value, _)| *value).ok_or_else(|| UnknownName {
        what,
        name: name.to_owned(),
        known: listed(names),
    })
}

/// The name of `value`, which is one of `names`.
pub(crate) fn name_of<T: PartialEq>(names: &[(T, &'static str)], value: &T) -> &'static str {
    let found = names.iter().find(|(known, _)| known == value);
    found.map_or("", |(_, name)| name)
}

fn listed<T>(names: &[(T, &str)]) -> String {
    let names: Vec<&str> = names.iter().map(|(_, name)| *name).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    }
}
