//! Watches folders: what comes is imported, what goes is marked.
//!
//! Folders are looked through again and again instead of waiting for the system's messages:
//! those are missing on network drives, overflow when much happens at once and are limited in
//! number. Looking takes a few per cent of one core at most: the more files, the rarer.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use crate::import::{Cancel, FileProblem};
use crate::jobs::{JobReport, JobRequest, Jobs};
use crate::{Engine, EngineError};

/// How often folders are looked through at most.
const INTERVAL: Duration = Duration::from_secs(1);

/// The time between two looks is at least this many times what one took.
const REST: u32 = 20;

/// How often a stop is asked for while waiting.
const TICK: Duration = Duration::from_millis(50);

/// What a look at the folders led to.
#[derive(Debug)]
pub enum Change {
    /// Files were imported.
    Imported(Box<JobReport>),
    /// This many files are gone and were marked.
    Missing(u64),
    /// A folder can't be looked through now; its files count as there.
    Unreadable(FileProblem),
}

/// What tells a changed file from an unchanged one: length and time of change.
type Stamp = (u64, u128);

/// Imports `request.paths` and then whatever changes in them, until `stop`; calls `each` with
/// what happened.
///
/// A file is imported when it has been the same at two looks, so that one that is still being
/// written is left alone. Files that failed are tried again when they change.
///
/// # Errors
/// An import can't be started, or the catalogue can't be written.
pub fn watch(
    engine: &Engine,
    jobs: &Jobs,
    request: &JobRequest,
    stop: &Cancel,
    mut each: impl FnMut(Change),
) -> Result<(), EngineError> {
    let mut roots = Vec::new();
    for path in &request.paths {
        // The import below says what is wrong with it.
        roots.push(path.canonicalize().unwrap_or_else(|_| path.clone()));
    }
    let mut settled = look(&roots, &mut each);
    run(jobs, request.clone(), stop, &mut each)?;
    mark_missing(engine, &request.collection, &roots, &mut each)?;
    let mut seen = settled.clone();
    let mut looked = Instant::now();
    let mut took = Duration::ZERO;
    while !stop.is_cancelled() {
        if looked.elapsed() < INTERVAL.max(took * REST) {
            thread::sleep(TICK);
            continue;
        }
        let start = Instant::now();
        let now = look(&roots, &mut each);
        took = start.elapsed();
        looked = Instant::now();
        if settled.keys().any(|path| !now.contains_key(path)) {
            // First, so that a file that was only moved keeps its item.
            mark_missing(engine, &request.collection, &roots, &mut each)?;
        }
        settled.retain(|path, _| now.contains_key(path));
        let changed: Vec<PathBuf> = now
            .iter()
            .filter(|(path, stamp)| {
                settled.get(*path) != Some(stamp) && seen.get(*path) == Some(stamp)
            })
            .map(|(path, _)| path.clone())
            .collect();
        seen = now;
        if changed.is_empty() {
            continue;
        }
        for path in &changed {
            if let Some(stamp) = seen.get(path) {
                settled.insert(path.clone(), *stamp);
            }
        }
        let names = changed
            .iter()
            .map(|path| path.to_string_lossy().into_owned());
        let request = JobRequest {
            only: Some(names.collect()),
            ..request.clone()
        };
        run(jobs, request, stop, &mut each)?;
    }
    Ok(())
}

fn run(
    jobs: &Jobs,
    request: JobRequest,
    stop: &Cancel,
    each: &mut impl FnMut(Change),
) -> Result<(), EngineError> {
    let id = jobs.start(request)?;
    loop {
        let report = jobs.report(Some(id))?;
        if report.is_over() {
            // Other files than images come and go as well.
            if report.status.processed > 0 || report.status.message.is_some() {
                each(Change::Imported(Box::new(report)));
            }
            return Ok(());
        }
        if stop.is_cancelled() {
            // It may be over by now.
            let _ = jobs.cancel(Some(id));
            jobs.wait(id)?;
            return Ok(());
        }
        thread::sleep(TICK);
    }
}

/// All files in the folders, whatever they are.
fn look(roots: &[PathBuf], each: &mut impl FnMut(Change)) -> HashMap<PathBuf, Stamp> {
    let mut found = HashMap::new();
    let mut pending: Vec<PathBuf> = roots.to_vec();
    let mut visited = std::collections::HashSet::new();
    while let Some(path) = pending.pop() {
        let Ok(metadata) = fs::metadata(&path) else {
            continue;
        };
        if metadata.is_file() {
            let modified = metadata.modified().ok();
            let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            let stamp = (metadata.len(), since.map_or(0, |since| since.as_nanos()));
            found.insert(path, stamp);
        } else if metadata.is_dir() && path.canonicalize().is_ok_and(|real| visited.insert(real)) {
            match fs::read_dir(&path) {
                Ok(entries) => pending.extend(entries.flatten().map(|entry| entry.path())),
                Err(error) => each(Change::Unreadable(FileProblem {
                    file: path.to_string_lossy().into_owned(),
                    reason: error.to_string(),
                })),
            }
        }
    }
    found
}

/// Marks what the catalogue knows of and the disk no longer has.
fn mark_missing(
    engine: &Engine,
    collection: &str,
    roots: &[PathBuf],
    each: &mut impl FnMut(Change),
) -> Result<(), EngineError> {
    let Some(collection) = engine.catalog().find_collection(collection)? else {
        return Ok(());
    };
    let mut gone = Vec::new();
    for root in roots {
        if !is_reachable(root) {
            continue;
        }
        let root = root.to_string_lossy();
        engine.catalog().paths_below(&collection, &root, |path| {
            // An archive's entries are there as long as it is.
            let on_disk = path.split("!/").next().unwrap_or(path);
            if !Path::new(path).exists() && !Path::new(on_disk).exists() {
                gone.push(path.to_owned());
            }
        })?;
    }
    if gone.is_empty() {
        return Ok(());
    }
    let marked = engine.catalog().write(engine.now().as_second(), |tx| {
        let mut marked = 0;
        for path in &gone {
            marked += u64::from(tx.mark_missing(&collection, path)?);
        }
        Ok::<_, EngineError>(marked)
    })?;
    each(Change::Missing(marked));
    Ok(())
}

/// A drive that is not mounted looks like an empty folder or none at all: nothing in it was
/// deleted. A file that was watched by itself may be gone.
fn is_reachable(root: &Path) -> bool {
    match fs::read_dir(root) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => root.is_file() || root.parent().is_some_and(Path::is_dir) && !root.exists(),
    }
}

#[cfg(test)]
mod tests;
