//! The model families that a program knows, and how a model's files find theirs.

use std::path::Path;
use std::sync::Arc;

use lookalike_imaging::ProcessorConfig;

use crate::accelerated;
use crate::builtin::Builtin;
use crate::config_file::ConfigFile;
use crate::embedder::Embedder;
use crate::error::LoadError;
use crate::facts::Description;
use crate::families::clip::Clip;
use crate::families::dinov2::Dinov2;
use crate::families::dinov3::Dinov3;
use crate::families::efficientnet_lite::EfficientNetLite;
use crate::families::siglip::Siglip;
use crate::families::{Family, Plan};
use crate::files;
use crate::options::LoadOptions;
use crate::weights::Weights;

/// Model families by name. A value, so that a program or a test may know more than the usual.
#[derive(Clone)]
pub struct Registry {
    families: Vec<Arc<dyn Family>>,
}

/// The families of this crate.
impl Default for Registry {
    fn default() -> Self {
        Self {
            families: vec![
                Arc::new(Dinov2),
                Arc::new(Dinov3),
                Arc::new(EfficientNetLite),
                Arc::new(Clip),
                Arc::new(Siglip),
            ],
        }
    }
}

/// What a model consists of before its tensors are read.
struct Found {
    plan: Box<dyn Plan>,
    processor: Option<ProcessorConfig>,
    weights: Weights,
}

impl Registry {
    /// The same registry with one more family, which takes the place of any other for the
    /// architectures that it names: so the same models can be loaded on another device.
    #[must_use]
    pub fn with(mut self, family: impl Family + 'static) -> Self {
        self.families.insert(0, Arc::new(family));
        self
    }

    /// The architectures that are known, each once, in the order of the families.
    #[must_use]
    pub fn architectures(&self) -> Vec<&'static str> {
        let mut known = Vec::new();
        for family in &self.families {
            for &name in family.architectures() {
                if !known.contains(&name) {
                    known.push(name);
                }
            }
        }
        known
    }

    /// Loads a Hugging Face folder (`config.json`; `model.safetensors`, or shards with their
    /// index; perhaps `preprocessor_config.json`), a lone `.npz` or a lone `.safetensors`.
    ///
    /// Takes the memory of the weights, 4 bytes each in f32, 2 in bf16, 1 in int8, and time in
    /// proportion: about 0.1 s for dinov2-small.
    ///
    /// # Errors
    /// [`LoadError`] says which file or tensor is at fault; for an unknown architecture, which
    /// ones are known.
    pub fn load(&self, path: &Path, options: &LoadOptions) -> Result<Arc<dyn Embedder>, LoadError> {
        self.placed(options, |options| self.find(path)?.load(options))
    }

    /// What the model at `path` is, without loading its weights.
    ///
    /// # Errors
    /// As [`Registry::load`], as far as the configuration, or the shapes of weights without
    /// one, tell.
    pub fn describe(&self, path: &Path) -> Result<Description, LoadError> {
        let plan = if files::is_folder(path)? {
            self.configure(&files::read_config(path)?)?
        } else {
            self.infer(&files::open_lone_weights(path)?)?
        };
        Ok(plan.description().clone())
    }

    /// A model that is compiled into the program.
    ///
    /// # Errors
    /// Only those of the options: the models themselves are tested.
    pub fn builtin(
        &self,
        model: Builtin,
        options: &LoadOptions,
    ) -> Result<Arc<dyn Embedder>, LoadError> {
        self.placed(options, |options| {
            let found = Found {
                plan: self.configure(&model.config()?)?,
                processor: Some(model.processor()?),
                weights: model.weights()?,
            };
            found.load(options)
        })
    }

    /// What a model that is compiled into the program is.
    ///
    /// # Errors
    /// None: the models are tested.
    pub fn describe_builtin(&self, model: Builtin) -> Result<Description, LoadError> {
        Ok(self.configure(&model.config()?)?.description().clone())
    }

    /// What `load` gives, on the device that the options ask for.
    fn placed(
        &self,
        options: &LoadOptions,
        load: impl Fn(&LoadOptions) -> Result<Arc<dyn Embedder>, LoadError>,
    ) -> Result<Arc<dyn Embedder>, LoadError> {
        accelerated::placed(&options.placement, options, &load)
    }

    fn find(&self, path: &Path) -> Result<Found, LoadError> {
        if files::is_folder(path)? {
            return Ok(Found {
                plan: self.configure(&files::read_config(path)?)?,
                processor: files::read_processor(path)?,
                weights: files::open_folder_weights(path)?,
            });
        }
        let weights = files::open_lone_weights(path)?;
        Ok(Found {
            plan: self.infer(&weights)?,
            processor: files::read_processor(path.parent().unwrap_or(Path::new("")))?,
            weights,
        })
    }

    fn configure(&self, file: &ConfigFile) -> Result<Box<dyn Plan>, LoadError> {
        let Some(name) = file.architecture() else {
            return Err(self.unknown(file.path(), "(no model_type)".into()));
        };
        let mut families = self.families.iter();
        match families.find(|family| family.architectures().contains(&name)) {
            Some(family) => family.configure(file),
            None => Err(self.unknown(file.path(), format!("'{name}'"))),
        }
    }

    fn infer(&self, weights: &Weights) -> Result<Box<dyn Plan>, LoadError> {
        let mut telltales = Vec::new();
        for inference in self.families.iter().filter_map(|one| one.inference()) {
            if weights
                .names()
                .any(|name| name.ends_with(inference.telltale()))
            {
                return inference.infer(weights);
            }
            telltales.push(inference.telltale());
        }
        let found = format!("without a tensor {}", telltales.join(" or "));
        Err(self.unknown(weights.path(), found))
    }

    fn unknown(&self, path: &Path, found: String) -> LoadError {
        LoadError::UnknownArchitecture {
            path: path.into(),
            found,
            known: self.architectures().join(", "),
        }
    }
}

impl Found {
    fn load(self, options: &LoadOptions) -> Result<Arc<dyn Embedder>, LoadError> {
        let loaded = self.plan.load(&self.weights, self.processor, options)?;
        Ok(Arc::from(loaded))
    }
}
