//! Where a model is: in the program, on this machine or on the hub.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::{
    BUILTIN, CONFIG, KNOWN, ModelError, OPEN_CLIP_CONFIG, OPEN_CLIP_WEIGHTS, WEIGHTS, WEIGHTS_INDEX,
};

/// Where a model was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Located {
    /// Inside the program.
    Builtin,
    /// A folder or file on this machine.
    Local(PathBuf),
    /// Nowhere yet; it can be downloaded.
    Remote {
        /// `owner/name` on the hub.
        repository: String,
        /// The folder that [`super::pull`] fills.
        target: PathBuf,
    },
}

/// What the environment says about the hub. Made by [`HubEnvironment::from_env`].
#[derive(Clone)]
#[non_exhaustive]
pub struct HubEnvironment {
    /// Address of the hub, without a slash at its end.
    pub endpoint: String,
    /// Sent to `endpoint` and nowhere else.
    pub token: Option<String>,
    /// Never connect.
    pub offline: bool,
    /// Hugging Face caches to look into, first one first.
    pub cache_dirs: Vec<PathBuf>,
    /// Certificates (PEM) to trust instead of the public ones, where a company's
    /// proxy opens the encryption.
    pub ca_bundle: Option<PathBuf>,
    /// Wait before the first retry; each further one waits twice as long.
    pub retry_delay: Duration,
}

/// Without the token, which must not reach a log.
impl fmt::Debug for HubEnvironment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HubEnvironment")
            .field("endpoint", &self.endpoint)
            .field("token", &self.token.as_ref().map(|_| "..."))
            .field("offline", &self.offline)
            .field("cache_dirs", &self.cache_dirs)
            .finish_non_exhaustive()
    }
}

impl HubEnvironment {
    /// From `HF_ENDPOINT`, `HF_TOKEN`, `HF_HUB_OFFLINE`, `HF_HUB_CACHE`,
    /// `HF_HOME`, `XDG_CACHE_HOME`, `REQUESTS_CA_BUNDLE` and `SSL_CERT_FILE`, as
    /// the hub's own tools read them.
    #[must_use]
    pub fn from_env() -> Self {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// The same from any source of variables. Empty ones count as absent.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let variable = |name| {
            variable(name)
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        };
        let path = |name| variable(name).map(PathBuf::from);
        let home = path("HOME").or_else(|| path("USERPROFILE"));
        let cache = path("XDG_CACHE_HOME").or_else(|| home.map(|home| home.join(".cache")));
        let cache_dirs = [
            path("HF_HUB_CACHE"),
            path("HF_HOME").map(|home| home.join("hub")),
            cache.map(|cache| cache.join("huggingface/hub")),
        ];
        let endpoint =
            variable("HF_ENDPOINT").unwrap_or_else(|| "https://huggingface.co".to_owned());
        let truths = ["1", "ON", "YES", "TRUE"];
        let offline = variable("HF_HUB_OFFLINE")
            .is_some_and(|value| truths.contains(&value.to_uppercase().as_str()));
        Self {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            token: variable("HF_TOKEN"),
            offline,
            cache_dirs: cache_dirs.into_iter().flatten().collect(),
            ca_bundle: path("REQUESTS_CA_BUNDLE").or_else(|| path("SSL_CERT_FILE")),
            retry_delay: Duration::from_secs(1),
        }
    }
}

/// Finds `name` without touching the network: one of [`BUILTIN`], a path, a short name
/// of [`KNOWN`] or `hf:owner/name`. A word without a slash is a path only if a
/// whole model lies there, so that a stray folder does not hide a short name.
///
/// # Errors
/// The name is unknown, or a path without a model.
pub fn locate(
    name: &str,
    data_dir: &Path,
    environment: &HubEnvironment,
) -> Result<Located, ModelError> {
    if BUILTIN.contains(&name) {
        return Ok(Located::Builtin);
    }
    if let Some(repository) = name.strip_prefix("hf:") {
        if !is_repository(repository) {
            let reason = "expected hf:owner/name, as in hf:facebook/dinov2-small".to_owned();
            return Err(ModelError::BadPath {
                path: name.into(),
                reason,
            });
        }
        return Ok(locate_repository(
            repository,
            &repository.replace('/', "--"),
            data_dir,
            environment,
        ));
    }
    let path = Path::new(name);
    // Of a folder of open_clip the loader says what is missing: it may have a pickle instead.
    let is_of_open_clip = path.join(OPEN_CLIP_CONFIG).is_file();
    if is_model_file(path) || is_complete(path) || is_of_open_clip {
        return Ok(Located::Local(path.to_owned()));
    }
    if name.contains(['/', '\\']) || path.is_absolute() {
        return Err(explain_path(path));
    }
    let in_data = data_dir.join("models").join(name);
    match KNOWN.iter().find(|model| model.name == name) {
        Some(model) => Ok(locate_repository(
            model.repository,
            name,
            data_dir,
            environment,
        )),
        // A folder that the user has put there under a name of his own.
        None if is_plain(name) && is_complete(&in_data) => Ok(Located::Local(in_data)),
        None => Err(ModelError::Unknown {
            name: name.to_owned(),
        }),
    }
}

/// `<data>/models/<folder>`, then the caches, then the hub.
fn locate_repository(
    repository: &str,
    folder: &str,
    data_dir: &Path,
    environment: &HubEnvironment,
) -> Located {
    let target = data_dir.join("models").join(folder);
    if is_complete(&target) {
        return Located::Local(target);
    }
    let cached = environment
        .cache_dirs
        .iter()
        .find_map(|cache| find_in_cache(cache, repository));
    match cached {
        Some(snapshot) => Located::Local(snapshot),
        None => Located::Remote {
            repository: repository.to_owned(),
            target,
        },
    }
}

/// The snapshot that `refs/main` names, else the first complete one: a download
/// of one revision leaves no such reference.
fn find_in_cache(cache: &Path, repository: &str) -> Option<PathBuf> {
    let model = cache.join(format!("models--{}", repository.replace('/', "--")));
    let snapshots = model.join("snapshots");
    if let Ok(revision) = fs::read_to_string(model.join("refs/main")) {
        let revision = revision.trim();
        if is_plain(revision) && is_complete(&snapshots.join(revision)) {
            return Some(snapshots.join(revision));
        }
    }
    let mut complete: Vec<PathBuf> = fs::read_dir(snapshots)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|snapshot| is_complete(snapshot))
        .collect();
    complete.sort();
    complete.into_iter().next()
}

/// Whether a folder holds all that a model needs. One without all of its
/// weights is a download that was cut off.
pub(super) fn is_complete(folder: &Path) -> bool {
    if folder.join(OPEN_CLIP_CONFIG).is_file() && folder.join(OPEN_CLIP_WEIGHTS).is_file() {
        return true;
    }
    if !folder.join(CONFIG).is_file() {
        return false;
    }
    folder.join(WEIGHTS).is_file()
        || shards(&folder.join(WEIGHTS_INDEX))
            .is_ok_and(|shards| shards.iter().all(|shard| folder.join(shard).is_file()))
}

/// The files that an index of weights lists, each once.
///
/// # Errors
/// A sentence: the index can't be read, lists nothing, or names a file outside
/// its folder.
pub(super) fn shards(index: &Path) -> Result<BTreeSet<String>, String> {
    #[derive(Deserialize)]
    struct Index {
        weight_map: BTreeMap<String, String>,
    }
    let text =
        fs::read(index).map_err(|error| format!("cannot read {}: {error}", index.display()))?;
    let parsed: Index = serde_json::from_slice(&text)
        .map_err(|error| format!("{} is not an index of weights: {error}", index.display()))?;
    let shards: BTreeSet<String> = parsed.weight_map.into_values().collect();
    match shards.iter().find(|shard| !is_plain(shard)) {
        Some(shard) => Err(format!(
            "{} names a file outside its folder: {shard:?}",
            index.display()
        )),
        None if shards.is_empty() => Err(format!("{} lists no files", index.display())),
        None => Ok(shards),
    }
}

/// A lone file of weights whose architecture follows from its tensors.
fn is_model_file(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("npz"))
        && path.is_file()
}

/// One name within a folder: no separators, no way up.
fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!(
        (parts.next(), parts.next()),
        (Some(Component::Normal(_)), None)
    ) && !name.contains(['\\', '/'])
}

/// `owner/name` in the hub's alphabet.
fn is_repository(text: &str) -> bool {
    let is_part = |part: &str| {
        is_plain(part)
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    text.split_once('/')
        .is_some_and(|(owner, name)| is_part(owner) && is_part(name))
}

fn explain_path(path: &Path) -> ModelError {
    let text = path.to_string_lossy();
    let reason = if path.is_dir() {
        let index = path.join(WEIGHTS_INDEX);
        if !path.join(CONFIG).is_file() {
            format!("the folder has no {CONFIG}")
        } else if !index.is_file() {
            format!("the folder has neither {WEIGHTS} nor {WEIGHTS_INDEX}")
        } else {
            shards(&index)
                .err()
                .unwrap_or_else(|| format!("files that {WEIGHTS_INDEX} lists are missing"))
        }
    } else if path.is_file() {
        format!(
            "a lone file must end in .npz; otherwise give the folder with {CONFIG} and {WEIGHTS}"
        )
    } else if is_repository(&text) {
        format!("there is no such folder; for the model of the hub write hf:{text}")
    } else {
        "there is no such folder".to_owned()
    };
    ModelError::BadPath {
        path: path.to_owned(),
        reason,
    }
}

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;
