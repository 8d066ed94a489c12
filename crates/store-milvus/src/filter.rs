//! Filters as expressions of Milvus, where it keeps the fields and they are as the catalogue's.
//!
//! Items are put again when their patent changes, so `item_id` and `patent_id` can be relied upon. A
//! patent's own fields change without its items: they are in Milvus for people and other programs,
//! and filters by them go by the ids that the catalogue finds.

use lookalike_storage::{Condition, Expression};

/// Values in one `in [..]`: a hundred thousand take most of a second.
pub(crate) const MOST_VALUES: usize = 10_000;

/// Alternatives of one expression: Milvus's parser slows down beyond some 49.
const MOST_ALTERNATIVES: usize = 32;

/// The expression that passes the same rows, if there is one.
pub(crate) fn pushed(expression: &Expression) -> Option<String> {
    match expression {
        Expression::All(all) => {
            let all = all.iter().map(pushed).collect::<Option<Vec<_>>>()?;
            (!all.is_empty()).then(|| all.join(" and "))
        }
        Expression::Any(any) if any.len() <= MOST_ALTERNATIVES => {
            let any = any.iter().map(pushed).collect::<Option<Vec<_>>>()?;
            (!any.is_empty()).then(|| format!("({})", any.join(" or ")))
        }
        Expression::Any(_) => None,
        Expression::Not(inner) => match &**inner {
            Expression::Is(condition) => of_condition(condition, "not in"),
            _ => None,
        },
        Expression::Is(condition) => of_condition(condition, "in"),
    }
}

fn of_condition(condition: &Condition, operator: &str) -> Option<String> {
    match condition {
        Condition::Item(ids) if ids.len() <= MOST_VALUES && !ids.is_empty() => {
            Some(format!("item_id {operator} {ids:?}"))
        }
        Condition::Patent(ids) if ids.len() <= MOST_VALUES && !ids.is_empty() => {
            let is_plain =
                |id: &String| id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
            ids.iter()
                .all(is_plain)
                .then(|| format!("patent_id {operator} {ids:?}"))
        }
        Condition::AfterItem(id) if operator == "in" => Some(format!("item_id > {id}")),
        _ => None,
    }
}

/// Items by their ids.
pub(crate) fn of_items(ids: &[u64]) -> String {
    format!("item_id in {ids:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_milvus_knows_is_pushed_down_and_nothing_else() {
        let is = |condition| Expression::Is(condition);
        let not = |condition| Expression::Not(Box::new(Expression::Is(condition)));
        let patents =
            |ids: &[&str]| Condition::Patent(ids.iter().map(|&id| id.to_owned()).collect());
        let tag = || is(Condition::Tag("red".into()));
        let cases = [
            (
                Expression::All(vec![
                    not(patents(&["USD1"])),
                    not(Condition::Item(vec![4, 5])),
                ]),
                Some(r#"patent_id not in ["USD1"] and item_id not in [4, 5]"#),
            ),
            (
                Expression::Any(vec![
                    is(patents(&["USD1", "USD2"])),
                    is(Condition::Item(vec![3])),
                ]),
                Some(r#"(patent_id in ["USD1", "USD2"] or item_id in [3])"#),
            ),
            (Expression::All(vec![is(patents(&["USD1"])), tag()]), None),
            (is(Condition::AfterItem(7)), Some("item_id > 7")),
            (not(Condition::AfterItem(7)), None),
            (tag(), None),
            (Expression::All(vec![]), None),
            (Expression::Any(vec![]), None),
            (is(patents(&[r#"a"b"#])), None),
            (is(patents(&[])), None),
            (
                Expression::Any(vec![is(Condition::Item(vec![1])); 40]),
                None,
            ),
        ];
        for (expression, expected) in cases {
            assert_eq!(pushed(&expression).as_deref(), expected, "{expression:?}");
        }
    }
}
