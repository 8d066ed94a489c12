//! Values that rows keep as text: parsed here, once, when a row is read.
//!
//! Text that can't be parsed is damage and is named with its row. To take it for an empty value
//! would lose what was stored with the next write.

use std::fmt::Display;
use std::str::FromStr;

use serde::de::DeserializeOwned;

use crate::CatalogError;

/// The value that `text` names.
///
/// # Errors
/// [`CatalogError::Damaged`] with what `place` says, such as ``metric of collection `default` ``.
pub(crate) fn named<T: FromStr<Err: Display>>(
    text: &str,
    place: impl FnOnce() -> String,
) -> Result<T, CatalogError> {
    text.parse().map_err(|error| CatalogError::Damaged {
        what: format!("{} ({error})", place()),
    })
}

/// The value that `text` holds as JSON.
///
/// # Errors
/// [`CatalogError::Damaged`] with what `place` says, such as `tags of item 7`.
pub(crate) fn json<T: DeserializeOwned>(
    text: &str,
    place: impl FnOnce() -> String,
) -> Result<T, CatalogError> {
    serde_json::from_str(text).map_err(|error| CatalogError::Damaged {
        what: format!("{} ({error})", place()),
    })
}
