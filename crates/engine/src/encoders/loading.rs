//! Models: found, downloaded, loaded once and shared.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lookalike_catalog::Collection;
use lookalike_encoders::{
    Band, Bands, Builtin, Device, Embedder, LoadOptions, Registry, SecondLook,
};
use lookalike_fetch::models::{self, HubEnvironment, Located, PullProgress};
use lookalike_imaging::{PreprocessKind, Preprocessor};
use serde::Serialize;

use super::{Encoder, Length, model_of};
use crate::{EngineError, ErrorKind};

/// How long a search waits for a model that another thread loads: longer than loading takes, but
/// not as long as a download.
const LOAD_PATIENCE: Duration = Duration::from_secs(20);

/// Finds, downloads, loads and keeps models.
pub struct Encoders {
    settings: EncoderSettings,
    models: Mutex<HashMap<String, Loading>>,
    /// Signalled when a model is loaded, or could not be.
    loaded: Condvar,
}

/// A model that some thread needed.
enum Loading {
    UnderWay,
    Done(Arc<dyn Embedder>),
}

/// What models compute on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeviceInUse {
    /// Its name, such as `cpu`.
    pub name: String,
    /// Why another was not taken, or that one failed; empty if all is well.
    pub notes: Vec<String>,
}

impl DeviceInUse {
    /// That of a model.
    #[must_use]
    pub fn of(model: &dyn Embedder) -> Self {
        Self {
            name: model.device().name().to_owned(),
            notes: model.device().notes(),
        }
    }
}

/// How models are found and run.
pub struct EncoderSettings {
    /// The data directory, whose `models` folder is searched and downloaded to.
    pub data_dir: PathBuf,
    /// The model families that are known.
    pub registry: Registry,
    /// What models compute on, and in which arithmetic.
    pub load: LoadOptions,
    /// Where and whether to download.
    pub hub: HubEnvironment,
    /// Called with how a download is going.
    pub on_pull: Box<dyn Fn(PullProgress) + Send + Sync>,
}

impl Encoders {
    /// Nothing is loaded yet.
    #[must_use]
    pub fn new(settings: EncoderSettings) -> Self {
        Self {
            settings,
            models: Mutex::default(),
            loaded: Condvar::new(),
        }
    }

    /// The data directory, in whose `models` folder downloads lie.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.settings.data_dir
    }

    /// The model of that name or path, loaded at its first use and downloaded if need be.
    ///
    /// # Errors
    /// It can't be found, downloaded or loaded; [`ErrorKind::Unavailable`] when another thread
    /// takes so long with it that the caller should try again later.
    pub fn model(&self, name: &str) -> Result<Arc<dyn Embedder>, EngineError> {
        let start = Instant::now();
        let mut models = self.lock();
        loop {
            match models.get(name) {
                Some(Loading::Done(model)) => return Ok(Arc::clone(model)),
                None => break,
                Some(Loading::UnderWay) => {}
            }
            let left = LOAD_PATIENCE.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Err(EngineError::new(
                    ErrorKind::Unavailable,
                    format!("model `{name}` is being downloaded or loaded; try again in a moment"),
                ));
            }
            models = self
                .loaded
                .wait_timeout(models, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        models.insert(name.to_owned(), Loading::UnderWay);
        drop(models);
        let _claim = Claim {
            encoders: self,
            name,
        };
        let model = self.load(name)?;
        self.lock()
            .insert(name.to_owned(), Loading::Done(Arc::clone(&model)));
        Ok(model)
    }

    /// The model of that name if it is loaded; does not wait for one that is being loaded.
    pub(crate) fn loaded(&self, name: &str) -> Option<Arc<dyn Embedder>> {
        match self.lock().get(name) {
            Some(Loading::Done(model)) => Some(Arc::clone(model)),
            _ => None,
        }
    }

    /// No operation leaves the models half-changed, so a panic elsewhere does no harm.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Loading>> {
        self.models.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The cores that compute, or that drive another device.
    #[must_use]
    pub fn cpu(&self) -> &dyn Device {
        &*self.settings.load.cpu
    }

    /// What the models that are loaded compute on, each device once: its name, and what people should
    /// know of how it did so far. The CPU while none is loaded.
    #[must_use]
    pub fn devices(&self) -> Vec<DeviceInUse> {
        let mut devices: Vec<DeviceInUse> = Vec::new();
        for loading in self.lock().values() {
            let Loading::Done(model) = loading else {
                continue;
            };
            let device = DeviceInUse::of(&**model);
            match devices.iter_mut().find(|known| known.name == device.name) {
                Some(known) => known.notes.extend(device.notes),
                None => devices.push(device),
            }
        }
        if devices.is_empty() {
            devices.push(DeviceInUse {
                name: self.cpu().name().to_owned(),
                notes: Vec::new(),
            });
        }
        for device in &mut devices {
            device.notes.sort();
            device.notes.dedup();
        }
        devices.sort_by(|one, other| one.name.cmp(&other.name));
        devices
    }

    /// An encoder from a model's name and a preprocessing; the preprocessing and `size` default
    /// to the model's own.
    ///
    /// # Errors
    /// As [`Encoders::model`], or the size is below one patch.
    pub fn encoder(
        &self,
        model: &str,
        preprocess: Option<PreprocessKind>,
        size: Option<u32>,
        length: Length,
    ) -> Result<Encoder, EngineError> {
        let model = self.model(model)?;
        let facts = model.facts();
        let description = &facts.description;
        let preprocess = preprocess.or(description.extra.preprocess);
        let preprocessor = Preprocessor::new(
            preprocess.unwrap_or_default(),
            size.unwrap_or(description.input.default),
            description.input.multiple_of,
            facts.processor.clone(),
        )
        .map_err(|error| EngineError::invalid(error.to_string()).because(error))?;
        Ok(Encoder {
            model,
            preprocessor,
            length,
        })
    }

    /// How the cosine scores of a collection are read: as its model says, if that can be loaded.
    #[must_use]
    pub fn bands(&self, collection: &Collection) -> Bands {
        model_of(&collection.spec)
            .and_then(|name| self.model(name).ok())
            .map_or_else(Bands::default, |model| {
                model.facts().description.extra.bands
            })
    }

    /// The cosine from which pictures of a collection count as copies that were edited: as its
    /// model says, else what that calls near-identical; `None` without a model.
    #[must_use]
    pub fn near_duplicate(&self, collection: &Collection) -> Option<f32> {
        let name = model_of(&collection.spec)?;
        let given = self.model(name).ok();
        let given = given.and_then(|model| model.facts().description.extra.near_duplicate);
        given.or_else(|| {
            let bands = self.bands(collection);
            let found = bands
                .bounds()
                .find(|(band, _)| *band == Band::NearIdentical);
            found.map(|(_, bound)| bound)
        })
    }

    /// How the scores of words in a collection are read, if its model says that and can be loaded.
    pub(crate) fn bands_of_words(&self, collection: &Collection) -> Option<Bands> {
        let model = self.model(model_of(&collection.spec)?).ok()?;
        let given = model.facts().description.extra.text_bands;
        given.or_else(|| Some(Bands::of_probabilities(model.texts()?.sigmoid()?)))
    }

    /// How the first scores of a collection are mixed with a second look, if its model has such and
    /// can be loaded.
    pub(crate) fn second_look(&self, collection: &Collection) -> Option<SecondLook> {
        let model = self.model(model_of(&collection.spec)?).ok()?;
        model.facts().description.extra.second_look.clone()
    }

    /// What the model of a collection computes on, if it is loaded.
    #[must_use]
    pub fn device_of(&self, collection: &Collection) -> Option<DeviceInUse> {
        let model = self.loaded(model_of(&collection.spec)?)?;
        Some(DeviceInUse::of(&*model))
    }

    /// The encoder that a collection was made with.
    ///
    /// # Errors
    /// The collection has none, or the model found under its name has other weights now.
    pub fn of_collection(&self, collection: &Collection) -> Result<Encoder, EngineError> {
        let spec = &collection.spec;
        let (Some(model), Some(preprocess)) = (model_of(spec), spec.preprocess) else {
            return Err(EngineError::invalid(format!(
                "collection `{}` has no encoder: search it by vector or by item",
                spec.name
            )));
        };
        let encoder = self.encoder(model, Some(preprocess), spec.size, Length::of(spec))?;
        if spec.model_fingerprint.as_deref() != Some(&encoder.model.facts().fingerprint) {
            return Err(EngineError::new(
                ErrorKind::Conflict,
                format!(
                    "collection `{}` was made with other weights of model `{model}` than those \
                     found now, and embeddings of two models can't be compared; put the former \
                     weights back, or import again into a new collection",
                    spec.name
                ),
            ));
        }
        Ok(encoder)
    }

    fn load(&self, name: &str) -> Result<Arc<dyn Embedder>, EngineError> {
        let EncoderSettings { registry, load, .. } = &self.settings;
        let located = models::locate(name, &self.settings.data_dir, &self.settings.hub)?;
        let loaded = match located {
            Located::Builtin => registry.builtin(Builtin::named(name).unwrap_or_default(), load),
            Located::Local(path) => registry.load(&path, load),
            Located::Remote { .. } => {
                let path = models::pull(
                    name,
                    &self.settings.data_dir,
                    &self.settings.hub,
                    &mut |progress| (self.settings.on_pull)(progress),
                )?;
                registry.load(&path, load)
            }
        };
        loaded.map_err(|error| {
            EngineError::new(ErrorKind::Unavailable, error.to_string()).because(error)
        })
    }
}

/// Lets others try when the model could not be loaded, for whatever reason.
struct Claim<'a> {
    encoders: &'a Encoders,
    name: &'a str,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let mut models = self.encoders.lock();
        if let Some(Loading::UnderWay) = models.get(self.name) {
            models.remove(self.name);
        }
        drop(models);
        self.encoders.loaded.notify_all();
    }
}
