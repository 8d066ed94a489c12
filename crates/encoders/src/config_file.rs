//! `config.json` of a model, as far as it is the same for all families.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lookalike_imaging::PreprocessKind;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::bands::{BadBound, Bands};
use crate::error::LoadError;
use crate::facts::Extra;
use crate::second_look::{BadSetting, SecondLook, SecondLookFile};

/// The architecture of a folder of open_clip.
pub(crate) const OPEN_CLIP: &str = "open_clip";

/// A `config.json` whose architecture is known by name.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    path: PathBuf,
    text: String,
    architecture: Option<String>,
    extra: Extra,
}

#[derive(Deserialize)]
struct Common {
    /// In files of transformers.
    model_type: Option<String>,
    /// In files of timm.
    architecture: Option<String>,
    lookalike: Option<Ours>,
}

#[derive(Deserialize)]
struct Ours {
    trained: Option<bool>,
    preprocess: Option<String>,
    bands: Option<BTreeMap<String, f32>>,
    text_bands: Option<BTreeMap<String, f32>>,
    near_duplicate: Option<f32>,
    second_look: Option<SecondLookFile>,
}

impl ConfigFile {
    /// Reads the text of the file at `path`.
    ///
    /// # Errors
    /// It is malformed, or our own block has a setting that means nothing.
    pub(crate) fn new(path: PathBuf, text: String) -> Result<Self, LoadError> {
        let common: Common = parse(&path, &text)?;
        Ok(Self {
            extra: match common.lookalike {
                Some(ours) => ours.check(&path)?,
                None => Extra::default(),
            },
            architecture: common.model_type.or(common.architecture),
            path,
            text,
        })
    }

    /// Reads the text of an `open_clip_config.json` at `path`, which names no architecture.
    pub(crate) fn of_open_clip(path: PathBuf, text: String) -> Result<Self, LoadError> {
        Ok(Self {
            architecture: Some(OPEN_CLIP.to_owned()),
            ..Self::new(path, text)?
        })
    }

    /// The same with what this project adds to another file.
    pub(crate) fn with_extra(self, extra: &Extra) -> Self {
        Self {
            extra: extra.clone(),
            ..self
        }
    }

    /// Where it is; to be named in errors.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// `model_type`, or else `architecture`; `None` if neither is there.
    #[must_use]
    pub fn architecture(&self) -> Option<&str> {
        self.architecture.as_deref()
    }

    /// What this project adds to the file.
    #[must_use]
    pub fn extra(&self) -> &Extra {
        &self.extra
    }

    /// The file's settings as the family has them.
    ///
    /// # Errors
    /// A setting has another type.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, LoadError> {
        parse(&self.path, &self.text)
    }
}

impl Ours {
    fn check(self, path: &Path) -> Result<Extra, LoadError> {
        let refused = |setting, found, expected| LoadError::Config {
            path: path.into(),
            setting,
            found,
            expected,
        };
        let preprocess = self.preprocess.map(|name| {
            let known = || PreprocessKind::ALL.map(PreprocessKind::name).join(", ");
            let parsed = name.parse::<PreprocessKind>();
            parsed.map_err(|_| refused("lookalike.preprocess", name, format!("one of {}", known())))
        });
        let read = |setting, named: Option<BTreeMap<String, f32>>| {
            let bands = named.map(|named| Bands::from_bounds(&named));
            let bands = bands.transpose();
            bands.map_err(|BadBound { found, expected }| refused(setting, found, expected))
        };
        let bands = read("lookalike.bands", self.bands)?;
        let text_bands = read("lookalike.text_bands", self.text_bands)?;
        if let Some(score) = self.near_duplicate
            && !(0.5..=1.0).contains(&score)
        {
            let expected = "a cosine of 0.5 to 1".to_owned();
            return Err(refused(
                "lookalike.near_duplicate",
                score.to_string(),
                expected,
            ));
        }
        let second_look = self.second_look.map(|file| {
            SecondLook::from_file(file).map_err(|bad| {
                let BadSetting {
                    setting,
                    found,
                    expected,
                } = bad;
                refused(setting, found, expected)
            })
        });
        Ok(Extra {
            trained: self.trained.unwrap_or(true),
            preprocess: preprocess.transpose()?,
            bands: bands.unwrap_or_default(),
            text_bands,
            near_duplicate: self.near_duplicate,
            second_look: second_look.transpose()?,
        })
    }
}

fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, LoadError> {
    serde_json::from_str(text).map_err(|error| LoadError::Malformed {
        path: path.into(),
        detail: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ConfigFile, String> {
        ConfigFile::new("config.json".into(), text.into()).map_err(|error| error.to_string())
    }

    #[test]
    fn both_libraries_name_their_architectures() {
        for (text, expected) in [
            (r#"{"model_type": "dinov2"}"#, Some("dinov2")),
            (r#"{"architecture": "resnet18"}"#, Some("resnet18")),
            ("{}", None),
        ] {
            assert_eq!(read(text).unwrap().architecture(), expected);
        }
    }

    #[test]
    fn our_own_block_is_optional_and_so_is_all_in_it() {
        for text in ["{}", r#"{"lookalike": {}}"#] {
            assert_eq!(*read(text).unwrap().extra(), Extra::default());
        }
        let text = r#"{"lookalike": {"trained": false, "preprocess": "stretch",
                       "bands": {"near_identical": 0.95}, "notes": [1],
                       "second_look": {"weight": 3, "scale": [[0, 0.1], [1, 1]]}}}"#;
        let extra = read(text).unwrap().extra().clone();
        assert!(!extra.trained);
        assert_eq!(extra.preprocess, Some(PreprocessKind::Stretch));
        assert_eq!(
            extra.bands.bounds().next().map(|(_, bound)| bound),
            Some(0.95)
        );
        assert!(extra.second_look.is_some());
    }

    #[test]
    fn settings_that_mean_nothing_are_refused() {
        for (text, expected) in [
            ("[", "malformed"),
            (r#"{"lookalike": 1}"#, "malformed"),
            (
                r#"{"lookalike": {"preprocess": "fold"}}"#,
                "lookalike.preprocess is fold, expected one of letterbox, ",
            ),
            (
                r#"{"lookalike": {"bands": {"high": 0.2}}}"#,
                "lookalike.bands is high 0.2, expected ",
            ),
            (
                r#"{"lookalike": {"near_duplicate": 2}}"#,
                "lookalike.near_duplicate is 2, expected a cosine of 0.5 to 1",
            ),
            (
                r#"{"lookalike": {"second_look": {"weight": 0, "scale": []}}}"#,
                "lookalike.second_look.weight is 0, expected a number above 0",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.starts_with("config.json: "), "{error}");
            assert!(error.contains(expected), "{error}");
        }
    }
}
