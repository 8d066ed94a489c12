//! Where blobs lie: thumbnails and copied originals, by the MD5 of the content.

use lookalike_imaging::Format;
use lookalike_storage::blob::BlobKey;

use crate::EngineError;

/// Where the thumbnail of the content with this MD5 lies.
///
/// # Errors
/// It has characters that no MD5 in hexadecimal digits has.
pub fn thumbnail_key(md5: &str) -> Result<BlobKey, EngineError> {
    key("thumbnails", md5, "jpg")
}

/// Where a copied original lies.
pub(crate) fn original_key(md5: &str, format: Format) -> Result<BlobKey, EngineError> {
    key("originals", md5, format.extension())
}

/// The MD5 in a key made by [`thumbnail_key`] or [`original_key`]; `None` for others.
pub(super) fn md5_of_key(key: &BlobKey) -> Option<&str> {
    let mut parts = key.as_str().split('/');
    let (kind, _shelf, name) = (parts.next()?, parts.next()?, parts.next()?);
    let (md5, _ending) = name.split_once('.')?;
    let is_ours = ["thumbnails", "originals"].contains(&kind) && parts.next().is_none();
    is_ours.then_some(md5)
}

/// Two levels, so that a folder of a million files has 256 of 4000.
fn key(kind: &str, md5: &str, extension: &str) -> Result<BlobKey, EngineError> {
    let shelf = md5.get(..2).unwrap_or("00");
    Ok(BlobKey::new(format!("{kind}/{shelf}/{md5}.{extension}"))?)
}
