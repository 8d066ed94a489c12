//! Pictures that people bring: decoded, embedded, copied and written as an import does it.

use lookalike_catalog::{Collection, Content, NewItem, Placed};
use lookalike_imaging::RgbImage;
use lookalike_patents::SheetName;
use md5::{Digest, Md5};

use super::{ItemEdit, ListedItem};
use crate::hex::hex;
use crate::import::{Batch, NewFile, Original, Originals, describe, finite};
use crate::{CollectionSettings, Encoder, Engine, EngineError, ErrorKind};

/// Bytes of a file's name.
const FILE_NAME_MAX: usize = 255;

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

impl Engine {
    /// Adds a picture. As in an import, the name of a USPTO sheet tells patent and page unless
    /// these are given, and the same bytes become another item unless patent and page agree.
    ///
    /// # Errors
    /// A field is out of bounds, the file is above a limit or no picture that can be read, the
    /// collection has no encoder, or the catalogue can't be written.
    pub fn upload(&self, upload: Upload) -> Result<Uploaded, EngineError> {
        let mut item = new_item(&upload)?;
        let most = self.limits().max_file_bytes;
        if upload.bytes.len() as u64 > most {
            return Err(EngineError::new(
                ErrorKind::TooLarge,
                format!(
                    "{} bytes are above the limit of {most} for a file",
                    upload.bytes.len()
                ),
            ));
        }
        let decoded = self.decode(&upload.bytes)?;
        // Only now: what is no picture leaves no empty collection behind.
        let collection =
            self.collection_for_import(&upload.collection, &CollectionSettings::default())?;
        let encoder = self.encoders().of_collection(&collection)?;
        let (picture, thumbnail, key) = describe(&mut item, &encoder, decoded, Originals::Copy)?;
        let md5 = &item.content.md5;
        let embedding = match self.catalog().embedding_of_content(&collection, md5)? {
            Some(embedding) => embedding,
            None => self.embed_upload(&encoder, picture)?,
        };
        let file = NewFile {
            item: Box::new(item),
            embedding,
            thumbnail,
            original: key.map(|key| Original {
                key,
                bytes: upload.bytes,
                _permit: None,
            }),
        };
        let (id, is_new) = self.store(&collection, file)?;
        Ok(Uploaded {
            item: self.listed_item(id)?,
            is_new,
        })
    }

    /// Together with what is searched for just now.
    fn embed_upload(&self, encoder: &Encoder, picture: RgbImage) -> Result<Vec<f32>, EngineError> {
        let embedding = self.batches().embed(encoder, vec![picture])?.pop();
        finite(embedding.unwrap_or_default())
            .map_err(|reason| EngineError::new(ErrorKind::Internal, reason))
    }

    fn store(&self, collection: &Collection, file: NewFile) -> Result<(u64, bool), EngineError> {
        let mut batch = Batch::default();
        batch.add(file)?;
        let placed = batch.write(self, collection, |_, written| {
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

/// A name that leads nowhere: the last part of a path of any system, without control characters
/// and marks that turn the direction of text, which make a name look like another.
pub(crate) fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let turns = |c: char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let name: String = last
        .chars()
        .filter(|&c| !c.is_control() && !turns(c))
        .collect();
    match name.trim() {
        "" | "." | ".." => "upload".to_owned(),
        name => shortened(name),
    }
}

/// At most [`FILE_NAME_MAX`] bytes, with the ending if that is a short one.
fn shortened(name: &str) -> String {
    let ending = match name.rfind('.').map(|dot| &name[dot..]) {
        Some(ending) if ending.len() <= 16 => ending,
        _ => "",
    };
    let room = FILE_NAME_MAX - ending.len();
    match name.len() <= FILE_NAME_MAX {
        true => name.to_owned(),
        false => format!("{}{ending}", &name[..name.floor_char_boundary(room)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere() {
        for (name, expected) in [
            ("chair.png", "chair.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\pictures\\a.tif", "a.tif"),
            ("..", "upload"),
            ("a/", "upload"),
            ("", "upload"),
            (" \u{0}\n", "upload"),
            ("a\u{7}\u{202E}gnp.exe", "agnp.exe"),
            ("<b>花</b>.png", "b>.png"),
        ] {
            assert_eq!(clean_name(name), expected, "{name:?}");
        }
        let long = format!("{}.jpeg", "花".repeat(200));
        let short = clean_name(&long);
        assert!(
            short.len() <= FILE_NAME_MAX && short.ends_with("花.jpeg"),
            "{short}"
        );
        assert_eq!(clean_name(&"x".repeat(300)), "x".repeat(255));
    }
}
