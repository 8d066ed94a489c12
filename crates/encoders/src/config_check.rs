//! Checks of the settings that families have in common.

use std::path::Path;

use lookalike_imaging::ProcessorConfig;
use serde_json::Value;

use crate::error::LoadError;

/// Sizes beyond any model: products of two of them still fit in 64 bits.
const MAX_SIZE: usize = 1 << 20;

/// Checks settings of the file at a path, which errors name.
pub(crate) struct Check<'a> {
    path: &'a Path,
}

impl<'a> Check<'a> {
    pub(crate) fn new(path: &'a Path) -> Self {
        Self { path }
    }

    pub(crate) fn that(
        &self,
        holds: bool,
        setting: &'static str,
        found: impl std::fmt::Display,
        expected: impl Into<String>,
    ) -> Result<(), LoadError> {
        if holds {
            return Ok(());
        }
        self.fail(setting, found, expected)
    }

    pub(crate) fn fail<T>(
        &self,
        setting: &'static str,
        found: impl std::fmt::Display,
        expected: impl Into<String>,
    ) -> Result<T, LoadError> {
        Err(LoadError::Config {
            path: self.path.into(),
            setting,
            found: found.to_string(),
            expected: expected.into(),
        })
    }

    /// Whether it is one of 1 to `most`.
    pub(crate) fn range(
        &self,
        setting: &'static str,
        value: usize,
        most: usize,
    ) -> Result<(), LoadError> {
        let expected = format!("1 to {most}");
        self.that((1..=most).contains(&value), setting, value, expected)
    }

    pub(crate) fn size(&self, setting: &'static str, size: usize) -> Result<usize, LoadError> {
        self.range(setting, size, MAX_SIZE)?;
        Ok(size)
    }

    /// A side in pixels, given as a number or as two equal ones.
    pub(crate) fn side(
        &self,
        setting: &'static str,
        value: Option<&Value>,
        default: usize,
    ) -> Result<usize, LoadError> {
        let number = |value: &Value| value.as_u64().and_then(|n| usize::try_from(n).ok());
        let side = match value {
            None | Some(Value::Null) => Some(default),
            Some(Value::Array(sides)) => match sides.as_slice() {
                [height, width] if height == width => number(height),
                _ => None,
            },
            Some(value) => number(value),
        };
        let found = || value.map(ToString::to_string).unwrap_or_default();
        self.that(
            side.is_some(),
            setting,
            found(),
            "a number, or a list of two equal ones",
        )?;
        self.size(setting, side.unwrap_or_default())
    }

    /// Heads that share the width of a token evenly.
    pub(crate) fn heads(
        &self,
        setting: &'static str,
        heads: usize,
        width: usize,
    ) -> Result<usize, LoadError> {
        self.size(setting, heads)?;
        let expected = || format!("a divisor of hidden_size, {width}");
        self.that(width.is_multiple_of(heads), setting, heads, expected())?;
        Ok(heads)
    }

    /// The side of pictures, at least a patch.
    pub(crate) fn fits(&self, image_size: usize, patch_size: usize) -> Result<(), LoadError> {
        self.that(
            image_size >= patch_size,
            "image_size",
            image_size,
            format!("at least patch_size, {patch_size}"),
        )
    }

    pub(crate) fn epsilon(&self, epsilon: f32) -> Result<f32, LoadError> {
        let holds = epsilon.is_finite() && epsilon >= 0.0;
        self.that(holds, "layer_norm_eps", epsilon, "zero or more")?;
        Ok(epsilon)
    }

    /// How pictures are prepared, from the settings of a `preprocessor_config.json`.
    pub(crate) fn processor(&self, settings: &Value) -> Result<ProcessorConfig, LoadError> {
        ProcessorConfig::from_json(&settings.to_string()).or_else(|error| {
            self.fail("preprocess_cfg", error, "what a picture can be prepared by")
        })
    }
}
