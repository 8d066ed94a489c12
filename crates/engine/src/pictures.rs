//! Pictures for people: thumbnails and browser-viewable originals, made on demand.

use std::fs::File;
use std::io::{Cursor, Read};
use std::sync::Arc;

use lookalike_catalog::Item;
use lookalike_imaging::{Format, RgbImage, encode_jpeg, thumbnail};
use lookalike_patents::SourceFile;
use lookalike_storage::blob::{BlobKey, OpenBlob};

use crate::stores::thumbnail_key;
use crate::{Engine, EngineError, ErrorKind};

/// Bytes that tell a format.
const SNIFFED: u64 = 16;

const THUMBNAIL_QUALITY: u8 = 85;
const VIEW_QUALITY: u8 = 95;

/// An encoded picture.
pub struct Picture {
    /// Such as `image/jpeg`.
    pub mime: &'static str,
    /// The file.
    pub content: Content,
}

/// The bytes of a picture.
pub enum Content {
    /// All of them.
    Bytes(Vec<u8>),
    /// To be read bit by bit: originals may be as large as files are allowed to be.
    Stream(OpenBlob),
}

/// What pictures are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// A small one among others.
    Thumbnail,
    /// One alone.
    Full,
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

    /// Changes when a picture of the item does.
    #[must_use]
    pub fn picture_tag(&self, item: &Item, view: View) -> String {
        match view {
            View::Thumbnail => format!("{}-thumbnail", item.md5),
            View::Full => format!("{}-full", item.md5),
        }
    }

    /// The item's picture for a view.
    ///
    /// # Errors
    /// The original is gone or can't be read any more.
    pub fn picture(&self, item: &Item, view: View) -> Result<Picture, EngineError> {
        match view {
            View::Thumbnail => self.thumbnail(item),
            View::Full => self.full_picture(item),
        }
    }

    /// At most 300 x 300 pixels, JPEG. Stored at import; made again if it was lost.
    ///
    /// # Errors
    /// It was lost and the original is gone too.
    fn thumbnail(&self, item: &Item) -> Result<Picture, EngineError> {
        Ok(Picture {
            mime: Format::Jpeg.mime(),
            content: Content::Bytes(self.thumbnail_bytes(item)?.to_vec()),
        })
    }

    pub(crate) fn thumbnail_bytes(&self, item: &Item) -> Result<Arc<Vec<u8>>, EngineError> {
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
    fn full_picture(&self, item: &Item) -> Result<Picture, EngineError> {
        let mut original = self.open_original(item)?;
        let mut head = Vec::new();
        let unreadable = |error| original_is_gone(item).because(error);
        original
            .reader
            .by_ref()
            .take(SNIFFED)
            .read_to_end(&mut head)
            .map_err(unreadable)?;
        let format = Format::sniff(&head);
        let mut reader = Cursor::new(head).chain(original.reader);
        if let Some(format) = format.filter(|format| format.is_browser_viewable()) {
            return Ok(Picture {
                mime: format.mime(),
                content: Content::Stream(OpenBlob {
                    length: original.length,
                    reader: Box::new(reader),
                }),
            });
        }
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(Picture {
            mime: Format::Jpeg.mime(),
            content: Content::Bytes(jpeg(&self.decode(&bytes)?.image, VIEW_QUALITY)?),
        })
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
        let mut bytes = Vec::new();
        self.open_original(item)?
            .reader
            .read_to_end(&mut bytes)
            .map_err(|error| original_is_gone(item).because(error))?;
        Ok(bytes)
    }

    /// The item's original, never more of it than a file may have.
    fn open_original(&self, item: &Item) -> Result<OpenBlob, EngineError> {
        if let Some(key) = &item.original_key
            && let Some(blob) = self.blobs().open(&BlobKey::new(key.clone())?)?
        {
            return Ok(blob);
        }
        let gone = || original_is_gone(item);
        let path = item.original_path.as_ref().ok_or_else(gone)?;
        let file = SourceFile::reopen(path).map_err(|error| gone().because(error))?;
        let most = self.limits().max_file_bytes;
        let Some(path) = file.disk_path() else {
            let bytes = file.read(most).map_err(|error| gone().because(error))?;
            return Ok(OpenBlob {
                length: bytes.len() as u64,
                reader: Box::new(Cursor::new(bytes)),
            });
        };
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let (length, file) = opened.map_err(|error| gone().because(error))?;
        match length <= most {
            true => Ok(OpenBlob {
                length,
                // What grows meanwhile is not read on.
                reader: Box::new(file.take(length)),
            }),
            false => Err(gone()),
        }
    }
}

fn original_is_gone(item: &Item) -> EngineError {
    EngineError::new(
        ErrorKind::NotFound,
        format!(
            "the original of `{}` is no longer where it was imported from; put it back, or import \
             with --originals copy to keep copies",
            item.file_name
        ),
    )
}

/// Path of an item's thumbnail in the API.
pub(crate) fn thumbnail_url(item: &Item) -> String {
    url("/api/image", item)
}

/// Path of an item's browser-viewable original in the API.
pub(crate) fn image_url(item: &Item) -> String {
    url("/api/image/full", item)
}

fn url(prefix: &str, item: &Item) -> String {
    let mut name = String::new();
    for byte in item.file_name.bytes() {
        // RFC 3986's unreserved characters; the rest percent-encoded.
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                name.push(char::from(byte));
            }
            _ => name.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("{prefix}/{name}?id={}", item.id)
}

pub(crate) fn make_thumbnail(image: &RgbImage) -> Result<Vec<u8>, EngineError> {
    jpeg(&thumbnail(image), THUMBNAIL_QUALITY)
}

fn jpeg(image: &RgbImage, quality: u8) -> Result<Vec<u8>, EngineError> {
    encode_jpeg(image, quality).map_err(|error| {
        EngineError::new(ErrorKind::Unprocessable, error.to_string()).because(error)
    })
}
