//! The searches.

use axum::body::Bytes;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, State};
use lookalike_engine::search::{Query, SearchAnswer, SearchRequest};
use serde_json::{Map, Value};

use crate::envelope::{ApiError, Success};
use crate::parameters::Parameters;
use crate::state::App;
use crate::upload::{self, Field};

type Answer = Result<Success<SearchAnswer>, ApiError>;

/// `POST /api/search`: a form with one or more `file`s and parameters.
pub(crate) async fn by_pictures(
    State(app): State<App>,
    form: Result<Multipart, MultipartRejection>,
) -> Answer {
    let form = form.map_err(|error| {
        ApiError::invalid(format!(
            "{}; send a form (multipart/form-data) with the picture as `file`",
            error.body_text()
        ))
    })?;
    let mut parameters = Parameters::default();
    let mut queries = Vec::new();
    for (name, field) in upload::read(form, &app).await? {
        match field {
            Field::File(bytes) if name == "file" => queries.push(Query::Image(bytes)),
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
    search(&app, SearchRequest { queries, ..request }).await
}

/// `POST /api/search/vector`: JSON with `vector` and parameters.
pub(crate) async fn by_vector(State(app): State<App>, body: Bytes) -> Answer {
    let mut object = json_object(&body)?;
    let vector = object
        .remove("vector")
        .ok_or_else(|| ApiError::invalid("no `vector` in the JSON object"))?;
    let vector: Vec<f32> = serde_json::from_value(vector)
        .map_err(|_| ApiError::invalid("`vector` is not a list of numbers"))?;
    let request = request(&object)?;
    let queries = vec![Query::Vector(vector)];
    search(&app, SearchRequest { queries, ..request }).await
}

/// `POST /api/search/item/{id}`: JSON with parameters, or nothing.
pub(crate) async fn by_item(State(app): State<App>, Path(id): Path<String>, body: Bytes) -> Answer {
    let id = id
        .parse()
        .map_err(|_| ApiError::invalid(format!("`{id}` is no item's id")))?;
    let request = match body.is_empty() {
        true => SearchRequest::default(),
        false => request(&json_object(&body)?)?,
    };
    let queries = vec![Query::Item(id)];
    search(&app, SearchRequest { queries, ..request }).await
}

async fn search(app: &App, request: SearchRequest) -> Answer {
    let answer = app.compute(move |engine| engine.search(&request)).await?;
    Ok(Success(answer))
}

fn request(object: &Map<String, Value>) -> Result<SearchRequest, ApiError> {
    let mut parameters = Parameters::default();
    for (name, value) in object {
        parameters.set_json(name, value)?;
    }
    parameters.into_request()
}

fn json_object(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(ApiError::invalid("the body is no JSON object")),
        Err(error) => Err(ApiError::invalid(format!("the body is no JSON: {error}"))),
    }
}
