//! A worker of a re-embedding: finds and decodes originals, hands on their embeddings.

use crossbeam_channel::{Receiver, Sender};
use lookalike_catalog::{Collection, Item};
use lookalike_imaging::RgbImage;
use lookalike_patents::SourceFile;
use md5::{Digest, Md5};

use crate::embedding_worker::{Closed, Next, Work};
use crate::hex::hex;
use crate::pictures::Pictures;
use crate::{Encoder, Stores};

/// Places looked at for the bytes of an item whose own file is gone or has changed.
const OTHER_PATHS: usize = 64;

/// What became of an item.
pub(super) type Embedded = (Box<Item>, Result<Vec<f32>, String>);

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
    type Kept = Box<Item>;

    fn next(&mut self, gathered: usize) -> Next<Item> {
        match self.items.recv() {
            Ok(item) => Next::Task(item),
            Err(_) if gathered > 0 => Next::Pause,
            Err(_) => Next::End,
        }
    }

    fn prepare(&mut self, item: Item) -> Result<Option<(Box<Item>, RgbImage)>, Closed> {
        let item = Box::new(item);
        match self.picture(&item) {
            Ok(picture) => Ok(Some((item, picture))),
            Err(reason) => self.finish(item, Err(reason)).map(|()| None),
        }
    }

    fn finish(
        &mut self,
        item: Box<Item>,
        embedding: Result<Vec<f32>, String>,
    ) -> Result<(), Closed> {
        self.embedded.send((item, embedding)).map_err(|_| Closed)
    }
}

impl Worker<'_> {
    /// The item's picture as the encoder takes it.
    fn picture(&self, item: &Item) -> Result<RgbImage, String> {
        let bytes = self.original(item)?;
        self.stores
            .decode(&bytes)
            .and_then(|decoded| self.encoder.prepare(&decoded.image))
            .map_err(|error| error.to_string())
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
        let others = catalog.paths_of_content(self.collection, &item.md5, OTHER_PATHS);
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
