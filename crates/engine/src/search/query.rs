//! What is searched for, checked before anything is computed.

use std::collections::HashMap;

use lookalike_catalog::{Collection, ItemFilter};
use lookalike_imaging::RgbImage;
use lookalike_patents::{PatentId, canonical_loc_class};
use lookalike_storage::{Effort, Metric};
use sha2::{Digest, Sha256};

use super::cache::Key;
use super::kept::{KeptQuery, QueryKind, embedding_name};
use crate::hex::hex;
use crate::library::clean_name;
use crate::{Encoder, Engine, EngineError, ErrorKind};

/// Largest `top_k`.
pub const TOP_K_MAX: usize = 1000;

/// Largest `top_groups`.
pub const TOP_GROUPS_MAX: usize = 200;

/// `min_score` of picture queries by image encoders when none is given.
const DEFAULT_MIN_SCORE: f32 = 0.5;

/// One thing to look for.
#[derive(Clone, Debug)]
pub enum Query {
    /// An image file.
    Image(QueryFile),
    /// A stored item.
    Item(u64),
    /// An embedding.
    Vector(Vec<f32>),
    /// A query of an earlier search.
    Kept(KeptQuery),
}

/// An image file to look for.
#[derive(Clone, Debug)]
pub struct QueryFile {
    /// What whoever searches calls it, made harmless.
    name: Option<String>,
    pub(super) bytes: Vec<u8>,
}

impl QueryFile {
    /// A file called `name`, of which only the last part of a path is kept.
    #[must_use]
    pub fn new(name: Option<&str>, bytes: Vec<u8>) -> Self {
        let name = name.filter(|name| !name.is_empty()).map(clean_name);
        Self { name, bytes }
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

/// A part of a picture, in fractions of its sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// Left edge, 0..1.
    pub x: f64,
    /// Upper edge, 0..1.
    pub y: f64,
    /// Above 0, at most `1 - x`.
    pub width: f64,
    /// Above 0, at most `1 - y`.
    pub height: f64,
}

/// How much is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// So many items, 1 to [`TOP_K_MAX`].
    Items(usize),
    /// So many groups, 1 to [`TOP_GROUPS_MAX`], each with its best pages.
    Groups(usize),
}

/// A search.
#[derive(Clone, Debug)]
pub struct SearchRequest {
    /// At least one; several are fused per group.
    pub queries: Vec<Query>,
    /// At least one.
    pub collections: Vec<String>,
    /// How much is wanted.
    pub limit: Limit,
    /// Worst score for `cosine` and `ip`.
    pub min_score: Option<f32>,
    /// Largest distance for `l2`.
    pub max_distance: Option<f32>,
    /// Which items take part.
    pub filter: ItemFilter,
    /// Whether front-page copies take part.
    pub include_front_page: bool,
    /// The parts of the query pictures that count: none, one for all, or one for each query.
    pub regions: Vec<Region>,
    /// How hard approximate indexes try, where it is not to be as usual.
    pub effort: Effort,
    /// Whose search it is; `None` for the local user, and for those who did not log in.
    pub owner: Option<i64>,
}

impl Default for SearchRequest {
    fn default() -> Self {
        Self {
            queries: Vec::new(),
            collections: vec!["default".to_owned()],
            limit: Limit::Items(10),
            min_score: None,
            max_distance: None,
            filter: ItemFilter::default(),
            include_front_page: false,
            regions: Vec::new(),
            effort: Effort::default(),
            owner: None,
        }
    }
}

impl std::str::FromStr for Region {
    type Err = EngineError;

    /// Reads `x,y,w,h`.
    fn from_str(text: &str) -> Result<Self, EngineError> {
        let wrong = || {
            EngineError::invalid(format!(
                "region `{text}` is not x,y,w,h with numbers from 0 to 1 inside the picture, such \
                 as 0.1,0.2,0.5,0.5"
            ))
        };
        let numbers: Vec<f64> = text
            .split(',')
            .map(|part| part.trim().parse().map_err(|_| wrong()))
            .collect::<Result<_, _>>()?;
        let [x, y, width, height] = numbers[..] else {
            return Err(wrong());
        };
        let unit = 0.0..=1.0;
        // A hair of tolerance: 0.7 + 0.3 in binary may come out above 1.
        let inside = |start: f64, length: f64| length > 0.0 && start + length <= 1.0 + 1e-9;
        let valid = unit.contains(&x) && unit.contains(&y) && inside(x, width) && inside(y, height);
        valid
            .then_some(Self {
                x,
                y,
                width,
                height,
            })
            .ok_or_else(wrong)
    }
}

impl std::fmt::Display for Region {
    /// As it is read: `x,y,w,h`.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [x, y, width, height] = self.numbers();
        write!(formatter, "{x},{y},{width},{height}")
    }
}

impl SearchRequest {
    /// The part that counts of the query at that position.
    #[must_use]
    pub fn region(&self, position: usize) -> Option<Region> {
        match self.regions[..] {
            [region] => Some(region),
            _ => self.regions.get(position).copied(),
        }
    }
}

impl Region {
    /// x, y, width and height.
    #[must_use]
    pub fn numbers(self) -> [f64; 4] {
        [self.x, self.y, self.width, self.height]
    }

    /// That part of `image`.
    pub(crate) fn crop(self, image: &RgbImage) -> Result<RgbImage, EngineError> {
        let edge = |fraction: f64, side: u32| (fraction * f64::from(side)).round() as u32;
        let (width, height) = (image.width(), image.height());
        let (left, top) = (
            edge(self.x, width).min(width.saturating_sub(1)),
            edge(self.y, height).min(height.saturating_sub(1)),
        );
        let right = edge(self.x + self.width, width).clamp(left + 1, width);
        let bottom = edge(self.y + self.height, height).clamp(top + 1, height);
        image
            .crop(left, top, right - left, bottom - top)
            .ok_or_else(|| EngineError::invalid("the region lies outside the picture"))
    }
}

/// A request whose parameters are in range and whose filter is in canonical form.
pub(super) struct CheckedRequest<'a> {
    pub(super) request: &'a SearchRequest,
    pub(super) collections: Vec<String>,
    pub(super) filter: ItemFilter,
}

impl std::ops::Deref for CheckedRequest<'_> {
    type Target = SearchRequest;

    fn deref(&self) -> &SearchRequest {
        self.request
    }
}

impl<'a> CheckedRequest<'a> {
    pub(super) fn new(request: &'a SearchRequest) -> Result<Self, EngineError> {
        if request.queries.is_empty() {
            return Err(EngineError::invalid(
                "nothing to search for: give a picture, an item or a vector",
            ));
        }
        let (name, value, most) = match request.limit {
            Limit::Items(count) => ("top_k", count, TOP_K_MAX),
            Limit::Groups(count) => ("top_groups", count, TOP_GROUPS_MAX),
        };
        if !(1..=most).contains(&value) {
            return Err(EngineError::invalid(format!(
                "{name} is {value}; give 1 to {most}"
            )));
        }
        for (name, value) in [
            ("min_score", request.min_score),
            ("max_distance", request.max_distance),
        ] {
            if value.is_some_and(|value| !value.is_finite()) {
                return Err(EngineError::invalid(format!("{name} is not a number")));
            }
        }
        let (regions, queries) = (request.regions.len(), request.queries.len());
        if regions > 1 && regions != queries {
            return Err(EngineError::invalid(format!(
                "{regions} regions for {queries} pictures; give one for all, or one for each in \
                 their order"
            )));
        }
        request.effort.check()?;
        let mut collections = Vec::new();
        for name in &request.collections {
            if !collections.contains(name) {
                collections.push(name.clone());
            }
        }
        if collections.is_empty() {
            return Err(EngineError::invalid("no collection to search in"));
        }
        Ok(Self {
            request,
            collections,
            filter: canonical(&request.filter)?,
        })
    }

    /// The worst score that counts in a collection of `metric`.
    pub(super) fn threshold(&self, metric: Metric, has_encoder: bool) -> Option<f32> {
        match metric {
            Metric::Cosine => {
                let by_picture = self.queries[0].kind() != QueryKind::Vector;
                self.min_score
                    .or((has_encoder && by_picture).then_some(DEFAULT_MIN_SCORE))
            }
            Metric::InnerProduct => self.min_score,
            Metric::L2 => self.max_distance,
        }
    }
}

/// The filter with patent numbers, classes and dates in canonical form.
///
/// # Errors
/// A value is not of the form that its field has.
pub(crate) fn canonical(filter: &ItemFilter) -> Result<ItemFilter, EngineError> {
    let patents = |ids: &[String]| {
        ids.iter()
            .map(|id| match id.parse::<PatentId>() {
                Ok(id) => Ok(id.to_string()),
                Err(error) => Err(EngineError::invalid(error.to_string())),
            })
            .collect::<Result<Vec<_>, _>>()
    };
    for (name, date) in [
        ("pub_date_from", filter.pub_date_from),
        ("pub_date_to", filter.pub_date_to),
    ] {
        if date.is_some_and(|date| !(10_000_000..=99_999_999).contains(&date)) {
            return Err(EngineError::invalid(format!(
                "{name} is no date of the form YYYYMMDD"
            )));
        }
    }
    for status in &filter.status {
        if !["in_force", "expired"].contains(&status.as_str()) {
            return Err(EngineError::invalid(format!(
                "status `{status}` is not known; give in_force or expired"
            )));
        }
    }
    for pair in &filter.attributes {
        if !pair.contains('=') {
            return Err(EngineError::invalid(format!(
                "attribute `{pair}` is not of the form key=value"
            )));
        }
    }
    let loc_class = filter
        .loc_class
        .iter()
        // A whole class in any spelling; anything else is taken as a beginning.
        .map(|class| match class.trim() {
            class if class.len() > 2 => {
                canonical_loc_class(class).unwrap_or_else(|| class.to_owned())
            }
            class => class.to_owned(),
        })
        .collect();
    Ok(ItemFilter {
        patent_id: patents(&filter.patent_id)?,
        exclude_patent_id: patents(&filter.exclude_patent_id)?,
        loc_class,
        ..filter.clone()
    })
}

/// Identifies a query for reports and explanations: the same vectors searched with the same
/// parameters by the same user give the same token, until the process ends. Nobody else can
/// compute it: `secret` goes first, and cut to half its length a SHA-256 can't be continued.
pub(super) fn token(
    secret: &[u8; 32],
    request: &CheckedRequest<'_>,
    vectors: &[Vec<Vec<f32>>],
) -> String {
    let mut hash = Sha256::new();
    hash.update(secret);
    for value in vectors.iter().flatten().flatten() {
        hash.update(value.to_le_bytes());
    }
    hash.update(format!(
        "{:?}{:?}{:?}{:?}{:?}{:?}{:?}{}{:?}",
        request.owner,
        request.descriptions(),
        request.collections,
        request.limit,
        request.min_score,
        request.max_distance,
        request.filter,
        request.include_front_page,
        request.effort
    ));
    hex(&hash.finalize()[..16])
}

impl Engine {
    /// The query vectors for each collection.
    pub(super) fn query_vectors(
        &self,
        request: &CheckedRequest<'_>,
        collections: &[Collection],
    ) -> Result<Vec<Vec<Vec<f32>>>, EngineError> {
        let mut pictures = Pictures {
            engine: self,
            request,
            decoded: HashMap::new(),
        };
        // Collections with the same encoder share the forward pass.
        let mut known: Vec<(&Collection, Vec<Vec<f32>>)> = Vec::new();
        for collection in collections {
            let same = known
                .iter()
                .find(|(other, _)| same_embedding(other, collection));
            let vectors = match same {
                Some((_, vectors)) if collection.spec.model.is_some() => vectors.clone(),
                _ => self.embed_queries(request, collection, &mut pictures)?,
            };
            known.push((collection, vectors));
        }
        Ok(known.into_iter().map(|(_, vectors)| vectors).collect())
    }

    fn embed_queries(
        &self,
        request: &CheckedRequest<'_>,
        collection: &Collection,
        pictures: &mut Pictures<'_>,
    ) -> Result<Vec<Vec<f32>>, EngineError> {
        let mut vectors: Vec<Option<Vec<f32>>> = Vec::new();
        for (position, query) in request.queries.iter().enumerate() {
            vectors.push(match query {
                Query::Vector(vector) => Some(checked(vector, collection)?),
                Query::Kept(kept) => Some(kept.vector(collection)?),
                Query::Item(id) if request.region(position).is_none() => {
                    self.item_vector(*id, collection)?
                }
                _ => None,
            });
        }
        let missing: Vec<usize> = (0..vectors.len())
            .filter(|&index| vectors[index].is_none())
            .collect();
        if missing.is_empty() {
            return Ok(vectors.into_iter().flatten().collect());
        }
        let encoder = self.encoders().of_collection(collection)?;
        let mut unknown = Vec::new();
        for index in missing {
            let key = Key::new(&request.queries[index], request.region(index), collection);
            vectors[index] = key.as_ref().and_then(|key| self.queries().get(key));
            if vectors[index].is_none() {
                let prepared = pictures.prepare(index, &encoder)?;
                unknown.push((index, key, prepared));
            }
        }
        let (places, prepared): (Vec<_>, Vec<_>) = unknown
            .into_iter()
            .map(|(index, key, prepared)| ((index, key), prepared))
            .unzip();
        let embeddings = self.batches().embed(&encoder, prepared)?;
        for ((index, key), vector) in places.into_iter().zip(embeddings) {
            if let Some(key) = key {
                self.queries().insert(key, &vector);
            }
            vectors[index] = Some(vector);
        }
        Ok(vectors.into_iter().flatten().collect())
    }

    /// The item's stored embedding, if it was made as this collection's are.
    fn item_vector(
        &self,
        id: u64,
        collection: &Collection,
    ) -> Result<Option<Vec<f32>>, EngineError> {
        let item = self.catalog().items(&[id])?.pop();
        let item = item.ok_or_else(|| no_item(id))?;
        let home = self.catalog().collection(&item.collection)?;
        let comparable = home.id == collection.id
            || same_embedding(&home, collection) && collection.spec.dim == home.spec.dim;
        match comparable {
            true => Ok(self.vectors().vector(&home, id)?),
            false => Ok(None),
        }
    }
}

/// Decoded query pictures, each decoded once whatever the number of collections.
struct Pictures<'a> {
    engine: &'a Engine,
    request: &'a SearchRequest,
    decoded: HashMap<usize, RgbImage>,
}

impl Pictures<'_> {
    fn prepare(&mut self, position: usize, encoder: &Encoder) -> Result<RgbImage, EngineError> {
        if !self.decoded.contains_key(&position) {
            let image = self.engine.query_picture(self.request, position)?;
            self.decoded.insert(position, image);
        }
        encoder.prepare(&self.decoded[&position])
    }
}

impl Engine {
    /// The picture of a query, cut to its region.
    pub(crate) fn query_picture(
        &self,
        request: &SearchRequest,
        position: usize,
    ) -> Result<RgbImage, EngineError> {
        let picture = match request.queries.get(position) {
            Some(Query::Image(file)) => self.decode(&file.bytes)?.image,
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
        let item = self.catalog().items(&[id])?.pop();
        let item = item.ok_or_else(|| no_item(id))?;
        Ok(self.decode(&self.original(&item)?)?.image)
    }
}

/// Whether embeddings of the two can be compared.
pub(super) fn same_embedding(a: &Collection, b: &Collection) -> bool {
    embedding_name(a) == embedding_name(b)
}

fn checked(vector: &[f32], collection: &Collection) -> Result<Vec<f32>, EngineError> {
    if vector.len() != collection.spec.dim {
        return Err(EngineError::invalid(format!(
            "the vector has {} numbers, collection `{}` holds vectors of {}",
            vector.len(),
            collection.spec.name,
            collection.spec.dim
        )));
    }
    if let Some(position) = vector.iter().position(|value| !value.is_finite()) {
        return Err(EngineError::invalid(format!(
            "the vector's number at position {position} is not finite"
        )));
    }
    Ok(vector.to_vec())
}

pub(crate) fn no_item(id: u64) -> EngineError {
    EngineError::new(ErrorKind::NotFound, format!("no item with id {id}"))
}
