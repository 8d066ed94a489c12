//! The way of a search: check, embed, filter, rank, fuse, compose.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use lookalike_catalog::{Collection, SearchHit};
use lookalike_imaging::Pose;
use lookalike_imaging::photo::Form;
use lookalike_storage::Selection;

use super::answer::{RankedItem, SearchAnswer, Timing};
use super::checked::CheckedRequest;
use super::compose::compose;
use super::embedding::QueryEmbedder;
use super::embedding_cache::EmbeddingCache;
use super::embedding_kind::embedding_name;
use super::found::Asked;
use super::fuse::Ranking;
use super::past::{PastSearch, Recent};
use super::query_pages::{self, PageChoice};
use super::query_pictures::QueryPictures;
use super::query_vectors::QueryVectors;
use super::rank::{CollectionRanking, rank};
use super::request::{Query, QueryFile, SearchRequest};
use super::token::token;
use super::words::words_alone;
use crate::filters::Filters;
use crate::shared_passes::SharedPasses;
use crate::{EngineError, Stores};

/// Hits that the history keeps of a search.
const TOP_HITS: usize = 10;

/// What a searcher has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Query pictures embedded.
    pub embedded_queries: u64,
    /// Forward passes that embedded them.
    pub forward_passes: u64,
    /// Query pictures whose embedding was still known.
    pub cached_queries: u64,
}

/// What was found in each collection, in their order.
pub(super) struct Searched {
    /// The queries'.
    pub(super) vectors: Vec<Vec<QueryVectors>>,
    /// What was searched with: they, steered by items to be like or unlike.
    pub(super) asked: Vec<Vec<QueryVectors>>,
    pub(super) rankings: Vec<CollectionRanking>,
    pub(super) warnings: Vec<String>,
    /// When the queries were embedded.
    pub(super) extracted: Instant,
}

/// Searches collections, and remembers for a while what it found. Shared by threads.
pub struct Searcher {
    stores: Arc<Stores>,
    filters: Arc<Filters>,
    embedder: QueryEmbedder,
    recent: Recent,
    /// What query tokens are made with, so that nobody else can make them.
    token_secret: [u8; 32],
}

impl Searcher {
    /// A searcher of the collections in `stores`.
    ///
    /// # Panics
    /// The system gives no random numbers, without which nothing can be kept secret.
    pub(crate) fn new(
        stores: Arc<Stores>,
        filters: Arc<Filters>,
        pictures: QueryPictures,
        passes: Arc<SharedPasses>,
    ) -> Self {
        let mut token_secret = [0; 32];
        getrandom::fill(&mut token_secret).expect("every supported system has random numbers");
        Self {
            filters,
            embedder: QueryEmbedder {
                stores: Arc::clone(&stores),
                pictures,
                passes,
                known: EmbeddingCache::default(),
            },
            recent: Recent::default(),
            token_secret,
            stores,
        }
    }

    /// What was done so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        let (embedded_queries, forward_passes) = self.embedder.passes.counts();
        Counters {
            embedded_queries,
            forward_passes,
            cached_queries: self.embedder.known.hits(),
        }
    }

    /// The queries that a file makes: those of its `pages`, counted from 1. Where none are named:
    /// of a patent's PDF its drawing sheets, of another file of pages the first that is a picture.
    /// A file that is one picture is one query.
    ///
    /// # Errors
    /// It is a file of pages that can't be read or holds no picture, a page is not there, or
    /// there are too many.
    pub fn queries_of(&self, file: &QueryFile, pages: &[u32]) -> Result<Vec<Query>, EngineError> {
        query_pages::queries_of(&self.stores, file, pages)
    }

    /// The pages of a file, to choose from; none where it is one picture.
    ///
    /// # Errors
    /// It is a file of pages that can't be read.
    pub fn page_choice(&self, file: &QueryFile) -> Result<Option<PageChoice>, EngineError> {
        query_pages::page_choice(&self.stores, file)
    }

    /// Searches.
    ///
    /// # Errors
    /// A parameter is out of range, a collection does not exist or can't be searched that
    /// way, or a picture can't be read.
    pub fn run(&self, request: &SearchRequest) -> Result<SearchAnswer, EngineError> {
        let mut made = self.make(request)?;
        let ranked = std::mem::take(&mut made.answer.ranked);
        let answer = made.answer.clone();
        self.recent.remember(made);
        Ok(SearchAnswer { ranked, ..answer })
    }

    /// Searches, and leaves no trace of it: no report can be made of it, and no explanation.
    ///
    /// # Errors
    /// As [`Searcher::run`].
    pub fn run_unremembered(&self, request: &SearchRequest) -> Result<SearchAnswer, EngineError> {
        Ok(self.make(request)?.answer)
    }

    /// The same with what there is to remember of it.
    pub(crate) fn make(&self, request: &SearchRequest) -> Result<PastSearch, EngineError> {
        let start = Instant::now();
        let request = CheckedRequest::new(request)?;
        let collections = request
            .collections
            .iter()
            .map(|name| self.stores.catalog().collection(name))
            .collect::<Result<Vec<_>, _>>()?;
        request.check_metrics(&collections)?;
        let searched = match words_alone(&request) {
            Some(words) => self.by_words(words, &request, &collections)?,
            None => self.by_vectors(&request, &collections)?,
        };
        let Searched {
            vectors,
            asked,
            rankings,
            warnings,
            extracted,
        } = searched;
        let searched = Instant::now();

        let ranking = Ranking::merge(&collections, rankings, &request);
        let mut answer = compose(&self.stores, &ranking, &request, &collections)?;
        answer.query_info.warnings.extend(warnings);
        answer.query_info.poses = used(&asked, Pose::ALL, |asked| asked.pose);
        answer.query_info.forms = used(&asked, Form::ALL, |asked| asked.form);
        answer.query_token = token(&self.token_secret, &request, &asked);
        let end = Instant::now();
        answer.timing = Timing {
            feature_extraction_ms: milliseconds(extracted - start),
            vector_search_ms: milliseconds(searched - extracted),
            post_process_ms: milliseconds(end - searched),
            total_ms: milliseconds(end - start),
        };
        Ok(PastSearch {
            at: self.stores.now(),
            request: SearchRequest {
                collections: request.collections.clone(),
                filter: request.filter.clone(),
                ..request.request.clone()
            },
            vectors: by_embedding(&collections, vectors),
            top_hits: top_hits(&answer.ranked),
            answer,
        })
    }

    fn by_vectors(
        &self,
        request: &CheckedRequest<'_>,
        collections: &[Collection],
    ) -> Result<Searched, EngineError> {
        self.embedder.pictures.check_pixels(request)?;
        let (vectors, warnings) = self.embedder.vectors(request, collections)?;
        let asked = self.steered(&vectors, request, collections)?;
        let extracted = Instant::now();
        let rankings = self.rank_each(
            request,
            collections,
            &asked,
            |collection, queries, passing| {
                rank(&self.stores, collection, queries, passing, request)
            },
        )?;
        Ok(Searched {
            vectors,
            asked,
            rankings,
            warnings,
            extracted,
        })
    }

    /// What `rank` makes of each collection, the queries asked of it, and which of its items pass the
    /// filters. Health is told what became of it.
    pub(super) fn rank_each(
        &self,
        request: &CheckedRequest<'_>,
        collections: &[Collection],
        asked: &[Vec<QueryVectors>],
        rank: impl Fn(
            &Collection,
            &[QueryVectors],
            Option<&Selection<'_>>,
        ) -> Result<CollectionRanking, EngineError>,
    ) -> Result<Vec<CollectionRanking>, EngineError> {
        let of_each = collections.iter().zip(asked);
        let ranked = of_each.map(|(collection, queries)| {
            let passing = self.filters.selection(collection, &request.filter);
            let ranked = rank(collection, queries, passing.as_ref());
            self.stores.note_answer(&ranked);
            ranked
        });
        ranked.collect()
    }

    /// The queries' vectors steered by the items that hits are to be like, or unlike.
    pub(super) fn steered(
        &self,
        vectors: &[Vec<QueryVectors>],
        request: &CheckedRequest<'_>,
        collections: &[Collection],
    ) -> Result<Vec<Vec<QueryVectors>>, EngineError> {
        let examples = self.embedder.examples(request, collections)?;
        let of_each = vectors.iter().zip(&examples).zip(collections);
        Ok(of_each
            .map(|((queries, examples), collection)| examples.steer(queries.clone(), collection))
            .collect())
    }

    #[cfg(test)]
    pub(super) fn filters(&self) -> &Filters {
        &self.filters
    }

    pub(super) fn stores(&self) -> &Stores {
        &self.stores
    }

    /// A search that `owner` made lately.
    #[must_use]
    pub fn past(&self, token: &str, owner: Option<i64>) -> Option<Arc<PastSearch>> {
        self.recent.get(token, owner, self.stores.now())
    }
}

/// Those of `all` in which any query was searched for, in that order.
fn used<T: PartialEq>(
    vectors: &[Vec<QueryVectors>],
    all: impl IntoIterator<Item = T>,
    of: impl Fn(Asked) -> T,
) -> Vec<T> {
    let is_used = |one: &T| {
        let queries = vectors.iter().flatten();
        let mut aspects = queries.flat_map(|query| &query.aspects);
        aspects.any(|aspect| of(aspect.asked) == *one)
    };
    all.into_iter().filter(is_used).collect()
}

/// The best hit of each of the best groups.
fn top_hits(ranked: &[RankedItem]) -> Vec<SearchHit> {
    let mut groups = HashSet::new();
    ranked
        .iter()
        .map(top_hit)
        .filter(|hit| groups.insert(hit.group_id.clone()))
        .take(TOP_HITS)
        .collect()
}

fn top_hit(hit: &RankedItem) -> SearchHit {
    let own_group = || format!("item-{}", hit.item.id);
    SearchHit {
        id: hit.item.id,
        group_id: hit.item.patent_id.clone().unwrap_or_else(own_group),
        score: hit.score,
    }
}

/// The vectors of collections with the same kind of embedding once.
fn by_embedding(
    collections: &[Collection],
    vectors: Vec<Vec<QueryVectors>>,
) -> Vec<(String, Vec<QueryVectors>)> {
    let mut known: Vec<(String, Vec<QueryVectors>)> = Vec::new();
    for (collection, vectors) in collections.iter().zip(vectors) {
        let name = embedding_name(collection);
        if known.iter().all(|(other, _)| *other != name) {
            known.push((name, vectors));
        }
    }
    known
}

/// To a tenth of a microsecond: more digits would only be noise.
fn milliseconds(duration: std::time::Duration) -> f64 {
    (duration.as_secs_f64() * 1e7).round() / 1e4
}
