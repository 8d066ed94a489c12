//! Counts of facets, remembered until anything is committed.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use lookalike_catalog::ItemFilter;

use super::facet_answer::Facets;
use crate::filters::State;

/// Answers that are kept; each has some hundred values.
const MOST_KEPT: usize = 64;

/// Answers of the present state of the catalogue.
#[derive(Debug, Default)]
pub(super) struct FacetCache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    state: Option<State>,
    answers: VecDeque<(Key, Arc<Facets>)>,
}

/// Collection, filter, values of each facet.
pub(super) type Key = (i64, ItemFilter, usize);

impl FacetCache {
    pub(super) fn get(&self, state: State, key: &Key) -> Option<Arc<Facets>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut answers = kept.answers.iter().filter(|_| kept.state == Some(state));
        let (_, facets) = answers.find(|(other, _)| other == key)?;
        Some(Arc::clone(facets))
    }

    pub(super) fn put(&self, state: State, key: Key, facets: &Arc<Facets>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.state != Some(state) {
            kept.answers.clear();
            kept.state = Some(state);
        }
        kept.answers.push_back((key, Arc::clone(facets)));
        if kept.answers.len() > MOST_KEPT {
            kept.answers.pop_front();
        }
    }
}
