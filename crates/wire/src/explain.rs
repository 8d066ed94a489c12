//! Why a hit is a hit.

use serde::Serialize;
use utoipa::ToSchema;

use crate::convert::same_fields;

/// A place of the query and the place of the item that are each other's most similar.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Correspondence {
    /// x and y in fractions of the sides of the query's picture.
    pub query: [f64; 2],
    /// x and y in fractions of the sides of the item's picture.
    pub item: [f64; 2],
    /// Cosine similarity of the two patches.
    pub similarity: f32,
}

same_fields!(lookalike_engine::explain::Correspondence => Correspondence {
    query, item, similarity,
});

/// Where the time went, in milliseconds, when the explanation was made.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct ExplainTiming {
    /// Reading and preparing both pictures.
    pub prepare_ms: f64,
    /// Their patch tokens.
    pub embed_ms: f64,
    /// Comparing them.
    pub compare_ms: f64,
    /// Drawing the heat maps.
    pub draw_ms: f64,
    /// All of it.
    pub total_ms: f64,
}

same_fields!(lookalike_engine::explain::ExplainTiming => ExplainTiming {
    prepare_ms, embed_ms, compare_ms, draw_ms, total_ms,
});
