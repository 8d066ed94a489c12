//! Pictures that people bring: decoded, embedded, copied and written as an import does it.

use std::sync::Arc;

use lookalike_catalog::{Collection, Content, FigureDescription, ItemChanges, NewItem, Placed};
use lookalike_imaging::{Decoded, RgbImage};
use lookalike_patents::SheetName;
use md5::{Digest, Md5};

use super::item::ListedItem;
use super::{ItemEdit, Library};
use crate::embedding_worker::finite;
use crate::file_name::clean_name;
use crate::hex::hex;
use crate::import::{Commit, EmbeddedFigures, NewFile, Original, SheetNotes, describe};
use crate::paged::Opened;
use crate::stores::OriginalPlace;
use crate::{CollectionSettings, Described, Encoder, EngineError, ErrorKind};

/// A picture to add.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The collection; made if there is none of that name.
    pub collection: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// What its owner calls it. Only a name: path parts and control characters are dropped.
    pub file_name: String,
    /// What is said about it.
    pub fields: ItemEdit,
}

/// What became of an upload.
#[derive(Clone, Debug)]
pub struct Uploaded {
    /// The item; of a file of several pages one a page, in their order. At least one.
    pub items: Vec<ListedItem>,
    /// False when the collection had all of them: the same bytes of the same patent and page.
    pub is_new: bool,
    /// What of a file of several pages became no item, and why.
    pub left_out: Vec<String>,
}

/// What pictures are added to, and embedded by.
pub(super) struct Target {
    pub(super) collection: Collection,
    pub(super) encoder: Encoder,
}

impl Library {
    /// Adds a picture, or the pages of a file that has several. As in an import, the name of a
    /// USPTO sheet tells patent and page unless these are given, a patent's PDF becomes its patent
    /// with its sheets, and the same bytes become another item unless patent and page agree.
    ///
    /// # Errors
    /// A field is out of bounds, the file is above a limit or not a picture that can be read, the
    /// collection has no encoder, or the catalogue can't be written.
    pub fn upload(&self, upload: Upload) -> Result<Uploaded, EngineError> {
        let fields = upload.fields.checked()?;
        let file_name = clean_name(&upload.file_name);
        let most = self.stores.limits().max_file_bytes;
        if upload.bytes.len() as u64 > most {
            return Err(EngineError::new(
                ErrorKind::TooLarge,
                format!(
                    "{} bytes are above the limit of {most} for a file",
                    upload.bytes.len()
                ),
            ));
        }
        match Opened::new(upload.bytes, self.stores.limits())? {
            Opened::Picture(bytes) => {
                let md5 = hex(&Md5::digest(&bytes));
                let item = new_item(fields, file_name, md5, bytes.len() as u64);
                self.upload_picture(&upload.collection, item, bytes)
            }
            Opened::Paged(file) => {
                self.upload_pages(&upload.collection, &fields, &file_name, &file)
            }
        }
    }

    fn upload_picture(
        &self,
        collection: &str,
        item: NewItem,
        bytes: Vec<u8>,
    ) -> Result<Uploaded, EngineError> {
        let decoded = self.stores.decode(&bytes)?;
        let target = self.target(collection)?;
        let figures = self.figures_of_patent(item.patent_id.as_deref())?;
        let (mut file, place) = self.embedded(&target, item, decoded, figures)?;
        file.original = place.map(|place| Original {
            place,
            bytes,
            _permit: None,
        });
        let mut commit = Commit::default();
        commit.add(file)?;
        self.store(&target.collection, commit, Vec::new())
    }

    /// Only for what has been read: what is not a picture leaves no empty collection behind.
    pub(super) fn target(&self, collection: &str) -> Result<Target, EngineError> {
        let collection = self
            .collections
            .for_import(collection, &CollectionSettings::default())?;
        Ok(Target {
            encoder: self.stores.encoders().of_collection(&collection)?,
            collection,
        })
    }

    /// The item with what its encoder makes of it, and where its original is to lie.
    pub(super) fn embedded(
        &self,
        target: &Target,
        mut item: NewItem,
        decoded: Decoded,
        figures: Arc<[FigureDescription]>,
    ) -> Result<(NewFile, Option<OriginalPlace>), EngineError> {
        let md5 = item.content.md5.clone();
        let notes = SheetNotes {
            turn: self.stores.turn_of(&md5)?,
            figures,
        };
        let originals = self.stores.kept_originals();
        let described = describe(&mut item, &target.encoder, decoded, &notes, originals)?;
        let catalog = self.stores.catalog();
        let figures = if catalog.has_embedding(&target.collection, &md5)? {
            None
        } else {
            let made = self.embed_upload(&target.encoder, described.inputs)?;
            Some(EmbeddedFigures::new(described.figures, made))
        };
        let file = NewFile {
            item: Box::new(item),
            figures,
            thumbnail: described.thumbnail,
            original: None,
        };
        Ok((file, described.original))
    }

    /// Together with what is searched for just now.
    fn embed_upload(
        &self,
        encoder: &Encoder,
        pictures: Vec<RgbImage>,
    ) -> Result<Vec<Described>, EngineError> {
        let described = self.passes.describe(encoder, pictures)?.into_iter();
        let finite = described.map(finite).collect::<Result<_, _>>();
        finite.map_err(|reason| EngineError::new(ErrorKind::Internal, reason))
    }

    /// What the grant of a patent says of its figures, where it is here.
    pub(super) fn figures_of_patent(
        &self,
        patent_id: Option<&str>,
    ) -> Result<Arc<[FigureDescription]>, EngineError> {
        let Some(patent_id) = patent_id else {
            return Ok(Arc::default());
        };
        let details = self.stores.catalog().grant_details(patent_id)?;
        Ok(details.map_or_else(Arc::default, |details| details.figures.into()))
    }

    /// Writes all of them or none.
    pub(super) fn store(
        &self,
        collection: &Collection,
        mut commit: Commit,
        left_out: Vec<String>,
    ) -> Result<Uploaded, EngineError> {
        let placed = self.stores.blob_work(|| {
            commit.write(&self.stores, collection, |_, written| {
                Ok(written.iter().map(|written| written.placed).collect())
            })
        });
        let placed: Vec<Option<Placed>> = placed?;
        let mut items = Vec::with_capacity(placed.len());
        let mut is_new = false;
        for placed in placed {
            let (id, is_added) = match placed {
                Some(Placed::Added(id) | Placed::Replaced(id)) => (id, true),
                Some(Placed::Known(id)) => (id, false),
                None => {
                    return Err(EngineError::new(
                        ErrorKind::Internal,
                        "an item with its embedding was not written",
                    ));
                }
            };
            is_new |= is_added;
            items.push(self.item(id.unsigned_abs())?);
        }
        Ok(Uploaded {
            items,
            is_new,
            left_out,
        })
    }
}

/// The item as far as it is known before its picture is decoded.
pub(super) fn new_item(
    fields: ItemChanges,
    file_name: String,
    md5: String,
    file_size: u64,
) -> NewItem {
    let mut item = NewItem {
        content: Content {
            md5,
            width: 0,
            height: 0,
            file_size,
            format: String::new(),
            original_key: None,
            turn: None,
            page: None,
        },
        external_id: fields.external_id.flatten(),
        path: None,
        patent_id: fields.patent_id.flatten(),
        page_num: fields.page_num.flatten(),
        image_index: None,
        view: fields.view.flatten(),
        front_page: false,
        description: fields.description.flatten(),
        tags: fields.tags.unwrap_or_default(),
        attributes: fields.attributes.unwrap_or_default(),
        warnings: Vec::new(),
        file_name,
    };
    if let Some(name) = SheetName::parse(&item.file_name) {
        let patent_id = name.patent_id.to_string();
        // The page of another patent says nothing.
        if item
            .patent_id
            .as_ref()
            .is_none_or(|given| *given == patent_id)
        {
            item.patent_id = Some(patent_id);
            item.front_page = item.page_num.is_none() && name.front_page;
            let page = item.page_num.get_or_insert(name.page);
            // Grants list the front-page copy first, so that sheet 1 is the image at index 1.
            item.image_index = page.get(1..).and_then(|number| number.parse().ok());
        }
    }
    item
}
