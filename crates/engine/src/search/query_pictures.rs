//! The pictures of queries, as they came or as they are stored.

use std::sync::Arc;

use lookalike_imaging::{EncodeError, RgbImage, encode_jpeg, fit_within};

use super::description::QueryKind;
use super::kept::KeptQuery;
use super::past::PastSearch;
use super::request::{Query, SearchRequest};
use crate::pictures::Pictures;
use crate::{EngineError, ErrorKind, Stores};

const THUMBNAIL_QUALITY: u8 = 80;

/// Finds the pictures of queries. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct QueryPictures {
    stores: Arc<Stores>,
    pictures: Arc<Pictures>,
}

impl QueryPictures {
    pub(crate) fn new(stores: Arc<Stores>, pictures: Arc<Pictures>) -> Self {
        Self { stores, pictures }
    }

    /// The picture of a query, cut to its region.
    pub(crate) fn picture(
        &self,
        request: &SearchRequest,
        position: usize,
    ) -> Result<RgbImage, EngineError> {
        let picture = match request.queries.get(position) {
            Some(Query::Image(file)) => self.stores.decode(&file.bytes)?.image,
            Some(Query::Item(id)) => self.item_picture(*id)?,
            Some(Query::Kept(KeptQuery {
                kind: QueryKind::Item,
                id: Some(id),
                ..
            })) => self.item_picture(*id)?,
            Some(Query::Kept(kept)) if kept.kind == QueryKind::Picture => {
                return Err(EngineError::new(
                    ErrorKind::NotFound,
                    "the picture of this search is not kept any more; search with it again",
                ));
            }
            Some(Query::Vector(_) | Query::Kept(_)) => {
                return Err(EngineError::invalid("a vector has no picture"));
            }
            None => {
                return Err(EngineError::invalid(format!(
                    "the search has no query {position}; they are counted from 0"
                )));
            }
        };
        match request.region(position) {
            Some(region) => region.crop(&picture),
            None => Ok(picture),
        }
    }

    fn item_picture(&self, id: u64) -> Result<RgbImage, EngineError> {
        let item = self.stores.item(id)?;
        Ok(self.stores.decode(&self.pictures.original(&item)?)?.image)
    }

    /// A JPEG of a query's picture within `side * side` pixels; none of a vector.
    pub(crate) fn thumbnail(
        &self,
        past: &PastSearch,
        position: usize,
        side: u32,
    ) -> Result<Option<Vec<u8>>, EngineError> {
        let request = &past.request;
        let picture: RgbImage = match request.queries.get(position) {
            None | Some(Query::Vector(_)) => return Ok(None),
            // The stored thumbnail of a whole item is at hand.
            Some(Query::Item(id)) if request.region(position).is_none() => {
                let Some(item) = self.stores.catalog().items(&[*id])?.pop() else {
                    return Ok(None);
                };
                self.stores
                    .decode(&self.pictures.thumbnail_bytes(&item)?)?
                    .image
            }
            Some(_) => self.picture(request, position)?,
        };
        let jpeg = encode_jpeg(&fit_within(&picture, side), THUMBNAIL_QUALITY);
        let failed = |error: EncodeError| {
            EngineError::new(ErrorKind::Internal, error.to_string()).because(error)
        };
        jpeg.map(Some).map_err(failed)
    }
}
