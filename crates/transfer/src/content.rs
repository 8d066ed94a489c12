//! What stands behind a row: its picture if that can be read, else what the bank says of it,
//! else the vector alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::UNIX_EPOCH;

use lookalike_banks::{Facts, PATH_ATTRIBUTE};
use lookalike_catalog::{Content, KnownPath, NewFigure, NewItem, Patent};
use lookalike_engine::{EngineError, Stores, hex, make_thumbnail, thumbnail_key};
use md5::{Digest, Md5};

use crate::image::Image;

/// `format` of a content that is a vector, or several.
const VECTOR_FORMAT: &str = "vector";

/// `format` of a picture that only its MD5 is known of.
const UNKNOWN_FORMAT: &str = "unknown";

/// An image that is ready to be placed.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) label: String,
    pub(crate) item: NewItem,
    /// At least one.
    pub(crate) figures: Vec<NewFigure>,
    /// JPEG; `None` when there is no picture, or its thumbnail is stored.
    pub(crate) thumbnail: Option<Vec<u8>>,
    /// What the bank knows of the item's patent, if the catalogue knows nothing.
    pub(crate) patent: Option<Patent>,
    /// Why the picture that the bank names is not used.
    pub(crate) lost_picture: Option<LostPicture>,
}

/// Why a picture is not used.
#[derive(Debug)]
pub(crate) enum LostPicture {
    /// There is no file at the path; the usual case for banks from another machine.
    Missing,
    /// There is one, and something is wrong with it.
    Unusable(String),
}

/// A picture that was read.
struct Found {
    content: Content,
    path: KnownPath,
    /// As in [`Candidate`].
    thumbnail: Option<Vec<u8>>,
    warnings: Vec<String>,
}

/// Makes images ready, in their order; pictures as many at a time as the device has lanes.
pub(crate) fn candidates(stores: &Stores, folder: &Path, images: Vec<Image>) -> Vec<Candidate> {
    let has_pictures = images.iter().any(|image| image.facts.path.is_some());
    let workers = if has_pictures {
        let lanes = stores.encoders().cpu().lanes().get();
        lanes.min(images.len())
    } else {
        1
    };
    let next = AtomicUsize::new(0);
    let images: Vec<Mutex<Option<Image>>> = images
        .into_iter()
        .map(|image| Mutex::new(Some(image)))
        .collect();
    let read_in_turn = || {
        let mut read = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(image) = images.get(index) else {
                return read;
            };
            let image = image.lock().unwrap_or_else(PoisonError::into_inner).take();
            read.extend(image.map(|image| (index, Candidate::new(stores, folder, image))));
        }
    };
    let mut candidates = thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(read_in_turn)).collect();
        let mut candidates = read_in_turn();
        for other in others {
            match other.join() {
                Ok(read) => candidates.extend(read),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        candidates
    });
    candidates.sort_unstable_by_key(|(index, _)| *index);
    candidates
        .into_iter()
        .map(|(_, candidate)| candidate)
        .collect()
}

impl Candidate {
    /// Reads the row's picture, if it is there. `folder` is where relative paths start;
    /// the current directory is tried after it.
    fn new(stores: &Stores, folder: &Path, image: Image) -> Self {
        let Image {
            label,
            facts,
            figures,
        } = image;
        // What an export wrote of a vector that stood for itself: its path is a memory.
        let is_vector = facts.format.as_deref() == Some(VECTOR_FORMAT);
        let picture = facts.path.as_ref().filter(|_| !is_vector).map(|path| {
            let file = find(folder, path).ok_or(LostPicture::Missing)?;
            read(stores, &file, &facts)
        });
        let (found, lost_picture) = match picture {
            Some(Ok(found)) => (Some(found), None),
            Some(Err(lost)) => (None, Some(lost)),
            None => (None, None),
        };
        let mut attributes = facts.attributes;
        if found.is_none()
            && let Some(path) = facts.path
        {
            attributes
                .entry(PATH_ATTRIBUTE)
                .or_insert_with(|| path.into());
        }
        let (content, path, thumbnail, warnings) = match found {
            Some(found) => (
                found.content,
                Some(found.path),
                found.thumbnail,
                found.warnings,
            ),
            None => {
                let content = match facts.md5 {
                    Some(md5) => Content {
                        md5,
                        width: facts.width.unwrap_or(0),
                        height: facts.height.unwrap_or(0),
                        file_size: facts.file_size.unwrap_or(0),
                        format: facts.format.unwrap_or_else(|| UNKNOWN_FORMAT.to_owned()),
                        original_key: None,
                        turn: None,
                        page: None,
                    },
                    None => vectors_content(&figures),
                };
                (content, None, None, Vec::new())
            }
        };
        let patent = facts.patent_id.as_ref().zip(facts.patent);
        let patent = patent.and_then(|(id, patent)| {
            let known = stores.catalog().patent(id).ok()?;
            known.is_none().then(|| Patent {
                patent_id: id.clone(),
                ..patent
            })
        });
        Self {
            label,
            item: NewItem {
                content,
                external_id: facts.external_id,
                file_name: facts.file_name.unwrap_or_default(),
                path,
                patent_id: facts.patent_id,
                page_num: facts.page_num,
                image_index: facts.image_index,
                view: facts.view,
                front_page: facts.front_page,
                description: facts.description,
                tags: facts.tags,
                attributes,
                warnings,
            },
            figures,
            thumbnail,
            patent,
            lost_picture,
        }
    }

    /// The vector of the first figure, by which the image is known again.
    pub(crate) fn vector(&self) -> &[f32] {
        self.figures.first().map_or(&[], |figure| &figure.vector)
    }

    /// Lets the vectors stand for themselves instead of the picture's content.
    pub(crate) fn stand_alone(&mut self) {
        self.item.content = vectors_content(&self.figures);
        if let Some(path) = self.item.path.take() {
            self.item
                .attributes
                .entry(PATH_ATTRIBUTE)
                .or_insert_with(|| path.path.into());
        }
    }
}

/// The vectors as if they were a file of little-endian float32.
fn vectors_content(figures: &[NewFigure]) -> Content {
    let values = figures.iter().flat_map(|figure| &figure.vector);
    let bytes: Vec<u8> = values.flat_map(|v| v.to_le_bytes()).collect();
    Content {
        md5: hex(&Md5::digest(&bytes)),
        width: 0,
        height: 0,
        file_size: bytes.len() as u64,
        format: VECTOR_FORMAT.to_owned(),
        original_key: None,
        turn: None,
        page: None,
    }
}

/// The file that a bank's path means: beside the bank, or from the current directory.
fn find(folder: &Path, path: &str) -> Option<PathBuf> {
    [folder.join(path), PathBuf::from(path)]
        .iter()
        .filter(|file| file.is_file())
        .find_map(|file| fs::canonicalize(file).ok())
}

fn read(stores: &Stores, file: &Path, facts: &Facts) -> Result<Found, LostPicture> {
    try_read(stores, file, facts).map_err(|reason| {
        LostPicture::Unusable(format!("{} is not used: {reason}", file.display()))
    })
}

fn try_read(stores: &Stores, file: &Path, facts: &Facts) -> Result<Found, String> {
    let metadata = fs::metadata(file).map_err(|error| error.to_string())?;
    let limit = stores.limits().max_file_bytes;
    if metadata.len() > limit {
        return Err(format!(
            "{} bytes are above the limit of {limit} for a file",
            metadata.len()
        ));
    }
    let bytes = fs::read(file).map_err(|error| error.to_string())?;
    let md5 = hex(&Md5::digest(&bytes));
    if facts
        .md5
        .as_ref()
        .is_some_and(|made_from| *made_from != md5)
    {
        return Err("it is another picture than the one the bank was made from".into());
    }
    let modified = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_nanos()).ok());
    let path = KnownPath {
        path: file.to_string_lossy().into_owned(),
        file_size: metadata.len(),
        modified_ns: modified.unwrap_or(0),
        page_count: None,
    };
    with_content(stores, &bytes, md5, path).map_err(|error| error.to_string())
}

/// Decodes the picture only where it is new.
fn with_content(
    stores: &Stores,
    bytes: &[u8],
    md5: String,
    path: KnownPath,
) -> Result<Found, EngineError> {
    if let Some(content) = stores.catalog().content(&md5)?
        && content.width > 0
        && stores.blobs().exists(&thumbnail_key(&md5)?)?
    {
        return Ok(Found {
            content,
            path,
            thumbnail: None,
            warnings: Vec::new(),
        });
    }
    let decoded = stores.decode(bytes)?;
    Ok(Found {
        content: Content {
            md5,
            width: decoded.image.width(),
            height: decoded.image.height(),
            file_size: bytes.len() as u64,
            format: decoded.format.name().to_owned(),
            original_key: None,
            turn: None,
            page: None,
        },
        path,
        thumbnail: Some(make_thumbnail(&decoded.image)?),
        warnings: decoded.warnings,
    })
}
