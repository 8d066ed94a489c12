//! One file to import, on disk or in an archive.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::archive::{Archive, Format, Opened, check_size, read_at_most};
use super::error::{Fault, SourceError, SourceErrorKind};
use super::inflated::Kept;
use super::page_path::without_page;
use super::reach::Reach;
use super::stamp::Stamp;
use super::window::{Storage, Window};

/// A file that can be read, wherever it lies. Cheap to clone; holds no open file, and many threads
/// may read at once.
///
/// Two are equal if their paths are.
#[derive(Clone)]
pub struct SourceFile(Place);

#[derive(Clone)]
enum Place {
    Disk(Arc<DiskFile>),
    Entry { archive: Arc<Archive>, index: u32 },
}

struct DiskFile {
    path: PathBuf,
    name: Box<str>,
    reach: Reach,
}

impl SourceFile {
    /// A file on disk. It is not opened; `path` becomes absolute.
    pub fn on_disk(path: &Path) -> io::Result<Self> {
        Self::on_disk_within(path, &Reach::Anywhere)
    }

    /// The same of a file that is read only if it lies within reach whenever it is opened.
    ///
    /// # Errors
    /// The path is empty, or the current directory is not known.
    pub fn on_disk_within(path: &Path, reach: &Reach) -> io::Result<Self> {
        let path = std::path::absolute(path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok(Self(Place::Disk(Arc::new(DiskFile {
            name: name.into(),
            path,
            reach: reach.clone(),
        }))))
    }

    /// Finds the file that has this [`path`](Self::path), or that this is the path of a page of.
    /// What lies on disk under that very path comes first, whatever `!/` it contains. Archives on the way are listed again: for a weekly
    /// TAR, some hundred headers are read.
    ///
    /// # Errors
    /// [`SourceErrorKind::NotFound`] when it is gone, else what is wrong with its archive.
    pub fn reopen(recorded_path: &str) -> Result<Self, SourceError> {
        let file = without_page(recorded_path);
        Self::find(recorded_path)
            .or_else(|fault| {
                let is_page = file.len() < recorded_path.len();
                if is_page {
                    Self::find(file)
                } else {
                    Err(fault)
                }
            })
            .map_err(|fault| fault.at(recorded_path))
    }

    fn find(recorded_path: &str) -> Result<Self, Fault> {
        if is_file(recorded_path) {
            return Ok(Self::on_disk(Path::new(recorded_path))?);
        }
        let archives = splits(recorded_path).filter(|(archive, _)| is_file(archive));
        first_found(
            archives.map(|(archive, rest)| Self::on_disk(Path::new(archive))?.find_within(rest)),
        )
    }

    /// The file at `path` in this archive or in one within it.
    fn find_within(&self, path: &str) -> Result<Self, Fault> {
        let (archive, _) = self.open_archive(&Arc::default())?;
        let entry = |path| {
            let index = archive.find(path)?;
            Some(Self::in_archive(Arc::clone(&archive), index))
        };
        if let Some(file) = entry(path) {
            return Ok(file);
        }
        first_found(splits(path).filter_map(|(inner, rest)| Some(entry(inner)?.find_within(rest))))
    }

    pub(super) fn in_archive(archive: Arc<Archive>, index: u32) -> Self {
        Self(Place::Entry { archive, index })
    }

    /// The name without folders.
    pub fn name(&self) -> &str {
        match &self.0 {
            Place::Disk(file) => &file.name,
            Place::Entry { archive, index } => {
                let name = archive.name(*index);
                name.rsplit_once('/').map_or(name, |(_, name)| name)
            }
        }
    }

    /// The absolute path on disk. Within an archive, the archive's own path, `!/` and the path in
    /// the archive: `/data/I20220104.tar!/I20220104/DESIGN/USD0939806-20220104.ZIP!/x.TIF`.
    pub fn path(&self) -> String {
        match &self.0 {
            Place::Disk(file) => file.path.to_string_lossy().into_owned(),
            Place::Entry { archive, index } => archive.entry_path(*index),
        }
    }

    /// The path of a file that lies on disk by itself, as the operating system knows it; `None`
    /// in an archive.
    pub fn disk_path(&self) -> Option<&Path> {
        match &self.0 {
            Place::Disk(file) => Some(&file.path),
            Place::Entry { .. } => None,
        }
    }

    /// Size and time of the last change. Reads nothing of an archive.
    ///
    /// # Errors
    /// When a file on disk cannot be asked; never in an archive.
    pub fn stamp(&self) -> Result<Stamp, SourceError> {
        match &self.0 {
            Place::Disk(file) => match fs::metadata(&file.path) {
                Ok(metadata) => Ok(Stamp::of(&metadata)),
                Err(error) => Err(Fault::from(error).at(self.path())),
            },
            Place::Entry { archive, index } => Ok(Stamp {
                size_bytes: archive.size_bytes(*index),
                modified_ns: archive.modified_ns(),
            }),
        }
    }

    /// The whole contents, at most `max_bytes` of them; no more is allocated, whatever a header
    /// claims. Contents of ZIPs are checked against their checksum; TARs have none.
    ///
    /// An archive that lies compressed within another is held in memory for this, up to 256 MiB;
    /// those read last stay there, 256 MiB for each [`scan`](super::scan).
    ///
    /// # Errors
    /// [`SourceErrorKind::TooLarge`] above `max_bytes`, else what went wrong.
    pub fn read(&self, max_bytes: u64) -> Result<Vec<u8>, SourceError> {
        match &self.0 {
            Place::Disk(file) => read_disk(file, max_bytes),
            Place::Entry { archive, index } => archive.read(*index, max_bytes),
        }
        .map_err(|fault| fault.at(self.path()))
    }

    /// The first bytes, fewer when the file is shorter.
    pub(super) fn read_head(&self, bytes: u64) -> Result<Vec<u8>, Fault> {
        match &self.0 {
            Place::Disk(file) => {
                let mut head = Vec::new();
                file.open()?.take(bytes).read_to_end(&mut head)?;
                Ok(head)
            }
            Place::Entry { archive, index } => archive.read_head(*index, bytes),
        }
    }

    /// What the file is by its first bytes.
    pub(super) fn format(&self) -> Result<Format, Fault> {
        Ok(Format::of(&self.read_head(super::archive::FORMAT_BYTES)?))
    }

    /// Lists the file as the archive that it is.
    pub(super) fn open_archive(&self, kept: &Arc<Kept>) -> Result<Opened, Fault> {
        match &self.0 {
            Place::Disk(file) => {
                let stamp = Stamp::of(&fs::metadata(&file.path)?);
                let storage = Storage::Disk {
                    path: file.path.clone(),
                    reach: file.reach.clone(),
                    stamp,
                };
                let window = Window::whole(storage, stamp.size_bytes);
                Archive::on_disk(&self.path(), window, stamp.modified_ns)
            }
            Place::Entry { archive, index } => archive.within(*index, kept),
        }
    }
}

impl DiskFile {
    fn open(&self) -> io::Result<File> {
        self.reach.open(&self.path)
    }
}

impl PartialEq for SourceFile {
    fn eq(&self, other: &Self) -> bool {
        self.path() == other.path()
    }
}

impl Eq for SourceFile {}

impl fmt::Debug for SourceFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("SourceFile")
            .field(&self.path())
            .finish()
    }
}

/// Every way to take the path as one of an archive and one within it, outermost archive first.
fn splits(path: &str) -> impl Iterator<Item = (&str, &str)> {
    path.match_indices("!/")
        .map(|(at, mark)| (&path[..at], &path[at + mark.len()..]))
}

/// The first file of these, else why there is none.
fn first_found(
    attempts: impl Iterator<Item = Result<SourceFile, Fault>>,
) -> Result<SourceFile, Fault> {
    let mut failure = None;
    for attempt in attempts {
        match attempt {
            Ok(file) => return Ok(file),
            Err(fault) => failure = failure.or(Some(fault)),
        }
    }
    Err(failure.unwrap_or_else(|| {
        let reason = "there is no such file, nor an archive that holds it";
        Fault::new(SourceErrorKind::NotFound, reason)
    }))
}

fn is_file(path: &str) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}

fn read_disk(file: &DiskFile, max_bytes: u64) -> Result<Vec<u8>, Fault> {
    let mut file = file.open()?;
    let size_bytes = file.metadata()?.len();
    check_size(size_bytes, max_bytes)?;
    let bytes = read_at_most(&mut file, size_bytes)?;
    // Files grow while they are being written.
    if (bytes.len() as u64) < size_bytes || file.read(&mut [0])? > 0 {
        return Err(Fault::new(
            SourceErrorKind::Changed,
            "changed while it was read; import it again once it is complete",
        ));
    }
    Ok(bytes)
}
