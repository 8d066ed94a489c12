//! Records searches in the background.
//!
//! A thread of its own makes the thumbnails and writes. A search only names itself; what there is
//! to record is taken from the searches remembered, whose memory is bounded. When there are more
//! than can be recorded, some are not: the history is a convenience, and searches don't wait.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use lookalike_catalog::{Search, SearchQuery};

use crate::search::{PastSearch, Query, QueryKind, QueryPictures, Searcher};
use crate::{EngineError, Stores};

/// Searches that wait to be recorded.
const MOST_WAITING: usize = 256;

/// Thumbnails of a search.
const MOST_THUMBNAILS: usize = 4;

/// Longest side of a thumbnail in pixels: enough to be compared with a hit, in some 10 kB.
const THUMBNAIL_SIDE: u32 = 320;

/// How long a reader of the history waits for what was searched just before.
const PATIENCE: Duration = Duration::from_secs(1);

/// Records searches until it is dropped.
#[derive(Debug)]
pub struct Recorder {
    sender: Option<SyncSender<Task>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
enum Task {
    Record {
        token: String,
        owner: Option<i64>,
    },
    /// Says that everything before it is done.
    Settle(SyncSender<()>),
}

impl Recorder {
    /// Starts recording searches of `searcher`.
    ///
    /// # Errors
    /// No thread can be started.
    pub(crate) fn start(
        stores: Arc<Stores>,
        searcher: Arc<Searcher>,
        pictures: QueryPictures,
    ) -> std::io::Result<Self> {
        let books = Books {
            stores,
            searcher,
            pictures,
        };
        let (sender, tasks) = sync_channel(MOST_WAITING);
        let thread = std::thread::Builder::new()
            .name("history".to_owned())
            .spawn(move || books.work(&tasks))?;
        Ok(Self {
            sender: Some(sender),
            thread: Some(thread),
        })
    }

    /// Has the search with that token recorded soon. Returns at once.
    pub fn record(&self, token: &str, owner: Option<i64>) {
        let token = token.to_owned();
        let task = Task::Record { token, owner };
        let sent = self.sender.as_ref().map(|sender| sender.try_send(task));
        if let Some(Err(TrySendError::Full(_))) = sent {
            tracing::debug!("a search is not in the history: too many wait to be recorded");
        }
    }

    /// Waits until what was searched before is recorded, but no longer than a second.
    pub fn settle(&self) {
        let (done, wait) = sync_channel(1);
        let sent = self
            .sender
            .as_ref()
            .is_some_and(|sender| sender.try_send(Task::Settle(done)).is_ok());
        if sent {
            // Late or never: the reader sees what is there.
            let _ = wait.recv_timeout(PATIENCE);
        }
    }
}

impl Drop for Recorder {
    /// Records what waits.
    fn drop(&mut self) {
        drop(self.sender.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the history's thread ended in a panic");
        }
    }
}

/// What the thread works with.
struct Books {
    stores: Arc<Stores>,
    searcher: Arc<Searcher>,
    pictures: QueryPictures,
}

impl Books {
    fn work(&self, tasks: &Receiver<Task>) {
        for task in tasks {
            match task {
                Task::Record { token, owner } => {
                    if let Some(search) = self.searcher.past(&token, owner)
                        && let Err(error) = self.record(&search)
                    {
                        tracing::warn!("a search could not be written to the history: {error}");
                    }
                }
                // Nobody waits any more if this fails.
                Task::Settle(done) => drop(done.try_send(())),
            }
        }
    }

    fn record(&self, past: &PastSearch) -> Result<(), EngineError> {
        let request = &past.request;
        let search = Search {
            kind: match request.queries.first().map(Query::kind) {
                Some(QueryKind::Picture) => "pictures",
                // Without a query it is items that are liked.
                Some(QueryKind::Item) | None => "item",
                Some(QueryKind::Text) => "text",
                Some(QueryKind::Vector) => "vector",
            }
            .to_owned(),
            collections: request.collections.clone(),
            parameters: request.parameters(),
            hits: past.top_hits.clone(),
            total_matched: past.answer.query_info.total_matched as u64,
            total_ms: past.answer.timing.total_ms,
            query_token: past.answer.query_token.clone(),
        };
        let queries: Vec<SearchQuery> = request
            .descriptions()
            .iter()
            .enumerate()
            .map(|(position, description)| SearchQuery {
                description: serde_json::to_string(description).unwrap_or_default(),
                vectors: past.vectors_of(position),
                thumbnail: (position < MOST_THUMBNAILS)
                    .then(|| self.thumbnail(past, position))
                    .flatten(),
                whole: (position < MOST_THUMBNAILS)
                    .then(|| self.whole(past, position))
                    .flatten(),
            })
            .collect();
        let now = past.at.as_second();
        self.stores
            .catalog()
            .write_aside(now, |tx| tx.record_search(request.owner, &search, &queries))
            .map(|_| ())
            .map_err(|error: lookalike_catalog::CatalogError| error.into())
    }

    /// A small picture of a query; none of a vector, and of what can't be read any more.
    fn thumbnail(&self, past: &PastSearch, position: usize) -> Option<Vec<u8>> {
        if let Some(jpeg) = past.kept_thumbnail(position) {
            return Some(jpeg);
        }
        made(self.pictures.thumbnail(past, position, THUMBNAIL_SIDE))
    }

    /// A small picture of the whole of a query of which a part was searched for.
    fn whole(&self, past: &PastSearch, position: usize) -> Option<Vec<u8>> {
        past.kept_whole(position).or_else(|| {
            made(
                self.pictures
                    .whole_thumbnail(past, position, THUMBNAIL_SIDE),
            )
        })
    }
}

fn made(picture: Result<Option<Vec<u8>>, EngineError>) -> Option<Vec<u8>> {
    picture
        .inspect_err(|error| tracing::debug!("a search is recorded without its picture: {error}"))
        .ok()
        .flatten()
}
