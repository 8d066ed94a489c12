//! The models that are compiled into the program.
//!
//! A former one stays: collections hold its embeddings, which can be compared with no others.

use std::path::{Path, PathBuf};

use lookalike_imaging::ProcessorConfig;

use crate::config_file::ConfigFile;
use crate::error::LoadError;
use crate::files::{self, CONFIG, PROCESSOR, WHOLE};
use crate::weights::{Source, Weights};

/// A model inside the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Builtin {
    /// The one that collections are made with unless another is asked for.
    #[default]
    Current,
    /// The first one. While it was the only one its name was `builtin`.
    First,
}

struct Files {
    name: &'static str,
    config: &'static str,
    processor: &'static str,
    weights: &'static [u8],
}

const CURRENT: Files = Files {
    name: "builtin",
    config: include_str!("../../../models/builtin/config.json"),
    processor: include_str!("../../../models/builtin/preprocessor_config.json"),
    weights: include_bytes!("../../../models/builtin/model.safetensors"),
};

const FIRST: Files = Files {
    name: "builtin-1",
    config: include_str!("../../../models/builtin-1/config.json"),
    processor: include_str!("../../../models/builtin-1/preprocessor_config.json"),
    weights: include_bytes!("../../../models/builtin-1/model.safetensors"),
};

/// What collections of the first model have recorded, under the name `builtin`.
const FIRST_FINGERPRINT: &str = "5559b4e447859bc38de0fe20530f3fa0128055c850172be43fa8f7b16d9195bb";

impl Builtin {
    /// All of them, the present one first.
    pub const ALL: [Self; 2] = [Self::Current, Self::First];

    /// Its name as a model.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.files().name
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.name() == name)
    }

    /// The one that a collection was made with which has recorded a model's name and fingerprint.
    #[must_use]
    pub fn recorded(name: &str, fingerprint: Option<&str>) -> Option<Self> {
        match Self::named(name)? {
            Self::Current if fingerprint == Some(FIRST_FINGERPRINT) => Some(Self::First),
            named => Some(named),
        }
    }

    pub(crate) fn config(self) -> Result<ConfigFile, LoadError> {
        ConfigFile::new(self.path(CONFIG), self.files().config.into())
    }

    pub(crate) fn processor(self) -> Result<ProcessorConfig, LoadError> {
        files::parse_processor(&self.path(PROCESSOR), self.files().processor)
    }

    pub(crate) fn weights(self) -> Result<Weights, LoadError> {
        let weights = Source::memory(self.files().weights);
        Weights::open_safetensors(&self.path(WHOLE), weights)
    }

    fn files(self) -> &'static Files {
        match self {
            Self::Current => &CURRENT,
            Self::First => &FIRST,
        }
    }

    /// Where the file would be; named in errors.
    fn path(self, file: &str) -> PathBuf {
        Path::new(self.name()).join(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LoadOptions, Precision, Registry};

    #[test]
    fn collections_of_the_first_are_known_by_its_fingerprint() {
        let options = LoadOptions::on_cpu(None, Precision::F32).unwrap();
        let of = |model| {
            let loaded = Registry::default().builtin(model, &options).unwrap();
            loaded.facts().fingerprint.clone()
        };
        let (first, current) = (of(Builtin::First), of(Builtin::Current));
        for (name, fingerprint, expected) in [
            ("builtin", Some(&*first), Some(Builtin::First)),
            ("builtin-1", Some(&*first), Some(Builtin::First)),
            ("builtin", Some(&*current), Some(Builtin::Current)),
            ("builtin", None, Some(Builtin::Current)),
            ("dinov2-small", Some(&*first), None),
        ] {
            assert_eq!(Builtin::recorded(name, fingerprint), expected, "{name}");
        }
    }
}
