//! Data directories are their owner's: they hold hashes of passwords, and what people searched for.
//!
//! What lies in a folder that others may not enter can't be opened by them whatever its own rights
//! are, so the folder is what is closed, and the catalogue besides.

use std::fs;
use std::io;
use std::path::Path;

/// Creates a folder that only its owner may enter, and those above it as usual.
///
/// # Errors
/// It can't be created.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    if let Some(above) = folder.parent() {
        fs::create_dir_all(above)?;
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Takes the rights that others have to a file or folder away from them; returns whether they had
/// any. On systems without such rights nothing is done.
///
/// # Errors
/// The rights can't be read, or not be changed: it is somebody else's, or the file system has none.
pub(crate) fn close_to_others(path: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path)?.permissions().mode();
        if mode & 0o077 == 0 {
            return Ok(false);
        }
        fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700))?;
        Ok(true)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        Ok(false)
    }
}
