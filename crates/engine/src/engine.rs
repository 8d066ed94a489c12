//! The engine: every use case, put together over the same stores. The only place that knows all of
//! them; none of them knows it.

use std::path::PathBuf;
use std::sync::Arc;

use crate::Collections;
use crate::filters::Filters;
use crate::health::Health;
use crate::history::{History, Recorder};
use crate::import::Importer;
use crate::jobs::Jobs;
use crate::library::Library;
use crate::pictures::Pictures;
use crate::re_embed::ReEmbedder;
use crate::search::{QueryPictures, Searcher};
use crate::shared_passes::SharedPasses;
use crate::stores::{Parts, Stores};

/// The use cases of the program over one data directory. Shared by threads.
pub struct Engine {
    stores: Arc<Stores>,
    collections: Collections,
    health: Health,
    history: History,
    importer: Importer,
    library: Arc<Library>,
    pictures: Arc<Pictures>,
    query_pictures: QueryPictures,
    re_embedder: ReEmbedder,
    searcher: Arc<Searcher>,
}

impl Engine {
    /// All use cases over the stores that `parts` make.
    ///
    /// # Panics
    /// The system gives no random numbers, without which nothing can be kept secret.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let stores = Arc::new(Stores::new(parts));
        let over = || Arc::clone(&stores);
        let passes = Arc::new(SharedPasses::default());
        let filters = Arc::new(Filters::new(over()));
        let collections = Collections::new(over());
        let pictures = Arc::new(Pictures::new(over()));
        let history = History::new(over());
        let query_pictures = QueryPictures::new(over(), Arc::clone(&pictures));
        let searcher = Arc::new(Searcher::new(
            over(),
            Arc::clone(&filters),
            query_pictures.clone(),
            Arc::clone(&passes),
        ));
        let library = Arc::new(Library::new(over(), collections.clone(), filters, passes));
        Self {
            health: Health::new(over()),
            importer: Importer::new(over(), collections.clone()),
            re_embedder: ReEmbedder::new(over(), collections.clone(), Arc::clone(&pictures)),
            collections,
            history,
            library,
            pictures,
            query_pictures,
            searcher,
            stores,
        }
    }

    /// The stores that the use cases stand on.
    #[must_use]
    pub fn stores(&self) -> &Arc<Stores> {
        &self.stores
    }

    /// Makes, lists, drops and counts collections.
    #[must_use]
    pub fn collections(&self) -> &Collections {
        &self.collections
    }

    /// Looks after what searches need.
    #[must_use]
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// The searches that users made.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Imports files.
    #[must_use]
    pub fn importer(&self) -> &Importer {
        &self.importer
    }

    /// The images of collections.
    #[must_use]
    pub fn library(&self) -> &Arc<Library> {
        &self.library
    }

    /// Shows the pictures of items.
    #[must_use]
    pub fn pictures(&self) -> &Pictures {
        &self.pictures
    }

    /// Re-embeds collections.
    #[must_use]
    pub fn re_embedder(&self) -> &ReEmbedder {
        &self.re_embedder
    }

    /// The pictures that were searched with.
    #[must_use]
    pub fn query_pictures(&self) -> &QueryPictures {
        &self.query_pictures
    }

    /// Searches.
    #[must_use]
    pub fn search(&self) -> &Searcher {
        &self.searcher
    }

    /// A queue of imports into `data_dir`; one for each data directory is enough.
    #[must_use]
    pub fn jobs(&self, data_dir: PathBuf) -> Jobs {
        Jobs::new(
            Arc::clone(&self.stores),
            self.collections.clone(),
            self.importer.clone(),
            data_dir,
        )
    }

    /// Starts recording searches in the history.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn recorder(&self) -> std::io::Result<Recorder> {
        Recorder::start(
            Arc::clone(&self.stores),
            Arc::clone(&self.searcher),
            self.query_pictures.clone(),
        )
    }
}
