//! Why a hit is a hit: which places of query and item look alike to the encoder.
//!
//! Both pictures go through the encoder of the item's collection once more, this time for the
//! tokens of their patches, whose cosine similarities are then read in two ways: how well each
//! place of one picture is found anywhere in the other (a heat map), and which pairs of places
//! are each other's best (points). The embedding that was searched by is another token, which has
//! seen all patches: the maps show what resembles, not how the score came about. A query that
//! found its hit in another pose is embedded in that pose; its places are shown as it came.

mod change;
mod colour;
mod draw;
mod header;
mod ink;
mod matches;
mod posed;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use lookalike_catalog::Item;
use lookalike_imaging::figures::{self, SheetKind};
use lookalike_imaging::{Geometry, Pose, RgbImage, fit_within, photo};

pub use change::Change;
use lookalike_engine::search::{Query, SearchRequest, unknown_token};
use lookalike_engine::{ByteCache, Encoder, Engine, EngineError, ErrorKind};
use matches::Comparison;
pub use matches::Correspondence;

/// Pairs of patches that are compared at most: squares of 1064 px at patch 14 with each other,
/// whose similarities take 134 MB.
const MOST_PAIRS: usize = 1 << 25;

/// Bytes of the explanations kept: some hundred.
const MOST_BYTES: usize = 32 << 20;

/// What an item is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Explained {
    /// A query of a search that was made lately.
    Search {
        /// The answer's `query_token`.
        token: String,
        /// Whose search it was.
        owner: Option<i64>,
        /// Which of its queries, from 0.
        index: usize,
    },
    /// Another stored item.
    Item(u64),
}

/// What a query is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemPart {
    /// The item.
    pub item: u64,
    /// The figure of it, by its index within the item; `None` for the whole.
    pub figure: Option<u8>,
}

impl ItemPart {
    /// All of an item.
    #[must_use]
    pub fn whole(item: u64) -> Self {
        Self { item, figure: None }
    }
}

/// What two pictures have in common.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Width and height of the query's picture (the region, if one was searched for) in pixels.
    pub query_sides: (u32, u32),
    /// Width and height of the item's picture (the figure, if one was named) in pixels.
    pub item_sides: (u32, u32),
    /// The best pairs of places, the most similar first; at most twelve. Where there is a
    /// `change`, these agree on it.
    pub points: Vec<Correspondence>,
    /// What made the item's picture of the query's, if the places of a second look agree on that.
    pub change: Option<Change>,
    /// PNG: the query's picture with the places that are found in the item.
    pub query_heatmap: Vec<u8>,
    /// PNG: the item's picture with the places that are found in the query.
    pub item_heatmap: Vec<u8>,
    /// Where the time went.
    pub timing: ExplainTiming,
}

/// Where the time went, in milliseconds, when the explanation was made.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExplainTiming {
    /// Reading and preparing both pictures.
    pub prepare_ms: f64,
    /// Their patch tokens.
    pub embed_ms: f64,
    /// Comparing them.
    pub compare_ms: f64,
    /// Drawing the heat maps.
    pub draw_ms: f64,
    /// All of it.
    pub total_ms: f64,
}

/// A picture as the encoder sees it, without the picture itself: of two that are large, only one
/// has room in the memory for pixels.
struct Seen {
    /// Width and height in pixels.
    sides: (u32, u32),
    /// As heat maps are drawn over it.
    small: RgbImage,
    /// Where a sheet's printed line ends, in parts of the height; 0 where there is none.
    header_bottom: f64,
    prepared: RgbImage,
    geometry: Geometry,
    patch: u32,
}

/// Explains hits, and remembers for a while what it said. Shared by threads.
pub struct Explainer {
    engine: Arc<Engine>,
    known: ByteCache<String, Arc<Explanation>>,
    /// One at a time: each takes all of the model's threads, and memory for all pairs of patches.
    turn: Mutex<()>,
}

impl Explainer {
    /// Explains what `engine` found lately, and what its items have in common.
    #[must_use]
    pub fn new(engine: Arc<Engine>) -> Self {
        Self {
            engine,
            known: ByteCache::new(MOST_BYTES),
            turn: Mutex::default(),
        }
    }

    /// Why an item resembles a query or another item. Made when asked for and kept for a while.
    ///
    /// Costs two forward passes and the products of all their patches: with dinov2-small at
    /// 518 px a fraction of a second.
    ///
    /// # Errors
    /// There is no such item, figure or search, the item's collection has no encoder or too many patches,
    /// the query was a vector, or a picture is gone or can't be read.
    pub fn explain(
        &self,
        explained: &Explained,
        part: ItemPart,
    ) -> Result<Arc<Explanation>, EngineError> {
        let past;
        let of_item;
        let (request, index, pose) = match explained {
            Explained::Search {
                token,
                owner,
                index,
            } => {
                past = self
                    .engine
                    .search()
                    .past(token, *owner)
                    .ok_or_else(unknown_token)?;
                let pose = past.pose_of(part.item);
                if past.request.queries.is_empty() {
                    // A search by what is liked is explained by that.
                    let like = past.request.like.iter();
                    of_item = SearchRequest {
                        queries: like.map(|&id| Query::Item(id)).collect(),
                        ..SearchRequest::default()
                    };
                    (&of_item, *index, pose)
                } else {
                    (&past.request, *index, pose)
                }
            }
            Explained::Item(id) => {
                of_item = SearchRequest {
                    queries: vec![Query::Item(*id)],
                    ..SearchRequest::default()
                };
                (&of_item, 0, Pose::UPRIGHT)
            }
        };
        let item = self.engine.stores().item(part.item)?;
        // A file that changed under its item has another sum.
        let key = format!("{explained:?} {part:?} {}", item.content_md5);
        if let Some(known) = self.known.get(&key) {
            return Ok(known);
        }
        // The page asks for the points and both maps at once: the first makes them for all.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = self.known.get(&key) {
            return Ok(known);
        }
        let explanation = Arc::new(self.compare((request, index, pose), &item, part.figure)?);
        let bytes = explanation.query_heatmap.len() + explanation.item_heatmap.len() + 1024;
        self.known.insert(key, Arc::clone(&explanation), bytes);
        Ok(explanation)
    }

    fn compare(
        &self,
        (request, index, pose): (&SearchRequest, usize, Pose),
        item: &Item,
        figure: Option<u8>,
    ) -> Result<Explanation, EngineError> {
        let start = Instant::now();
        let (stores, pictures) = (self.engine.stores(), self.engine.pictures());
        let collection = stores.catalog().collection(&item.collection)?;
        let encoder = stores.encoders().of_collection(&collection)?;
        let query = Seen::new(
            &self.engine.query_pictures().shown(request, index)?,
            &encoder,
        )?;
        let item = Seen::new(&pictures.part(item, figure)?, &encoder)?;
        let pairs = query.patches().saturating_mul(item.patches());
        if pairs > MOST_PAIRS {
            return Err(EngineError::invalid(format!(
                "collection `{}` sees its pictures in too many patches to compare all of one with \
                 all of another: {} and {}",
                collection.spec.name,
                query.patches(),
                item.patches()
            )));
        }
        let prepared = Instant::now();
        let query_tokens = posed::tokens(&encoder, &query.prepared, pose)?;
        let item_tokens = encoder.tokens(&item.prepared)?;
        let embedded = Instant::now();
        let whole = encoder.model().device().whole();
        let similarities = query_tokens.similarities(&item_tokens, whole);
        let comparison = Comparison::new(similarities, query.ink(), item.ink());
        let changed = match encoder.second_look() {
            Some(_) => change::change((&query, &query_tokens), (&item, &item_tokens))?,
            None => None,
        };
        let (change, points) = match changed {
            Some((change, points)) => (Some(change), points),
            None => {
                let (of_query, of_item) = (query.grid(), item.grid());
                (
                    None,
                    matches::correspondences(&comparison, &of_query, &of_item),
                )
            }
        };
        let (query_heat, item_heat) = comparison.heat();
        let compared = Instant::now();
        let query_heatmap = query.draw(&query_heat)?;
        let item_heatmap = item.draw(&item_heat)?;
        let drawn = Instant::now();
        let milliseconds = |from: Instant, to: Instant| (to - from).as_secs_f64() * 1e3;
        Ok(Explanation {
            query_sides: query.sides,
            item_sides: item.sides,
            points,
            change,
            query_heatmap,
            item_heatmap,
            timing: ExplainTiming {
                prepare_ms: milliseconds(start, prepared),
                embed_ms: milliseconds(prepared, embedded),
                compare_ms: milliseconds(embedded, compared),
                draw_ms: milliseconds(compared, drawn),
                total_ms: milliseconds(start, drawn),
            },
        })
    }
}

impl Seen {
    fn new(picture: &RgbImage, encoder: &Encoder) -> Result<Self, EngineError> {
        // What lies around a product says nothing about why it was found.
        let is_photo = figures::find(picture).kind == SheetKind::Picture;
        let subject = is_photo.then(|| photo::without_ground(picture)).flatten();
        let prepared = encoder.prepare(subject.as_ref().unwrap_or(picture))?;
        let geometry = encoder.preprocessor().geometry(picture).map_err(|error| {
            EngineError::new(ErrorKind::Unprocessable, error.to_string()).because(error)
        })?;
        Ok(Self {
            sides: (picture.width(), picture.height()),
            small: fit_within(picture, draw::SIDE),
            header_bottom: f64::from(header::bottom(picture)) / f64::from(picture.height()),
            prepared,
            geometry,
            patch: encoder.patch_size()?,
        })
    }

    fn patches(&self) -> usize {
        let grid = self.grid();
        grid.columns * grid.rows
    }

    /// How much each patch counts: not those of blank paper, nor of a sheet's printed line.
    fn ink(&self) -> Vec<f32> {
        let mut weights = ink::weights(&self.prepared, &self.geometry, self.patch);
        if self.header_bottom > 0.0 {
            let (_, bottom) = self.geometry.to_input(0.0, self.header_bottom);
            let rows = (bottom / f64::from(self.patch)).ceil().max(0.0) as usize;
            let header = rows * self.grid().columns;
            weights
                .iter_mut()
                .take(header)
                .for_each(|weight| *weight = 0.0);
        }
        weights
    }

    /// The place in the picture, in fractions of its sides, of one in the model's input. What lies
    /// in the padding is at the edge.
    fn place(&self, [x, y]: [f32; 2]) -> [f64; 2] {
        let width = f64::from(self.prepared.width());
        let height = f64::from(self.prepared.height());
        let (x, y) = (f64::from(x) * width, f64::from(y) * height);
        let (x, y) = self.geometry.to_picture(x, y);
        [x.clamp(0.0, 1.0), y.clamp(0.0, 1.0)]
    }

    fn grid(&self) -> matches::Grid<'_> {
        matches::Grid {
            columns: (self.prepared.width() / self.patch) as usize,
            rows: (self.prepared.height() / self.patch) as usize,
            patch: self.patch,
            geometry: &self.geometry,
        }
    }

    fn draw(&self, heat: &[f32]) -> Result<Vec<u8>, EngineError> {
        draw::heatmap(&self.small, &self.grid(), heat)
    }
}
