//! How a search is made: what Milvus is asked, or whether it need be asked at all.

use std::sync::Arc;

use lookalike_storage::{Effort, Filter, FrontPages, Scope};

use crate::calls::MOST_ROWS;
use crate::error::MilvusError;
use crate::filter::{self, MOST_VALUES};
use crate::index::Reach;
use crate::record::Record;
use crate::shared::Shared;

/// Items that are compared here rather than in Milvus: their vectors are read in a few milliseconds,
/// and nothing is missed.
const FEW_ITEMS: u64 = 1_000;

/// A filter that lets less than one in so many rows through is selective: near lists hold too few of
/// them, and all lists are looked at, of whose vectors few are compared.
const SELECTIVE: u64 = 20;

/// More rows than the filter's share makes likely, as its items may lie anywhere.
const MARGIN: u64 = 2;

/// Rows beyond those wanted, so that equal scores at the end show.
const SPARE: usize = 16;

/// How a search is made.
pub(crate) enum Plan {
    /// Nothing in Milvus passes.
    Nothing,
    /// Every item within the scope is compared here: there are few, or nothing else is exact.
    Walk,
    /// Milvus is asked.
    Ask(Ask),
}

/// What Milvus is asked.
pub(crate) struct Ask {
    pub(crate) expression: String,
    pub(crate) reach: Reach,
    /// Which of its answers count; `None` for all.
    pub(crate) check: Option<Arc<Filter>>,
    /// Rows that are asked for first.
    pub(crate) limit: usize,
}

impl Shared {
    pub(crate) fn plan(
        &self,
        record: &Record,
        scope: &Scope<'_>,
        effort: Effort,
        k: usize,
    ) -> Result<Plan, MilvusError> {
        if effort.exact && !record.index.can_be_exact() {
            return Ok(Plan::Walk);
        }
        let usual = if effort.exact {
            Reach::All
        } else {
            Reach::Usual(effort)
        };
        let sheets = match scope.front_pages {
            FrontPages::LeftOut => "front_page == 0",
            FrontPages::Included => "",
        };
        let limit = k + k / 8 + SPARE;
        let ask = |expression: String, reach, limit: usize| Ask {
            expression,
            reach,
            check: None,
            limit: limit.min(MOST_ROWS),
        };
        let Some(selection) = scope.selection else {
            return Ok(Plan::Ask(ask(sheets.to_owned(), usual, limit)));
        };
        let rows = record.rows.unwrap_or(u64::MAX);
        if let Some(pushed) = filter::pushed(selection.expression()) {
            let expression = both(sheets, &pushed);
            let matches = self
                .remote(&record.name)
                .count(&expression, record.timestamp)?;
            return Ok(match matches {
                0 => Plan::Nothing,
                1..=FEW_ITEMS => Plan::Walk,
                _ if matches.saturating_mul(SELECTIVE) < rows => {
                    Plan::Ask(ask(expression, Reach::All, limit))
                }
                _ => Plan::Ask(ask(expression, usual, limit)),
            });
        }
        let ids = selection.ids()?;
        let count = ids.len() as u64;
        Ok(match count {
            0 => Plan::Nothing,
            1..=FEW_ITEMS => Plan::Walk,
            _ if ids.len() <= MOST_VALUES => {
                let listed: Vec<u64> = ids.iter().collect();
                let expression = both(sheets, &filter::of_items(&listed));
                Plan::Ask(ask(expression, Reach::All, limit))
            }
            _ => {
                let share = (rows / count).max(1).saturating_mul(MARGIN);
                let share = usize::try_from(share).unwrap_or(usize::MAX);
                Plan::Ask(Ask {
                    check: Some(ids),
                    ..ask(sheets.to_owned(), usual, limit.saturating_mul(share))
                })
            }
        })
    }
}

fn both(a: &str, b: &str) -> String {
    match (a, b) {
        ("", only) | (only, "") => only.to_owned(),
        (a, b) => format!("{a} and ({b})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_joined() {
        assert_eq!(both("", "x"), "x");
        assert_eq!(both("x", ""), "x");
        assert_eq!(both("x", "y or z"), "x and (y or z)");
    }
}
