//! Whether the engine can do its work.

use std::sync::Arc;

use lookalike_storage::RemoteHealth;

use crate::{DeviceInUse, EngineError, Stores, model_of};

/// With less room left, commits and uploads fail.
const LEAST_BYTES: u64 = 16 << 20;

/// The state of the parts.
#[derive(Debug)]
pub struct HealthReport {
    /// When it was asked, ISO 8601.
    pub timestamp: String,
    /// Number of collections, or why the catalogue can't be read.
    pub catalog: Result<usize, EngineError>,
    /// The encoders of the collections, each once.
    pub models: Vec<ModelHealth>,
    /// What encoders compute on.
    pub devices: Vec<DeviceInUse>,
    /// Where pictures lie.
    pub object_store: ObjectStoreHealth,
    /// Where the catalogue lies.
    pub data_directory: DataDirectoryHealth,
    /// Whether vectors can be searched: the last search was answered, or the server that holds them
    /// answers now.
    pub vectors_answer: bool,
    /// The server that holds the vectors, if they are not a part of this program.
    pub vector_server: Option<RemoteHealth>,
}

/// The state of the data directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataDirectoryHealth {
    /// Whether it is still where it was opened: what is written to one that was moved or removed is
    /// lost.
    pub is_in_place: bool,
    /// Bytes left on its disk; `None` where the system does not tell.
    pub free_bytes: Option<u64>,
}

impl DataDirectoryHealth {
    /// Whether something may still be written there: some megabytes, as a commit takes.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.free_bytes.is_none_or(|bytes| bytes >= LEAST_BYTES)
    }
}

/// The state of the object store.
#[derive(Debug)]
pub struct ObjectStoreHealth {
    /// Its kind, such as `folder`.
    pub kind: &'static str,
    /// Whether it could be listed just now, or why not.
    pub listed: Result<(), EngineError>,
}

/// The state of an encoder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelHealth {
    /// Name or path.
    pub name: String,
    /// False for a placeholder; `None` while it is not loaded.
    pub trained: Option<bool>,
}

/// Looks after what searches need.
pub struct Health {
    stores: Arc<Stores>,
}

impl Health {
    /// The health of `stores`.
    #[must_use]
    pub fn new(stores: Arc<Stores>) -> Self {
        Self { stores }
    }

    /// The state of the parts. Waits for nothing but an answer of the object store and of the server
    /// that holds vectors.
    #[must_use]
    pub fn report(&self) -> HealthReport {
        let collections = self.stores.catalog().collections();
        let mut models: Vec<ModelHealth> = Vec::new();
        let specs = collections
            .iter()
            .flatten()
            .map(|collection| &collection.spec);
        for name in specs.filter_map(model_of) {
            if models.iter().all(|other| other.name != name) {
                let model = self.stores.encoders().loaded(name);
                models.push(ModelHealth {
                    name: name.to_owned(),
                    trained: model.map(|model| model.facts().description.extra.trained),
                });
            }
        }
        let vector_server = self.stores.vectors().health();
        HealthReport {
            timestamp: self.stores.now().to_string(),
            catalog: collections
                .map(|collections| collections.len())
                .map_err(EngineError::from),
            models,
            devices: self.stores.encoders().devices(),
            object_store: ObjectStoreHealth {
                kind: self.stores.blobs().kind(),
                listed: (self.stores.blobs().list("", None, 1))
                    .map(drop)
                    .map_err(EngineError::from),
            },
            data_directory: DataDirectoryHealth {
                is_in_place: self.stores.catalog().is_in_place(),
                free_bytes: self.stores.catalog().free_bytes(),
            },
            vectors_answer: match &vector_server {
                // By itself well again, whether or not anybody searched since.
                Some(server) => server.version.is_ok(),
                None => self.stores.vectors_answer(),
            },
            vector_server,
        }
    }

    /// Loads the encoders and indexes of all collections, so that the first search is as fast
    /// as the next.
    ///
    /// # Errors
    /// The first collection that can't be made ready; the others are all the same.
    pub fn warm_up(&self) -> Result<(), EngineError> {
        let mut result = Ok(());
        for collection in self.stores.catalog().collections()? {
            let encoder = match collection.spec.model {
                Some(_) => self
                    .stores
                    .encoders()
                    .of_collection(&collection)
                    .map(|_| ()),
                None => Ok(()),
            };
            let index = self.stores.vectors().state(&collection).map(|_| ());
            result = result.and(encoder).and(index.map_err(EngineError::from));
        }
        result
    }
}
