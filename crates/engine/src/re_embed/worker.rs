//! A worker of a re-embedding: finds and decodes originals, hands on their embeddings.

use crossbeam_channel::{Receiver, Sender};
use lookalike_catalog::{Collection, Figure, Item, Turn};
use lookalike_imaging::RgbImage;
use lookalike_imaging::figures::PageOrientation;
use lookalike_patents::SourceFile;
use md5::{Digest, Md5};

use crate::embedding_worker::{Closed, Next, Work};
use crate::hex::hex;
use crate::import::EmbeddedFigures;
use crate::pictures::{Pictures, make_thumbnail};
use crate::{Described, Encoder, EngineError, Stores, encoders};

/// Places looked at for the bytes of an item whose own file is gone or has changed.
const OTHER_PATHS: usize = 64;

/// What became of an item.
pub(super) type Embedded = (Box<Item>, Result<Anew, String>);

/// An item that was embedded again.
pub(super) struct Anew {
    /// What the encoder made of it.
    pub(super) figures: EmbeddedFigures,
    /// How it is shown, where nobody had looked before.
    pub(super) upright: Option<Upright>,
}

/// How an item is shown.
pub(super) struct Upright {
    pub(super) turn: Turn,
    /// Width and height in pixels, turned.
    pub(super) sides: (u32, u32),
    /// JPEG.
    pub(super) thumbnail: Vec<u8>,
}

/// An item whose parts are at the encoder.
pub(super) struct Kept {
    item: Box<Item>,
    figures: Vec<Figure>,
    upright: Option<Upright>,
}

/// What every picture is computed with.
pub(super) struct Worker<'a> {
    pub(super) stores: &'a Stores,
    pub(super) pictures: &'a Pictures,
    pub(super) encoder: &'a Encoder,
    pub(super) collection: &'a Collection,
    pub(super) items: Receiver<Item>,
    pub(super) embedded: Sender<Embedded>,
}

impl Work for Worker<'_> {
    type Task = Item;
    type Kept = Kept;

    fn next(&mut self, gathered: usize) -> Next<Item> {
        match self.items.recv() {
            Ok(item) => Next::Task(item),
            Err(_) if gathered > 0 => Next::Pause,
            Err(_) => Next::End,
        }
    }

    fn prepare(&mut self, item: Item) -> Result<Option<(Kept, Vec<RgbImage>)>, Closed> {
        let item = Box::new(item);
        match self.ready(&item) {
            Ok((figures, upright, inputs)) => {
                let kept = Kept {
                    item,
                    figures,
                    upright,
                };
                Ok(Some((kept, inputs)))
            }
            Err(reason) => {
                let sent = self.embedded.send((item, Err(reason)));
                sent.map(|()| None).map_err(|_| Closed)
            }
        }
    }

    fn finish(
        &mut self,
        kept: Kept,
        described: Result<Vec<Described>, String>,
    ) -> Result<(), Closed> {
        let anew = described.map(|described| Anew {
            figures: EmbeddedFigures::new(kept.figures, described),
            upright: kept.upright,
        });
        self.embedded.send((kept.item, anew)).map_err(|_| Closed)
    }
}

/// What is known of an item's parts, what makes it upright if that is news, and the parts as the
/// encoder takes them.
type Ready = (Vec<Figure>, Option<Upright>, Vec<RgbImage>);

impl Worker<'_> {
    fn ready(&self, item: &Item) -> Result<Ready, String> {
        let bytes = self.original(item)?;
        self.take_apart(item, &bytes)
            .map_err(|error| error.to_string())
    }

    fn take_apart(&self, item: &Item, bytes: &[u8]) -> Result<Ready, EngineError> {
        let decoded = self.stores.decode_page(bytes, item.page.as_ref())?;
        let stored = decoded.page_orientation.map(PageOrientation::turn);
        let apart = self
            .encoder
            .take_apart(decoded.image, item.turn.or(stored))?;
        let upright = match (item.turn, apart.turn) {
            (None, Some(turn)) => Some(Upright {
                turn,
                sides: (apart.picture.width(), apart.picture.height()),
                thumbnail: make_thumbnail(&apart.picture)?,
            }),
            _ => None,
        };
        let descriptions = match &item.patent_id {
            Some(patent_id) => self.stores.catalog().grant_details(patent_id)?,
            None => None,
        };
        let descriptions = descriptions.map(|details| details.figures);
        let parts = apart.parts.into_iter().map(|mut part| {
            encoders::describe(
                &mut part.figure,
                descriptions.as_deref().unwrap_or_default(),
            );
            (part.figure, part.input)
        });
        let (figures, inputs) = parts.unzip();
        Ok((figures, upright, inputs))
    }

    /// The bytes that the item was imported with: from its own place, or from that of another
    /// item with the same bytes.
    fn original(&self, item: &Item) -> Result<Vec<u8>, String> {
        let is_it = |bytes: &Vec<u8>| hex(&Md5::digest(bytes)) == item.md5;
        let own = self.pictures.original(item);
        if let Ok(bytes) = &own
            && is_it(bytes)
        {
            return own.map_err(|error| error.to_string());
        }
        let catalog = self.stores.catalog();
        let others = catalog.paths_of_content(self.collection, &item.content_md5, OTHER_PATHS);
        let most = self.stores.limits().max_file_bytes;
        others
            .map_err(|error| error.to_string())?
            .iter()
            .filter_map(|path| SourceFile::reopen(path).ok()?.read(most).ok())
            .find(is_it)
            .ok_or_else(|| match own {
                Ok(_) => "has changed since it was imported; import it again first".to_owned(),
                Err(error) => error.to_string(),
            })
    }
}
