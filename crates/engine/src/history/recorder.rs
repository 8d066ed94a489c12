//! Records searches beside those that make them.
//!
//! A thread of its own makes the thumbnails and writes. A search only names itself; what there is
//! to record is taken from the searches remembered, whose memory is bounded. When there are more
//! than can be recorded, some are not: the history is a convenience, and searches don't wait.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use lookalike_catalog::{Search, SearchQuery};
use lookalike_imaging::{RgbImage, encode_jpeg, fit_within};

use crate::search::{PastSearch, Query, QueryKind};
use crate::{Engine, EngineError, ErrorKind};

/// Searches that wait to be recorded.
const MOST_WAITING: usize = 256;

/// Thumbnails of a search.
const MOST_THUMBNAILS: usize = 4;

/// Longest side of a thumbnail in pixels: enough to be compared with a hit, in some 10 kB.
const THUMBNAIL_SIDE: u32 = 320;

const THUMBNAIL_QUALITY: u8 = 80;

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
    /// Starts recording searches of `engine`.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(engine: Arc<Engine>) -> std::io::Result<Self> {
        let (sender, tasks) = sync_channel(MOST_WAITING);
        let thread = std::thread::Builder::new()
            .name("history".to_owned())
            .spawn(move || work(&engine, &tasks))?;
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

fn work(engine: &Engine, tasks: &Receiver<Task>) {
    for task in tasks {
        match task {
            Task::Record { token, owner } => {
                if let Some(search) = engine.past_search(&token, owner)
                    && let Err(error) = record(engine, &search)
                {
                    tracing::warn!("a search could not be written to the history: {error}");
                }
            }
            // Nobody waits any more if this fails.
            Task::Settle(done) => drop(done.try_send(())),
        }
    }
}

fn record(engine: &Engine, past: &PastSearch) -> Result<(), EngineError> {
    let request = &past.request;
    let search = Search {
        kind: match request.queries.first().map(Query::kind) {
            Some(QueryKind::Picture) => "pictures",
            Some(QueryKind::Item) => "item",
            Some(QueryKind::Vector) | None => "vector",
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
                .then(|| thumbnail(engine, past, position))
                .flatten(),
        })
        .collect();
    let now = past.at.as_second();
    engine
        .catalog()
        .write_aside(now, |tx| tx.record_search(request.owner, &search, &queries))
        .map(|_| ())
        .map_err(|error: lookalike_catalog::CatalogError| error.into())
}

/// A small picture of a query; none of a vector, and of what can't be read any more.
fn thumbnail(engine: &Engine, past: &PastSearch, position: usize) -> Option<Vec<u8>> {
    if let Some(jpeg) = past.kept_thumbnail(position) {
        return Some(jpeg);
    }
    engine
        .query_thumbnail(past, position, THUMBNAIL_SIDE)
        .inspect_err(|error| tracing::debug!("a search is recorded without its picture: {error}"))
        .ok()
        .flatten()
}

impl Engine {
    /// A JPEG of a query's picture within `side * side` pixels; none of a vector.
    pub(crate) fn query_thumbnail(
        &self,
        past: &PastSearch,
        position: usize,
        side: u32,
    ) -> Result<Option<Vec<u8>>, EngineError> {
        let request = &past.request;
        let picture: RgbImage = match request.queries.get(position) {
            None | Some(Query::Vector(_)) => return Ok(None),
            // The stored thumbnail of a whole item is at hand.
            Some(Query::Item(id)) if request.region(position).is_none() => {
                let Some(item) = self.catalog().items(&[*id])?.pop() else {
                    return Ok(None);
                };
                self.decode(&self.thumbnail_bytes(&item)?)?.image
            }
            Some(_) => self.query_picture(request, position)?,
        };
        let jpeg = encode_jpeg(&fit_within(&picture, side), THUMBNAIL_QUALITY);
        let failed = |error: lookalike_imaging::EncodeError| {
            EngineError::new(ErrorKind::Internal, error.to_string()).because(error)
        };
        jpeg.map(Some).map_err(failed)
    }
}
