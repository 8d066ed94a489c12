//! Groups of duplicates, made of pairs.
//!
//! Items are taken by how good a representative they are (most pixels, then lowest id). One that
//! is in no group yet represents a new one, of all items not in a group that are near *itself*.
//! So there are no chains: every member reaches the threshold with the representative, though
//! two members may not with each other. Nobody is in two groups.

use std::collections::{HashMap, HashSet};

use lookalike_catalog::Candidate;

use crate::checked::Checked;
use crate::pairs::{Pairs, adjacency};
use lookalike_engine::library::{Library, ListedItem};
use lookalike_engine::{EngineError, Stores};

/// Most groups of a page.
const GROUPS_MAX: usize = 100;

/// Contents whose items are read at a time.
const CONTENTS_AT_A_TIME: usize = 10_000;

/// Members shown of a group on a page of groups.
const MEMBERS_SHOWN: usize = 100;

/// A page of groups.
#[derive(Clone, Debug)]
pub struct DuplicatePage {
    /// Those with exact copies first, then the largest, then by the representative's id.
    pub groups: Vec<DuplicateGroup>,
    /// Groups of all pages.
    pub total: u64,
    /// 1 for the first.
    pub page: u64,
    /// Groups of a page.
    pub page_size: usize,
    /// False while the search is under way, when there were more pairs than are kept, and when a
    /// picture has more neighbours than are looked at (1,000): raise the threshold to see all.
    pub is_complete: bool,
}

impl DuplicatePage {
    /// For a search whose result is not known yet.
    pub(crate) fn empty(page: u64, page_size: usize) -> Self {
        Self {
            groups: Vec::new(),
            total: 0,
            page,
            page_size,
            is_complete: false,
        }
    }
}

/// Items that are near one of them.
#[derive(Clone, Debug)]
pub struct DuplicateGroup {
    /// The one with the most pixels, then of the lowest id.
    pub representative: ListedItem,
    /// The others, nearest first; on a page of groups at most 100.
    pub members: Vec<GroupMember>,
    /// Items of the group, the representative among them.
    pub size: usize,
}

/// A member of a group.
#[derive(Clone, Debug)]
pub struct GroupMember {
    /// How near it is to the representative, by the collection's metric; null for the same bytes.
    pub score: Option<f32>,
    /// Whether it has the same bytes as the representative.
    pub same_bytes: bool,
    /// The item.
    pub item: ListedItem,
}

/// A group by ids.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    pub(crate) representative: u64,
    /// Nearest first; no score for the same bytes, which come before all others.
    pub(crate) members: Vec<(u64, Option<f32>)>,
}

impl Group {
    /// Whether some of it has the same bytes as the representative: that takes no second look.
    fn has_copies(&self) -> bool {
        self.members.iter().any(|(_, score)| score.is_none())
    }
}

/// Makes groups of pairs.
pub(crate) struct Grouping<'a> {
    pub(crate) stores: &'a Stores,
    pub(crate) library: &'a Library,
}

impl Grouping<'_> {
    /// All groups that pairs make, as items and decisions are now.
    pub(crate) fn all(&self, pairs: &Pairs) -> Result<Vec<DuplicateGroup>, EngineError> {
        let groups = self.groups(pairs)?;
        let shown = groups.iter().map(|group| self.shown(group, usize::MAX));
        Ok(shown
            .collect::<Result<Vec<_>, EngineError>>()?
            .into_iter()
            .flatten()
            .collect())
    }

    pub(crate) fn page(
        &self,
        pairs: &Pairs,
        groups: &[Group],
        page: u64,
        page_size: usize,
    ) -> Result<DuplicatePage, EngineError> {
        if page == 0 || !(1..=GROUPS_MAX).contains(&page_size) {
            return Err(EngineError::invalid(format!(
                "page is {page} and page_size {page_size}; pages are counted from 1 and hold 1 to \
                 {GROUPS_MAX} groups"
            )));
        }
        let offset = usize::try_from(page - 1)
            .ok()
            .and_then(|page| page.checked_mul(page_size))
            .unwrap_or(usize::MAX);
        let shown = groups.iter().skip(offset).take(page_size);
        let shown = shown.map(|group| self.shown(group, MEMBERS_SHOWN));
        let shown = shown.collect::<Result<Vec<_>, EngineError>>()?;
        Ok(DuplicatePage {
            groups: shown.into_iter().flatten().collect(),
            total: groups.len() as u64,
            page,
            page_size,
            is_complete: pairs.is_complete,
        })
    }

    /// The group with at most this many members; `None` when it was deleted meanwhile.
    fn shown(&self, group: &Group, most: usize) -> Result<Option<DuplicateGroup>, EngineError> {
        let members = &group.members[..group.members.len().min(most)];
        let ids = std::iter::once(group.representative);
        let ids: Vec<u64> = ids.chain(members.iter().map(|(id, _)| *id)).collect();
        let items = self.library.listed_items(&ids)?.into_iter();
        let mut items: HashMap<u64, ListedItem> = items
            .map(|item| (item.item.id.unsigned_abs(), item))
            .collect();
        let Some(representative) = items.remove(&group.representative) else {
            return Ok(None);
        };
        let members = members.iter().filter_map(|(id, score)| {
            Some(GroupMember {
                score: *score,
                same_bytes: score.is_none(),
                item: items.remove(id)?,
            })
        });
        Ok(Some(DuplicateGroup {
            representative,
            members: members.collect(),
            size: group.members.len() + 1,
        }))
    }

    pub(crate) fn groups(&self, pairs: &Pairs) -> Result<Vec<Group>, EngineError> {
        let collection = &pairs.request.collection;
        let near = adjacency(&pairs.near);
        let mut contents: Vec<u64> = near.keys().copied().collect();
        contents.extend(self.stores.catalog().repeated_contents(collection)?);
        contents.sort_unstable();
        contents.dedup();
        let mut candidates = Vec::new();
        for contents in contents.chunks(CONTENTS_AT_A_TIME) {
            candidates.extend(
                self.stores
                    .catalog()
                    .items_of_contents(collection, contents)?,
            );
        }
        let excluded = self.stores.catalog().not_duplicates()?;
        Ok(gather(&candidates, &near, &excluded, pairs))
    }
}

fn gather(
    candidates: &[Candidate],
    near: &HashMap<u64, Vec<(u64, f32)>>,
    excluded: &HashSet<(u64, u64)>,
    pairs: &Pairs,
) -> Vec<Group> {
    let mut order: Vec<&Candidate> = candidates.iter().collect();
    order.sort_unstable_by(|x, y| y.pixels.cmp(&x.pixels).then(x.item_id.cmp(&y.item_id)));
    // Of each content, those that are in no group yet.
    let mut free: HashMap<u64, Vec<&Candidate>> = HashMap::new();
    for candidate in &order {
        free.entry(candidate.content_id)
            .or_default()
            .push(candidate);
    }
    let mut grouped: HashSet<u64> = HashSet::new();
    let mut groups = Vec::new();
    for first in order {
        if grouped.contains(&first.item_id) {
            continue;
        }
        let own = [(first.content_id, None)];
        let others = near.get(&first.content_id).into_iter().flatten();
        let others = others.map(|(content, score)| (*content, Some(*score)));
        let mut members: Vec<(u64, Option<f32>)> = Vec::new();
        for (content, score) in own.into_iter().chain(others) {
            let Some(items) = free.get_mut(&content) else {
                continue;
            };
            items.retain(|item| {
                let is_member = item.item_id != first.item_id
                    && !excluded.contains(&ordered(first.item_id, item.item_id))
                    && may_be_one(&pairs.request, first, item, score);
                if is_member {
                    grouped.insert(item.item_id);
                    members.push((item.item_id, score));
                }
                !is_member && item.item_id != first.item_id
            });
        }
        if !members.is_empty() {
            let metric = pairs.request.metric;
            members.sort_by(|(x, x_score), (y, y_score)| {
                match (x_score, y_score) {
                    (Some(x), Some(y)) => metric.compare(*x, *y),
                    (x, y) => x.is_some().cmp(&y.is_some()),
                }
                .then(x.cmp(y))
            });
            groups.push(Group {
                representative: first.item_id,
                members,
            });
        }
    }
    groups.sort_by(|x, y| {
        let by_size = y.members.len().cmp(&x.members.len());
        y.has_copies()
            .cmp(&x.has_copies())
            .then(by_size)
            .then(x.representative.cmp(&y.representative))
    });
    groups
}

/// Whether two items may be in a group. The same bytes twice in a patent are a copy, whatever is
/// asked for.
fn may_be_one(request: &Checked, first: &Candidate, item: &Candidate, score: Option<f32>) -> bool {
    let is_copy = score.is_none() && first.patent_id == item.patent_id;
    is_copy || request.allows(first.patent_id.as_deref(), item.patent_id.as_deref())
}

fn ordered(a: u64, b: u64) -> (u64, u64) {
    (a.min(b), a.max(b))
}
