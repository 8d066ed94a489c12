//! Near duplicates.

use serde::Serialize;
use utoipa::ToSchema;

use crate::ListedItem;
use crate::convert::{same_fields, same_variants};

/// How a search stands, and a page of what it found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DuplicatesReport {
    /// `running` or `ready`.
    pub status: SearchState,
    /// Items looked at.
    pub processed: u64,
    /// Items there are.
    pub items: u64,
    /// The worst score of a duplicate.
    pub threshold: f32,
    /// Nothing while the search is under way.
    #[serde(flatten)]
    pub found: DuplicatePage,
}

same_fields!(lookalike_duplicates::DuplicatesReport => DuplicatesReport {
    status, processed, items, threshold, found,
});

/// How a search for duplicates stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchState {
    /// It is under way: ask again.
    Running,
    /// It is done.
    Ready,
}

same_variants!(lookalike_duplicates::SearchState => SearchState { Running, Ready });

/// A page of groups.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DuplicatePage {
    /// The largest first, then by the representative's id.
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

same_fields!(lookalike_duplicates::DuplicatePage => DuplicatePage {
    groups, total, page, page_size, is_complete,
});

/// Items that are near one of them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DuplicateGroup {
    /// The one with the most pixels, then of the lowest id.
    pub representative: ListedItem,
    /// The others, nearest first; on a page of groups at most 100.
    pub members: Vec<GroupMember>,
    /// Items of the group, the representative among them.
    pub size: usize,
}

same_fields!(lookalike_duplicates::DuplicateGroup => DuplicateGroup {
    representative, members, size,
});

/// A member of a group.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GroupMember {
    /// How near it is to the representative, by the collection's metric; null for the same bytes.
    pub score: Option<f32>,
    /// Whether it has the same bytes as the representative.
    pub same_bytes: bool,
    /// The item.
    pub item: ListedItem,
}

same_fields!(lookalike_duplicates::GroupMember => GroupMember { score, same_bytes, item });
