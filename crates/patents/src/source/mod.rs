//! Files to import, wherever they lie: on disk, in a ZIP or TAR, or in one within another.
//!
//! [`scan`] finds them, one folder at a time; a [`SourceFile`] reads one. Nothing is ever unpacked
//! to disk: an entry is a stretch of the archive, read when its bytes are wanted, so a hostile name
//! can only be a wrong name. Everything that an archive claims of sizes is checked before memory is
//! allocated for it.

mod archive;
mod classify;
mod error;
mod file;
mod folder;
mod gzip;
mod inflated;
mod listing;
mod names;
mod page_path;
mod reach;
mod stamp;
mod tar;
mod walk;
mod window;
mod zip;

pub(crate) use classify::is_picture_ending;
pub use classify::{is_clutter, may_be_source};
pub use error::{SourceError, SourceErrorKind};
pub use file::SourceFile;
pub use folder::PatentFolder;
pub use page_path::{page_path, without_page};
pub use reach::{OpenFile, Reach};
pub use stamp::Stamp;
pub use walk::{Scan, scan};
