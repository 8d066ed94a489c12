//! Filters in canonical form: the same wish, however it is spelled, is the same filter.
//!
//! Their values are bounded: each becomes a condition of an SQL statement, and a few megabytes of
//! them a statement that no database takes.

use lookalike_catalog::ItemFilter;
use lookalike_imaging::Format;
use lookalike_patents::{PatentId, loc_class_prefix, us_class_prefix};

use crate::EngineError;
use crate::day::is_day;

/// Values of one field.
const MOST_VALUES: usize = 100;

/// Patents or items of one field: each field is a single condition, however many they are.
const MOST_IDS: usize = 10_000;

/// Characters of a value.
const MOST_CHARACTERS: usize = 1_000;

/// The filter with patent numbers, classes and dates in canonical form.
///
/// # Errors
/// A value is not of the form that its field has, or there are too many of them.
pub(crate) fn canonical(filter: &ItemFilter) -> Result<ItemFilter, EngineError> {
    check_bounds(filter)?;
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
        ("created_from", filter.created_from),
        ("created_to", filter.created_to),
    ] {
        if let Some(date) = date
            && !is_day(date)
        {
            return Err(EngineError::invalid(format!(
                "{name} is {date}, which is no day; write it as 20200131"
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
        .map(|class| loc_class_prefix(class))
        .collect();
    Ok(ItemFilter {
        patent_id: patents(&filter.patent_id)?,
        exclude_patent_id: patents(&filter.exclude_patent_id)?,
        loc_class,
        us_class: us_classes(&filter.us_class)?,
        format: formats(&filter.format)?,
        folder: folders(&filter.folder)?,
        ..filter.clone()
    })
}

fn check_bounds(filter: &ItemFilter) -> Result<(), EngineError> {
    let fields: [(&str, &[String], usize); 16] = [
        ("keyword", &filter.keyword, MOST_VALUES),
        ("loc_class", &filter.loc_class, MOST_VALUES),
        ("us_class", &filter.us_class, MOST_VALUES),
        ("applicant", &filter.applicant, MOST_VALUES),
        ("assignee", &filter.assignee, MOST_VALUES),
        ("country", &filter.country, MOST_VALUES),
        ("status", &filter.status, MOST_VALUES),
        ("tags", &filter.tags, MOST_VALUES),
        ("attributes", &filter.attributes, MOST_VALUES),
        ("folder", &filter.folder, MOST_VALUES),
        ("format", &filter.format, MOST_VALUES),
        ("file_name", &filter.file_name, MOST_VALUES),
        ("md5", &filter.md5, MOST_VALUES),
        ("external_id", &filter.external_id, MOST_VALUES),
        ("patent_id", &filter.patent_id, MOST_IDS),
        ("exclude_patent_id", &filter.exclude_patent_id, MOST_IDS),
    ];
    for (name, values, most) in fields {
        check_number(name, values.len(), most)?;
        for value in values {
            if value.chars().count() > MOST_CHARACTERS {
                return Err(EngineError::invalid(format!(
                    "a value of {name} has more than {MOST_CHARACTERS} characters; give a part of it"
                )));
            }
            // The database would take it for the value's end.
            if value.contains('\0') {
                return Err(EngineError::invalid(format!(
                    "a value of {name} holds the character U+0000; leave it out"
                )));
            }
        }
    }
    check_number("exclude_item_id", filter.exclude_item_id.len(), MOST_IDS)
}

fn check_number(name: &str, count: usize, most: usize) -> Result<(), EngineError> {
    if count <= most {
        return Ok(());
    }
    Err(EngineError::invalid(format!(
        "{name} has {count} values, above the limit of {most}; give fewer, or ask several times"
    )))
}

/// Names of formats, which may be given as endings of file names too: `jpg`, `.TIF`.
fn formats(texts: &[String]) -> Result<Vec<String>, EngineError> {
    let formats = texts.iter().map(|text| {
        let wanted = text.trim().trim_start_matches('.').to_lowercase();
        let known = Format::all().find(|format| format.name() == wanted);
        let known = known.or_else(|| Format::of_extension(&wanted));
        known.map(|format| format.name().to_owned()).ok_or_else(|| {
            let names: Vec<&str> = Format::all()
                .filter(|format| format.is_read())
                .map(Format::name)
                .collect();
            EngineError::invalid(format!(
                "format `{text}` is not known; give one of {}",
                names.join(", ")
            ))
        })
    });
    formats.collect()
}

/// Folders without what may stand behind them.
fn folders(texts: &[String]) -> Result<Vec<String>, EngineError> {
    let folders = texts.iter().map(|text| {
        let folder = text.trim_end_matches('/');
        let folder = folder
            .strip_suffix('!')
            .filter(|_| folder.len() < text.len())
            .unwrap_or(folder);
        if !text.starts_with('/') {
            return Err(EngineError::invalid(format!(
                "folder `{text}` does not begin with /; give its whole path, as images show it"
            )));
        }
        Ok(folder.to_owned())
    });
    folders.collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(filter: &ItemFilter) -> Option<String> {
        canonical(filter).err().map(|error| error.to_string())
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        let from = |day| ItemFilter {
            pub_date_from: Some(day),
            ..ItemFilter::default()
        };
        assert_eq!(refusal(&from(20_200_131)), None);
        assert!(refusal(&from(20_201_301)).unwrap().contains("20201301"));
    }

    #[test]
    fn formats_and_folders_are_read_as_people_write_them() {
        let filter = ItemFilter {
            format: vec!["JPG".into(), ".tif".into(), "png".into()],
            folder: vec!["/data/a/".into(), "/data/x.zip!/".into(), "/loud!".into()],
            ..ItemFilter::default()
        };
        let canonical = canonical(&filter).unwrap();
        assert_eq!(canonical.format, ["jpeg", "tiff", "png"]);
        assert_eq!(canonical.folder, ["/data/a", "/data/x.zip", "/loud!"]);
        let unknown = ItemFilter {
            format: vec!["docx".into()],
            ..ItemFilter::default()
        };
        assert!(refusal(&unknown).unwrap().contains("tiff, jpeg, png"));
        let relative = ItemFilter {
            folder: vec!["photos".into()],
            ..ItemFilter::default()
        };
        assert!(refusal(&relative).unwrap().contains("whole path"));
    }

    #[test]
    fn number_and_length_of_values_are_bounded() {
        let words = |count| ItemFilter {
            keyword: vec!["lamp".to_owned(); count],
            ..ItemFilter::default()
        };
        assert_eq!(refusal(&words(100)), None);
        let refused = refusal(&words(340_000)).unwrap();
        assert!(
            refused.contains("340000 values, above the limit of 100"),
            "{refused}"
        );
        let applicant = |name: String| ItemFilter {
            applicant: vec![name],
            ..ItemFilter::default()
        };
        assert_eq!(refusal(&applicant("é".repeat(1_000))), None);
        assert!(refusal(&applicant("x".repeat(1_001))).is_some());
        assert!(refusal(&applicant("\0".to_owned())).is_some());
        let items = |count| ItemFilter {
            exclude_item_id: vec![1; count],
            ..ItemFilter::default()
        };
        assert_eq!(refusal(&items(10_000)), None);
        assert!(refusal(&items(10_001)).is_some());
    }
}
