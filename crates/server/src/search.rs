//! The searches.

use axum::extract::{Path, State};
use lookalike_engine::search::{Query, SearchAnswer, SearchRequest};
use serde_json::{Map, Value};

use crate::access::Reader;
use crate::body::{JsonBody, JsonOrNothing};
use crate::envelope::{ApiError, Envelope, Success};
use crate::parameters::{Parameters, take};
use crate::parameters::{PictureSearch, SearchParameters, VectorSearch};
use crate::state::App;
use crate::upload::{Field, Form};

type Answer = Result<Success<SearchAnswer>, ApiError>;

/// Search by pictures.
///
/// Several pictures are fused: a patent counts by the mean over the pictures of its best page for
/// each.
#[utoipa::path(
    post,
    path = "/api/search",
    tag = "search",
    request_body(content = PictureSearch, content_type = "multipart/form-data"),
    responses((status = 200, body = Envelope<SearchAnswer>), ApiError),
)]
pub(crate) async fn by_pictures(State(app): State<App>, _: Reader, form: Form) -> Answer {
    let mut parameters = Parameters::default();
    let mut queries = Vec::new();
    for (name, field) in form.fields {
        match field {
            Field::File(file) if name == "file" => queries.push(Query::Image(file.bytes)),
            Field::File(_) => {
                return Err(ApiError::invalid(format!(
                    "the picture came as `{name}`; send it as `file`"
                )));
            }
            Field::Text(text) => parameters.set(&name, &text)?,
        }
    }
    if queries.is_empty() {
        return Err(ApiError::invalid(
            "no picture to look for; send one as `file`",
        ));
    }
    let request = parameters.into_request()?;
    let answer = search(&app, SearchRequest { queries, ..request }).await;
    drop(form.reserved);
    answer
}

/// Search by a vector.
#[utoipa::path(
    post,
    path = "/api/search/vector",
    tag = "search",
    request_body = VectorSearch,
    responses((status = 200, body = Envelope<SearchAnswer>), ApiError),
)]
pub(crate) async fn by_vector(
    State(app): State<App>,
    _: Reader,
    JsonBody(mut object): JsonBody<Map<String, Value>>,
) -> Answer {
    let vector = take(&mut object, "vector")?
        .ok_or_else(|| ApiError::invalid("no `vector` in the JSON object"))?;
    let request = Parameters::from_json(&object)?.into_request()?;
    let queries = vec![Query::Vector(vector)];
    search(&app, SearchRequest { queries, ..request }).await
}

/// Search by a stored item.
#[utoipa::path(
    post,
    path = "/api/search/item/{id}",
    tag = "search",
    params(("id" = u64, Path, description = "The item to look for; it is among its own hits")),
    request_body = Option<SearchParameters>,
    responses((status = 200, body = Envelope<SearchAnswer>), ApiError),
)]
pub(crate) async fn by_item(
    State(app): State<App>,
    _: Reader,
    Path(id): Path<String>,
    JsonOrNothing(object): JsonOrNothing<Map<String, Value>>,
) -> Answer {
    let id = id
        .parse()
        .map_err(|_| ApiError::invalid(format!("`{id}` is no item's id")))?;
    let request = Parameters::from_json(&object)?.into_request()?;
    let queries = vec![Query::Item(id)];
    search(&app, SearchRequest { queries, ..request }).await
}

async fn search(app: &App, request: SearchRequest) -> Answer {
    let answer = app.compute(move |engine| engine.search(&request)).await?;
    app.metrics().searched(&answer);
    Ok(Success(answer))
}
