//! Pictures that people bring: decoded, embedded, copied and written as an import does it.

use std::sync::Arc;

use lookalike_catalog::{Collection, Content, FigureDescription, NewItem, Placed};
use lookalike_imaging::RgbImage;
use lookalike_patents::SheetName;
use md5::{Digest, Md5};

use super::Library;
use super::edit::ItemEdit;
use super::item::ListedItem;
use crate::embedding_worker::finite;
use crate::file_name::clean_name;
use crate::hex::hex;
use crate::import::{Commit, EmbeddedFigures, NewFile, Original, SheetNotes, describe};
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
    /// The item.
    pub item: ListedItem,
    /// False when the collection had it: the same bytes of the same patent and page.
    pub is_new: bool,
}

impl Library {
    /// Adds a picture. As in an import, the name of a USPTO sheet tells patent and page unless
    /// these are given, and the same bytes become another item unless patent and page agree.
    ///
    /// # Errors
    /// A field is out of bounds, the file is above a limit or not a picture that can be read, the
    /// collection has no encoder, or the catalogue can't be written.
    pub fn upload(&self, upload: Upload) -> Result<Uploaded, EngineError> {
        let mut item = new_item(&upload)?;
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
        let decoded = self.stores.decode(&upload.bytes)?;
        // Only now: what is not a picture leaves no empty collection behind.
        let collection = self
            .collections
            .for_import(&upload.collection, &CollectionSettings::default())?;
        let encoder = self.stores.encoders().of_collection(&collection)?;
        let md5 = item.content.md5.clone();
        let notes = SheetNotes {
            turn: self.stores.turn_of(&md5)?,
            figures: self.figures_of_patent(item.patent_id.as_deref())?,
        };
        let described = describe(
            &mut item,
            &encoder,
            decoded,
            &notes,
            self.stores.kept_originals(),
        )?;
        let catalog = self.stores.catalog();
        let figures = if catalog.has_embedding(&collection, &md5)? {
            None
        } else {
            let made = self.embed_upload(&encoder, described.inputs)?;
            Some(EmbeddedFigures::new(described.figures, made))
        };
        let file = NewFile {
            item: Box::new(item),
            figures,
            thumbnail: described.thumbnail,
            original: described.original.map(|place| Original {
                place,
                bytes: upload.bytes,
                _permit: None,
            }),
        };
        let (id, is_new) = self.stores.blob_work(|| self.store(&collection, file))?;
        Ok(Uploaded {
            item: self.item(id)?,
            is_new,
        })
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
    fn figures_of_patent(
        &self,
        patent_id: Option<&str>,
    ) -> Result<Arc<[FigureDescription]>, EngineError> {
        let Some(patent_id) = patent_id else {
            return Ok(Arc::default());
        };
        let details = self.stores.catalog().grant_details(patent_id)?;
        Ok(details.map_or_else(Arc::default, |details| details.figures.into()))
    }

    fn store(&self, collection: &Collection, file: NewFile) -> Result<(u64, bool), EngineError> {
        let mut commit = Commit::default();
        commit.add(file)?;
        let placed = commit.write(&self.stores, collection, |_, written| {
            Ok(written.first().and_then(|written| written.placed))
        })?;
        match placed {
            Some(Placed::Added(id) | Placed::Replaced(id)) => Ok((id.unsigned_abs(), true)),
            Some(Placed::Known(id)) => Ok((id.unsigned_abs(), false)),
            None => Err(EngineError::new(
                ErrorKind::Internal,
                "an item with its embedding was not written",
            )),
        }
    }
}

/// The item as far as it is known before its picture is decoded.
fn new_item(upload: &Upload) -> Result<NewItem, EngineError> {
    let fields = upload.fields.checked()?;
    let file_name = clean_name(&upload.file_name);
    let mut item = NewItem {
        content: Content {
            md5: hex(&Md5::digest(&upload.bytes)),
            width: 0,
            height: 0,
            file_size: upload.bytes.len() as u64,
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
    Ok(item)
}
