//! Filters in canonical form: the same wish, however it is spelled, is the same filter.

use lookalike_catalog::ItemFilter;
use lookalike_patents::{PatentId, canonical_loc_class, us_class_prefix};

use crate::EngineError;

/// The filter with patent numbers, classes and dates in canonical form.
///
/// # Errors
/// A value is not of the form that its field has.
pub(crate) fn canonical(filter: &ItemFilter) -> Result<ItemFilter, EngineError> {
    let patents = |ids: &[String]| {
        ids.iter()
            .map(|id| match id.parse::<PatentId>() {
                Ok(id) => Ok(id.to_string()),
                Err(error) => Err(EngineError::invalid(error.to_string())),
            })
            .collect::<Result<Vec<_>, _>>()
    };
    for (name, date) in [
        ("pub_date_from", filter.pub_date_from),
        ("pub_date_to", filter.pub_date_to),
    ] {
        if date.is_some_and(|date| !(10_000_000..=99_999_999).contains(&date)) {
            return Err(EngineError::invalid(format!(
                "{name} is no date of the form YYYYMMDD"
            )));
        }
    }
    for status in &filter.status {
        if !["in_force", "expired"].contains(&status.as_str()) {
            return Err(EngineError::invalid(format!(
                "status `{status}` is not known; give in_force or expired"
            )));
        }
    }
    for pair in &filter.attributes {
        if !pair.contains('=') {
            return Err(EngineError::invalid(format!(
                "attribute `{pair}` is not of the form key=value"
            )));
        }
    }
    let loc_class = filter
        .loc_class
        .iter()
        // A whole class in any spelling; anything else is taken as a beginning.
        .map(|class| match class.trim() {
            class if class.len() > 2 => {
                canonical_loc_class(class).unwrap_or_else(|| class.to_owned())
            }
            class => class.to_owned(),
        })
        .collect();
    Ok(ItemFilter {
        patent_id: patents(&filter.patent_id)?,
        exclude_patent_id: patents(&filter.exclude_patent_id)?,
        loc_class,
        us_class: us_classes(&filter.us_class)?,
        ..filter.clone()
    })
}

/// What the wanted US classes begin with.
fn us_classes(texts: &[String]) -> Result<Vec<String>, EngineError> {
    let classes = texts.iter().map(|text| {
        us_class_prefix(text).ok_or_else(|| {
            EngineError::invalid(format!(
                "us_class `{text}` is no US class; give one such as D14, or D14/486"
            ))
        })
    });
    classes.collect()
}
