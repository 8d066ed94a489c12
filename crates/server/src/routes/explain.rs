//! Why a hit is a hit.
//!
//! The heat maps have addresses of their own instead of coming inside the JSON: the page's policy
//! loads no pictures from data URLs, and browsers keep them.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use lookalike_explain::{Explained, Explanation, ItemPart};
use lookalike_wire::{Change, Correspondence, ExplainTiming};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::access::{Caller, Reader};
use crate::http::envelope::{ApiError, Envelope, Success};
use crate::http::query::Parameters;
use crate::openapi::Binary;
use crate::state::App;

/// An explanation never changes while its token is known.
const CACHE: HeaderValue = HeaderValue::from_static("private, max-age=3600");

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// The hit, or any other item.
    item: u64,
    /// A figure of it alone: its `index` in the hit.
    figure: Option<u8>,
    /// The `query_token` of a search.
    query: Option<String>,
    /// Which query of that search, from 0; the first unless given.
    index: Option<usize>,
    /// Another stored item to compare with, instead of a search.
    query_item: Option<u64>,
}

/// What a query and an item have in common.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExplanationData {
    /// The item.
    item: u64,
    /// The figure of it; null for the whole.
    figure: Option<u8>,
    /// Which query of the search; null for two items.
    query_index: Option<usize>,
    /// The other item; null for a search.
    query_item: Option<u64>,
    /// Path of a PNG: the query's picture with the places that are found in the item.
    query_heatmap: String,
    /// Path of a PNG: the item's picture with the places that are found in the query.
    item_heatmap: String,
    /// Pixels of the query's picture: of the region, if one was searched for.
    query_width: u32,
    /// Pixels of the query's picture.
    query_height: u32,
    /// Pixels of the item's picture: of the figure, if one was named.
    item_width: u32,
    /// Pixels of the item's picture.
    item_height: u32,
    /// The best pairs of places, the most similar first; at most twelve, spread over the pictures.
    /// Where there is a `change`, those that agree on it.
    points: Vec<Correspondence>,
    /// What made the item's picture of the query's; null where too few places agree on it, and for
    /// encoders without a second look.
    change: Option<Change>,
    /// Where the time went when this was made.
    timing: ExplainTiming,
}

/// Why an item is a match.
///
/// The patches of both pictures are compared by the encoder of the item's collection. Heat maps
/// show what is found in the other picture, points which places belong together.
#[utoipa::path(
    get,
    path = "/api/explain",
    tag = "search",
    params(Which),
    responses((status = 200, body = Envelope<ExplanationData>), ApiError),
)]
pub(crate) async fn explain(
    State(app): State<App>,
    Reader(caller): Reader,
    Parameters(which): Parameters<Which>,
) -> Result<Success<ExplanationData>, ApiError> {
    let query_heatmap = which.address("query.png");
    let item_heatmap = which.address("item.png");
    let (item, figure, query_item) = (which.item, which.figure, which.query_item);
    let query_index = query_item.is_none().then_some(which.index.unwrap_or(0));
    let explanation = explanation(&app, &caller, which).await?;
    Ok(Success(ExplanationData {
        item,
        figure,
        query_index,
        query_item,
        query_heatmap,
        item_heatmap,
        query_width: explanation.query_sides.0,
        query_height: explanation.query_sides.1,
        item_width: explanation.item_sides.0,
        item_height: explanation.item_sides.1,
        points: explanation.points.iter().copied().map(Into::into).collect(),
        change: explanation.change.clone().map(Into::into),
        timing: explanation.timing.into(),
    }))
}

/// The query's picture with the places that are found in the item.
#[utoipa::path(
    get,
    path = "/api/explain/query.png",
    tag = "search",
    params(Which),
    responses((status = 200, content_type = "image/png", body = Binary), ApiError),
)]
pub(crate) async fn query_heatmap(
    State(app): State<App>,
    Reader(caller): Reader,
    Parameters(which): Parameters<Which>,
) -> Result<Response, ApiError> {
    let explanation = explanation(&app, &caller, which).await?;
    Ok(png(explanation.query_heatmap.clone()))
}

/// The item's picture with the places that are found in the query.
#[utoipa::path(
    get,
    path = "/api/explain/item.png",
    tag = "search",
    params(Which),
    responses((status = 200, content_type = "image/png", body = Binary), ApiError),
)]
pub(crate) async fn item_heatmap(
    State(app): State<App>,
    Reader(caller): Reader,
    Parameters(which): Parameters<Which>,
) -> Result<Response, ApiError> {
    let explanation = explanation(&app, &caller, which).await?;
    Ok(png(explanation.item_heatmap.clone()))
}

async fn explanation(
    app: &App,
    caller: &Caller,
    which: Which,
) -> Result<Arc<Explanation>, ApiError> {
    let owner = caller.user_id;
    let part = ItemPart {
        item: which.item,
        figure: which.figure,
    };
    let explained = match (which.query, which.query_item) {
        (Some(token), None) => Explained::Search {
            token,
            owner,
            index: which.index.unwrap_or(0),
        },
        (None, Some(id)) => Explained::Item(id),
        _ => {
            return Err(ApiError::invalid(
                "give `query`, the query_token of a search, or `query_item`, another item's id",
            ));
        }
    };
    let explainer = Arc::clone(app.explainer());
    app.compute(move |_| explainer.explain(&explained, part))
        .await
}

impl Which {
    /// Where the heat map of that name is.
    fn address(&self, name: &str) -> String {
        let figure = self.figure.map(|figure| format!("&figure={figure}"));
        let item = format!("{}{}", self.item, figure.unwrap_or_default());
        match (&self.query, self.query_item) {
            // A token that is known is hexadecimal: an address holds it as it is.
            (Some(token), _) => {
                let index = self.index.unwrap_or(0);
                format!("/api/explain/{name}?item={item}&query={token}&index={index}")
            }
            (None, other) => {
                let other = other.unwrap_or(0);
                format!("/api/explain/{name}?item={item}&query_item={other}")
            }
        }
    }
}

fn png(bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CACHE_CONTROL, CACHE),
    ];
    (headers, bytes).into_response()
}
