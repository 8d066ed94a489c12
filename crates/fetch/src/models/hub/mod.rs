//! Downloads models: resumable, verified, and visible only when complete.
//!
//! A file grows as `<file>.incomplete` and gets its name when its length and,
//! for large files, its SHA-256 are those that the hub announces. Redirects are
//! followed by hand, because the token must not follow them to another host,
//! and because the announcement is in the redirecting answer.

mod announcement;
mod requests;
mod transfer;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use ureq::tls::TlsConfig;

use super::known::terms_of;
use super::resolve::shards;
use super::{
    CONFIG, HubEnvironment, Located, ModelError, OPEN_CLIP_CONFIG, OPEN_CLIP_WEIGHTS, PREPROCESSOR,
    TOKENIZER, WEIGHTS, WEIGHTS_INDEX, io_error, locate,
};
use announcement::Announcement;
use requests::tls;

/// How a download is going. The total grows while files are being looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullProgress {
    /// The file being fetched.
    pub file: String,
    /// Bytes that are here, of all files, those of earlier runs included.
    pub done_bytes: u64,
    /// Bytes of all files, as far as announced.
    pub total_bytes: u64,
    /// What has to be known of the weights' licence. The first report, of nothing that is here, comes
    /// before any request.
    pub terms: Option<&'static str>,
}

/// Tries without any progress before a transfer is given up.
const ATTEMPTS: u32 = 5;

/// Tries to reach the hub at all: a machine without network should say so soon.
const FIRST_ATTEMPTS: u32 = 2;

/// Makes sure that the model is on this machine, downloading it if it is not,
/// and returns its folder.
///
/// # Errors
/// [`ModelError`]. What has arrived stays and is taken up by the next call,
/// except a file whose checksum is wrong.
pub fn pull(
    name: &str,
    data_dir: &Path,
    environment: &HubEnvironment,
    progress: &mut dyn FnMut(PullProgress),
) -> Result<PathBuf, ModelError> {
    let (repository, target) = match locate(name, data_dir, environment)? {
        Located::Local(path) => return Ok(path),
        Located::Remote { repository, target } => (repository, target),
        Located::Builtin => {
            let reason = "it is inside the program and needs no download".to_owned();
            return Err(ModelError::BadPath {
                path: name.into(),
                reason,
            });
        }
    };
    let no_copy = |reason: &str| ModelError::NoCopy {
        name: name.to_owned(),
        repository: repository.clone(),
        endpoint: environment.endpoint.clone(),
        target: target.clone(),
        reason: reason.to_owned(),
    };
    if environment.offline {
        return Err(no_copy("HF_HUB_OFFLINE is set"));
    }
    let mut pull = Pull {
        environment,
        tls: tls(environment)?,
        repository: &repository,
        target: &target,
        revision: "main".to_owned(),
        progress,
        done_bytes: 0,
        total_bytes: 0,
    };
    pull.report("");
    // Nothing is created on disk before the hub has answered.
    let config = match pull.announcement(CONFIG, FIRST_ATTEMPTS) {
        Ok(config) => config,
        Err(ModelError::Transfer { reason, .. }) => return Err(no_copy(&reason)),
        Err(error) => return Err(error),
    };
    let (name, config) = match config {
        Some(config) => (CONFIG, config),
        None => match pull.announcement(OPEN_CLIP_CONFIG, ATTEMPTS)? {
            Some(config) => (OPEN_CLIP_CONFIG, config),
            None => return Err(pull.not_on_hub(CONFIG)),
        },
    };
    // All files from one state of the repository, even if it changes meanwhile.
    if let Some(commit) = config.commit.clone() {
        pull.revision = commit;
    }
    fs::create_dir_all(&target).map_err(io_error(&target))?;
    pull.all_files(name, config)?;
    Ok(target)
}

/// Why one request or transfer failed.
enum Failure {
    /// Worth another try.
    Passing(String),
    /// Not.
    Final(ModelError),
}

struct Pull<'a> {
    environment: &'a HubEnvironment,
    tls: TlsConfig,
    repository: &'a str,
    target: &'a Path,
    revision: String,
    progress: &'a mut dyn FnMut(PullProgress),
    done_bytes: u64,
    total_bytes: u64,
}

impl Pull<'_> {
    /// Looks all files up, so that the total is known, then fetches them, the
    /// configuration last: a folder with one looks like a model.
    fn all_files(&mut self, config_name: &str, config: Announcement) -> Result<(), ModelError> {
        let mut files = Vec::new();
        if config_name == OPEN_CLIP_CONFIG {
            let weights = self.announcement(OPEN_CLIP_WEIGHTS, ATTEMPTS)?;
            let weights = weights.ok_or_else(|| self.not_on_hub(OPEN_CLIP_WEIGHTS))?;
            files.push((OPEN_CLIP_WEIGHTS.to_owned(), weights));
        } else if let Some(weights) = self.announcement(WEIGHTS, ATTEMPTS)? {
            files.push((WEIGHTS.to_owned(), weights));
        } else {
            let index = self
                .announcement(WEIGHTS_INDEX, ATTEMPTS)?
                .ok_or_else(|| self.not_on_hub(WEIGHTS))?;
            self.count(&index);
            self.fetch(WEIGHTS_INDEX, &index)?;
            let index = self.target.join(WEIGHTS_INDEX);
            for shard in shards(&index).map_err(|reason| self.transfer(WEIGHTS_INDEX, reason))? {
                let announcement = self
                    .announcement(&shard, ATTEMPTS)?
                    .ok_or_else(|| self.not_on_hub(&shard))?;
                files.push((shard, announcement));
            }
        }
        for file in [PREPROCESSOR].iter().chain(&TOKENIZER) {
            if let Some(announcement) = self.announcement(file, ATTEMPTS)? {
                files.push(((*file).to_owned(), announcement));
            }
        }
        files.push((config_name.to_owned(), config));
        for (_, announcement) in &files {
            self.count(announcement);
        }
        for (file, announcement) in &files {
            self.fetch(file, announcement)?;
        }
        Ok(())
    }

    fn count(&mut self, announcement: &Announcement) {
        self.total_bytes += announcement.size.unwrap_or(0);
    }

    fn report(&mut self, file: &str) {
        (self.progress)(PullProgress {
            file: file.to_owned(),
            done_bytes: self.done_bytes,
            // Unannounced sizes show only once the bytes are here.
            total_bytes: self.total_bytes.max(self.done_bytes),
            terms: terms_of(self.repository),
        });
    }

    fn back_off(&self, attempt: u32) {
        thread::sleep(self.environment.retry_delay * 2u32.pow(attempt.saturating_sub(1).min(6)));
    }

    fn transfer(&self, file: &str, reason: String) -> ModelError {
        ModelError::Transfer {
            repository: self.repository.to_owned(),
            file: file.to_owned(),
            reason,
        }
    }

    fn not_on_hub(&self, file: &str) -> ModelError {
        ModelError::NotOnHub {
            repository: self.repository.to_owned(),
            endpoint: self.environment.endpoint.clone(),
            file: file.to_owned(),
        }
    }
}
