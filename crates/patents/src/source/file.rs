//! One file to import, on disk or in an archive.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::error::{Fault, SourceError, SourceErrorKind};

/// A file that can be read, wherever it lies. Cheap to clone; holds no open file.
///
/// Two are equal if they are the same place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile(Place);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Disk(Arc<DiskFile>),
}

#[derive(Debug, PartialEq, Eq)]
struct DiskFile {
    path: PathBuf,
    name: Box<str>,
}

/// What tells a changed file from an unchanged one without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Length of the contents.
    pub size_bytes: u64,
    /// Nanoseconds from 1970, negative before; for a file in an archive, those of the archive.
    pub modified_ns: i64,
}

impl SourceFile {
    /// A file on disk. It is not opened; `path` becomes absolute.
    pub fn on_disk(path: &Path) -> io::Result<Self> {
        let path = std::path::absolute(path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok(Self(Place::Disk(Arc::new(DiskFile {
            name: name.into(),
            path,
        }))))
    }

    /// Finds the file that has this [`path`](Self::path).
    ///
    /// # Errors
    /// [`SourceErrorKind::NotFound`] when it is gone.
    pub fn reopen(recorded_path: &str) -> Result<Self, SourceError> {
        let failed = |error: io::Error| Fault::from(error).at(recorded_path);
        let path = Path::new(recorded_path);
        if fs::metadata(path).map_err(failed)?.is_file() {
            return Self::on_disk(path).map_err(failed);
        }
        Err(Fault::new(SourceErrorKind::NotFound, "is not a file").at(recorded_path))
    }

    /// The name without folders.
    pub fn name(&self) -> &str {
        match &self.0 {
            Place::Disk(file) => &file.name,
        }
    }

    /// The absolute path on disk. Within an archive, the archive's own path, `!/` and the path in
    /// the archive: `/data/I20220104.tar!/I20220104/DESIGN/USD0939806-20220104.ZIP!/x.TIF`.
    pub fn path(&self) -> String {
        match &self.0 {
            Place::Disk(file) => file.path.to_string_lossy().into_owned(),
        }
    }

    /// The path of a file that lies on disk by itself, as the operating system knows it.
    pub fn disk_path(&self) -> Option<&Path> {
        match &self.0 {
            Place::Disk(file) => Some(&file.path),
        }
    }

    /// Size and time of the last change. Reads nothing of an archive.
    pub fn stamp(&self) -> Result<Stamp, SourceError> {
        match &self.0 {
            Place::Disk(file) => match fs::metadata(&file.path) {
                Ok(metadata) => Ok(Stamp::of(&metadata)),
                Err(error) => Err(Fault::from(error).at(self.path())),
            },
        }
    }

    /// The whole contents, at most `max_bytes` of them; no more is allocated, whatever a header
    /// claims.
    ///
    /// # Errors
    /// [`SourceErrorKind::TooLarge`] above `max_bytes`, else what went wrong.
    pub fn read(&self, max_bytes: u64) -> Result<Vec<u8>, SourceError> {
        match &self.0 {
            Place::Disk(file) => read_disk(&file.path, max_bytes),
        }
        .map_err(|fault| fault.at(self.path()))
    }

    /// The first bytes, fewer when the file is shorter.
    pub(super) fn read_head(&self, bytes: u64) -> Result<Vec<u8>, SourceError> {
        match &self.0 {
            Place::Disk(file) => read_disk_head(&file.path, bytes),
        }
        .map_err(|fault| fault.at(self.path()))
    }
}

impl Stamp {
    fn of(metadata: &fs::Metadata) -> Self {
        Self {
            size_bytes: metadata.len(),
            // Systems that keep no time of change count as unchanged since 1970.
            modified_ns: metadata.modified().map_or(0, nanoseconds),
        }
    }
}

fn nanoseconds(time: SystemTime) -> i64 {
    let clamp = |nanoseconds: u128| i64::try_from(nanoseconds).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => clamp(after.as_nanos()),
        Err(before) => -clamp(before.duration().as_nanos()),
    }
}

fn read_disk(path: &Path, max_bytes: u64) -> Result<Vec<u8>, Fault> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    check_size(size, max_bytes)?;
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(size as usize)
        .map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
    // A file may grow meanwhile.
    file.take(max_bytes.saturating_add(1))
        .read_to_end(&mut bytes)?;
    check_size(bytes.len() as u64, max_bytes)?;
    Ok(bytes)
}

fn check_size(size: u64, max_bytes: u64) -> Result<(), Fault> {
    if size <= max_bytes {
        return Ok(());
    }
    Err(Fault::new(
        SourceErrorKind::TooLarge,
        format!("{size} bytes are above the limit of {max_bytes}"),
    ))
}

fn read_disk_head(path: &Path, bytes: u64) -> Result<Vec<u8>, Fault> {
    let mut head = Vec::new();
    File::open(path)?.take(bytes).read_to_end(&mut head)?;
    Ok(head)
}
