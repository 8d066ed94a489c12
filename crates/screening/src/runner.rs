//! Screens product after product.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lookalike_engine::search::{GroupedHits, PageHit, QueryFile, SearchAnswer, SearchRequest};
use lookalike_engine::{Engine, EngineError, ErrorKind};
use lookalike_imaging::{encode_jpeg, fit_within};
use lookalike_patents::{Reach, SourceFile};
use lookalike_storage::Metric;
use lookalike_work::{Cancel, FileProblem};

use crate::folder::{Product, below, products};
use crate::record::{Kept, Lines, ScreenMatch, ScreenRequest, ScreenedProduct};

/// Pictures of one product that are searched with; more show nothing new.
const MOST_PICTURES: usize = 32;

/// Products screened at once. Their pictures share forward passes; each holds a picture or two.
const MOST_WORKERS: usize = 8;

/// Side and quality of a product's small picture.
const THUMBNAIL_SIDE: u32 = 160;
const THUMBNAIL_QUALITY: u8 = 80;

/// How a screening that runs is going.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Products there are.
    pub(crate) total: AtomicU64,
    /// Products that are done, also those that an earlier run did.
    pub(crate) done: AtomicU64,
    /// Products that this run did.
    pub(crate) now: AtomicU64,
    /// Pictures that failed.
    pub(crate) failed: AtomicU64,
    pub(crate) cancel: Cancel,
}

/// Screens what is not done yet.
pub(crate) fn run(
    engine: &Engine,
    data: &Path,
    kept: &Kept,
    request: &ScreenRequest,
    progress: &Progress,
) -> Result<(), EngineError> {
    let search = search_request(engine, request)?;
    let metric = metric(engine, &search.collections)?;
    let reach = match &request.within {
        Some(folders) => Reach::below(folders),
        None => Reach::Anywhere,
    };
    let all = products(&request.folder, reach, data)?;
    let known: HashSet<String> = kept
        .products()
        .map_err(unwritable)?
        .into_iter()
        .inspect(|product| progress.count_failed(product))
        .map(|product| product.product)
        .collect();
    progress.total.store(all.len() as u64, Ordering::Relaxed);
    let left: Vec<&Product> = all
        .iter()
        .filter(|product| !known.contains(&product.name))
        .collect();
    let done = (all.len() - left.len()) as u64;
    progress.done.store(done, Ordering::Relaxed);
    let work = Work {
        engine,
        search,
        metric,
        root: &request.folder,
        left,
        next: AtomicUsize::new(0),
        lines: Mutex::new(kept.lines().map_err(unwritable)?),
        progress,
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let workers = cores.min(MOST_WORKERS).min(work.left.len());
    thread::scope(|scope| {
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(|| work.work())).collect();
        let ended = running.into_iter().map(|worker| {
            worker.join().unwrap_or_else(|_| {
                Err(EngineError::new(
                    ErrorKind::Internal,
                    "a screening ended unexpectedly",
                ))
            })
        });
        // All are waited for, whatever the first error.
        let ended: Vec<_> = ended.collect();
        ended.into_iter().collect()
    })
}

/// The search that each picture is put into.
pub(crate) fn search_request(
    engine: &Engine,
    request: &ScreenRequest,
) -> Result<SearchRequest, EngineError> {
    let search = SearchRequest::from_parameters(request.parameters.clone())?;
    metric(engine, &search.collections)?;
    Ok(search)
}

/// The metric that all the collections have: of several, scores could not be compared.
fn metric(engine: &Engine, collections: &[String]) -> Result<Metric, EngineError> {
    let mut metrics = Vec::new();
    for name in collections {
        let collection = engine.stores().catalog().collection(name)?;
        metrics.push(collection.spec.metric);
    }
    match metrics[..] {
        [] => Err(EngineError::invalid("no collection to screen against")),
        [first, ..] if metrics.iter().all(|metric| *metric == first) => Ok(first),
        _ => Err(EngineError::invalid(
            "the collections have different metrics, whose scores can't be compared; screen \
             against one after the other",
        )),
    }
}

struct Work<'a> {
    engine: &'a Engine,
    search: SearchRequest,
    metric: Metric,
    root: &'a Path,
    left: Vec<&'a Product>,
    next: AtomicUsize,
    lines: Mutex<Lines>,
    progress: &'a Progress,
}

impl Work<'_> {
    fn work(&self) -> Result<(), EngineError> {
        while !self.progress.cancel.is_cancelled() {
            let next = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(product) = self.left.get(next) else {
                break;
            };
            let Some(screened) = self.screen(product)? else {
                break;
            };
            let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.add(&screened).map_err(unwritable)?;
            drop(lines);
            self.progress.count_failed(&screened);
            self.progress.done.fetch_add(1, Ordering::Relaxed);
            self.progress.now.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// `None` where it was told to stop.
    fn screen(&self, product: &Product) -> Result<Option<ScreenedProduct>, EngineError> {
        let mut best: HashMap<String, ScreenMatch> = HashMap::new();
        let mut failed = product.problems.clone();
        let mut first = None;
        for file in product.pictures.iter().take(MOST_PICTURES) {
            if self.progress.cancel.is_cancelled() {
                return Ok(None);
            }
            let picture = self.label(file);
            match self.ask(file) {
                Ok(answer) => {
                    first = first.or(Some(file));
                    for group in &answer.results {
                        self.keep(&mut best, group, &picture);
                    }
                }
                Err(error) if is_of_the_file(error.kind()) => failed.push(FileProblem {
                    file: picture,
                    reason: error.to_string(),
                }),
                Err(error) => return Err(error),
            }
        }
        let skipped = product.pictures.len().saturating_sub(MOST_PICTURES);
        if skipped > 0 {
            failed.push(FileProblem {
                file: product.name.clone(),
                reason: format!(
                    "{skipped} more pictures; a product is screened by its first {MOST_PICTURES}"
                ),
            });
        }
        let mut matches: Vec<ScreenMatch> = best.into_values().collect();
        matches.sort_by(|a, b| {
            let by_score = self.metric.compare(a.score, b.score);
            by_score.then_with(|| a.group_id.cmp(&b.group_id))
        });
        matches.truncate(self.wanted());
        let best = matches.first().and_then(|hit| {
            let mut pictures = product.pictures.iter();
            pictures.find(|file| self.label(file) == hit.picture)
        });
        Ok(Some(ScreenedProduct {
            product: product.name.clone(),
            pictures: product.pictures.len().min(MOST_PICTURES) as u64,
            matches,
            failed,
            thumbnail: best.or(first).and_then(|file| self.thumbnail(file)),
        }))
    }

    /// A picture's path below the folder of products.
    fn label(&self, file: &SourceFile) -> String {
        below(self.root, &file.path()).to_owned()
    }

    fn read(&self, file: &SourceFile) -> Result<Vec<u8>, EngineError> {
        let most = self.engine.stores().limits().max_file_bytes;
        file.read(most)
            .map_err(|error| EngineError::new(ErrorKind::Unprocessable, error.reason))
    }

    fn ask(&self, file: &SourceFile) -> Result<SearchAnswer, EngineError> {
        let file = QueryFile::new(Some(file.name()), self.read(file)?);
        let searcher = self.engine.search();
        let request = SearchRequest {
            queries: searcher.queries_of(&file, &[])?,
            ..self.search.clone()
        };
        let mut wait = Duration::from_millis(20);
        loop {
            match searcher.run_unremembered(&request) {
                // The memory for pixels is taken: by other products, or by other searches.
                Err(error) if error.kind() == ErrorKind::Unavailable => {
                    if self.progress.cancel.is_cancelled() || wait > Duration::from_secs(5) {
                        return Err(error);
                    }
                    thread::sleep(wait);
                    wait *= 2;
                }
                answered => return answered,
            }
        }
    }

    fn keep(&self, best: &mut HashMap<String, ScreenMatch>, group: &GroupedHits, picture: &str) {
        let better = |a: &PageHit, b: &PageHit| self.metric.compare(a.score, b.score);
        let Some(page) = group.pages.iter().min_by(|a, b| better(a, b)) else {
            return;
        };
        let known = best.get(&group.group_id);
        let is_better = |known: &ScreenMatch| {
            let by_score = self.metric.compare(group.max_score, known.score);
            by_score.is_lt()
        };
        if known.is_none_or(is_better) {
            best.insert(group.group_id.clone(), new_match(group, page, picture));
        }
    }

    fn wanted(&self) -> usize {
        match self.search.limit {
            lookalike_engine::search::Limit::Groups(count)
            | lookalike_engine::search::Limit::Items(count) => count,
        }
    }

    fn thumbnail(&self, file: &SourceFile) -> Option<String> {
        let bytes = self.read(file).ok()?;
        let picture = self.engine.stores().decode(&bytes).ok()?.image;
        let jpeg = encode_jpeg(&fit_within(&picture, THUMBNAIL_SIDE), THUMBNAIL_QUALITY);
        Some(STANDARD.encode(jpeg.ok()?))
    }
}

fn new_match(group: &GroupedHits, page: &PageHit, picture: &str) -> ScreenMatch {
    ScreenMatch {
        group_id: group.group_id.clone(),
        patent_id: group.patent_id.clone(),
        title: group.title.clone(),
        loc_class: group.loc_class.clone(),
        applicant_name: group.applicant_name.clone(),
        status: group.status.map(str::to_owned),
        expiry_date: group.expiry_date,
        score: group.max_score,
        band: group.band.map(str::to_owned),
        picture: picture.to_owned(),
        id: page.id,
        collection: page.collection.clone(),
        file_name: page.file_name.clone(),
        page_num: page.page_num.clone(),
        pose: page.pose.name().to_owned(),
    }
}

impl Progress {
    fn count_failed(&self, product: &ScreenedProduct) {
        let failed = product.failed.len() as u64;
        self.failed.fetch_add(failed, Ordering::Relaxed);
    }
}

/// Whether it is one picture's fault, and the others can be searched with.
fn is_of_the_file(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotFound
            | ErrorKind::TooLarge
            | ErrorKind::UnsupportedMedia
            | ErrorKind::Unprocessable
    )
}

pub(crate) fn unwritable(error: std::io::Error) -> EngineError {
    EngineError::new(
        ErrorKind::Internal,
        format!("the screening could not be written down: {error}"),
    )
    .because(error)
}
