//! Filters as parameters, the same for searches, lists, counts and deletions.

use lookalike_engine::library::ItemFilter;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::http::envelope::ApiError;
use crate::parameters::values::{day, number};

/// Which images take part. Repeating a filter means OR, different filters AND.
#[derive(Serialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FilterParameters {
    /// Words of number (in any spelling), title, claim, names, description, file name or tags.
    keyword: Option<Vec<String>>,
    /// Beginnings of the Locarno class.
    #[schema(example = json!(["10-02"]))]
    loc_class: Option<Vec<String>>,
    /// Beginnings of the US class: `D14`, `D14/486`, also `D14486`.
    #[schema(example = json!(["D14/486"]))]
    us_class: Option<Vec<String>>,
    /// Part of the applicant's name.
    applicant: Option<Vec<String>>,
    /// Part of the assignee's name.
    assignee: Option<Vec<String>>,
    /// Country code of the applicant.
    #[schema(example = json!(["US"]))]
    country: Option<Vec<String>>,
    /// Granted on this day or later: 20200131; in forms and addresses 2020-01-31 too.
    #[schema(minimum = 10_000_101, maximum = 99_991_231)]
    pub_date_from: Option<u32>,
    /// Granted on this day or earlier: 20201231; in forms and addresses 2020-12-31 too.
    #[schema(minimum = 10_000_101, maximum = 99_991_231)]
    pub_date_to: Option<u32>,
    /// `in_force` or `expired` today.
    #[schema(example = json!(["in_force"]))]
    status: Option<Vec<String>>,
    /// Tags of the image.
    tags: Option<Vec<String>>,
    /// `key=value` pairs of the attributes of the image or its patent; of a list, any value.
    #[schema(example = json!(["category=cat"]))]
    attributes: Option<Vec<String>>,
    /// Folders or archives that the file lies in, at any depth: whole paths.
    #[schema(example = json!(["/data/photos/2024"]))]
    folder: Option<Vec<String>>,
    /// Image formats.
    #[schema(example = json!(["png"]))]
    format: Option<Vec<String>>,
    /// Added on this day (UTC) or later: 20260131; in forms and addresses 2026-01-31 too.
    #[schema(minimum = 10_000_101, maximum = 99_991_231)]
    pub created_from: Option<u32>,
    /// Added on this day (UTC) or earlier: 20261231; in forms and addresses 2026-12-31 too.
    #[schema(minimum = 10_000_101, maximum = 99_991_231)]
    pub created_to: Option<u32>,
    /// Patents to keep, in any spelling.
    patent_id: Option<Vec<String>>,
    /// Patents to leave out, in any spelling.
    exclude_patent_id: Option<Vec<String>>,
    /// Items to leave out.
    exclude_item_id: Option<Vec<u64>>,
    /// Only items with a higher id than this one: what was added after it.
    after_item: Option<u64>,
}

/// The filters of lists: those of searches, and some more.
#[derive(Serialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct NameParameter {
    /// Part of the file's name, any case.
    file_name: Option<Vec<String>>,
    /// MD5 sums of the files, in hexadecimal.
    md5: Option<Vec<String>>,
    /// The callers' own ids.
    external_id: Option<Vec<String>>,
}

/// Takes one value of a filter; returns whether there is a filter of that name.
pub(crate) fn set(filter: &mut ItemFilter, name: &str, value: &str) -> Result<bool, ApiError> {
    let text = || value.to_owned();
    match name {
        "keyword" => filter.keyword.push(text()),
        "loc_class" => filter.loc_class.push(text()),
        "us_class" => filter.us_class.push(text()),
        "applicant" => filter.applicant.push(text()),
        "assignee" => filter.assignee.push(text()),
        "country" => filter.country.push(text()),
        "pub_date_from" => filter.pub_date_from = Some(day(name, value)?),
        "pub_date_to" => filter.pub_date_to = Some(day(name, value)?),
        "status" => filter.status.push(text()),
        "tags" => filter.tags.push(text()),
        "attributes" => filter.attributes.push(text()),
        "folder" => filter.folder.push(text()),
        "format" => filter.format.push(text()),
        "created_from" => filter.created_from = Some(day(name, value)?),
        "created_to" => filter.created_to = Some(day(name, value)?),
        "patent_id" => filter.patent_id.push(text()),
        "exclude_patent_id" => filter.exclude_patent_id.push(text()),
        "exclude_item_id" => filter.exclude_item_id.push(number(name, value)?),
        "after_item" => filter.after_item = Some(number(name, value)?),
        _ => return Ok(false),
    }
    Ok(true)
}

/// Takes one value of a filter of lists; returns whether there is a filter of that name.
pub(crate) fn set_of_list(
    filter: &mut ItemFilter,
    name: &str,
    value: &str,
) -> Result<bool, ApiError> {
    match name {
        "file_name" => {
            filter.file_name.push(value.to_owned());
            Ok(true)
        }
        "md5" => {
            filter.md5.push(value.to_owned());
            Ok(true)
        }
        "external_id" => {
            filter.external_id.push(value.to_owned());
            Ok(true)
        }
        _ => set(filter, name, value),
    }
}

/// The filter of a JSON object, as lists take it.
pub(crate) fn from_json(object: &Map<String, Value>) -> Result<ItemFilter, ApiError> {
    let mut filter = ItemFilter::default();
    for (name, value) in object {
        each_value(name, value, &mut |value| {
            let value = value.trim();
            // Empty ones say nothing, as in forms.
            if value.is_empty() || set_of_list(&mut filter, name, value)? {
                Ok(())
            } else {
                Err(ApiError::invalid(format!(
                    "there is no filter `{name}`; the documentation lists them"
                )))
            }
        })?;
    }
    Ok(filter)
}

/// Calls `each` for a scalar, or for each of a list of them, as text; for each pair of an object of
/// attributes.
pub(crate) fn each_value(
    name: &str,
    value: &Value,
    each: &mut dyn FnMut(&str) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    match value {
        Value::Null => Ok(()),
        Value::String(text) => each(text),
        Value::Number(_) | Value::Bool(_) => each(&value.to_string()),
        Value::Array(values) if values.iter().all(|value| !value.is_array()) => values
            .iter()
            .try_for_each(|value| each_value(name, value, each)),
        Value::Object(pairs) if name == "attributes" => {
            pairs.iter().try_for_each(|(key, value)| {
                each_value(key, value, &mut |value| each(&format!("{key}={value}")))
            })
        }
        _ => Err(ApiError::invalid(format!(
            "parameter `{name}` is neither text nor number nor a list of them"
        ))),
    }
}
