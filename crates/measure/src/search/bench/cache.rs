//! Exact answers and indexes that are kept from one bench to the next.
//!
//! Names tell what is in a file, by checksums of vectors and queries: nothing kept is ever out of
//! date, and a file that can't be read is made again.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use lookalike_engine::{EngineError, ErrorKind};
use lookalike_index::{Index, IndexKind, IndexOptions, Metric, Tag};
use sha2::{Digest, Sha256};

use super::super::build::build;
use super::super::vectors::{QuerySet, VectorSet};
use super::exact::Answers;

/// Values hashed at a time.
const HASH_BLOCK: usize = 16_384;

/// A folder of files for certain vectors and queries.
pub(super) struct Cache {
    folder: PathBuf,
    /// Checksum of ids and vectors.
    vectors: String,
    /// Checksum of the queries.
    queries: String,
}

/// An index that can be searched, and what it took to get it.
pub(super) struct Ready {
    pub(super) index: Index,
    pub(super) build_seconds: Option<f64>,
    pub(super) open_seconds: Option<f64>,
    pub(super) file_bytes: Option<u64>,
}

impl Cache {
    /// Makes the folder if there is none.
    ///
    /// # Errors
    /// It can't be made.
    pub(super) fn open(
        folder: &Path,
        set: &VectorSet,
        queries: &QuerySet,
    ) -> Result<Self, EngineError> {
        fs::create_dir_all(folder).map_err(|error| writing(folder, error))?;
        Ok(Self {
            folder: folder.to_path_buf(),
            vectors: checksum(&set.ids, &set.values),
            queries: checksum(&[], &queries.values),
        })
    }

    /// The exact answers with a filter of that share, if they are kept.
    pub(super) fn exact(&self, metric: Metric, k: usize, share: f64) -> Option<Answers> {
        let bytes = fs::read(self.exact_path(metric, k, share)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Keeps exact answers.
    ///
    /// # Errors
    /// They can't be written.
    pub(super) fn keep_exact(
        &self,
        metric: Metric,
        k: usize,
        share: f64,
        answers: &Answers,
    ) -> Result<(), EngineError> {
        let path = self.exact_path(metric, k, share);
        let write = || {
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(&serde_json::to_vec(answers)?)?;
            file.persist(&path).map_err(|error| error.error)
        };
        write().map_err(|error| writing(&path, error))?;
        Ok(())
    }

    fn exact_path(&self, metric: Metric, k: usize, share: f64) -> PathBuf {
        let Self {
            vectors, queries, ..
        } = self;
        let name = format!("exact-{metric}-top{k}-keep{share}-{vectors}-{queries}.json");
        self.folder.join(name)
    }

    /// Where the index is kept that is built with these options, as far as they concern its kind.
    fn index_path(&self, metric: Metric, options: IndexOptions) -> PathBuf {
        let IndexOptions {
            kind,
            m,
            ef_construction,
            nlist,
            part_bits: _,
        } = options;
        let concerned = match kind {
            IndexKind::Flat => vec![],
            IndexKind::IvfFlat | IndexKind::IvfSq8 => vec![("nlist", nlist)],
            IndexKind::Hnsw | IndexKind::Auto => {
                vec![("m", m), ("ef_construction", ef_construction)]
            }
        };
        let given = concerned
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        let params: String = given
            .map(|(name, value)| format!("-{name}{value}"))
            .collect();
        let name = format!("{kind}{params}-{metric}-{}.index", self.vectors);
        self.folder.join(name)
    }
}

impl Ready {
    /// Opens the index if it is kept; else builds it, and keeps it for the next time.
    ///
    /// # Errors
    /// An option is out of its range, or the file can't be written.
    pub(super) fn new(
        set: &VectorSet,
        metric: Metric,
        options: IndexOptions,
        cache: Option<&Cache>,
    ) -> Result<Self, EngineError> {
        let path = cache.map(|cache| cache.index_path(metric, options));
        if let Some(ready) = path.as_deref().and_then(Self::open) {
            return Ok(ready);
        }
        let built = build(set, metric, options)?;
        if let Some(path) = &path {
            built.index.save(path, &Tag::default()).map_err(|error| {
                EngineError::new(ErrorKind::Internal, error.to_string()).because(error)
            })?;
        }
        Ok(Self {
            index: built.index,
            build_seconds: Some(built.seconds),
            open_seconds: None,
            file_bytes: path.as_deref().and_then(size),
        })
    }

    fn open(path: &Path) -> Option<Self> {
        let file_bytes = size(path)?;
        let start = Instant::now();
        match Index::open(path) {
            Ok((index, _)) => Some(Self {
                open_seconds: Some(start.elapsed().as_secs_f64()),
                index,
                build_seconds: None,
                file_bytes: Some(file_bytes),
            }),
            Err(error) => {
                tracing::warn!("{error}: it is built again");
                None
            }
        }
    }
}

/// Bytes of a file, if there is one.
fn size(path: &Path) -> Option<u64> {
    Some(fs::metadata(path).ok()?.len())
}

/// 16 hexadecimal digits: enough to tell files apart that nobody forges.
fn checksum(ids: &[u64], values: &[f32]) -> String {
    let mut hash = Sha256::new();
    hash.update((ids.len() as u64).to_le_bytes());
    for block in ids.chunks(HASH_BLOCK) {
        let bytes: Vec<u8> = block.iter().flat_map(|id| id.to_le_bytes()).collect();
        hash.update(bytes);
    }
    for block in values.chunks(HASH_BLOCK) {
        let bytes: Vec<u8> = block.iter().flat_map(|value| value.to_le_bytes()).collect();
        hash.update(bytes);
    }
    let digest = hash.finalize();
    let digits = digest.iter().take(8).map(|byte| format!("{byte:02x}"));
    digits.collect()
}

fn writing(path: &Path, error: std::io::Error) -> EngineError {
    EngineError::new(
        ErrorKind::Internal,
        format!("can't write {}: {error}", path.display()),
    )
    .because(error)
}
