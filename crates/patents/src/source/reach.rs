//! How far files on disk may lie, and the opening of one within that.
//!
//! A path that was checked may lead elsewhere by the time that it is opened: whoever can write in a
//! folder can put a link in place of a file, or of a folder above it. So what is judged is where the
//! opened file lies, which the operating system tells on Linux; elsewhere the path is resolved again.
//! Only regular files are opened: a pipe or a device would block whoever opens it.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where files that are opened may lie, links followed.
#[derive(Clone, Debug, Default)]
pub enum Reach {
    /// Anywhere.
    #[default]
    Anywhere,
    /// In one of these folders, which are canonical paths, or in a folder below.
    Below(Arc<[PathBuf]>),
}

/// A regular file that was opened for reading.
#[derive(Debug)]
pub struct OpenFile {
    /// The file.
    pub file: File,
    /// Where it lies, links followed.
    pub place: PathBuf,
}

impl OpenFile {
    /// Opens a regular file.
    ///
    /// # Errors
    /// There is none, it is something else, or the operating system refuses.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = open_without_waiting(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "is not a regular file but a folder, a pipe or a device",
            ));
        }
        let place = place(&file, path)?;
        Ok(Self { file, place })
    }
}

impl Reach {
    /// In one of these folders or in a folder below; those that do not exist count for nothing.
    #[must_use]
    pub fn below(folders: &[PathBuf]) -> Self {
        Self::Below(
            folders
                .iter()
                .flat_map(|folder| folder.canonicalize())
                .collect(),
        )
    }

    /// Whether what lies at this place, links followed, may be read.
    #[must_use]
    pub fn allows(&self, place: &Path) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Below(folders) => folders.iter().any(|folder| place.starts_with(folder)),
        }
    }

    /// Opens a regular file for reading.
    ///
    /// # Errors
    /// There is none, it is something else, it lies out of reach, or the operating system refuses.
    pub fn open(&self, path: &Path) -> io::Result<File> {
        let OpenFile { file, place } = OpenFile::open(path)?;
        if self.allows(&place) {
            return Ok(file);
        }
        Err(out_of_reach())
    }
}

/// What lies behind a link is not to be read from here.
pub(super) fn out_of_reach() -> io::Error {
    io::Error::new(
        io::ErrorKind::PermissionDenied,
        "is a link out of the folders that may be imported from here",
    )
}

/// Opening a pipe would wait for somebody to write into it.
#[cfg(unix)]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;

    OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(path)
}

#[cfg(not(unix))]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

/// Where an opened file lies.
#[cfg(target_os = "linux")]
fn place(file: &File, path: &Path) -> io::Result<PathBuf> {
    use std::os::fd::AsRawFd;

    let told = std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()));
    // Without /proc, as in some containers.
    told.or_else(|_| path.canonicalize())
}

#[cfg(not(target_os = "linux"))]
fn place(_file: &File, path: &Path) -> io::Result<PathBuf> {
    path.canonicalize()
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_out_of_reach_are_refused_when_the_file_is_opened() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        for folder in ["in", "out", "inside"] {
            fs::create_dir(root.join(folder)).unwrap();
            fs::write(root.join(folder).join("a.png"), folder).unwrap();
        }
        symlink(root.join("out/a.png"), root.join("in/file.png")).unwrap();
        symlink(root.join("out"), root.join("in/folder")).unwrap();
        symlink(root.join("in/a.png"), root.join("in/own.png")).unwrap();
        let below = Reach::below(&[root.join("in"), root.join("nowhere")]);
        for (path, place, is_allowed) in [
            ("in/a.png", "in/a.png", true),
            ("in/own.png", "in/a.png", true),
            ("in/file.png", "out/a.png", false),
            ("in/folder/a.png", "out/a.png", false),
            ("out/a.png", "out/a.png", false),
            ("inside/a.png", "inside/a.png", false),
        ] {
            let path = root.join(path);
            assert_eq!(below.open(&path).is_ok(), is_allowed, "{path:?}");
            assert!(Reach::Anywhere.open(&path).is_ok());
            assert_eq!(OpenFile::open(&path).unwrap().place, root.join(place));
        }
        let refused = below.open(&root.join("in/file.png")).unwrap_err();
        assert!(refused.to_string().contains("link out of"), "{refused}");
    }

    #[test]
    fn only_regular_files_are_opened_and_no_pipe_is_waited_for() {
        let root = tempfile::tempdir().unwrap();
        let pipe = root.path().join("pipe.png");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        for path in [&pipe, root.path(), Path::new("/dev/zero")] {
            let refused = Reach::Anywhere.open(path).unwrap_err();
            assert!(
                refused.to_string().contains("not a regular file"),
                "{refused}"
            );
        }
    }
}
