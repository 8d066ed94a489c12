//! Checks of what every kind of index is given.

use crate::IndexError;

/// Whether `vectors` are `[ids][dim]` and finite.
///
/// # Errors
/// [`IndexError::NoDimension`], [`IndexError::WrongLength`], [`IndexError::NoIds`] or
/// [`IndexError::NonFinite`].
pub(crate) fn check_vectors(dim: usize, ids: &[u64], vectors: &[f32]) -> Result<(), IndexError> {
    let (count, found) = (ids.len(), vectors.len());
    if dim == 0 {
        return Err(IndexError::NoDimension);
    }
    if count.checked_mul(dim) != Some(found) {
        let Some(&id) = ids.get(found / dim).or(ids.last()) else {
            return Err(IndexError::NoIds { found });
        };
        return Err(IndexError::WrongLength {
            id,
            count,
            found,
            dim,
        });
    }
    match vectors.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(position) => Err(IndexError::NonFinite {
            id: ids[position / dim],
            position: position % dim,
            value: vectors[position].to_string(),
        }),
    }
}

/// Whether `query` is one of `dim` values, all finite.
///
/// # Errors
/// [`IndexError::NoDimension`], [`IndexError::QueryLength`] or [`IndexError::NonFiniteQuery`].
pub(crate) fn check_query(dim: usize, query: &[f32]) -> Result<(), IndexError> {
    let found = query.len();
    if found != dim {
        return Err(IndexError::QueryLength { found, dim });
    }
    check_queries(dim, query)
}

/// Whether `queries` are `[any][dim]`, all finite.
///
/// # Errors
/// As for one query.
pub(crate) fn check_queries(dim: usize, queries: &[f32]) -> Result<(), IndexError> {
    let found = queries.len();
    if dim == 0 {
        return Err(IndexError::NoDimension);
    }
    if !found.is_multiple_of(dim) {
        return Err(IndexError::QueryLength { found, dim });
    }
    match queries.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(position) => Err(IndexError::NonFiniteQuery {
            query: position / dim,
            position: position % dim,
            value: queries[position].to_string(),
        }),
    }
}

/// Where each id stands, by rising id; the last place of an id that comes several times.
pub(crate) fn last_by_id(ids: &[u64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_by_key(|&index| ids[index]);
    // `dedup` keeps the first of equals, so look from the end.
    order.reverse();
    order.dedup_by_key(|index| ids[*index]);
    order.reverse();
    order
}
