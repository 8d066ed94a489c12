//! Items counted by value.

use std::collections::HashMap;

use super::facet_answer::FacetCount;

/// Items by value.
#[derive(Default)]
pub(super) struct Counts(pub(super) HashMap<String, u64>);

impl Counts {
    pub(super) fn add(&mut self, value: &str, items: u64) {
        if items == 0 {
            return;
        }
        match self.0.get_mut(value) {
            Some(count) => *count += items,
            None => {
                self.0.insert(value.to_owned(), items);
            }
        }
    }

    pub(super) fn top(self, most: usize) -> Vec<FacetCount> {
        let counts = self.0.into_iter();
        let mut counts: Vec<FacetCount> = counts
            .map(|(value, count)| FacetCount { value, count })
            .collect();
        counts.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        counts.truncate(most);
        counts
    }
}
