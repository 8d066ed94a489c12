//! Whether a catalogue still lies where it was opened, and the room there.

use crate::Catalog;
use crate::file_number::file_number;

impl Catalog {
    /// Whether the file that was opened is still the one under its name. What is written into a file
    /// that was removed, or moved with its folder, is lost or lands elsewhere.
    #[must_use]
    pub fn is_in_place(&self) -> bool {
        file_number(self.file()).is_ok_and(|number| number == self.number())
    }

    /// Bytes that its user may still write to the disk of the data directory; `None` where the system
    /// does not tell.
    #[must_use]
    pub fn free_bytes(&self) -> Option<u64> {
        #[cfg(unix)]
        {
            let told = rustix::fs::statvfs(self.directory()).ok()?;
            Some(told.f_bavail.saturating_mul(told.f_frsize))
        }
        #[cfg(not(unix))]
        None
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_catalogue_that_was_moved_or_removed_is_not_in_place() {
        let above = tempfile::tempdir().unwrap();
        let data = above.path().join("data");
        let catalog = Catalog::open_for_writing(&data).unwrap();
        assert!(catalog.is_in_place());
        assert!(catalog.free_bytes().unwrap() > 0);
        fs::rename(&data, above.path().join("moved")).unwrap();
        assert!(!catalog.is_in_place());
        // Another one in its place is not the one that is written to.
        drop(Catalog::open_for_writing(&data).unwrap());
        assert!(!catalog.is_in_place());
        fs::remove_dir_all(&data).unwrap();
        fs::rename(above.path().join("moved"), &data).unwrap();
        assert!(catalog.is_in_place());
    }
}
