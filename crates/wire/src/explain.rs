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

same_fields!(lookalike_explain::Correspondence => Correspondence {
    query, item, similarity,
});

/// How the item's picture differs from the query's, both as the encoder sees them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Change {
    /// Whether it is mirrored, left for right, before it is turned.
    pub mirrored: bool,
    /// What it is turned by, clockwise, in degrees from 0 up to 360.
    pub turned_degrees: f64,
    /// What its lengths are multiplied by.
    pub scale: f64,
    /// Where its middle is, seen from the middle, in sides of the picture: to the right and down.
    pub shift: [f64; 2],
    /// Pairs of places that agree on this.
    pub agreeing: usize,
    /// Pairs of places that are each other's most similar.
    pub pairs: usize,
    /// The same in words: `mirrored, turned by 90 degrees`, or `in the same place`.
    pub words: String,
}

same_fields!(lookalike_explain::Change => Change {
    mirrored, turned_degrees, scale, shift, agreeing, pairs, words,
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

same_fields!(lookalike_explain::ExplainTiming => ExplainTiming {
    prepare_ms, embed_ms, compare_ms, draw_ms, total_ms,
});
