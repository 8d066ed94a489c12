//! Watches folders: what comes is imported, what goes is marked.
//!
//! Folders are looked through again and again instead of waiting for the system's messages:
//! those are missing on network drives, overflow when much happens at once and are limited in
//! number. Looking takes a few per cent of one core at most: the more files, the rarer.
//!
//! Nothing is lost by what goes wrong on the way: a file is done with only when a job over it
//! completed, and marked only when the system says that it is gone from a folder that is there.
//! Trouble with one folder is reported and does not concern the others.

mod look;
mod missing;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use look::{Blind, Look, Stamp, reach};
use lookalike_work::{Cancel, FileProblem};

use lookalike_engine::jobs::{JobReport, JobRequest, Jobs, LISTED_FILES};
use lookalike_engine::{EngineError, ErrorKind, Stores};

/// How often folders are looked through at most.
const INTERVAL: Duration = Duration::from_secs(1);

/// The time between two looks is at least this many times what one took.
const REST: u32 = 20;

/// How long after a job that did not complete its files are tried again.
const RETRY_AFTER: Duration = Duration::from_secs(60);

/// How often a stop is asked for while waiting.
const TICK: Duration = Duration::from_millis(50);

/// Files that a job names one by one, at most. Of more, it looks at all that lies beside them
/// too: the names are recorded with the job, half a megabyte of them here, and read again
/// whenever somebody asks how it goes.
const NAMED: usize = 5000;

/// What a look at the folders led to.
#[derive(Debug)]
pub enum Change {
    /// A job over files that came or changed is over; its status says how it ended. Unless it
    /// completed, its files are tried again.
    Imported(Box<JobReport>),
    /// This many files are gone and were marked.
    Missing(u64),
    /// A folder can't be looked through now; its files count as there. Reported once, until it
    /// can be or the reason changes.
    Unreadable(FileProblem),
}

/// Imports `request.paths` and then whatever changes in them, until `stop`; calls `each` with
/// what happened. A path that is not there is waited for.
///
/// A file is imported when it has been the same at two looks, so that one that is still being
/// written is left alone. Files that failed are tried again when they change; all files of a job
/// that was cancelled or failed, after a minute.
///
/// # Errors
/// What concerns all files: the collection's name or index can't be, or the catalogue can't be
/// read or written.
pub fn watch(
    stores: &Stores,
    jobs: &Jobs,
    request: &JobRequest,
    stop: &Cancel,
    each: impl FnMut(Change),
) -> Result<(), EngineError> {
    let mut watch = Watch::new(stores, jobs, request.clone(), stop, each);
    let mut next = Instant::now();
    while !stop.is_cancelled() {
        if Instant::now() < next {
            thread::sleep(TICK);
            continue;
        }
        let start = Instant::now();
        let look = watch.look();
        let took = start.elapsed();
        next = Instant::now() + INTERVAL.max(took * REST);
        watch.follow(look)?;
    }
    Ok(())
}

/// What is known between two looks.
struct Watch<'a, E> {
    stores: &'a Stores,
    jobs: &'a Jobs,
    request: JobRequest,
    stop: &'a Cancel,
    each: E,
    roots: Vec<Root>,
    files: HashMap<PathBuf, Known>,
    /// Places that the last look could not look into.
    blind: look::Blinds,
    /// Whether the catalogue may know of files that are gone and not marked.
    marking_due: bool,
    /// Whether the import of all that was there at the start is still to be done.
    first_due: bool,
    /// No job starts before.
    retry_at: Option<Instant>,
}

/// A path to watch.
#[derive(Debug)]
struct Root {
    /// Absolute.
    path: PathBuf,
    /// Canonical, as of the last time that it was there: so the catalogue records it.
    real: PathBuf,
}

/// A file as it was at the last look.
#[derive(Clone, Copy, Debug)]
struct Known {
    seen: Stamp,
    /// As it was when it was last imported, with or without success.
    settled: Option<Stamp>,
}

impl<'a, E: FnMut(Change)> Watch<'a, E> {
    fn new(
        stores: &'a Stores,
        jobs: &'a Jobs,
        request: JobRequest,
        stop: &'a Cancel,
        each: E,
    ) -> Self {
        let roots = request.paths.iter().map(|path| {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            Root {
                real: path.clone(),
                path,
            }
        });
        Self {
            stores,
            jobs,
            stop,
            each,
            roots: roots.collect(),
            request,
            files: HashMap::new(),
            blind: look::Blinds::new(),
            // Files may have gone while nobody watched.
            marking_due: true,
            first_due: true,
            retry_at: None,
        }
    }

    fn look(&mut self) -> Look {
        for root in &mut self.roots {
            if let Ok(real) = root.path.canonicalize() {
                root.real = real;
            }
        }
        let roots = self.roots.iter().map(|root| root.real.as_path());
        Look::new(roots, self.jobs.data_dir())
    }

    /// Marks what is gone and imports what came.
    fn follow(&mut self, look: Look) -> Result<(), EngineError> {
        let ready = self.compare(look);
        if self.marking_due {
            // First, so that a file that was only moved keeps its item.
            self.marking_due = !self.mark_missing()?;
        }
        if self.retry_at.is_some_and(|at| Instant::now() < at) {
            return Ok(());
        }
        self.retry_at = None;
        self.import(&ready)
    }

    /// Takes up what the look showed, and says which files are to be imported.
    fn compare(&mut self, look: Look) -> Vec<PathBuf> {
        for (place, why) in &look.blind {
            if let Blind::Unreadable(reason) = why
                && self.blind.get(place) != Some(why)
            {
                (self.each)(Change::Unreadable(problem(place, reason)));
            }
        }
        let blind = std::mem::replace(&mut self.blind, look.blind);
        // What went while nobody could look was not marked.
        self.marking_due |= blind.keys().any(|place| !self.blind.contains_key(place));
        self.files.retain(|path, _| {
            let there = look.files.contains_key(path) || look::is_below(path, &self.blind);
            self.marking_due |= !there;
            there
        });
        let mut ready = Vec::new();
        for (path, stamp) in look.files {
            let (known, before) = match self.files.entry(path.clone()) {
                Entry::Occupied(entry) => {
                    let known = entry.into_mut();
                    let before = std::mem::replace(&mut known.seen, stamp);
                    (known, Some(before))
                }
                Entry::Vacant(entry) => {
                    let known = Known {
                        seen: stamp,
                        settled: None,
                    };
                    (entry.insert(known), None)
                }
            };
            // At first all is imported; what is being written then will have changed later.
            let is_still = before == Some(stamp) || self.first_due;
            if is_still && known.settled != Some(stamp) {
                ready.push(path);
            }
        }
        ready
    }

    fn import(&mut self, ready: &[PathBuf]) -> Result<(), EngineError> {
        // At first empty ones too: so wrong settings show at once.
        let holds_any = |root: &Path| ready.iter().any(|path| path.starts_with(root));
        let paths: Vec<PathBuf> = self
            .roots_there()
            .filter(|root| self.first_due || holds_any(root))
            .map(Path::to_path_buf)
            .collect();
        if paths.is_empty() {
            self.first_due = false;
            return Ok(());
        }
        // A file that is watched by itself may be a list of others.
        let by_name = !self.first_due
            && ready.len() <= NAMED
            && !ready.iter().any(|path| paths.contains(path));
        let names = ready.iter().map(|path| path.to_string_lossy().into_owned());
        let request = JobRequest {
            paths,
            only: if by_name {
                Some(names.collect())
            } else {
                self.request.only.clone()
            },
            ..self.request.clone()
        };
        if !self.completes(request)? {
            self.retry_at = Some(Instant::now() + RETRY_AFTER);
            return Ok(());
        }
        self.first_due = false;
        self.settle(ready);
        Ok(())
    }

    /// Runs a job and says whether it completed.
    fn completes(&mut self, request: JobRequest) -> Result<bool, EngineError> {
        let paths = request.paths.clone();
        let id = match self.jobs.start(request) {
            Ok(id) => id,
            // It went after the look.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let gone = paths.iter().find(|path| !path.exists());
                let path = gone
                    .or(paths.first())
                    .map_or(Path::new(""), PathBuf::as_path);
                (self.each)(Change::Unreadable(problem(path, &error.to_string())));
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        while !self.jobs.report(Some(id), 0)?.is_over() {
            if self.stop.is_cancelled() {
                // It may be over by now.
                let _ = self.jobs.cancel(Some(id));
                self.jobs.wait(id)?;
                break;
            }
            thread::sleep(TICK);
        }
        let report = self.jobs.report(Some(id), LISTED_FILES)?;
        let completed = report.status.status == "completed";
        // Files that turn out not to be pictures come and go as well.
        if report.is_over() && (!completed || report.status.processed > 0) {
            (self.each)(Change::Imported(Box::new(report)));
        }
        Ok(completed)
    }

    /// These files were imported as the last look saw them.
    fn settle(&mut self, imported: &[PathBuf]) {
        // A drive that went in the middle of the job took files along that it did not see.
        let there: Vec<PathBuf> = self
            .roots_there()
            .filter(|root| reach(root).is_ok())
            .map(Path::to_path_buf)
            .collect();
        let kept = imported
            .iter()
            .filter(|path| there.iter().any(|root| path.starts_with(root)));
        for path in kept {
            if let Some(known) = self.files.get_mut(path) {
                known.settled = Some(known.seen);
            }
        }
    }

    /// The roots that can be imported.
    fn roots_there(&self) -> impl Iterator<Item = &Path> {
        self.roots
            .iter()
            .map(|root| root.real.as_path())
            .filter(|root| !matches!(self.blind.get(*root), Some(Blind::Unreadable(_))))
    }
}

fn problem(path: &Path, reason: &str) -> FileProblem {
    FileProblem {
        file: path.to_string_lossy().into_owned(),
        reason: reason.to_owned(),
    }
}
