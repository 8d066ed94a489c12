//! Encoders: a model with a collection's preprocessing, loaded once and shared.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lookalike_catalog::Collection;
use lookalike_encoders::{EmbedError, LoadOptions, Model, Precision, SingleThread};
use lookalike_fetch::models::{self, HubEnvironment, Located, PullProgress};
use lookalike_imaging::{PreprocessKind, Preprocessor, RgbImage};

use crate::{EngineError, ErrorKind};

/// Name of the encoder inside the program.
pub const BUILTIN: &str = "builtin";

/// Patches that keep the units of one core busy. Measured, one thread, ms an image:
/// dinov2-small at 518 px (1369 patches) 80 alone and 89 in batches of 8, at 224 px (256)
/// 11.8 and 11.7 in batches of 4; builtin at 112 px (64) 1.16 and 0.84 in batches of 8.
const BATCH_PATCHES: usize = 1024;

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
    Done(Arc<Model>),
}

/// How models are found and run.
pub struct EncoderSettings {
    /// The data directory, whose `models` folder is searched and downloaded to.
    pub data_dir: PathBuf,
    /// Threads that compute; 0 means one per core.
    pub threads: usize,
    /// Arithmetic of the matrix products.
    pub precision: Precision,
    /// Where and whether to download.
    pub hub: HubEnvironment,
    /// Told how a download is going.
    pub on_pull: Box<dyn Fn(PullProgress) + Send + Sync>,
}

/// A model with a preprocessing: pictures in, embeddings out.
#[derive(Clone)]
pub struct Encoder {
    model: Arc<Model>,
    preprocessor: Preprocessor,
    normalize: bool,
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
    pub fn model(&self, name: &str) -> Result<Arc<Model>, EngineError> {
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
        let model = Arc::new(self.load(name)?);
        self.lock()
            .insert(name.to_owned(), Loading::Done(Arc::clone(&model)));
        Ok(model)
    }

    /// The model of that name if it is loaded; does not wait for one that is being loaded.
    pub(crate) fn loaded(&self, name: &str) -> Option<Arc<Model>> {
        match self.lock().get(name) {
            Some(Loading::Done(model)) => Some(Arc::clone(model)),
            _ => None,
        }
    }

    /// No operation leaves the models half-changed, so a panic elsewhere does no harm.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Loading>> {
        self.models.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An encoder from a model's name and a preprocessing; `size` defaults to the model's own.
    ///
    /// # Errors
    /// As [`Encoders::model`], or the size is below one patch.
    pub fn encoder(
        &self,
        model: &str,
        preprocess: PreprocessKind,
        size: Option<u32>,
        normalize: bool,
    ) -> Result<Encoder, EngineError> {
        let model = self.model(model)?;
        let preprocessor = Preprocessor::new(
            preprocess,
            size.unwrap_or_else(|| model.default_size()),
            model.config().patch_size as u32,
            model.processor().clone(),
        )
        .map_err(|error| EngineError::invalid(error.to_string()).because(error))?;
        Ok(Encoder {
            model,
            preprocessor,
            normalize,
        })
    }

    /// The encoder that a collection was made with.
    ///
    /// # Errors
    /// The collection has none, or the model found under its name has other weights now.
    pub fn of_collection(&self, collection: &Collection) -> Result<Encoder, EngineError> {
        let spec = &collection.spec;
        let (Some(model), Some(preprocess)) = (&spec.model, &spec.preprocess) else {
            return Err(EngineError::invalid(format!(
                "collection `{}` has no encoder: search it by vector or by item",
                spec.name
            )));
        };
        let preprocess: PreprocessKind = preprocess
            .parse()
            .map_err(|error| internal(collection, "preprocessing", error))?;
        let encoder = self.encoder(model, preprocess, spec.size, spec.normalize)?;
        if spec.model_fingerprint.as_deref() != Some(encoder.model.fingerprint()) {
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

    fn load(&self, name: &str) -> Result<Model, EngineError> {
        let options = LoadOptions {
            threads: self.settings.threads,
            precision: self.settings.precision,
        };
        let located = models::locate(name, &self.settings.data_dir, &self.settings.hub)?;
        let loaded = match located {
            Located::Builtin => Model::builtin(&options),
            Located::Local(path) => Model::load(&path, &options),
            Located::Remote { .. } => {
                let path = models::pull(
                    name,
                    &self.settings.data_dir,
                    &self.settings.hub,
                    &mut |progress| (self.settings.on_pull)(progress),
                )?;
                Model::load(&path, &options)
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

/// A thread for [`Encoder::embed_on`].
///
/// # Errors
/// The system gives none.
pub(crate) fn embedding_thread() -> Result<SingleThread, EngineError> {
    SingleThread::start()
        .map_err(|error| EngineError::new(ErrorKind::Internal, error.to_string()).because(error))
}

impl Encoder {
    /// The model.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The preprocessing.
    #[must_use]
    pub fn preprocessor(&self) -> &Preprocessor {
        &self.preprocessor
    }

    /// Whether the two give the same embedding for the same prepared picture.
    pub(crate) fn embeds_like(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.model, &other.model) && self.normalize == other.normalize
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

    /// Embeddings of prepared pictures, as soon as all cores can have them.
    ///
    /// # Errors
    /// A picture was not prepared by [`Encoder::prepare`].
    pub fn embed(&self, prepared: &[&RgbImage]) -> Result<Vec<Vec<f32>>, EngineError> {
        self.finish(self.model.embed(prepared))
    }

    /// The same embeddings, computed on `thread` alone.
    ///
    /// # Errors
    /// As [`Encoder::embed`].
    pub fn embed_on(
        &self,
        thread: &SingleThread,
        prepared: &[&RgbImage],
    ) -> Result<Vec<Vec<f32>>, EngineError> {
        self.finish(self.model.embed_on(thread, prepared))
    }

    /// Pictures that a single thread embeds at a time: more are no faster, only larger.
    #[must_use]
    pub fn default_batch_size(&self) -> usize {
        let patch = self.model.config().patch_size;
        let patches_a_side = self.preprocessor.size() as usize / patch.max(1);
        (BATCH_PATCHES / (patches_a_side * patches_a_side).max(1)).clamp(1, 16)
    }

    fn finish(
        &self,
        embeddings: Result<Vec<Vec<f32>>, EmbedError>,
    ) -> Result<Vec<Vec<f32>>, EngineError> {
        let mut embeddings = embeddings.map_err(|error| {
            EngineError::new(ErrorKind::Internal, error.to_string()).because(error)
        })?;
        if self.normalize {
            for embedding in &mut embeddings {
                lookalike_encoders::normalize(embedding);
            }
        }
        Ok(embeddings)
    }
}

fn internal(
    collection: &Collection,
    what: &str,
    error: impl std::error::Error + Send + Sync + 'static,
) -> EngineError {
    EngineError::new(
        ErrorKind::Internal,
        format!(
            "collection `{}` is recorded with a {what} that this program does not know: {error}",
            collection.spec.name
        ),
    )
    .because(error)
}
