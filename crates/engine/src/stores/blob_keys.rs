//! Where blobs lie: thumbnails and copied originals by the MD5 of the content, and originals in an
//! object store by patent and name, so that people find them there.

use lookalike_imaging::Format;
use lookalike_storage::blob::{BlobKey, Place};

use crate::EngineError;

/// Longest name of a file in a key; of longer ones the end counts, which has page and ending.
const MOST_NAME: usize = 150;

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

/// Where an original lies in an object store that belongs to no patent, or whose patent has another
/// file of that name.
pub(super) fn content_key(md5: &str, format: Format) -> Result<BlobKey, EngineError> {
    key("contents", md5, format.extension())
}

/// Where a patent's file lies in an object store, as in the system before this one.
pub(super) fn patent_key(patent_id: &str, file_name: &str) -> Result<BlobKey, EngineError> {
    let name = file_name.trim_start_matches('.').chars().map(|character| {
        if character.is_ascii_alphanumeric() || "._-".contains(character) {
            character
        } else {
            '_'
        }
    });
    let mut name: String = name.collect();
    // All of it is ASCII.
    name.drain(..name.len().saturating_sub(MOST_NAME));
    let name = name.trim_start_matches('.');
    let name = if name.is_empty() { "file" } else { name };
    Ok(BlobKey::new(format!("design_patents/{patent_id}/{name}"))?)
}

/// Where the blob of a key belongs if there is an object store.
#[must_use]
pub fn blob_place(key: &BlobKey) -> Place {
    match key.as_str().split('/').next() {
        Some("design_patents" | "contents") => Place::Remote,
        Some("thumbnails") => Place::Cached,
        _ => Place::Local,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_become_keys_whatever_they_are() {
        let patent = |name: &str| patent_key("USD939806", name).unwrap();
        assert_eq!(
            patent("USD939806-20220104-D00001.TIF").as_str(),
            "design_patents/USD939806/USD939806-20220104-D00001.TIF"
        );
        assert_eq!(
            patent("../ü a.tif").as_str(),
            "design_patents/USD939806/___a.tif"
        );
        assert_eq!(patent("...").as_str(), "design_patents/USD939806/file");
        let long = format!("{}.tif", "x".repeat(500));
        assert!(patent(&long).as_str().ends_with("xx.tif"));
        let md5 = "000102030405060708090a0b0c0d0e0f";
        let places = [
            (patent("a.tif"), Place::Remote),
            (content_key(md5, Format::Tiff).unwrap(), Place::Remote),
            (thumbnail_key(md5).unwrap(), Place::Cached),
            (original_key(md5, Format::Tiff).unwrap(), Place::Local),
        ];
        for (key, place) in places {
            assert_eq!(blob_place(&key), place, "{key}");
        }
    }
}
