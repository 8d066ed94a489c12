//! Deletes blobs of contents that no item refers to any more.

use lookalike_catalog::Content;
use lookalike_storage::blob::BlobKey;

use super::{Stores, thumbnail_key};
use crate::EngineError;

impl Stores {
    /// Deletes thumbnails and copies of contents that no item refers to any more. Only after
    /// the commit that says so, and within [`Stores::blob_work`]: a crash in between leaves blobs
    /// that nobody asks for until the next start, never items without their blobs.
    pub(crate) fn delete_blobs(&self, unused: Vec<Content>) -> Result<(), EngineError> {
        for content in unused {
            let _at_rest = self.blobs_at_rest();
            // Somebody may have brought the same bytes again.
            let again = self.catalog().content(&content.md5)?;
            if again.is_none() {
                self.blobs().delete(&thumbnail_key(&content.md5)?)?;
            }
            // Other pages of the same file share its copy.
            if let Some(key) = &content.original_key
                && !self.catalog().is_original_kept(content.file_md5(), key)?
            {
                self.blobs().delete(&BlobKey::new(key.clone())?)?;
            }
        }
        Ok(())
    }
}
