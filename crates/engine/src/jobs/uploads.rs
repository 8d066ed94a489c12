//! Files that are sent to be imported: those of each request in a folder of their own in the data
//! directory, until their import is over.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use lookalike_catalog::{Catalog, Job, JobState};
use lookalike_work::FileProblem;

use super::request::{JobRequest, SentFiles};
use crate::file_name::clean_name;
use crate::{EngineError, ErrorKind};

/// Folder of the data directory.
const FOLDER: &str = "uploads";

/// Folders of a file's path that are kept; what lies deeper lies in the last of them. With names of
/// 255 bytes they stay below what systems take for a path.
const DEEPEST: usize = 8;

/// Folders of an upload.
const MOST_FOLDERS: usize = 50_000;

/// How long files that failed wait for another try, in seconds.
const KEPT_SECONDS: i64 = 7 * 24 * 3600;

/// Jobs looked through for uploads that may still be needed.
const LOOKED_THROUGH: usize = 10_000;

/// Files on their way in. Dropped before [`Jobs::start_upload`], it leaves nothing behind.
#[derive(Debug)]
pub struct Upload {
    folder: PathBuf,
    name: String,
    folders: HashSet<PathBuf>,
    files: u64,
    kept: bool,
}

impl Upload {
    /// An upload into a new folder of the data directory.
    ///
    /// # Errors
    /// The folder can't be made.
    pub(super) fn new(data_dir: &Path) -> Result<Self, EngineError> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).expect("every supported system has random numbers");
        let name = format!("{:016x}", u64::from_le_bytes(random));
        let folder = folder_of(data_dir, &name);
        fs::create_dir_all(&folder).map_err(|error| unwritten(&folder, error))?;
        Ok(Self {
            folder,
            name,
            folders: HashSet::new(),
            files: 0,
            kept: false,
        })
    }

    /// The files as a job finds them.
    pub(super) fn sent(&self) -> SentFiles {
        SentFiles {
            folder: self.name.clone(),
            files: self.files,
        }
    }

    /// Leaves the files where they are: a job has them now.
    pub(super) fn keep(mut self) {
        self.kept = true;
    }

    /// An empty file under the name that its sender gives it, which may be a path of any system:
    /// folders are kept, for a grant describes the sheets beside it, but lead nowhere else. A name
    /// that is in use gets a folder of its own.
    ///
    /// # Errors
    /// There are too many folders, or the file can't be made.
    pub fn create(&mut self, name: &str) -> Result<File, EngineError> {
        let mut parts: Vec<String> = name
            .split(['/', '\\'])
            .filter(|part| !matches!(part.trim(), "" | "." | ".."))
            .map(clean_name)
            .collect();
        let name = parts.pop().unwrap_or_else(|| clean_name(""));
        let wanted: PathBuf = parts.iter().take(DEEPEST).collect();
        let file = match self.create_in(&wanted, &name)? {
            Some(file) => file,
            None => self.create_beside(&name)?,
        };
        self.files += 1;
        Ok(file)
    }

    /// `None` where that name, or one of the folders', is taken.
    fn create_in(&mut self, folder: &Path, name: &str) -> Result<Option<File>, EngineError> {
        let path = self.folder.join(folder);
        if self.folders.insert(folder.to_owned()) {
            if self.folders.len() > MOST_FOLDERS {
                return Err(EngineError::new(
                    ErrorKind::TooLarge,
                    format!("more than {MOST_FOLDERS} folders at once; send them in parts"),
                ));
            }
            match fs::create_dir_all(&path) {
                Err(error) if is_taken(&error) => return Ok(None),
                made => made.map_err(|error| unwritten(&path, error))?,
            }
        }
        match File::create_new(path.join(name)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if is_taken(&error) => Ok(None),
            Err(error) => Err(unwritten(&path.join(name), error)),
        }
    }

    fn create_beside(&mut self, name: &str) -> Result<File, EngineError> {
        let mut number = self.files;
        loop {
            number += 1;
            if let Some(file) = self.create_in(Path::new(&number.to_string()), name)? {
                return Ok(file);
            }
        }
    }

    /// Files so far.
    #[must_use]
    pub fn files(&self) -> u64 {
        self.files
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.kept {
            remove(std::mem::take(&mut self.folder));
        }
    }
}

/// Where sent files lie.
///
/// # Errors
/// They are not there (any more).
pub(super) fn find(data_dir: &Path, sent: &SentFiles) -> Result<PathBuf, EngineError> {
    fs::canonicalize(folder_of(data_dir, &sent.folder)).map_err(|error| {
        EngineError::new(
            ErrorKind::NotFound,
            "the files that were sent are not here any more: they are kept for a week, and no \
             backup holds them; send them again",
        )
        .because(error)
    })
}

/// Removes uploads that can't be needed any more, such as what a killed process left.
pub(super) fn sweep(catalog: &Catalog, data_dir: &Path, now: i64) -> Result<(), EngineError> {
    let folder = data_dir.join(FOLDER);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unwritten(&folder, error)),
    };
    let jobs = jobs_to_look_through(catalog)?;
    for entry in entries.flatten() {
        let name = entry.file_name();
        let of_folder = |job: &&Job| sent_of(job).is_some_and(|sent| *sent.folder == *name);
        let jobs: Vec<&Job> = jobs.iter().filter(of_folder).collect();
        if !is_wanted(&jobs, now) {
            remove(entry.path());
        }
    }
    Ok(())
}

/// Removes the upload of a job that is over, unless it may be needed again.
pub(super) fn settle(
    catalog: &Catalog,
    data_dir: &Path,
    job: &Job,
    now: i64,
) -> Result<(), EngineError> {
    let Some(sent) = sent_of(job) else {
        return Ok(());
    };
    let mut jobs = jobs_to_look_through(catalog)?;
    jobs.retain(|job| sent_of(job).as_ref() == Some(&sent));
    if !is_wanted(&jobs.iter().collect::<Vec<_>>(), now) {
        remove(folder_of(data_dir, &sent.folder));
    }
    Ok(())
}

fn jobs_to_look_through(catalog: &Catalog) -> Result<Vec<Job>, EngineError> {
    let mut jobs = catalog.unfinished_jobs()?;
    jobs.extend(catalog.jobs(LOOKED_THROUGH)?);
    Ok(jobs)
}

/// Whether the files of these jobs, which are all those of one upload, may still be imported: one
/// of them is not over, or the last that was not cancelled left something to try again.
fn is_wanted(jobs: &[&Job], now: i64) -> bool {
    if jobs.iter().any(|job| !job.state.is_final()) {
        return true;
    }
    let ended = jobs.iter().filter(|job| job.state != JobState::Cancelled);
    ended.max_by_key(|job| job.id).is_some_and(|job| {
        let is_whole = job.state == JobState::Completed && job.counts.failed == 0;
        !is_whole && job.finished_at.is_none_or(|end| end >= now - KEPT_SECONDS)
    })
}

/// The files as their sender called them.
pub(super) fn name_files(sent: &SentFiles, problems: &mut [FileProblem]) {
    let folder = format!("{FOLDER}/{}/", sent.folder);
    for problem in problems {
        if let Some((_, name)) = problem.file.split_once(&folder) {
            problem.file = name.to_owned();
        }
    }
}

fn sent_of(job: &Job) -> Option<SentFiles> {
    JobRequest::of(job).ok()?.sent
}

fn folder_of(data_dir: &Path, name: &str) -> PathBuf {
    data_dir.join(FOLDER).join(name)
}

/// Large ones take a while; it is done in the background.
fn remove(folder: PathBuf) {
    let remove = move || {
        if let Err(error) = fs::remove_dir_all(&folder)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!("{} could not be removed: {error}", folder.display());
        }
    };
    if let Err(error) = thread::Builder::new()
        .name("remove-upload".to_owned())
        .spawn(remove)
    {
        tracing::warn!("an upload is removed at the next start only: {error}");
    }
}

fn is_taken(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory
    )
}

fn unwritten(path: &Path, error: io::Error) -> EngineError {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::Unavailable,
        _ => ErrorKind::Internal,
    };
    EngineError::new(kind, format!("{} can't be written", path.display())).because(error)
}
