//! By what a file is known again whatever its name becomes.

use std::fs;
use std::io;
use std::path::Path;

/// The file behind a path, whatever its name becomes; `None` where the system has no such number.
pub(crate) type FileNumber = Option<(u64, u64)>;

/// The number of the file at a path.
pub(crate) fn file_number(path: &Path) -> io::Result<FileNumber> {
    let metadata = fs::metadata(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        Ok(Some((metadata.dev(), metadata.ino())))
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        Ok(None)
    }
}
