//! Files that are sent to be imported: those of each request in a folder of their own in the data
//! directory, until their import is over.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use lookalike_catalog::Job;

use super::{JobRequest, Jobs};
use crate::import::{FileProblem, Originals};
use crate::library::clean_name;
use crate::{EngineError, ErrorKind};

/// Folder of the data directory.
const FOLDER: &str = "uploads";

/// Folders of a file's path that are kept; what lies deeper lies in the last of them.
const MOST_FOLDERS: usize = 16;

/// How long files that failed wait for another try, in seconds.
const KEPT_SECONDS: i64 = 7 * 24 * 3600;

/// Jobs looked through for uploads that somebody may still want.
const LOOKED_THROUGH: usize = 1000;

/// Files on their way in. Dropped before [`Jobs::start_upload`], it leaves nothing behind.
#[derive(Debug)]
pub struct Upload {
    folder: PathBuf,
    files: u64,
    kept: bool,
}

impl Upload {
    /// An empty file under the name that its sender gives it, which may be a path of any system:
    /// folders are kept, for a grant describes the sheets beside it, but lead nowhere else.
    ///
    /// # Errors
    /// The file can't be made.
    pub fn create(&mut self, name: &str) -> Result<File, EngineError> {
        let mut parts: Vec<String> = name
            .split(['/', '\\'])
            .filter(|part| !matches!(part.trim(), "" | "." | ".."))
            .map(clean_name)
            .collect();
        let name = parts.pop().unwrap_or_else(|| clean_name(""));
        let folders = parts.iter().take(MOST_FOLDERS);
        let folder = folders.fold(self.folder.clone(), |path, part| path.join(part));
        let file = fs::create_dir_all(&folder)
            .and_then(|()| self.create_in(&folder, &name))
            .map_err(|error| unwritten(&folder.join(&name), error))?;
        self.files += 1;
        Ok(file)
    }

    /// Two files of one name are two files.
    fn create_in(&self, folder: &Path, name: &str) -> io::Result<File> {
        match File::create_new(folder.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let beside = folder.join(format!("{}", self.files + 1));
                fs::create_dir_all(&beside)?;
                File::create_new(beside.join(name))
            }
            made => made,
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
            remove(&self.folder);
        }
    }
}

impl Jobs {
    /// A folder for files that are sent.
    ///
    /// # Errors
    /// This process does not own the data directory for writing, or it can't be written.
    pub fn new_upload(&self) -> Result<Upload, EngineError> {
        // Refused before anything is sent, where nothing could be imported.
        self.shared.write(|_| Ok(()))?;
        let mut random = [0; 8];
        getrandom::fill(&mut random).expect("every supported system has random numbers");
        let name = format!("{:016x}", u64::from_le_bytes(random));
        let folder = folder_of(self.data_dir()).join(name);
        fs::create_dir_all(&folder).map_err(|error| unwritten(&folder, error))?;
        Ok(Upload {
            folder,
            files: 0,
            kept: false,
        })
    }

    /// Queues an import of what was sent; `request` says into what. Copies are kept of the images,
    /// and the upload itself goes when its import is over and none of its files failed.
    ///
    /// # Errors
    /// There is no file in it, and those of [`Jobs::start`].
    pub fn start_upload(
        &self,
        mut upload: Upload,
        request: JobRequest,
    ) -> Result<i64, EngineError> {
        if upload.files == 0 {
            return Err(EngineError::invalid(
                "there is no file to import: send pictures, grants or archives as `file`",
            ));
        }
        let id = self.start(JobRequest {
            paths: vec![upload.folder.clone()],
            uploaded_files: Some(upload.files),
            originals: Originals::Copy,
            within: Some(vec![upload.folder.clone()]),
            ..request
        })?;
        upload.kept = true;
        Ok(id)
    }

    /// Removes what earlier processes left of uploads that nobody can want any more.
    pub(super) fn sweep_uploads(&self) -> Result<(), EngineError> {
        let entries = match fs::read_dir(folder_of(self.data_dir())) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(unwritten(&folder_of(self.data_dir()), error)),
        };
        let engine = &self.shared.engine;
        let oldest = engine.now().as_second() - KEPT_SECONDS;
        let mut jobs = engine.catalog().jobs(LOOKED_THROUGH)?;
        jobs.extend(engine.catalog().unfinished_jobs()?);
        let wanted: Vec<PathBuf> = jobs
            .iter()
            .filter(|job| !is_done_with(job) && job.finished_at.is_none_or(|end| end >= oldest))
            .filter_map(folder_of_job)
            .collect();
        for entry in entries.flatten() {
            let folder = entry.path();
            let is_wanted = |wanted: &PathBuf| wanted.file_name() == folder.file_name();
            if !wanted.iter().any(is_wanted) {
                remove(&folder);
            }
        }
        Ok(())
    }
}

/// Removes the upload of a job that is over, unless files of it failed and may be tried again.
pub(super) fn settle(job: &Job) {
    if is_done_with(job)
        && let Some(folder) = folder_of_job(job)
    {
        remove(&folder);
    }
}

/// The files as their sender called them.
pub(super) fn name_files(request: &JobRequest, problems: &mut [FileProblem]) {
    let (Some(_), [folder]) = (request.uploaded_files, request.paths.as_slice()) else {
        return;
    };
    let folder = folder.to_string_lossy();
    for problem in problems {
        if let Some(name) = problem.file.strip_prefix(&*folder) {
            problem.file = name.trim_start_matches('/').to_owned();
        }
    }
}

fn is_done_with(job: &Job) -> bool {
    job.state.is_final() && job.counts.failed == 0
}

fn folder_of_job(job: &Job) -> Option<PathBuf> {
    let request = JobRequest::of(job).ok()?;
    request.uploaded_files?;
    request.paths.into_iter().next()
}

fn folder_of(data_dir: &Path) -> PathBuf {
    data_dir.join(FOLDER)
}

fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!("{} could not be removed: {error}", folder.display());
    }
}

fn unwritten(path: &Path, error: io::Error) -> EngineError {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::Unavailable,
        _ => ErrorKind::Internal,
    };
    EngineError::new(kind, format!("{} can't be written", path.display())).because(error)
}
