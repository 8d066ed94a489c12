//! Pictures for people: thumbnails and browser-viewable originals, made on demand.

use std::sync::Arc;

use lookalike_catalog::Item;
use lookalike_imaging::{Format, RgbImage, encode_jpeg, thumbnail};
use lookalike_patents::SourceFile;
use lookalike_storage::blob::BlobKey;

use crate::{Engine, EngineError, ErrorKind};

const THUMBNAIL_QUALITY: u8 = 85;
const VIEW_QUALITY: u8 = 95;

/// An encoded picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Such as `image/jpeg`.
    pub mime: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// Changes when the picture does: MD5 of the original with the kind of view.
    pub tag: String,
}

impl Engine {
    /// The item with that id, or, without one, the newest of that file name.
    ///
    /// # Errors
    /// There is none, or the id's item has another name.
    pub fn item(&self, file_name: &str, id: Option<u64>) -> Result<Item, EngineError> {
        let item = match id {
            Some(id) => self
                .catalog()
                .items(&[id])?
                .pop()
                .filter(|item| item.file_name == file_name),
            None => self.catalog().item_by_file_name(file_name)?,
        };
        item.ok_or_else(|| {
            let which = id.map(|id| format!(" with id {id}")).unwrap_or_default();
            EngineError::new(
                ErrorKind::NotFound,
                format!("no image named `{file_name}`{which}"),
            )
        })
    }

    /// At most 300 x 300 pixels, JPEG. Stored at import; made again if it was lost.
    ///
    /// # Errors
    /// It was lost and the original is gone too.
    pub fn thumbnail(&self, item: &Item) -> Result<Picture, EngineError> {
        Ok(Picture {
            mime: Format::Jpeg.mime(),
            bytes: self.thumbnail_bytes(item)?.to_vec(),
            tag: format!("{}-thumbnail", item.md5),
        })
    }

    fn thumbnail_bytes(&self, item: &Item) -> Result<Arc<Vec<u8>>, EngineError> {
        if let Some(bytes) = self.thumbnails().get(&item.md5) {
            return Ok(bytes);
        }
        let key = thumbnail_key(&item.md5)?;
        let bytes = match self.blobs().get(&key)?.filter(|bytes| !bytes.is_empty()) {
            Some(bytes) => bytes,
            None => {
                let bytes = make_thumbnail(&self.decode(&self.original(item)?)?.image)?;
                self.blobs().put(&key, &bytes)?;
                bytes
            }
        };
        let bytes = Arc::new(bytes);
        self.thumbnails()
            .insert(item.md5.clone(), Arc::clone(&bytes), bytes.len());
        Ok(bytes)
    }

    /// The original as a browser shows it: PNG, WebP, GIF and JPEG as they are, others as JPEG.
    ///
    /// # Errors
    /// The original is gone or can't be read any more.
    pub fn full_picture(&self, item: &Item) -> Result<Picture, EngineError> {
        let bytes = self.original(item)?;
        let tag = format!("{}-full", item.md5);
        match Format::sniff(&bytes) {
            Some(format) if format.is_browser_viewable() => Ok(Picture {
                mime: format.mime(),
                bytes,
                tag,
            }),
            _ => Ok(Picture {
                mime: Format::Jpeg.mime(),
                bytes: jpeg(&self.decode(&bytes)?.image, VIEW_QUALITY)?,
                tag,
            }),
        }
    }

    /// Any supported picture as a JPEG that a browser shows.
    ///
    /// # Errors
    /// The bytes are no picture that can be read.
    pub fn preview(&self, bytes: &[u8]) -> Result<Vec<u8>, EngineError> {
        jpeg(&self.decode(bytes)?.image, VIEW_QUALITY)
    }

    /// The bytes of the item's original.
    pub(crate) fn original(&self, item: &Item) -> Result<Vec<u8>, EngineError> {
        if let Some(key) = &item.original_key
            && let Some(bytes) = self.blobs().get(&BlobKey::new(key.clone())?)?
        {
            return Ok(bytes);
        }
        let gone = || {
            EngineError::new(
                ErrorKind::NotFound,
                format!(
                    "the original of `{}` is no longer where it was imported from; put it back, \
                     or import with --originals copy to keep copies",
                    item.file_name
                ),
            )
        };
        let path = item.original_path.as_ref().ok_or_else(gone)?;
        let file = SourceFile::reopen(path).map_err(|error| gone().because(error))?;
        file.read(self.limits().max_file_bytes)
            .map_err(|error| gone().because(error))
    }
}

/// Where the thumbnail of the content with this MD5 lies.
pub(crate) fn thumbnail_key(md5: &str) -> Result<BlobKey, EngineError> {
    key("thumbnails", md5, "jpg")
}

/// Where a copied original lies.
pub(crate) fn original_key(md5: &str, format: Format) -> Result<BlobKey, EngineError> {
    key("originals", md5, format.extension())
}

/// Bytes as MD5 sums are written.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn make_thumbnail(image: &RgbImage) -> Result<Vec<u8>, EngineError> {
    jpeg(&thumbnail(image), THUMBNAIL_QUALITY)
}

/// Two levels, so that a folder of a million files has 256 of 4000.
fn key(kind: &str, md5: &str, extension: &str) -> Result<BlobKey, EngineError> {
    let shelf = md5.get(..2).unwrap_or("00");
    Ok(BlobKey::new(format!("{kind}/{shelf}/{md5}.{extension}"))?)
}

fn jpeg(image: &RgbImage, quality: u8) -> Result<Vec<u8>, EngineError> {
    encode_jpeg(image, quality).map_err(|error| {
        EngineError::new(ErrorKind::Unprocessable, error.to_string()).because(error)
    })
}
