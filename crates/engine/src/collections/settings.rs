//! What collections are made with, and whether one is as it is asked for: what a collection is made
//! with never changes.

use lookalike_catalog::Collection;
use lookalike_encoders::Builtin;
use lookalike_imaging::PreprocessKind;
use lookalike_storage::{IndexKind, Metric};
use serde::{Deserialize, Serialize};

use super::Collections;
use crate::{EngineError, ErrorKind, Hint, Setting, model_of};

/// How a collection is to be made; what is `None` takes the default, or, for a collection
/// that exists, what it has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CollectionSettings {
    /// The encoder: a name or a path; default `builtin`.
    pub model: Option<String>,
    /// Default the model's own, else `letterbox`.
    pub preprocess: Option<PreprocessKind>,
    /// Pixels; default the model's own.
    pub size: Option<u32>,
    /// Default `cosine`.
    pub metric: Option<Metric>,
    /// Default `auto`.
    pub index: Option<IndexKind>,
}

impl Collections {
    /// Whether a collection is as it is asked for.
    ///
    /// # Errors
    /// It is not.
    pub(crate) fn check_settings(
        &self,
        collection: &Collection,
        settings: &CollectionSettings,
    ) -> Result<(), EngineError> {
        let spec = &collection.spec;
        let name = &spec.name;
        let differences = [
            (
                Setting::Model,
                settings.model.as_deref().map(|asked| {
                    // The name on record and the name it has now are both right.
                    let recorded = spec.model.as_deref() == Some(asked);
                    absolute_if_path(if recorded {
                        model_of(spec).unwrap_or(asked)
                    } else {
                        asked
                    })
                }),
                model_of(spec).map(str::to_owned),
            ),
            (
                Setting::Preprocess,
                settings.preprocess.map(|kind| kind.to_string()),
                spec.preprocess.map(|kind| kind.to_string()),
            ),
            (
                Setting::Size,
                self.effective_size(collection, settings)?,
                spec.size.map(|size| size.to_string()),
            ),
            (
                Setting::Metric,
                settings.metric.map(|metric| metric.to_string()),
                Some(spec.metric.to_string()),
            ),
            (
                Setting::Index,
                settings.index.map(|kind| kind.to_string()),
                Some(spec.index_kind.to_string()),
            ),
        ];
        for (setting, asked, has) in differences {
            if let Some(asked) = asked
                && Some(&asked) != has.as_ref()
            {
                let message = format!(
                    "collection `{name}` has {} {} and that never changes",
                    setting.name(),
                    has.as_deref().unwrap_or("none")
                );
                return Err(EngineError::new(ErrorKind::Conflict, message)
                    .with_hint(Hint::LeaveAway { setting, asked }));
            }
        }
        Ok(())
    }

    fn effective_size(
        &self,
        collection: &Collection,
        settings: &CollectionSettings,
    ) -> Result<Option<String>, EngineError> {
        let Some(size) = settings.size else {
            return Ok(None);
        };
        let encoder = self.stores.encoders().of_collection(collection)?;
        let step = encoder.model().facts().description.input.multiple_of;
        Ok(Some((size / step * step).to_string()))
    }
}

/// A model given as a path is recorded absolute: the next call may come from elsewhere.
#[must_use]
pub fn absolute_if_path(model: &str) -> String {
    let path = std::path::Path::new(model);
    if !path.exists() || Builtin::named(model).is_some() {
        return model.to_owned();
    }
    std::path::absolute(path)
        .unwrap_or_else(|_| path.to_path_buf())
        .to_string_lossy()
        .into_owned()
}
