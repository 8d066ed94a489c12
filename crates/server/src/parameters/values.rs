//! Values of parameters, as they are written in forms and addresses.

use std::str::FromStr;

use lookalike_engine::parse_day;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::http::envelope::ApiError;

/// Takes a value that is not a parameter out of an object.
pub(crate) fn take<T: DeserializeOwned>(
    object: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<T>, ApiError> {
    let read = |value| {
        serde_json::from_value(value).map_err(|error| {
            ApiError::invalid(format!("`{name}` is not what is expected: {error}"))
        })
    };
    object.remove(name).map(read).transpose()
}

/// A number, or an error that names the parameter.
pub(crate) fn number<T: FromStr>(name: &str, value: &str) -> Result<T, ApiError> {
    value.parse().map_err(|_| {
        ApiError::invalid(format!(
            "{name} is `{value}`; give a number within its range"
        ))
    })
}

/// A day, with or without hyphens.
pub(crate) fn day(name: &str, value: &str) -> Result<u32, ApiError> {
    parse_day(value).map_err(|error| ApiError::invalid(format!("{name}: {error}")))
}

/// `true` or `false`, also as forms write them.
pub(crate) fn boolean(name: &str, value: &str) -> Result<bool, ApiError> {
    match value {
        "true" | "1" | "on" => Ok(true),
        "false" | "0" | "off" => Ok(false),
        _ => Err(ApiError::invalid(format!(
            "{name} is `{value}`; give true or false"
        ))),
    }
}
