//! The items that pass a filter.
//!
//! Conditions that an index answers alone are asked one by one, and what passes all of them is found
//! here: together, the database would answer one from its index and hold every row that this gives
//! against the others, which takes ten times as long where most rows pass.

use rusqlite::{Connection, params_from_iter};

use super::sql::{Sql, has_ids};
use super::{Condition, Expression};
use crate::CatalogError;

/// Items up to which it is faster to look at each than to read an index that may hold all.
const FEW: usize = 5_000;

/// Ids of the collection's items that pass, ascending.
pub(crate) fn matching(
    connection: &Connection,
    collection_id: i64,
    expression: &Expression,
) -> Result<Vec<u64>, CatalogError> {
    let ask = |expression: &Expression| ids(connection, &Sql::new(expression, collection_id));
    let Expression::All(all) = expression else {
        return ask(expression);
    };
    let (alone, together): (Vec<_>, Vec<_>) = all.iter().cloned().partition(is_answered_alone);
    let mut passing = match together.is_empty() && !alone.is_empty() {
        true => None,
        false => Some(ask(&Expression::All(together))?),
    };
    for one in alone {
        passing = Some(match passing {
            None => ask(&one)?,
            Some(known) if known.len() <= FEW => {
                let known = known.iter().map(|id| id.cast_signed()).collect();
                ask(&Expression::All(vec![
                    Expression::Is(Condition::Item(known)),
                    one,
                ]))?
            }
            Some(known) => intersection(known, &ask(&one)?),
        });
    }
    Ok(passing.unwrap_or_default())
}

fn is_answered_alone(expression: &Expression) -> bool {
    match expression {
        Expression::Is(Condition::Format(_) | Condition::Created(..)) => true,
        Expression::Any(any) => {
            has_ids(expression)
                || !any.is_empty()
                    && any
                        .iter()
                        .all(|one| matches!(one, Expression::Is(Condition::Format(_))))
        }
        _ => has_ids(expression),
    }
}

fn ids(connection: &Connection, sql: &Sql) -> Result<Vec<u64>, CatalogError> {
    let mut statement = connection.prepare_cached(&sql.statement)?;
    let rows = statement.query_map(params_from_iter(&sql.parameters), |row| row.get(0))?;
    let mut ids = rows.collect::<Result<Vec<_>, _>>()?;
    // Ids come in runs from the index by patent: sorted here in a tenth of the time that SQLite
    // takes.
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Of two ascending lists.
fn intersection(mut ids: Vec<u64>, others: &[u64]) -> Vec<u64> {
    let mut others = others.iter().peekable();
    ids.retain(|id| {
        while others.next_if(|other| *other < id).is_some() {}
        others.peek() == Some(&id)
    });
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_lists_share_is_found_in_one_pass() {
        let even: Vec<u64> = (0..50).map(|half| half * 2).collect();
        let third: Vec<u64> = (0..30).map(|third| third * 3).collect();
        let both: Vec<u64> = (0..15).map(|sixth| sixth * 6).collect();
        assert_eq!(intersection(even.clone(), &third), both);
        assert_eq!(intersection(third, &even), both);
        assert_eq!(intersection(even, &[]), Vec::<u64>::new());
        assert_eq!(intersection(Vec::new(), &[1]), Vec::<u64>::new());
    }
}
