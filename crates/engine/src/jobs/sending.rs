//! Imports of files that are sent instead of lying on the server.

use super::queue::Jobs;
use super::request::JobRequest;
use super::uploads::Upload;
use crate::{EngineError, Hint};

impl Jobs {
    /// A folder for files that are sent.
    ///
    /// # Errors
    /// This process does not own the data directory for writing, or it can't be written.
    pub fn new_upload(&self) -> Result<Upload, EngineError> {
        // Refused before anything is sent, where nothing could be imported.
        self.shared.write(|_| Ok(()))?;
        Upload::new(self.data_dir())
    }

    /// Queues an import of what was sent; `request` says into what. Copies are kept of the images.
    /// The upload itself goes when its import is over, or after a week where that or some of its
    /// files failed.
    ///
    /// # Errors
    /// There is no file in it, and those of [`Jobs::start`].
    pub fn start_upload(&self, upload: Upload, request: JobRequest) -> Result<i64, EngineError> {
        if upload.files() == 0 {
            let error = EngineError::invalid("there is no file to import");
            return Err(error.with_hint(Hint::SendFiles));
        }
        let id = self.start(JobRequest {
            sent: Some(upload.sent()),
            originals: self.shared.stores.kept_originals(),
            ..request
        })?;
        upload.keep();
        Ok(id)
    }
}
