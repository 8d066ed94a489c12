//! What is written together: blobs first, then rows in one transaction. Imports gather many
//! items, an upload has one.

use std::collections::HashMap;

use lookalike_catalog::{Collection, NewItem, Placed, SheetFacts, WriteTransaction};
use lookalike_imaging::Permit;
use lookalike_storage::blob::{BlobKey, PutNew};
use md5::{Digest, Md5};

use super::described::EmbeddedFigures;
use super::grant_facts::GrantFacts;
use crate::hex::hex;
use crate::stores::{OriginalPlace, thumbnail_key};
use crate::{EngineError, Stores};

/// An embedded file.
#[derive(Debug)]
pub(crate) struct NewFile {
    pub(crate) item: Box<NewItem>,
    /// `None` where the collection has them already.
    pub(crate) figures: Option<EmbeddedFigures>,
    /// JPEG.
    pub(crate) thumbnail: Vec<u8>,
    pub(crate) original: Option<Original>,
}

/// A copy of the original for the blob store.
#[derive(Debug)]
pub(crate) struct Original {
    pub(crate) place: OriginalPlace,
    pub(crate) bytes: Vec<u8>,
    /// The share of the memory for bytes in flight, given back with them.
    pub(crate) _permit: Option<Permit>,
}

impl Original {
    fn as_blob(&self) -> (&BlobKey, &[u8]) {
        (&self.place.key, &self.bytes)
    }
}

/// Rows and blobs that wait to be written.
#[derive(Debug, Default)]
pub(crate) struct Commit {
    pub(crate) patents: Vec<GrantFacts>,
    /// Written only where nothing is known of the patent.
    pub(crate) patents_of_pdfs: Vec<GrantFacts>,
    /// Items that go.
    pub(crate) replaced: Vec<u64>,
    pub(crate) described: Vec<(String, SheetFacts)>,
    pub(crate) gone: Vec<String>,
    items: Vec<Waiting>,
    thumbnails: Vec<(BlobKey, Vec<u8>)>,
    originals: Vec<Original>,
}

/// An item, with its figures unless the collection has them already.
#[derive(Debug)]
struct Waiting {
    item: Box<NewItem>,
    figures: Option<EmbeddedFigures>,
}

/// What became of the items of a commit, in their order.
#[derive(Debug)]
pub(crate) struct Written<'a> {
    pub(crate) item: &'a NewItem,
    /// `None`: the embedding that it was to share was deleted meanwhile, so it was not added.
    pub(crate) placed: Option<Placed>,
}

impl Commit {
    /// An item of a content that the collection has an embedding of.
    pub(crate) fn add_known(&mut self, item: Box<NewItem>) {
        self.items.push(Waiting {
            item,
            figures: None,
        });
    }

    pub(crate) fn add(&mut self, file: NewFile) -> Result<(), EngineError> {
        let key = thumbnail_key(&file.item.content.md5)?;
        self.thumbnails.push((key, file.thumbnail));
        self.originals.extend(file.original);
        self.items.push(Waiting {
            item: file.item,
            figures: file.figures,
        });
        Ok(())
    }

    pub(crate) fn rows(&self) -> usize {
        self.items.len()
            + self.patents.len()
            + self.patents_of_pdfs.len()
            + self.replaced.len()
            + self.described.len()
            + self.gone.len()
    }

    /// Bytes of copied originals.
    pub(crate) fn bytes(&self) -> usize {
        let bytes = self.originals.iter().map(|original| original.bytes.len());
        bytes.sum()
    }

    /// Puts originals elsewhere in whose place another file lies; by their MD5.
    fn move_originals(
        &mut self,
        stores: &Stores,
        moved: &HashMap<String, BlobKey>,
    ) -> Result<(), EngineError> {
        if moved.is_empty() {
            return Ok(());
        }
        for original in &mut self.originals {
            let otherwise = moved.get(&hex(&Md5::digest(&original.bytes)));
            if let (Some(key), true) = (otherwise, original.place.otherwise.is_some()) {
                stores.blobs().put(key, &original.bytes)?;
                original.place = OriginalPlace {
                    key: key.clone(),
                    otherwise: None,
                };
            }
        }
        for Waiting { item, .. } in &mut self.items {
            if let Some(key) = moved.get(item.content.file_md5()) {
                item.content.original_key = Some(key.as_str().to_owned());
            }
        }
        Ok(())
    }

    /// Writes all of it, and in the same transaction what `also` has to, which is given what
    /// became of the items. It is empty then, unless this fails.
    pub(crate) fn write<R>(
        &mut self,
        stores: &Stores,
        collection: &Collection,
        also: impl FnOnce(&WriteTransaction<'_>, &[Written<'_>]) -> Result<R, EngineError>,
    ) -> Result<R, EngineError> {
        let kept = stores.keep_blobs();
        // Blobs before the items that point to them: a kill in between leaves blobs that
        // nobody asks for, never items without.
        let thumbnails = self.thumbnails.iter().map(|(key, bytes)| (key, &**bytes));
        let (named, others): (Vec<&Original>, Vec<&Original>) =
            (self.originals.iter()).partition(|original| original.place.otherwise.is_some());
        let named: Vec<_> = named.into_iter().map(Original::as_blob).collect();
        let became = stores.blobs().put_all_new(&named)?;
        let others = others.into_iter().map(Original::as_blob);
        let blobs: Vec<(&BlobKey, &[u8])> = thumbnails.chain(others).collect();
        stores.blobs().put_all(&blobs)?;
        let moved: HashMap<String, BlobKey> = (self.originals.iter())
            .filter_map(|original| Some((original, original.place.otherwise.clone()?)))
            .zip(became)
            .filter(|(_, became)| *became == PutNew::OtherThere)
            .map(|((original, otherwise), _)| (hex(&Md5::digest(&original.bytes)), otherwise))
            .collect();
        self.move_originals(stores, &moved)?;
        let evidence = self.items.iter().filter_map(|waiting| {
            let figures = waiting.figures.as_ref()?;
            Some((waiting.item.content.md5.as_str(), &figures.evidence[..]))
        });
        stores.keep_evidence(collection, evidence);
        let (result, unused) = stores.catalog().write(stores.now().as_second(), |tx| {
            for GrantFacts { patent, details } in &self.patents {
                tx.upsert_patent(patent)?;
                tx.set_grant_details(&patent.patent_id, details)?;
            }
            for GrantFacts { patent, details } in &self.patents_of_pdfs {
                if !tx.has_patent(&patent.patent_id)? {
                    tx.upsert_patent(patent)?;
                    tx.set_grant_details(&patent.patent_id, details)?;
                }
            }
            let unused = if self.replaced.is_empty() {
                Vec::new()
            } else {
                tx.remove_items(collection, &self.replaced)?.1
            };
            for (path, facts) in &self.described {
                tx.describe_sheet(collection, path, facts)?;
            }
            for path in &self.gone {
                tx.mark_missing(collection, path)?;
            }
            let mut written = Vec::with_capacity(self.items.len());
            for Waiting { item, figures } in &self.items {
                let is_complete =
                    figures.is_some() || tx.has_embedding(collection, &item.content.md5)?;
                let placed = if is_complete {
                    let figures = figures.as_ref().map(|embedded| embedded.figures.as_slice());
                    Some(tx.place_item(collection, item, figures)?)
                } else {
                    None
                };
                written.push(Written { item, placed });
            }
            Ok::<_, EngineError>((also(tx, &written)?, unused))
        })?;
        *self = Self::default();
        drop(kept);
        stores.delete_blobs(unused)?;
        Ok(result)
    }
}
