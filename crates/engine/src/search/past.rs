//! Searches that were made lately, by their token: what explanations, reports and the history
//! are made from.
//!
//! Query pictures are kept as the files that came: that costs a search nothing, and files are
//! smaller than their pixels.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use lookalike_catalog::{SearchHit, SearchVector};
use lookalike_imaging::Pose;
use serde_json::Value;

use super::answer::{GroupedHits, SearchAnswer};
use super::kept::{KeptQuery, kept_name};
use super::query_vectors::QueryVectors;
use super::request::{Query, SearchRequest};
use crate::byte_cache::ByteCache;
use crate::{EngineError, ErrorKind, Hint};

/// Bytes of all searches together: some hundreds with scans, dozens with photos.
const MOST_BYTES: usize = 128 << 20;

/// Bytes of the pictures of one search; larger ones are not kept, only what was found by them.
const MOST_PICTURE_BYTES: usize = 32 << 20;

/// How long a search is kept at most.
const MOST_AGE: SignedDuration = SignedDuration::from_hours(1);

/// A search that was made.
#[derive(Clone, Debug)]
pub struct PastSearch {
    /// When.
    pub at: Timestamp,
    /// What was asked, in canonical form.
    pub request: SearchRequest,
    /// What was searched with: for each kind of embedding the vectors of each query.
    pub(crate) vectors: Vec<(String, Vec<QueryVectors>)>,
    /// What was found, less the list of hits one by one.
    pub answer: SearchAnswer,
    /// The best hits, best first.
    pub(crate) top_hits: Vec<SearchHit>,
}

/// The searches made lately.
#[derive(Debug)]
pub(crate) struct Recent(ByteCache<String, Arc<PastSearch>>);

impl Default for Recent {
    fn default() -> Self {
        Self(ByteCache::new(MOST_BYTES))
    }
}

impl Recent {
    pub(crate) fn remember(&self, mut search: PastSearch) {
        let token = search.answer.query_token.clone();
        if search.picture_bytes() > MOST_PICTURE_BYTES {
            search.give_up_pictures();
        }
        // The same search from the history, without its pictures: they are still here.
        if search.picture_bytes() == 0
            && let Some(other) = self.0.get(&token)
        {
            search.request = other.request.clone();
        }
        let bytes = search.bytes();
        self.0.insert(token, Arc::new(search), bytes);
    }

    /// A search that `owner` made lately.
    pub(super) fn get(
        &self,
        token: &str,
        owner: Option<i64>,
        now: Timestamp,
    ) -> Option<Arc<PastSearch>> {
        let is_theirs =
            |search: &Arc<PastSearch>| !is_old(search, now) && search.request.owner == owner;
        self.0.get(token).filter(is_theirs)
    }
}

impl PastSearch {
    /// The query at that position, to be searched for again.
    pub(crate) fn kept_query(&self, position: usize) -> Query {
        let query = &self.request.queries[position];
        // Of words more than the vectors is searched for.
        if let Query::Words(words) = query {
            return Query::Words(words.clone());
        }
        Query::Kept(KeptQuery {
            kind: query.kind(),
            id: query.item_id(),
            file_name: query.file_name().map(str::to_owned),
            page: query.page(),
            vectors: self.vectors_of(position),
            thumbnail: None,
            whole: None,
        })
    }

    /// The pose of the query by which an item was found. Of several queries each has its own, of
    /// which the answer names one: that of none is told.
    #[must_use]
    pub fn pose_of(&self, item: u64) -> Pose {
        if self.request.queries.len() != 1 {
            return Pose::UPRIGHT;
        }
        let mut pages = self.answer.results.iter().flat_map(|group| &group.pages);
        let page = pages.find(|page| page.id.unsigned_abs() == item);
        page.map_or(Pose::UPRIGHT, |page| page.pose)
    }

    /// The small JPEG that was kept with the query at that position.
    #[must_use]
    pub fn kept_thumbnail(&self, position: usize) -> Option<Vec<u8>> {
        match self.request.queries.get(position)? {
            Query::Kept(kept) => kept.thumbnail.as_deref().map(<[u8]>::to_vec),
            _ => None,
        }
    }

    /// The small JPEG of the whole picture that was kept with a query of which a part was searched
    /// for.
    pub(crate) fn kept_whole(&self, position: usize) -> Option<Vec<u8>> {
        match self.request.queries.get(position)? {
            Query::Kept(kept) => kept.whole.as_deref().map(<[u8]>::to_vec),
            _ => None,
        }
    }

    /// The vectors of the query at that position for each kind of embedding, as
    /// [`KeptQuery::vectors`] holds them.
    pub(crate) fn vectors_of(&self, position: usize) -> Vec<SearchVector> {
        let mut found = Vec::new();
        for (name, queries) in &self.vectors {
            let aspects = queries.get(position).map(|query| query.aspects.iter());
            for aspect in aspects.into_iter().flatten() {
                let name = kept_name(name, aspect.asked);
                found.extend(aspect.all().enumerate().map(|(part, vector)| {
                    let evidence = aspect.evidence.get(part).and_then(Option::as_ref);
                    SearchVector {
                        embedding: name.clone(),
                        vector: vector.clone(),
                        evidence: evidence.map(|evidence| evidence.to_bytes()),
                    }
                }));
            }
        }
        found
    }

    fn picture_bytes(&self) -> usize {
        let mut files: Vec<&Arc<Vec<u8>>> = Vec::new();
        for query in &self.request.queries {
            // Pages share the bytes of their file.
            if let Query::Image(file) = query
                && !files.iter().any(|other| Arc::ptr_eq(other, &file.bytes))
            {
                files.push(&file.bytes);
            }
        }
        files.iter().map(|bytes| bytes.len()).sum()
    }

    fn give_up_pictures(&mut self) {
        for position in 0..self.request.queries.len() {
            if matches!(self.request.queries[position], Query::Image(_)) {
                self.request.queries[position] = self.kept_query(position);
            }
        }
    }

    /// Memory that it takes, within some tenths.
    fn bytes(&self) -> usize {
        let vectors = self.vectors.iter().flat_map(|(_, vectors)| vectors);
        let vector_bytes: usize = vectors.map(|vectors| vectors.numbers() * 4).sum();
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let group_bytes = |group: &GroupedHits| {
            let texts = [
                &group.title,
                &group.applicant_name,
                &group.inventor_names,
                &group.claim_text,
            ];
            let texts: usize = texts.into_iter().map(text).sum();
            let columns = group.annotations.iter();
            let columns: usize = columns
                .map(|(name, value)| name.len() + value_bytes(value))
                .sum();
            // A page is some 140 bytes with three short texts.
            size_of::<GroupedHits>() + texts + columns + 100 + group.pages.len() * 400
        };
        let answer_bytes: usize = self.answer.results.iter().map(group_bytes).sum();
        size_of::<Self>() + self.picture_bytes() + vector_bytes + answer_bytes
    }
}

/// That nobody with that name made a search with that token, or not lately.
#[must_use]
pub fn unknown_token() -> EngineError {
    EngineError::new(
        ErrorKind::NotFound,
        "no search with this token is remembered",
    )
    .with_hint(Hint::SearchAgain)
}

fn is_old(search: &PastSearch, now: Timestamp) -> bool {
    now.duration_since(search.at) > MOST_AGE
}

/// Memory that a text takes, or a list of texts, within some tenths.
fn value_bytes(value: &Value) -> usize {
    match value {
        Value::String(text) => 100 + text.len(),
        Value::Array(values) => 100 + values.iter().map(value_bytes).sum::<usize>(),
        _ => 100,
    }
}
