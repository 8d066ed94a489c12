//! Where originals are kept, and keeping them.

use lookalike_imaging::Format;
use lookalike_storage::blob::{BlobKey, PutNew};

use super::Stores;
use super::blob_keys::{content_key, original_key, patent_key};
use crate::import::Originals;
use crate::{EngineError, Hint};

/// Where an original is to lie.
#[derive(Clone, Debug)]
pub(crate) struct OriginalPlace {
    pub(crate) key: BlobKey,
    /// Where it goes if another file lies there. Without it the key stands for the bytes.
    pub(crate) otherwise: Option<BlobKey>,
}

impl OriginalPlace {
    /// Of a file with that name and MD5; `None` where it stays where it is.
    pub(crate) fn new(
        originals: Originals,
        patent_id: Option<&str>,
        file_name: &str,
        md5: &str,
        format: Format,
    ) -> Result<Option<Self>, EngineError> {
        let by_content = |key| Self {
            key,
            otherwise: None,
        };
        Ok(match (originals, patent_id) {
            (Originals::Reference, _) => None,
            (Originals::Copy, _) => Some(by_content(original_key(md5, format)?)),
            (Originals::S3, None) => Some(by_content(content_key(md5, format)?)),
            (Originals::S3, Some(patent_id)) => Some(Self {
                key: patent_key(patent_id, file_name)?,
                otherwise: Some(content_key(md5, format)?),
            }),
        })
    }
}

impl Stores {
    /// What becomes of originals that are sent: they have no other place.
    pub(crate) fn kept_originals(&self) -> Originals {
        if self.blobs().is_remote() {
            Originals::S3
        } else {
            Originals::Copy
        }
    }

    /// # Errors
    /// Originals are to go where nothing is.
    pub(crate) fn check_originals(&self, originals: Originals) -> Result<(), EngineError> {
        if originals == Originals::S3 && !self.blobs().is_remote() {
            let error = EngineError::invalid("originals are to go to S3, and no bucket is named");
            return Err(error.with_hint(Hint::NameBucket));
        }
        Ok(())
    }

    /// Keeps an original now; returns its key.
    pub(crate) fn keep_original(
        &self,
        place: OriginalPlace,
        bytes: &[u8],
    ) -> Result<BlobKey, EngineError> {
        let OriginalPlace { key, otherwise } = place;
        if let Some(otherwise) = otherwise {
            if self.blobs().put_new(&key, bytes)? != PutNew::OtherThere {
                return Ok(key);
            }
            return self.keep_by_content(otherwise, bytes);
        }
        self.keep_by_content(key, bytes)
    }

    fn keep_by_content(&self, key: BlobKey, bytes: &[u8]) -> Result<BlobKey, EngineError> {
        if !self.blobs().exists(&key)? {
            self.blobs().put(&key, bytes)?;
        }
        Ok(key)
    }
}
