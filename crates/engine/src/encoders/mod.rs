//! Encoders: a model with a collection's preprocessing, loaded once and shared.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lookalike_catalog::{Collection, NewCollection};
use lookalike_encoders::{
    Bands, Builtin, Device, Embedder, Lane, LaneError, LoadOptions, PatchEmbedder, Registry, Tokens,
};
use lookalike_fetch::models::{self, HubEnvironment, Located, PullProgress};
use lookalike_imaging::{PreprocessKind, Preprocessor, RgbImage};

use crate::{EngineError, ErrorKind};

/// Name of the encoder inside the program that collections are made with by default.
pub const BUILTIN: &str = "builtin";

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
    /// Told how a download is going.
    pub on_pull: Box<dyn Fn(PullProgress) + Send + Sync>,
}

/// What becomes of the length of embeddings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// It is made 1.
    Unit,
    /// It stays what the model makes it.
    Kept,
}

impl Length {
    /// As a collection is made.
    #[must_use]
    pub fn of(spec: &NewCollection) -> Self {
        if spec.normalize {
            Self::Unit
        } else {
            Self::Kept
        }
    }
}

/// Name or path of the model that a collection's embeddings are of. Its record says `builtin` also
/// where it was made with a former encoder of that name.
#[must_use]
pub fn model_of(spec: &NewCollection) -> Option<&str> {
    let name = spec.model.as_deref()?;
    let builtin = Builtin::recorded(name, spec.model_fingerprint.as_deref());
    Some(match builtin {
        Some(builtin) => builtin.name(),
        None => name,
    })
}

/// Whether a collection was made with a former built-in encoder.
pub(crate) fn is_superseded(spec: &NewCollection) -> bool {
    let builtin = model_of(spec).and_then(Builtin::named);
    builtin.is_some_and(|model| model != Builtin::Current)
}

/// A model with a preprocessing: pictures in, embeddings out.
#[derive(Clone)]
pub struct Encoder {
    model: Arc<dyn Embedder>,
    preprocessor: Preprocessor,
    length: Length,
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
    /// is at it for so long that the caller had better come again.
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

    /// What models compute on.
    #[must_use]
    pub fn device(&self) -> &dyn Device {
        &*self.settings.load.cpu
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

impl Encoder {
    /// The model.
    #[must_use]
    pub fn model(&self) -> &dyn Embedder {
        &*self.model
    }

    /// The preprocessing.
    #[must_use]
    pub fn preprocessor(&self) -> &Preprocessor {
        &self.preprocessor
    }

    /// Whether the two give the same embedding for the same prepared picture.
    pub(crate) fn embeds_like(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.model, &other.model) && self.length == other.length
    }

    /// A picture as the model takes it.
    ///
    /// # Errors
    /// The picture can't be brought to the model's shape.
    pub fn prepare(&self, image: &RgbImage) -> Result<RgbImage, EngineError> {
        self.preprocessor.apply(image).map_err(|error| {
            EngineError::new(ErrorKind::Unprocessable, error.to_string()).because(error)
        })
    }

    /// A lane for one of several workers, each with a stream of pictures of its own.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn lane(&self) -> Result<Lane, EngineError> {
        Ok(self.model.device().lane()?)
    }

    /// Embeddings of prepared pictures, as soon as the whole device can have them.
    ///
    /// # Errors
    /// A picture was not prepared by [`Encoder::prepare`].
    pub fn embed(&self, prepared: &[&RgbImage]) -> Result<Vec<Vec<f32>>, EngineError> {
        self.embed_on(self.model.device().whole(), prepared)
    }

    /// The same embeddings, computed on `lane` alone.
    ///
    /// # Errors
    /// As [`Encoder::embed`].
    pub fn embed_on(
        &self,
        lane: &Lane,
        prepared: &[&RgbImage],
    ) -> Result<Vec<Vec<f32>>, EngineError> {
        let mut embeddings = self.model.embed(prepared, lane).map_err(internal)?;
        if self.length == Length::Unit {
            for embedding in &mut embeddings {
                lookalike_encoders::normalize(embedding);
            }
        }
        Ok(embeddings)
    }

    /// Prepared pictures that are best embedded together on `lane`.
    #[must_use]
    pub fn batch_size(&self, lane: &Lane) -> usize {
        self.model.batch_size(self.preprocessor.size(), lane)
    }

    /// The side of a patch of a prepared picture in pixels.
    ///
    /// # Errors
    /// The model describes only whole pictures.
    pub(crate) fn patch_size(&self) -> Result<u32, EngineError> {
        Ok(self.patches()?.patch_size())
    }

    /// The tokens of a prepared picture and its patches, not normalised.
    ///
    /// # Errors
    /// The model describes only whole pictures, or the picture was not prepared by
    /// [`Encoder::prepare`].
    pub fn tokens(&self, prepared: &RgbImage) -> Result<Tokens, EngineError> {
        let whole = self.model.device().whole();
        let tokens = self.patches()?.embed_patches(prepared, whole);
        tokens.map_err(internal)
    }

    fn patches(&self) -> Result<&dyn PatchEmbedder, EngineError> {
        self.model.patches().ok_or_else(|| {
            EngineError::invalid(format!(
                "models of the family {} describe whole pictures, not the places in them",
                self.model.facts().description.family
            ))
        })
    }
}

impl From<LaneError> for EngineError {
    fn from(error: LaneError) -> Self {
        internal(error)
    }
}

fn internal(error: impl std::error::Error + Send + Sync + 'static) -> EngineError {
    EngineError::new(ErrorKind::Internal, error.to_string()).because(error)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod former_tests;
