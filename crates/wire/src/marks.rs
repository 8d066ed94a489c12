//! What users note of their searches.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::convert::same_fields;

/// What whoever searched has noted of what was found.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SearchMarks {
    /// Stands above its report; at most 200 characters.
    pub title: String,
    /// By which it is filed; at most 200 characters.
    pub matter: String,
    /// Of all that was found; at most 4000 characters.
    pub note: String,
    /// By the `group_id` of a hit.
    pub hits: BTreeMap<String, HitMark>,
}

same_fields!(lookalike_catalog::SearchMarks => SearchMarks { title, matter, note, hits });

/// What was noted of a hit.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HitMark {
    /// It is among those that a report is made of, where any are.
    pub chosen: bool,
    /// It stands out.
    pub starred: bool,
    /// At most 4000 characters.
    pub note: String,
}

same_fields!(lookalike_catalog::HitMark => HitMark { chosen, starred, note });

impl From<SearchMarks> for lookalike_catalog::SearchMarks {
    fn from(marks: SearchMarks) -> Self {
        let SearchMarks {
            title,
            matter,
            note,
            hits,
        } = marks;
        let hits = hits.into_iter().map(|(group, mark)| {
            let HitMark {
                chosen,
                starred,
                note,
            } = mark;
            let mark = lookalike_catalog::HitMark {
                chosen,
                starred,
                note,
            };
            (group, mark)
        });
        Self {
            title,
            matter,
            note,
            hits: hits.collect(),
        }
    }
}
