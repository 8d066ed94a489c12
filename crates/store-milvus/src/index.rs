//! What index a collection has in Milvus, and how hard a search tries.

use lookalike_storage::{Effort, Metric};
use serde::{Deserialize, Serialize};

use crate::MilvusIndex;
use crate::wire::KeyValue;

/// Lists and how many of them are looked at, by the number of vectors below which they hold.
const LISTS: [(u64, u64, u64); 3] = [
    (100_000, 128, 16),
    (1_000_000, 256, 32),
    (u64::MAX, 1024, 64),
];

/// Neighbours in a graph, as in the embedded store.
const M: u64 = 16;

/// Candidates from which neighbours are chosen, as in the embedded store.
const EF_CONSTRUCTION: u64 = 200;

/// Candidates of a walk through a graph, unless told otherwise.
const EF_SEARCH: u64 = 128;

/// Values that one byte of a code stands for.
const VALUES_A_CODE: usize = 4;

/// An index as it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IndexMade {
    /// As users write it.
    pub(crate) kind: String,
    /// Of lists; 0 for others.
    pub(crate) nlist: u64,
}

impl IndexMade {
    /// What a collection of so many vectors gets.
    pub(crate) fn choose(kind: MilvusIndex, vectors: u64) -> Self {
        let has_lists = !matches!(kind, MilvusIndex::Flat | MilvusIndex::Hnsw);
        Self {
            kind: kind.name().to_owned(),
            nlist: if has_lists { lists(vectors).1 } else { 0 },
        }
    }

    fn kind(&self) -> MilvusIndex {
        self.kind.parse().unwrap_or(MilvusIndex::Flat)
    }

    /// For the request that makes it.
    pub(crate) fn parameters(&self, metric: Metric, dim: usize) -> Vec<KeyValue> {
        let nlist = self.nlist;
        let params = match self.kind() {
            MilvusIndex::Flat => "{}".to_owned(),
            MilvusIndex::IvfFlat | MilvusIndex::IvfSq8 => format!(r#"{{"nlist":{nlist}}}"#),
            MilvusIndex::IvfPq => {
                let m = codes(dim);
                format!(r#"{{"nlist":{nlist},"m":{m},"nbits":8}}"#)
            }
            MilvusIndex::Hnsw => format!(r#"{{"M":{M},"efConstruction":{EF_CONSTRUCTION}}}"#),
        };
        pairs(&[
            ("index_type", self.kind().milvus_name()),
            ("metric_type", metric_name(metric)),
            ("params", &params),
        ])
    }

    /// For a search of `limit` rows that tries so hard.
    pub(crate) fn search_parameters(
        &self,
        metric: Metric,
        limit: usize,
        reach: Reach,
    ) -> Vec<KeyValue> {
        let params = match (self.kind(), reach) {
            (MilvusIndex::Flat, _) => "{}".to_owned(),
            (MilvusIndex::Hnsw, reach) => {
                let ef = match reach {
                    Reach::Usual(effort) => effort.ef_search.map_or(EF_SEARCH, |ef| ef as u64),
                    Reach::All => EF_SEARCH,
                };
                format!(r#"{{"ef":{}}}"#, ef.max(limit as u64))
            }
            (_, reach) => {
                let nprobe = match reach {
                    Reach::Usual(effort) => {
                        effort.nprobe.map_or(self.nprobe(), |nprobe| nprobe as u64)
                    }
                    Reach::All => self.nlist,
                };
                format!(r#"{{"nprobe":{}}}"#, nprobe.clamp(1, self.nlist.max(1)))
            }
        };
        pairs(&[
            ("anns_field", crate::schema::EMBEDDING),
            ("topk", &limit.to_string()),
            ("metric_type", metric_name(metric)),
            ("params", &params),
            ("round_decimal", "-1"),
        ])
    }

    /// Whether a search that reaches for all misses nothing.
    pub(crate) fn can_be_exact(&self) -> bool {
        matches!(self.kind(), MilvusIndex::Flat | MilvusIndex::IvfFlat)
    }

    /// Whether the scores that it gives are those of the vectors, and not of codes.
    pub(crate) fn scores_are_exact(&self) -> bool {
        !matches!(self.kind(), MilvusIndex::IvfSq8 | MilvusIndex::IvfPq)
    }

    /// Whether rows are found by way of others, so that some may not be reached.
    pub(crate) fn is_graph(&self) -> bool {
        self.kind() == MilvusIndex::Hnsw
    }

    fn nprobe(&self) -> u64 {
        let of_lists = LISTS.iter().find(|(_, nlist, _)| *nlist == self.nlist);
        of_lists
            .map_or(self.nlist / 8, |(_, _, nprobe)| *nprobe)
            .max(1)
    }

    /// For people.
    pub(crate) fn told(&self) -> Vec<(&'static str, u64)> {
        match self.kind() {
            MilvusIndex::Flat => Vec::new(),
            MilvusIndex::Hnsw => vec![
                ("m", M),
                ("ef_construction", EF_CONSTRUCTION),
                ("ef_search", EF_SEARCH),
            ],
            _ => vec![("nlist", self.nlist), ("nprobe", self.nprobe())],
        }
    }
}

/// How far a search goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reach {
    /// As the index is made for, or as somebody asked.
    Usual(Effort),
    /// To every vector, where the index can.
    All,
}

fn lists(vectors: u64) -> (u64, u64, u64) {
    let fits = LISTS.iter().find(|(below, ..)| vectors < *below);
    *fits.unwrap_or(&LISTS[LISTS.len() - 1])
}

/// Bytes of a product code: a divisor of the dimension near a quarter of it.
fn codes(dim: usize) -> usize {
    let wanted = (dim / VALUES_A_CODE).max(1);
    (1..=wanted)
        .rev()
        .find(|m| dim.is_multiple_of(*m))
        .unwrap_or(1)
}

fn metric_name(metric: Metric) -> &'static str {
    match metric {
        Metric::Cosine => "COSINE",
        Metric::InnerProduct => "IP",
        Metric::L2 => "L2",
    }
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<KeyValue> {
    let pair = |(key, value): &(&str, &str)| KeyValue {
        key: (*key).to_owned(),
        value: (*value).to_owned(),
    };
    pairs.iter().map(pair).collect()
}

/// The score that Milvus gives as ours: its L2 is the square of the distance.
pub(crate) fn score(metric: Metric, theirs: f32) -> f32 {
    match metric {
        Metric::L2 => theirs.max(0.0).sqrt(),
        Metric::Cosine | Metric::InnerProduct => theirs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[KeyValue]) -> &str {
        let found = pairs.iter().find(|pair| pair.key == "params");
        &found.unwrap().value
    }

    #[test]
    fn lists_go_by_the_number_of_vectors() {
        for (vectors, nlist, nprobe) in [
            (0, 128, 16),
            (99_999, 128, 16),
            (100_000, 256, 32),
            (1_000_000, 1024, 64),
            (u64::MAX, 1024, 64),
        ] {
            let index = IndexMade::choose(MilvusIndex::IvfFlat, vectors);
            assert_eq!(index.told(), [("nlist", nlist), ("nprobe", nprobe)]);
        }
    }

    #[test]
    fn searches_reach_as_far_as_asked() {
        let search = |kind, effort: Reach| {
            let index = IndexMade::choose(kind, 5);
            params(&index.search_parameters(Metric::L2, 200, effort)).to_owned()
        };
        let usual = Reach::Usual(Effort::default());
        let given = Reach::Usual(Effort {
            nprobe: Some(500),
            ef_search: Some(300),
            exact: false,
        });
        assert_eq!(search(MilvusIndex::IvfFlat, usual), r#"{"nprobe":16}"#);
        assert_eq!(search(MilvusIndex::IvfPq, given), r#"{"nprobe":128}"#);
        assert_eq!(search(MilvusIndex::IvfSq8, Reach::All), r#"{"nprobe":128}"#);
        // Milvus refuses fewer candidates than rows.
        assert_eq!(search(MilvusIndex::Hnsw, usual), r#"{"ef":200}"#);
        assert_eq!(search(MilvusIndex::Hnsw, given), r#"{"ef":300}"#);
        assert_eq!(search(MilvusIndex::Flat, given), "{}");
    }

    #[test]
    fn product_codes_divide_the_dimension() {
        for (dim, m) in [
            (384, 96),
            (8, 2),
            (192, 48),
            (7, 1),
            (10, 2),
            (1, 1),
            (514, 2),
        ] {
            assert_eq!(codes(dim), m, "{dim}");
        }
    }

    #[test]
    fn the_root_of_distances_is_taken() {
        assert_eq!(score(Metric::L2, 9.0), 3.0);
        assert_eq!(score(Metric::L2, -1e-7), 0.0);
        assert_eq!(score(Metric::Cosine, 0.25), 0.25);
    }
}
