//! Tokens by which searches are named later.

use sha2::{Digest, Sha256};

use super::checked::CheckedRequest;
use super::query_vectors::QueryVectors;
use crate::hex::hex;

/// Identifies a query for reports and explanations: the same vectors searched with the same
/// parameters by the same user give the same token, until the process ends. Nobody else can
/// compute it: `secret` goes first, and cut to half its length a SHA-256 can't be continued.
pub(super) fn token(
    secret: &[u8; 32],
    request: &CheckedRequest<'_>,
    vectors: &[Vec<QueryVectors>],
) -> String {
    let mut hash = Sha256::new();
    hash.update(secret);
    for value in vectors
        .iter()
        .flatten()
        .flat_map(QueryVectors::all)
        .flatten()
    {
        hash.update(value.to_le_bytes());
    }
    hash.update(format!(
        "{:?}{:?}{:?}{:?}{:?}{:?}{:?}{}{}{}{}{:?}{:?}{:?}",
        request.owner,
        request.descriptions(),
        request.collections,
        request.limit,
        request.min_score,
        request.max_distance,
        request.filter,
        request.include_front_page,
        request.second_look(),
        request.poses,
        request.mode,
        request.effort,
        request.like,
        request.unlike
    ));
    hex(&hash.finalize()[..16])
}
